"""What an operation asks for, read from the request: body, query, file."""

import re
from functools import cache
from typing import Final, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from vonk.core.errors import Problem
from vonk.core.limits import BODY_BYTES_MAX
from vonk.wire.codec import Body, decode_hook
from vonk.wire.errors import BodyInvalid, BodyTooLarge, QueryInvalid
from vonk.wire.operation import Nothing, Operation, Upload

_AT: Final = re.compile(r"^(?P<reason>.*?)(?: - at `(?:key in )?\$\.?(?P<field>.*)`)?$", re.DOTALL)
_NAMED: Final = re.compile(r"(?:unknown|required) field `(?P<field>[^`]*)`")
_NUL_ESCAPED: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # Raw it is no JSON.
_NO_NUL: Final = "a text holds the character U+0000, which no database keeps"
_NAME_CHARS_MAX: Final = 200

S = TypeVar("S", bound=Body)


def read_body(request: HttpRequest) -> bytes:
    """Return the raw body; BodyTooLarge beyond the bound, of which no more is read."""
    announced = request.META.get("CONTENT_LENGTH") or ""
    if announced.isdigit() and int(announced) > BODY_BYTES_MAX:
        raise BodyTooLarge(most=BODY_BYTES_MAX)
    raw = request.read(BODY_BYTES_MAX + 1)
    if len(raw) > BODY_BYTES_MAX:
        raise BodyTooLarge(most=BODY_BYTES_MAX)
    return raw


def decode_body(operation: Operation, raw: bytes) -> Body:
    """Return the body as the operation's type; BodyInvalid names the field at fault."""
    if operation.body is Nothing and not raw.strip():
        return Nothing()
    if _NUL_ESCAPED.search(raw):
        raise BodyInvalid(reason=_NO_NUL)
    try:
        return msgspec.json.decode(raw, type=operation.body, dec_hook=decode_hook)
    except msgspec.MsgspecError as error:
        raise _named(BodyInvalid, str(error)) from error
    except (RecursionError, UnicodeDecodeError) as error:
        raise BodyInvalid(reason="it cannot be read as JSON") from error


def decode_query(operation: Operation, request: HttpRequest) -> Body:
    """Return the query string as the operation's type; QueryInvalid names the parameter at fault."""
    for name, values in request.GET.lists():
        if "\0" in name or any("\0" in value for value in values):
            raise QueryInvalid(field=name.replace("\0", "") or None, reason=_NO_NUL)
    many = _lists(operation.query)
    given = {
        name: values if name in many or len(values) > 1 else values[0] for name, values in request.GET.lists() if values
    }
    try:
        return msgspec.convert(given, operation.query, strict=False, dec_hook=decode_hook)
    except msgspec.ValidationError as error:
        raise _named(QueryInvalid, str(error)) from error


def read_upload(request: HttpRequest) -> Upload:
    """Return the file: the part ``file`` of a form, or the whole body with its name in ``?name=``."""
    if (request.content_type or "").lower() != "multipart/form-data":
        return Upload(request, _name(request.GET.get("name")))  # type: ignore[arg-type]  # Django's request reads like a file.
    try:
        part = request.FILES.get("file")
    except (MultiPartParserError, SuspiciousOperation) as error:  # Malformed, or thousands of parts.
        raise BodyInvalid(reason="the form is malformed") from error
    if not isinstance(part, UploadedFile) or part.file is None:
        raise BodyInvalid(field="file", reason="a form needs the part `file`")
    return Upload(part.file, _name(part.name))  # type: ignore[arg-type]  # A temporary file of bytes.


@cache
def _lists(query: type[Body]) -> frozenset[str]:
    """Return the parameters that may come several times."""
    hints = get_type_hints(query)
    return frozenset(name for name, hint in hints.items() if any(get_origin(part) is tuple for part in get_args(hint)))


def _name(text: str | None) -> str:
    return "".join(char for char in (text or "") if char.isprintable()).strip()[:_NAME_CHARS_MAX] or "video"


def _named(kind: type[Problem], message: str) -> Problem:
    """Return the error with the field that msgspec names in its message."""
    found = _AT.match(message)
    reason, field = (found["reason"], found["field"]) if found is not None else (message, None)
    named = _NAMED.search(reason)
    if named is not None:
        field = f"{field}.{named['field']}" if field else named["field"]
    return kind(field=field or None, reason=reason)
