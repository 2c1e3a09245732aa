"""What a lift test of a campaign may be: how many viewers are held back, how long it runs, what it measures; pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from vonk.advertising.rules.split_tests import check_times, over
from vonk.core.errors import FieldInvalid

SHARE_MIN: Final = 1  # Percent of the viewers.
SHARE_MAX: Final = 50  # A greater control group costs more and finds no more.
OPEN_MAX: Final = 20  # Of one account.
EVER_MAX: Final = 500  # Of one account, past ones too.
REASON_MAX: Final = 500
MEASURED_AFTER: Final = timedelta(days=8)  # Conversions come up to seven days late; a day for clocks that differ.
KEPT_AFTER: Final = timedelta(days=60)  # What each viewer did is kept no longer after the end.

__all__ = ["check_share", "check_times", "over"]


class Outcome(StrEnum):
    """What is compared: of the viewers for whom the campaign won a slot, how many did it afterwards."""

    CONVERTED = "converted"  # At the advertiser's, and known again there by their address.
    ENGAGED = "engaged"  # Liked, commented, shared, kept or followed away from the ad itself.


class State(StrEnum):
    """Where a test stands."""

    WAITING = "waiting"
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"  # It ended before it began.


class Measured(NamedTuple):
    """What is counted of a campaign: slots decided from start to end (exclusive)."""

    test_id: int
    campaign_id: int
    account_id: int
    salt: str
    share_percent: int
    starts_ms: int
    ends_ms: int
    kept_until: datetime


def check_share(share_percent: int) -> None:
    """Raise FieldInvalid for a control group that is too small or too large."""
    if not SHARE_MIN <= share_percent <= SHARE_MAX:
        raise FieldInvalid("share_percent", "from %(least)s to %(most)s", least=SHARE_MIN, most=SHARE_MAX)


def state(starts_at: datetime, ends_at: datetime, ended_at: datetime | None, *, now: datetime) -> State:
    """Return where a test stands."""
    over_at = over(ends_at, ended_at)
    if over_at <= starts_at:
        return State.CANCELLED
    if now >= over_at:
        return State.OVER
    return State.RUNNING if now >= starts_at else State.WAITING
