"""When a report is due: on each of its days once, at its hour, whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.reporting.saved.rules import Plan, Rhythm, next_due

ZONES = ("Europe/Amsterdam", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "UTC", "Asia/Kolkata")
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - made aware at once.
PLANS = st.builds(Plan, st.sampled_from(Rhythm), st.integers(0, 23), st.integers(0, 6), st.integers(1, 31))


@given(PLANS, INSTANTS, st.sampled_from(ZONES))
def test_it_is_due_after_now_on_its_days_and_each_of_them_once(plan: Plan, after: datetime, time_zone: str) -> None:
    zone, found = ZoneInfo(time_zone), [after]
    for _ in range(5):
        found.append(next_due(plan, after=found[-1], time_zone=time_zone))
    assert all(one < other for one, other in pairwise(found))
    days = [at.astimezone(zone).date() for at in found[1:]]
    assert len(set(days)) == len(days)
    assert all(plan.falls_on(day) for day in days)
    longest = {Rhythm.DAILY: 2, Rhythm.WEEKLY: 8, Rhythm.MONTHLY: 32}[plan.rhythm]
    assert all(other - one <= timedelta(days=longest) for one, other in pairwise(found[1:]))


@pytest.mark.parametrize(
    ("plan", "after", "due"),
    [
        (Plan(Rhythm.DAILY, 7), "2026-03-02T05:59", "2026-03-02T06:00"),
        (Plan(Rhythm.DAILY, 7), "2026-03-02T06:00", "2026-03-03T06:00"),
        (Plan(Rhythm.DAILY, 2), "2026-03-28T12:00", "2026-03-29T01:00"),  # The hour that spring skips: three o'clock.
        (Plan(Rhythm.DAILY, 2), "2026-10-24T12:00", "2026-10-25T00:00"),  # The first of the two that autumn has.
        (Plan(Rhythm.DAILY, 2), "2026-10-25T00:00", "2026-10-26T01:00"),
        (Plan(Rhythm.WEEKLY, 9, weekday=0), "2026-03-03T12:00", "2026-03-09T08:00"),
        (Plan(Rhythm.MONTHLY, 9, day=31), "2026-02-01T12:00", "2026-02-28T08:00"),
        (Plan(Rhythm.MONTHLY, 9, day=1), "2026-12-02T12:00", "2027-01-01T08:00"),
    ],
)
def test_an_hour_is_the_accounts(plan: Plan, after: str, due: str) -> None:
    found = next_due(plan, after=datetime.fromisoformat(f"{after}+00:00"), time_zone="Europe/Amsterdam")
    assert found == datetime.fromisoformat(f"{due}+00:00")
