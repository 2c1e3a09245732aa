"""The days and hours of a breakdown, by the clock of its zone."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from vonk.billing.queries import By
from vonk.reporting.breakdowns.wanted import Moment
from vonk.reporting.net import FIRST_DAY, LAST_DAY
from vonk.reporting.reports import check_span, midnight


class Day(NamedTuple):
    """A day by the zone's clock, and when it begins and ends."""

    day: date
    start: datetime
    end: datetime


class Span(msgspec.Struct, frozen=True):
    """From the first day's midnight to the last day's end. ``whole``: all that ever was, with no day in particular."""

    by: By
    zone: ZoneInfo
    utc: bool
    first: date
    last: date
    whole: bool

    @property
    def start(self) -> datetime:
        """When it begins."""
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """When it is over."""
        return midnight(self.last + timedelta(days=1), self.zone)

    def days(self) -> Iterator[Day]:
        """Yield its days in order."""
        day, start = self.first, self.start
        while day <= self.last:
            following = day + timedelta(days=1)
            end = midnight(following, self.zone)
            yield Day(day, start, end)
            day, start = following, end

    def moment(self, hour_at: datetime) -> Moment:
        """Return in which step of the span a UTC hour begins."""
        if self.by is By.NONE:
            return None
        local = hour_at.astimezone(self.zone)
        if self.by is By.DAY:
            return local.date()
        return local.replace(minute=0, tzinfo=None)


def span_of(start_date: date | None, end_date: date | None, *, by: By, time_zone: str, utc: bool) -> Span:
    """Return the span; both dates are included, and None for both is everything. Raises SpanInvalid."""
    zone = ZoneInfo("UTC") if utc else ZoneInfo(time_zone)
    if start_date is None or end_date is None:
        return Span(By.NONE, zone, utc, FIRST_DAY, LAST_DAY, whole=True)
    check_span(start_date, end_date, by)
    return Span(by, zone, utc, start_date, end_date, whole=False)
