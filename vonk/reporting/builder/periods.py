"""The days of a report, seen from a day of the ad account, and those it is compared with; pure."""

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

YEAR_DAYS: Final = 364  # 52 weeks: the same days of the week.
WEEK_DAYS: Final = 7


class Period(StrEnum):
    """Days that move with the day on which somebody looks; or days of one's own."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    LAST_7_DAYS = "last_7_days"
    LAST_14_DAYS = "last_14_days"
    LAST_28_DAYS = "last_28_days"
    LAST_90_DAYS = "last_90_days"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    CUSTOM = "custom"


class Compare(StrEnum):
    """What a period is held against."""

    NOTHING = "nothing"
    BEFORE = "before"  # As many days directly before.
    YEAR = "year"  # 52 weeks earlier.


class Days(NamedTuple):
    """From a day to a day, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1


def _month_before(today: date) -> Days:
    last = today.replace(day=1) - timedelta(days=1)
    return Days(last.replace(day=1), last)


def _week_before(today: date) -> Days:
    monday = today - timedelta(days=today.weekday() + WEEK_DAYS)
    return Days(monday, monday + timedelta(days=WEEK_DAYS - 1))


def _ending(days: int) -> Callable[[date], Days]:
    return lambda today: Days(today - timedelta(days=days - 1), today)


PERIODS: Final[dict[Period, Callable[[date], Days]]] = {
    Period.TODAY: _ending(1),
    Period.YESTERDAY: lambda today: Days(today - timedelta(days=1), today - timedelta(days=1)),
    Period.LAST_7_DAYS: _ending(7),
    Period.LAST_14_DAYS: _ending(14),
    Period.LAST_28_DAYS: _ending(28),
    Period.LAST_90_DAYS: _ending(90),
    Period.THIS_WEEK: lambda today: Days(today - timedelta(days=today.weekday()), today),
    Period.LAST_WEEK: _week_before,
    Period.THIS_MONTH: lambda today: Days(today.replace(day=1), today),
    Period.LAST_MONTH: _month_before,
}


def compared(days: Days, compare: Compare) -> Days | None:
    """Return the days that a period is held against; None for nothing."""
    if compare is Compare.NOTHING:
        return None
    back = timedelta(days=days.length if compare is Compare.BEFORE else YEAR_DAYS)
    return Days(days.first - back, days.last - back)


def day_of(text: str) -> date | None:
    """Return the day that is written as 2026-03-01; None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == len("2026-03-01") else None
    except ValueError:
        return None
