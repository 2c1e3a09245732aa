"""When an ad group runs."""

from datetime import datetime, timedelta

from vonk.advertising.errors import EndMissing, ScheduleInPast, ScheduleReversed, ScheduleStarted
from vonk.delivery.snapshot import Budget, BudgetMode

_DAY = timedelta(days=1)


def check(starts_at: datetime, ends_at: datetime | None, *, now: datetime) -> None:
    """Raise ScheduleInPast or ScheduleReversed when a new schedule cannot be kept."""
    if starts_at < now:
        raise ScheduleInPast
    if ends_at is not None and ends_at <= starts_at:
        raise ScheduleReversed


def check_change(
    old_starts_at: datetime,
    old_ends_at: datetime | None,
    starts_at: datetime,
    ends_at: datetime | None,
    *,
    now: datetime,
) -> None:
    """Raise ScheduleStarted, ScheduleInPast or ScheduleReversed when a schedule cannot become this one."""
    if starts_at != old_starts_at:
        if old_starts_at <= now:
            raise ScheduleStarted
        if starts_at < now:
            raise ScheduleInPast
    if ends_at is None:
        return
    if ends_at <= starts_at:
        raise ScheduleReversed
    if ends_at != old_ends_at and ends_at <= now:
        raise ScheduleInPast(field="ends_at")


def minimum_micros(budget: Budget, daily_micros: int, starts_at: datetime, ends_at: datetime | None) -> int:
    """Return the least budget of an ad group: the daily minimum, times the days begun for a lifetime budget (O17).

    Raises EndMissing for a lifetime budget without an end.
    """
    if budget.mode is not BudgetMode.LIFETIME:
        return daily_micros
    if ends_at is None:
        raise EndMissing
    return daily_micros * days(starts_at, ends_at)


def days(starts_at: datetime, ends_at: datetime) -> int:
    """Return how many periods of 24 hours the schedule begins."""
    return max(1, -((starts_at - ends_at) // _DAY))
