"""The consent's state machine (reference §9.2), pure: state is derived from instants, never stored."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

DURATIONS_DAYS: Final = (7, 30, 60, 365)
DURATION_DEFAULT_DAYS: Final = 30


class ConsentState(StrEnum):
    """Where a consent is in its life."""

    ISSUED = "issued"  # A code exists and nobody has redeemed it.
    ACTIVE = "active"
    SUSPENDED = "suspended"  # The post is gone for now; back on restoration.
    EXPIRED = "expired"
    REVOKED = "revoked"
    RELEASED = "released"  # The advertiser took an ended one off the list.
    DELETED = "deleted"  # By the creator, before anybody used it.


class ConsentFacts(msgspec.Struct, frozen=True):
    """What a consent's state follows from."""

    ends_at: datetime
    redeemed_at: datetime | None
    revoked_at: datetime | None
    released_at: datetime | None
    deleted_at: datetime | None
    post_available: bool


def state(facts: ConsentFacts, now: datetime) -> ConsentState:
    """Return the consent's state at ``now``; the end instant itself is already outside."""
    if facts.deleted_at is not None:
        return ConsentState.DELETED
    if facts.released_at is not None:
        return ConsentState.RELEASED
    if facts.revoked_at is not None:
        return ConsentState.REVOKED
    if facts.ends_at <= now:
        return ConsentState.EXPIRED
    if facts.redeemed_at is None:
        return ConsentState.ISSUED
    return ConsentState.ACTIVE if facts.post_available else ConsentState.SUSPENDED
