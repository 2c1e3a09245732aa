"""What an ad's status and its terms come down to for the creator whose post it shows; pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from vonk.advertising.rules import Primary, Status
from vonk.advertising.rules.causes import Cause
from vonk.authorisation.queries.used import UsedTerms
from vonk.authorisation.rules import Payment
from vonk.core.money import share_of

ENGAGEMENTS: Final = ("likes", "comments", "shares", "favourites")  # Follows are told apart.


class Use(StrEnum):
    """Where an ad stands, in the order of lists."""

    LIVE = "live"
    WAITING = "waiting"  # For review, for the creator, for its start: it has not been stopped.
    PAUSED = "paused"  # Something stops it that may pass.
    ENDED = "ended"  # It does not come back by itself.


ENDING: Final = frozenset({
    Cause.CAMPAIGN_DELETED, Cause.AD_GROUP_DELETED, Cause.AD_DELETED, Cause.SCHEDULE_OVER, Cause.CONSENT_REVOKED,
    Cause.CONSENT_EXPIRED, Cause.CONSENT_RELEASED, Cause.CONSENT_ABSENT, Cause.POST_DELETED, Cause.POST_REMOVED,
})  # fmt: skip
WAITING: Final = frozenset({
    Cause.RE_REVIEW, Cause.IN_REVIEW, Cause.CREATOR_PREVIEW, Cause.NOT_STARTED, Cause.CONSENT_NOT_STARTED,
    Cause.VIDEO_NOT_READY,
})  # fmt: skip


class Earned(msgspec.Struct, frozen=True):
    """How often something happened to a post; total = organic + paid exactly."""

    organic: int
    paid: int
    total: int


def use_of(status: Status) -> Use:
    """Return where an ad of this status stands."""
    if any(cause in ENDING for cause in status.causes):
        return Use.ENDED
    if status.primary in {Primary.DELIVERING, Primary.LIMITED}:
        return Use.LIVE
    return Use.WAITING if status.headline in WAITING else Use.PAUSED


def spend_shown(terms: UsedTerms | None) -> bool:
    """Tell whether the creator sees what the ad spent: as the terms say, and without terms as terms say by themselves, yes."""
    return terms is None or terms.spend_shown


def owed_micros(terms: UsedTerms, spent_micros: int) -> int:
    """Return what is owed under the terms once this much was spent (net of credit notes), in micros, rounded down once.

    A fee is in the terms' currency, a share in the account's. A fee is owed once, whatever was spent.
    """
    if terms.payment is Payment.FLAT_FEE:
        return terms.fee_micros
    return share_of(spent_micros, terms.share_ppm) if terms.payment is Payment.SPEND_SHARE else 0


def engagements(counts: Mapping[str, int]) -> int:
    """Return the likes, comments, shares and favourites together."""
    return sum(counts.get(name, 0) for name in ENGAGEMENTS)
