"""What an A/B test between two ad groups may be: what it varies, how long it runs, and when the two can be compared; pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from vonk.advertising.rules.objectives import Objective
from vonk.core.errors import FieldInvalid
from vonk.delivery.snapshot import Budget, BudgetMode, Targeting

ARMS: Final = 2
LENGTH_MIN: Final = timedelta(days=1)  # Below, hours of the day decide more than what is tested.
LENGTH_MAX: Final = timedelta(days=30)
PAST_MAX: Final = timedelta(minutes=10)  # Who says "now" is understood, though it was a moment ago.
OPEN_MAX: Final = 50  # Of one account: each is in the documents of two ad groups.
EVER_MAX: Final = 2_000  # Of one account, past ones too.
MEASURED_AFTER: Final = timedelta(days=8)  # Events come up to seven days late; a day for clocks that differ.
KEPT_AFTER: Final = timedelta(days=60)  # What each viewer did is kept no longer after the end.


class Variable(StrEnum):
    """What the two ad groups differ in."""

    BIDDING = "bidding"
    TARGETING = "targeting"
    CREATIVE = "creative"
    CUSTOM = "custom"


class Metric(StrEnum):
    """What is compared: of the viewers reached, how many did it at least once."""

    CLICKED = "clicked"  # On the way to the destination.
    ENGAGED = "engaged"  # Watched for six seconds.
    CONVERTED = "converted"  # After a touch that was within the test.


class State(StrEnum):
    """Where a test stands."""

    WAITING = "waiting"
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"  # It ended before it began, or one of its ad groups was deleted while it ran.


class Candidate(msgspec.Struct, frozen=True):
    """What has to be alike of two ad groups."""

    objective: Objective
    budget: Budget
    targeting: Targeting
    ends_at: datetime | None


class Measured(NamedTuple):
    """What is counted of an ad group in a test: showings decided from start to end (exclusive)."""

    test_id: int
    starts_ms: int
    ends_ms: int
    kept_until: datetime


def over(ends_at: datetime, ended_at: datetime | None) -> datetime:
    """Return when a test ends or ended."""
    return ends_at if ended_at is None else min(ended_at, ends_at)


def check_times(starts_at: datetime, ends_at: datetime, *, now: datetime) -> datetime:
    """Return when the test starts; FieldInvalid for a start that is past, and a length that is too short or too long."""
    if starts_at < now - PAST_MAX:
        raise FieldInvalid("starts_at", "an instant that is not past")
    start = max(starts_at, now)
    if not LENGTH_MIN <= ends_at - starts_at <= LENGTH_MAX or ends_at <= start:
        raise FieldInvalid(
            "ends_at", "%(least)s to %(most)s days after the start", least=LENGTH_MIN.days, most=LENGTH_MAX.days
        )
    return start


def check_pair(variable: Variable, pair: Sequence[Candidate], ends_at: datetime) -> None:
    """Raise FieldInvalid where a comparison of the two would say something else than what is asked.

    Each arm has half of the viewers, and so the same budget of its own; only what is tested may differ.
    """
    one, other = pair
    if one.objective is not other.objective:
        raise FieldInvalid("ad_group_ids", "two ad groups of campaigns with one objective")
    if BudgetMode.NONE in (one.budget.mode, other.budget.mode):
        raise FieldInvalid("ad_group_ids", "ad groups with budgets of their own; of a shared one, one could take all")
    if (one.budget.mode, one.budget.micros) != (other.budget.mode, other.budget.micros):
        raise FieldInvalid("ad_group_ids", "two ad groups with the same budget")
    if variable in (Variable.BIDDING, Variable.CREATIVE) and one.targeting != other.targeting:
        raise FieldInvalid("ad_group_ids", "two ad groups with the same targeting, for it is not what is tested")
    if any(candidate.ends_at is not None and candidate.ends_at < ends_at for candidate in pair):
        raise FieldInvalid("ends_at", "an instant at which both ad groups still run")


def state(
    starts_at: datetime,
    ends_at: datetime,
    ended_at: datetime | None,
    deleted_at: Iterable[datetime | None],
    *,
    now: datetime,
) -> State:
    """Return where a test stands. ``deleted_at`` is when its ad groups and their campaigns were deleted."""
    over_at = over(ends_at, ended_at)
    if over_at <= starts_at or any(at is not None and at < over_at for at in deleted_at):
        return State.CANCELLED
    if now >= over_at:
        return State.OVER
    return State.RUNNING if now >= starts_at else State.WAITING
