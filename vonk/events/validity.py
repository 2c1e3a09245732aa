"""Whether one reported event can be taken at all, judged from nothing but the report, its token's claims and the instant.

Whether what is taken is invalid traffic is another question: ``rules.py``, ``suspicion.py``.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

from vonk.core.clock import DAY_MS
from vonk.core.errors import Actor, Explanation
from vonk.events.records import Claims, Kind
from vonk.events.tokens import BILLS_FOR_MS, COUNTS_FOR_MS

ID_CHARS_MAX: Final = 64
AT_MS_MAX: Final = 253_402_300_799_999  # The last millisecond of the year 9999.
VALUE_MAX: Final = DAY_MS  # Nobody watches more than a day between two reports.
MEASURED_KINDS: Final = frozenset({Kind.WATCH, Kind.REPORT})  # The kinds whose value is kept; others measure nothing.


class EventRefusal(StrEnum):
    """Why an event was not taken."""

    MALFORMED = "malformed"
    ID_INVALID = "id_invalid"
    UNKNOWN_KIND = "unknown_kind"
    TOKEN_MALFORMED = "token_malformed"  # noqa: S105 - a reason's name.
    TOKEN_FORGED = "token_forged"  # noqa: S105 - a reason's name.
    TOKEN_FOREIGN = "token_foreign"  # noqa: S105 - a reason's name.
    TOKEN_PURPOSE = "token_purpose"  # noqa: S105 - a reason's name.
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a reason's name.
    KIND_NOT_OF_SHOWING = "kind_not_of_showing"
    AT_INVALID = "at_invalid"
    VALUE_OUT_OF_RANGE = "value_out_of_range"
    CONTEXT_NEEDS_HOST_KEY = "context_needs_host_key"
    CONTEXT_INVALID = "context_invalid"
    SHOWING_FULL = "showing_full"


class DuplicateReason(StrEnum):
    """Why an event was not counted again. It is no failure: who sent it again may forget it."""

    EVENT_REPEATED = "event_repeated"  # The same id: a retry.
    KIND_REPEATED = "kind_repeated"  # Another id for what counts once a showing: the token was used again.


EVENT_REFUSALS: Final[dict[EventRefusal, Explanation]] = {
    EventRefusal.MALFORMED: Explanation(
        "The event is no object with the fields id, kind, token, at and value.", Actor.CALLER, "Correct the event."
    ),
    EventRefusal.ID_INVALID: Explanation(
        "The id is empty, longer than 64 characters, or has other than printable ASCII characters.",
        Actor.CALLER,
        "Use an id of your own, for example a UUID, and the same one when you send the event again.",
    ),
    EventRefusal.UNKNOWN_KIND: Explanation(
        "No such kind of event exists.", Actor.CALLER, "Use one of the kinds of the ad server's API."
    ),
    EventRefusal.TOKEN_MALFORMED: Explanation(
        "The token is no token: it was cut, or is something else.", Actor.CALLER, "Send the decision's token unchanged."
    ),
    EventRefusal.TOKEN_FORGED: Explanation(
        "The token names a key of this platform and was not signed with it: somebody changed it.",
        Actor.CALLER,
        "Send the decision's token unchanged.",
    ),
    EventRefusal.TOKEN_FOREIGN: Explanation(
        "The token was signed with a key that this platform does not have: it is another platform's, or the key has"
        " been retired.",
        Actor.CALLER,
        "Send events to the ad server whose decision they belong to.",
    ),
    EventRefusal.TOKEN_PURPOSE: Explanation(
        "The token is of this platform and not a showing's: a viewer's, a reader's or a host's.",
        Actor.CALLER,
        "Send the token of the slot's answer, or of the feed's post.",
    ),
    EventRefusal.TOKEN_EXPIRED: Explanation(
        "The decision is older than seven days.", Actor.CALLER, "Send events when they happen."
    ),
    EventRefusal.KIND_NOT_OF_SHOWING: Explanation(
        "Such a showing has no such event: an organic post has no destination, a non-Spark ad no anchor, duet, stitch"
        " or use of its sound.",
        Actor.CALLER,
        "Send the event with the token of the showing to which it happened.",
    ),
    EventRefusal.AT_INVALID: Explanation(
        "The instant is neither milliseconds since 1970 nor ISO 8601 with an offset.",
        Actor.CALLER,
        "Send milliseconds, or for example 2026-11-22T12:00:00Z.",
    ),
    EventRefusal.VALUE_OUT_OF_RANGE: Explanation(
        "The value is negative, larger than a day in milliseconds, or no number.", Actor.CALLER, "Correct the value."
    ),
    EventRefusal.CONTEXT_NEEDS_HOST_KEY: Explanation(
        "Only a host app's server may say where an event came from.",
        Actor.CALLER,
        "Send the host key as a bearer token, or leave the context out.",
    ),
    EventRefusal.CONTEXT_INVALID: Explanation(
        "The context's address is no IPv4 or IPv6 address.", Actor.CALLER, "Correct the address, or leave it out."
    ),
    EventRefusal.SHOWING_FULL: Explanation(
        "The showing has had as many events as can be remembered, some 1,500.",
        Actor.CALLER,
        "Report what is watched in larger pieces.",
    ),
}


KINDS_BY_NAME: Final[dict[str, Kind]] = {kind.value: kind for kind in Kind}


def id_is_valid(event_id: str) -> bool:
    """Tell whether a client's event id can be kept: 1 to 64 printable ASCII characters without space."""
    return 0 < len(event_id) <= ID_CHARS_MAX and event_id.isascii() and event_id.isprintable() and " " not in event_id


def token_expired(claims: Claims, received_ms: int) -> bool:
    """Tell whether the showing is too old for its events to count."""
    return received_ms - claims.decided_ms > COUNTS_FOR_MS


def bills(claims: Claims, kind: Kind, received_ms: int) -> bool:
    """Tell whether this kind is the one that the showing bills, in time. That it bills once is dedupe's to say."""
    return kind == claims.bills and claims.ad_id != 0 and received_ms - claims.decided_ms <= BILLS_FOR_MS


def ms_of(at: float | str) -> float | None:
    """Return an instant as clients write it in milliseconds; None for what is none, or has no offset."""
    if isinstance(at, str):
        try:
            moment = datetime.fromisoformat(at)
            if moment.tzinfo is None:
                return None
            at = moment.timestamp() * 1000
        except (ValueError, OverflowError):
            return None
    return at if 0 <= at <= AT_MS_MAX else None  # Also refuses what is not a number.


def instant_of(at: float | str, claims: Claims, received_ms: int) -> int | EventRefusal:
    """Return when the event happened, in milliseconds, not before its decision and never after it was received."""
    at_ms = ms_of(at)
    if at_ms is None:
        return EventRefusal.AT_INVALID
    return min(max(int(at_ms), claims.decided_ms), received_ms)


def value_of(value: float, kind: Kind) -> int | EventRefusal:
    """Return what the event measures, 0 for kinds that measure nothing."""
    if not 0 <= value <= VALUE_MAX:
        return EventRefusal.VALUE_OUT_OF_RANGE
    return int(value) if kind in MEASURED_KINDS else 0
