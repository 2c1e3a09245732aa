"""Whether one reported event may count, judged from nothing but the report, its token's claims and the instant."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from vonk.core.errors import Actor
from vonk.events.records import Claims, Kind
from vonk.events.tokens import BILLS_FOR_MS, COUNTS_FOR_MS

ID_CHARS_MAX: Final = 64
AT_MS_MAX: Final = 253_402_300_799_999  # The last millisecond of the year 9999.
VALUE_MAX: Final = 24 * 3_600_000  # Nobody watches more than a day between two reports.
MEASURED_KINDS: Final = frozenset({Kind.WATCH})  # The kinds whose value is kept; others measure nothing.


class EventRefusal(StrEnum):
    """Why an event was not taken."""

    MALFORMED = "malformed"
    ID_INVALID = "id_invalid"
    UNKNOWN_KIND = "unknown_kind"
    TOKEN_INVALID = "token_invalid"  # noqa: S105 - a reason's name.
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a reason's name.
    AT_INVALID = "at_invalid"
    VALUE_OUT_OF_RANGE = "value_out_of_range"


class EventRefusalEntry(msgspec.Struct, frozen=True):
    """Why it happens, who can act, and how."""

    cause: str
    actor: Actor
    remedy: str


EVENT_REFUSALS: Final[dict[EventRefusal, EventRefusalEntry]] = {
    EventRefusal.MALFORMED: EventRefusalEntry(
        "The event is no object with the fields id, kind, token, at and value.", Actor.CALLER, "Correct the event."
    ),
    EventRefusal.ID_INVALID: EventRefusalEntry(
        "The id is empty, longer than 64 characters, or has other than printable ASCII characters.",
        Actor.CALLER,
        "Use an id of your own, for example a UUID, and the same one when you send the event again.",
    ),
    EventRefusal.UNKNOWN_KIND: EventRefusalEntry(
        "No such kind of event exists.", Actor.CALLER, "Use one of the kinds of the ad server's API."
    ),
    EventRefusal.TOKEN_INVALID: EventRefusalEntry(
        "The token was changed, cut, or made elsewhere.", Actor.CALLER, "Send the decision's token unchanged."
    ),
    EventRefusal.TOKEN_EXPIRED: EventRefusalEntry(
        "The decision is older than seven days.", Actor.CALLER, "Send events when they happen."
    ),
    EventRefusal.AT_INVALID: EventRefusalEntry(
        "The instant is neither milliseconds since 1970 nor ISO 8601 with an offset.",
        Actor.CALLER,
        "Send milliseconds, or for example 2026-11-22T12:00:00Z.",
    ),
    EventRefusal.VALUE_OUT_OF_RANGE: EventRefusalEntry(
        "The value is negative, larger than a day in milliseconds, or no number.", Actor.CALLER, "Correct the value."
    ),
}


class Report(msgspec.Struct, frozen=True, gc=False):
    """One event as a client sends it."""

    id: str
    kind: str
    token: str
    at: int | float | str
    value: int | float = 0


_KINDS: Final[dict[str, Kind]] = {kind.value: kind for kind in Kind}
_PRINTABLE: Final = frozenset(chr(code) for code in range(0x21, 0x7F))


def kind_of(text: str) -> Kind | EventRefusal:
    """Return the kind of that name."""
    return _KINDS.get(text, EventRefusal.UNKNOWN_KIND)


def id_is_valid(event_id: str) -> bool:
    """Tell whether a client's event id can be kept: 1 to 64 printable ASCII characters without space."""
    return 0 < len(event_id) <= ID_CHARS_MAX and _PRINTABLE.issuperset(event_id)


def token_expired(claims: Claims, received_ms: int) -> bool:
    """Tell whether the showing is too old for its events to count."""
    return received_ms - claims.decided_ms > COUNTS_FOR_MS


def bills(claims: Claims, kind: Kind, received_ms: int) -> bool:
    """Tell whether this kind is the one that the showing bills, in time. That it bills once is dedupe's to say."""
    return kind == claims.bills and claims.ad_id != 0 and received_ms - claims.decided_ms <= BILLS_FOR_MS


def instant_of(at: float | str, claims: Claims, received_ms: int) -> int | EventRefusal:
    """Return when the event happened, in milliseconds, not before its decision and never after it was received."""
    if isinstance(at, str):
        try:
            moment = datetime.fromisoformat(at)
            if moment.tzinfo is None:
                return EventRefusal.AT_INVALID
            at = moment.timestamp() * 1000
        except (ValueError, OverflowError):
            return EventRefusal.AT_INVALID
    if not 0 <= at <= AT_MS_MAX:  # Also refuses what is not a number.
        return EventRefusal.AT_INVALID
    return min(max(int(at), claims.decided_ms), received_ms)


def value_of(value: float, kind: Kind) -> int | EventRefusal:
    """Return what the event measures, 0 for kinds that measure nothing."""
    if not 0 <= value <= VALUE_MAX:
        return EventRefusal.VALUE_OUT_OF_RANGE
    return int(value) if kind in MEASURED_KINDS else 0
