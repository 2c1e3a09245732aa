"""What is asked of the business API, from query strings and bodies to typed records.

Queries are read leniently, as published clients write them: lists and objects as JSON text, a bare value where a list is
meant, booleans in any case, dates without their quotes. Bodies are read strictly: a number in quotes is no number. Unknown
parameters are ignored everywhere, and null means absent (reference API §1).
"""

import math
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from vonk.control.paging import Numbering
from vonk.core.ids import parse_id
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.codec import Id

PAGE_SIZE_DEFAULT: Final = 10
YEAR_MIN: Final = 1900
YEAR_MAX: Final = 8999
SOUGHT_CHARS_MAX: Final = 1_000
DEPTH_MAX: Final = 40  # Of a JSON body: whatever reads it afterwards goes down it by recursion.
_AT: Final = re.compile(r"^(?P<reason>.*?)(?: - at `(?:key in )?\$\.?(?P<field>.*)`)?$", re.DOTALL)
_NAMED: Final = re.compile(r"(?:unknown|required) field `(?P<field>[^`]*)`")
_BARE_DATE: Final = re.compile(r"(?<=[:\[,\s])(\d{4}-\d{2}-\d{2})(?=\s*[,\]}])")
_NO_NUL: Final = "a text holds the character U+0000, which no database keeps"
_FIELD_CHARS_MAX: Final = 200

Text = Annotated[str, msgspec.Meta(max_length=100_000)]
Sought = Annotated[str, msgspec.Meta(max_length=SOUGHT_CHARS_MAX)]
"""What a name shall contain. SQLite compares with no longer patterns than 50,000 bytes."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The base of what every operation is asked: parameters of a query, or a body."""


A = TypeVar("A", bound=Asked)


class AskedOfAccount(Asked, frozen=True, kw_only=True):
    """Of one ad account."""

    advertiser_id: Id


class AskedOfBusiness(Asked, frozen=True, kw_only=True):
    """Of one Business Center."""

    bc_id: Id


def numbering(page: int | None, page_size: int | None, *, most: int, usual: int = PAGE_SIZE_DEFAULT) -> Numbering:
    """Return the page asked for; ParameterInvalid names what is out of range (reference API §1, Paging)."""
    number = 1 if page is None else page
    size = usual if page_size is None else page_size
    if not 1 <= number <= 1_000_000:
        raise ParameterInvalid(field="page", reason="a number from 1")
    if not 1 <= size <= most:
        raise ParameterInvalid(field="page_size", reason=f"a number from 1 to {most}")
    return Numbering(number, size)


def from_query(kind: type[A], given: Mapping[str, str]) -> A:
    """Return the parameters as the record; ParameterInvalid names the one at fault."""
    found: dict[str, Any] = {}
    for name, how in readings(kind).items():
        text = given.get(name)
        if text is None:
            continue
        if "\0" in text:
            raise ParameterInvalid(field=name, reason=_NO_NUL)
        value = _value(text, how)
        if value is not None and value != "":
            _require_shallow(value, name)
            found[name] = value
    asked = _converted(found, kind, strict=False)
    _require_finite(asked)
    return asked


def from_body(kind: type[A], raw: bytes) -> A:
    """Return a JSON body as the record; ParameterInvalid names the field at fault."""
    if b"\\u0000" in raw or b"\0" in raw:
        raise ParameterInvalid(field="body", reason=_NO_NUL)
    try:
        given = msgspec.json.decode(raw) if raw.strip() else {}
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ParameterInvalid(field="body", reason="it cannot be read as JSON") from error
    if not isinstance(given, dict):
        raise ParameterInvalid(field="body", reason="an object")
    _require_shallow(given, "body")
    return _converted({name: value for name, value in given.items() if value is not None}, kind, strict=True)


def from_form(kind: type[A], given: Mapping[str, str]) -> A:
    """Return the fields of a multipart body as the record: text only, so it is read like a query."""
    return from_query(kind, given)


@cache
def readings(kind: type[Asked]) -> dict[str, str]:
    """Return how each parameter's text is read: "text", "json" or "list"."""
    hints = get_type_hints(kind)
    return {
        wire: _reading(hints[name])
        for name, wire in zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True)
    }


def _reading(hint: Any) -> str:
    if get_origin(hint) in (Union, UnionType):
        readings = {_reading(part) for part in get_args(hint) if part is not NoneType}
        return "list" if "list" in readings else "json" if "json" in readings else "text"
    origin = get_origin(hint)
    if origin is not None and hasattr(hint, "__metadata__"):
        return _reading(origin)
    kind = origin or hint
    if kind in (list, tuple, set, frozenset):
        return "list"
    return "json" if kind is dict or (isinstance(kind, type) and issubclass(kind, msgspec.Struct)) else "text"


def _value(text: str, how: str) -> Any:
    if how == "text":
        return text
    try:
        value = _json(text)
    except (msgspec.MsgspecError, RecursionError):
        value = text.strip()  # A bare value; what is meant as an object fails where its type is known.
    if how == "list" and not isinstance(value, list | NoneType) and value != "":
        return [value]
    return value


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.MsgspecError:
        return msgspec.json.decode(_BARE_DATE.sub(r'"\1"', text))  # One client leaves the quotes away (reference §1).


def _converted(given: dict[str, Any], kind: type[A], *, strict: bool) -> A:
    try:
        return msgspec.convert(given, kind, strict=strict, dec_hook=_strict_hook if strict else _lenient_hook)
    except msgspec.ValidationError as error:
        raise named(str(error)) from error
    except RecursionError as error:
        raise ParameterInvalid(field="body", reason="it is nested too deeply") from error


def _require_shallow(value: Any, field: str) -> None:
    level = [value]
    for _ in range(DEPTH_MAX):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    raise ParameterInvalid(field=field, reason="it is nested too deeply")


def _require_finite(value: Any, field: str = "") -> None:
    """Raise ParameterInvalid for what text may say and JSON cannot: no number, or an endless one."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ParameterInvalid(field=field, reason="a number")
    if isinstance(value, msgspec.Struct):
        for name, wire in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            _require_finite(getattr(value, name), f"{field}.{wire}".lstrip("."))
    elif isinstance(value, list | tuple):
        for one in value:
            _require_finite(one, field)


def named(message: str) -> ParameterInvalid:
    """Return the problem that msgspec tells of, with the field's name first."""
    match = _AT.match(message)
    assert match is not None, "Matches anything."
    reason, field = match["reason"], match["field"]
    lacks = _NAMED.search(reason)
    if lacks is not None:
        field = f"{field}.{lacks['field']}" if field else lacks["field"]
        reason = "it is missing"
    return ParameterInvalid(field=(field or "body")[:_FIELD_CHARS_MAX], reason=reason[:1_000])


def _strict_hook(kind: type, value: Any) -> Any:
    if kind is Id:
        if not isinstance(value, str):
            raise ValueError("an id is a string of digits")
        return Id(parse_id(value))
    raise ValueError(f"{kind.__name__} cannot be read")


def _lenient_hook(kind: type, value: Any) -> Any:
    if kind is Id and isinstance(value, int) and not isinstance(value, bool):
        return Id(parse_id(str(value)))
    return _strict_hook(kind, value)


def day(text: str, field: str) -> date:
    """Return a date written ``YYYY-MM-DD``; some clients add a time, which is left away. ParameterInvalid otherwise."""
    try:
        found = date.fromisoformat(text.strip()[:10])
    except ValueError as error:
        raise ParameterInvalid(field=field, reason="a date written YYYY-MM-DD") from error
    require_year(found.year, field)
    return found


def require_year(year: int, field: str) -> None:
    """Raise ParameterInvalid for a year at an end of the calendar, where reckoning with days falls off it."""
    if not YEAR_MIN <= year <= YEAR_MAX:
        raise ParameterInvalid(field=field, reason=f"in a year from {YEAR_MIN} to {YEAR_MAX}")
