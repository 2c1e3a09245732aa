"""Requests for permission: an ad account asks, a creator answers; pure (reference §3, §9.2)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

ATTEMPTS_MAX: Final = 30  # At one post by one account while nobody answers (reference §3).
OPEN_PER_ACCOUNT_MAX: Final = 1_000  # Of one ad account, our own: who asks more people than that reads no answers.
MESSAGE_CHARS_MAX: Final = 500
LAPSES_AFTER: Final = timedelta(days=30)  # Our own: who has not answered by then is not going to.


class RequestKind(StrEnum):
    """What an advertiser asks a creator for."""

    USE = "use"  # To advertise a post.
    EXTEND = "extend"  # That a consent lasts longer.
    ORIGINAL = "original"  # That a post may be advertised which answers or mentions theirs.


class Outcome(StrEnum):
    """How a request ended; until then it is open."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Side(StrEnum):
    """Who agrees, and whose turn it is."""

    CREATOR = "creator"
    ADVERTISER = "advertiser"


class RequestState(StrEnum):
    """Where a request is in its life. The first two are open."""

    WAITING = "waiting"  # For the creator.
    COUNTERED = "countered"  # The creator wants other terms or another duration: the advertiser's turn.
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


OPEN: Final = frozenset({RequestState.WAITING, RequestState.COUNTERED})


class Closing(StrEnum):
    """Why the platform ended an open request by itself; stands in its ``reason``."""

    VIDEO_DELETED = "video_deleted"
    VIDEO_UNAVAILABLE = "video_unavailable"
    ACCOUNT_BANNED = "account_banned"
    PROFILE_ERASED = "profile_erased"
    ACCOUNT_SUSPENDED = "account_suspended"
    CONSENT_ENDED = "consent_ended"  # What was to be extended, or needed the original author's yes, is over.
    NO_LONGER_NEEDED = "no_longer_needed"  # The original author consented by another road.


class RequestFacts(msgspec.Struct, frozen=True):
    """What a request's state follows from."""

    turn: Side
    lapses_at: datetime
    outcome: Outcome | None = None


def request_state(facts: RequestFacts, now: datetime) -> RequestState:
    """Return where the request is; one whose time is over has lapsed, noticed or not."""
    if facts.outcome is not None:
        return RequestState(facts.outcome.value)
    if facts.lapses_at <= now:
        return RequestState.LAPSED
    return RequestState.WAITING if facts.turn is Side.CREATOR else RequestState.COUNTERED


def lapses_at(now: datetime, terms_end_at: datetime | None) -> datetime:
    """Return until when an answer is waited for: not beyond the end of the terms that it would agree to."""
    return min(now + LAPSES_AFTER, terms_end_at or now + LAPSES_AFTER)


def attempts_left(attempts: int) -> int:
    """Return how often the account may still ask while nobody answers."""
    return max(0, ATTEMPTS_MAX - attempts)
