"""What an ad's fates are gathered under, for people; pure."""

from enum import StrEnum
from typing import Final

from vonk.core.clock import HOUR_MS
from vonk.delivery.matching import minutes
from vonk.delivery.matching.refusals import Refusal

KEPT_DAYS: Final = 30
SILENT_MINUTES: Final = 10
"""A server that hands nothing over for so long is gone; what it had counted since is lost."""

LOST_COUNTS: Final = "counts_lost"
"""Of no ad: how often counts of the hour were lost, by a kill or for want of room. Where there are none it is exact."""


class Gathered(StrEnum):
    """What became of an ad when a slot came that it wanted, in words of its advertiser."""

    WON = "won"
    LOST = "lost"
    FLOOR = "floor"
    BUDGET = "budget"
    CAP = "cap"
    AUDIENCE = "audience"
    CONSENT = "consent"
    REVIEW = "review"
    SCHEDULE = "schedule"
    APART = "apart"


GATHERED: Final[dict[str, Gathered]] = {
    minutes.WON: Gathered.WON,
    minutes.LOST: Gathered.LOST,
    minutes.GHOST: Gathered.APART,
    Refusal.BELOW_RESERVE: Gathered.FLOOR,
    Refusal.FUNDS_ABSENT: Gathered.BUDGET,
    Refusal.OUT_OF_FUNDS: Gathered.BUDGET,
    Refusal.CAMPAIGN_OUT_OF_BUDGET: Gathered.BUDGET,
    Refusal.AD_GROUP_OUT_OF_BUDGET: Gathered.BUDGET,
    Refusal.BUDGET_NOT_LEASED: Gathered.BUDGET,
    Refusal.SEEN_TOO_OFTEN: Gathered.CAP,
    Refusal.AD_SEEN_TOO_OFTEN: Gathered.CAP,
    Refusal.CAMPAIGN_SEEN_TOO_OFTEN: Gathered.CAP,
    Refusal.ADVERTISER_SEEN_TOO_OFTEN: Gathered.CAP,
    Refusal.CAPS_UNKNOWN: Gathered.CAP,
    Refusal.AUDIENCE_ENDED: Gathered.AUDIENCE,
    Refusal.AUDIENCE_NEW: Gathered.AUDIENCE,
    Refusal.LIMITS_UNMET: Gathered.AUDIENCE,
    Refusal.GRANT_ABSENT: Gathered.CONSENT,
    Refusal.GRANT_NOT_STARTED: Gathered.CONSENT,
    Refusal.GRANT_EXPIRED: Gathered.CONSENT,
    Refusal.GRANT_COUNTRY: Gathered.CONSENT,
    Refusal.GRANT_CATEGORY: Gathered.CONSENT,
    Refusal.GRANT_SPEND_CAP: Gathered.CONSENT,
    Refusal.ORIGINAL_ABSENT: Gathered.CONSENT,
    Refusal.POST_GONE: Gathered.REVIEW,
    Refusal.CAMPAIGN_NOT_DELIVERING: Gathered.SCHEDULE,
    Refusal.NOT_STARTED: Gathered.SCHEDULE,
    Refusal.ENDED: Gathered.SCHEDULE,
    Refusal.OUTSIDE_HOURS: Gathered.SCHEDULE,
    Refusal.OTHER_ARM: Gathered.APART,
    Refusal.HELD_BACK: Gathered.APART,
    Refusal.CAMPAIGN_ALREADY_SHOWN: Gathered.APART,
    Refusal.NEIGHBOUR_COMPETES: Gathered.APART,
    Refusal.FORMAT_NOT_WANTED: Gathered.APART,
    Refusal.FORMAT_NOT_WANTED: Gathered.APART,
}
assert GATHERED.keys() >= set(Refusal), "Every refusal is gathered somewhere."


def hour_ms(at_ms: int) -> int:
    """Return the start of the UTC hour."""
    return at_ms // HOUR_MS * HOUR_MS
