"""When a report is due, and how a sending goes; pure."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

NAME_MAX: Final = 100
SAVED_MAX: Final = 200  # Of one person in one ad account.
SCHEDULES_MAX: Final = 50  # Of one ad account.
RECIPIENTS_MAX: Final = 20  # Of one schedule.
RUNS_KEPT: Final = 30  # Of one schedule: what became of the last ones.
_LOOK_AHEAD_DAYS: Final = 63  # Two months and a day: every rhythm comes round.


class Rhythm(StrEnum):
    """How often a report is sent."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Stopped(StrEnum):
    """Why a schedule does not go on by itself."""

    PERSON_LEFT = "person_left"  # Whose rights it was made with is in the account no more, or may not look.
    NOBODY = "nobody"  # Everybody to whom it was sent left, or wants it no more.


class RunState(StrEnum):
    """How far a sending is."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Plan(msgspec.Struct, frozen=True):
    """When: at ``hour`` o'clock by the account's clock; ``weekday`` 0 is Monday, ``day`` of the month."""

    rhythm: Rhythm
    hour: int
    weekday: int = 0
    day: int = 1

    def falls_on(self, day: date) -> bool:
        """Say whether it is due on a day. The 31st is the last day of a shorter month."""
        match self.rhythm:
            case Rhythm.DAILY:
                return True
            case Rhythm.WEEKLY:
                return day.weekday() == self.weekday
        return day.day == min(self.day, monthrange(day.year, day.month)[1])


def next_due(plan: Plan, *, after: datetime, time_zone: str) -> datetime:
    """Return the first instant after this one at which the report is due, in UTC.

    Once on each of its days: an hour that the clock skips in spring comes an hour later, one that it repeats in autumn is
    the first of the two.
    """
    zone = ZoneInfo(time_zone)
    today = after.astimezone(zone).date()
    for ahead in range(_LOOK_AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        if plan.falls_on(day):
            due = datetime.combine(day, time(plan.hour), zone).astimezone(UTC)
            if due > after:
                return due
    raise AssertionError("every rhythm comes round within two months")
