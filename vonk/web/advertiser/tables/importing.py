"""Reads campaigns, ad groups or ads out of a file: a heading names each column, a row describes one object."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vonk.advertising.actions.bulk_edits import NewLine
from vonk.advertising.errors.bulk import ImportColumnUnknown, NothingSelected, TooManySelected
from vonk.advertising.queries.reported import Noun
from vonk.advertising.rules import CALLS_TO_ACTION, Objective
from vonk.advertising.rules.bulk import Values
from vonk.authorisation.code_lists import rows_of_file
from vonk.authorisation.rules import imports
from vonk.core.errors import FieldInvalid
from vonk.core.ids import parse_id
from vonk.core.money import parse_micros
from vonk.core.taxonomy import INTERESTS
from vonk.delivery.snapshot import Billing, BudgetMode
from vonk.identity.queries import AccountView

LINES_MAX: Final = 5_000
FILE_BYTES_MAX: Final = imports.FILE_BYTES_MAX
ON: Final = {"1": True, "0": False, "on": True, "off": False, "true": True, "false": False, "yes": True, "no": False}


class Field(msgspec.Struct, frozen=True):
    """A column of the file. ``new``: needed for what is created; ``changes``: what exists can be changed by it."""

    name: str
    meaning: str | Promise
    new: bool = False
    changes: bool = True


_ID: Final = Field("id", _("The ID of what exists; empty creates something new."))
_NAME: Final = Field("name", _("At most 512 characters."), new=True)
_ON: Final = Field("on", _("1 switched on, 0 switched off."))
_BUDGET: Final = (
    Field("budget_mode", _("daily, lifetime or none."), changes=False),
    Field("budget", _("An amount in the account's currency, for example 50 or 12.50.")),
)
FIELDS: Final[dict[Noun, tuple[Field, ...]]] = {
    "campaign": (
        _ID, _NAME, _ON,
        Field("objective", ", ".join(one.value for one in Objective), new=True, changes=False),
        *_BUDGET,
    ),
    "ad_group": (
        _ID, _NAME, _ON,
        Field("campaign_id", _("The campaign that it is created in."), new=True, changes=False),
        Field("billing", ", ".join(one.value for one in Billing), new=True, changes=False),
        Field("bid", _("An amount; empty in something new leaves the bid to the platform.")),
        *_BUDGET,
        Field("countries", _("Codes such as NL, with blanks between them."), new=True, changes=False),
        Field("starts_at", _("For example 2026-12-01 09:00, by the account's clock."), changes=False),
        Field("ends_at", _("Likewise; “none” takes the end away.")),
    ),
    "ad": (
        _ID, _NAME, _ON,
        Field("ad_group_id", _("The ad group that it is created in."), new=True, changes=False),
        Field("authorisation_id", _("The authorisation of the creator's post: its number in the library's address."), new=True, changes=False),
        Field("call_to_action", ", ".join(CALLS_TO_ACTION), new=True, changes=False),
        Field("landing_url", _("Where the button leads to."), changes=False),
        Field("category", ", ".join(INTERESTS), changes=False),
    ),
}  # fmt: skip
"""What a file may hold. Columns of an export that are not here are looked over."""

_EXPORTED: Final = {"switched_on": "on"}


def lines_of(content: bytes, noun: Noun, account: AccountView) -> list[NewLine]:
    """Return a line for each row. What is wrong in a row is said in its line.

    Raises ImportFileTooLarge, ImportFileUnreadable, ImportColumnUnknown, NothingSelected, TooManySelected.
    """
    rows = [row for row in rows_of_file(content) if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise NothingSelected
    if len(rows) - 1 > LINES_MAX:
        raise TooManySelected(most=LINES_MAX)
    header = [_EXPORTED.get(cell, cell) for cell in (one.strip().casefold().replace(" ", "_") for one in rows[0])]
    known = {field.name for field in FIELDS[noun]}
    if not ({"id", "name"} & set(header)):
        raise ImportColumnUnknown(columns=", ".join(sorted(known)))
    return [_line(dict(zip(header, row, strict=False)), noun, account) for row in rows[1:]]


def _line(cells: Mapping[str, str], noun: Noun, account: AccountView) -> NewLine:
    typed = {name: _plain(text) for name, text in cells.items()}
    object_id = 0
    try:
        object_id = parse_id(typed["id"]) if typed.get("id") else 0
        return NewLine(object_id, typed.get("name", ""), _values(typed, noun, account, new=not object_id))
    except FieldInvalid as problem:
        return NewLine(object_id, typed.get("name", ""), {}, problem)
    except ValueError:
        return NewLine(0, typed.get("name", ""), {}, FieldInvalid("id", "not an ID"))


def _plain(text: str) -> str:
    """Return the cell without what keeps a spreadsheet from computing it."""
    stripped = text.replace("\0", "").strip()
    return stripped[1:] if stripped[:1] == "'" and stripped[1:2] in {"=", "+", "-", "@"} else stripped


def _values(typed: Mapping[str, str], noun: Noun, account: AccountView, *, new: bool) -> Values:
    """Return what the object shall be. Raises FieldInvalid, which names the column."""
    found: Values = {}
    for field in FIELDS[noun]:
        text = typed.get(field.name, "")
        if not text and field.new and new and field.name != "name":
            raise FieldInvalid(field.name, "needed for something new")
        if text and field.name != "id" and (new or field.changes):
            found.update(_READ[field.name](text, account))
    return _with_budget(found, typed, new=new)


def _with_budget(found: Values, typed: Mapping[str, str], *, new: bool) -> Values:
    """Put amount and mode of a budget together; what exists keeps its mode."""
    micros = found.pop("budget", None)
    mode = found.pop("budget_mode", None)
    if new and (mode or micros is not None):
        found["budget"] = {"mode": mode or BudgetMode.DAILY.value, "micros": micros or 0}
    elif micros is not None:
        asked = typed.get("budget_mode", "").casefold()
        found["budget"] = {"mode": asked if asked in set(BudgetMode) else "", "micros": micros}
    return found


def _amount(name: str) -> Callable[[str, AccountView], Values]:
    def read(text: str, account: AccountView) -> Values:
        bare = text.replace(account.currency, "").replace("\N{NO-BREAK SPACE}", " ").strip()
        try:
            micros = parse_micros(bare)
        except ValueError as error:
            raise FieldInvalid(name, "an amount, for example 12.50") from error
        return {("bid_micros" if name == "bid" else name): micros}

    return read


def _moment(name: str) -> Callable[[str, AccountView], Values]:
    def read(text: str, account: AccountView) -> Values:
        if text.casefold() == "none":
            return {name: None}
        try:
            at = datetime.fromisoformat(text)
        except ValueError as error:
            raise FieldInvalid(name, "a day and a time, for example 2026-12-01 09:00") from error
        local = at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo(account.time_zone))
        return {name: local.astimezone(ZoneInfo("UTC")).isoformat()}

    return read


def _one_of(name: str, allowed: Sequence[str]) -> Callable[[str, AccountView], Values]:
    def read(text: str, _account: AccountView) -> Values:
        if text.casefold() not in allowed:
            raise FieldInvalid(name, "one of %(known)s", known=", ".join(allowed))
        return {name: text.casefold()}

    return read


def _id(name: str, key: str = "") -> Callable[[str, AccountView], Values]:
    def read(text: str, _account: AccountView) -> Values:
        try:
            return {key or name: parse_id(text)}
        except ValueError as error:
            raise FieldInvalid(name, "not an ID") from error

    return read


def _text(name: str) -> Callable[[str, AccountView], Values]:
    return lambda text, _account: {name: text}


def _on(text: str, _account: AccountView) -> Values:
    if text.casefold() not in ON:
        raise FieldInvalid("on", "1 or 0")
    return {"enabled": ON[text.casefold()]}


def _countries(text: str, _account: AccountView) -> Values:
    return {"countries": [code.upper() for code in text.replace(",", " ").replace(";", " ").split()]}


_READ: Final[dict[str, Callable[[str, AccountView], Any]]] = {
    "name": _text("name"),
    "on": _on,
    "objective": _one_of("objective", [one.value for one in Objective]),
    "budget_mode": _one_of("budget_mode", [one.value for one in BudgetMode]),
    "budget": _amount("budget"),
    "bid": _amount("bid"),
    "campaign_id": _id("campaign_id"),
    "ad_group_id": _id("ad_group_id"),
    "authorisation_id": _id("authorisation_id", "consent_id"),
    "billing": _one_of("billing", [one.value for one in Billing]),
    "countries": _countries,
    "starts_at": _moment("starts_at"),
    "ends_at": _moment("ends_at"),
    "call_to_action": _one_of("call_to_action", list(CALLS_TO_ACTION)),
    "landing_url": _text("landing_url"),
    "category": _one_of("category", list(INTERESTS)),
}
