"""Spend against its pace: by the traffic that was learnt, never above the budget."""

from vonk.core.clock import HOUR_MS
from vonk.delivery.limits.dayparting import HALF_HOURS
from vonk.delivery.limits.traffic import Plan, Traffic
from vonk.reporting.pace.rules import Period, Standing, expected, joined, learnt, paced, scaled

DAY = 24 * HOUR_MS
NOW = 20 * DAY + 12 * HOUR_MS


FLAT = Plan([1.0] * HALF_HOURS)  # Viewers come alike at all hours.


def period(spent: int, budget: int = 1_000) -> Period:
    return Period(20 * DAY, 21 * DAY, budget, spent)


def test_what_was_learnt_bends_the_pace() -> None:
    nights = learnt([(hour * HOUR_MS, 1_000 if hour % 24 < 6 else 10) for hour in range(-8 * 24, 20 * 24)], 20 * DAY)
    usual = Traffic()
    at = 20 * DAY + 6 * HOUR_MS
    assert expected(period(0), nights.plan(0, 0), at) > 700
    assert expected(period(0), usual.plan(0, 0), at) < 250  # Nothing was learnt: a usual night is quiet.


def test_an_hour_that_is_not_over_is_not_learnt() -> None:
    assert learnt([(NOW - HOUR_MS // 2, 500)], NOW).dump().weeks == [0] * 168


def test_on_pace_ahead_and_behind() -> None:
    on, ahead, behind = (paced(period(spent), FLAT, NOW) for spent in (500, 800, 200))
    assert [one.standing for one in (on, ahead, behind)] == [Standing.ON_PACE, Standing.AHEAD, Standing.BEHIND]
    assert (behind.expected_micros, behind.projected_micros, behind.over_ms) == (500, 400, None)
    assert ahead.projected_micros == 1_000  # Nothing is spent beyond the budget.
    assert ahead.over_ms is not None
    assert abs(ahead.over_ms - (20 * DAY + 15 * HOUR_MS)) <= HOUR_MS


def test_nothing_is_said_too_early_or_of_nothing() -> None:
    early = paced(period(10), FLAT, 20 * DAY + HOUR_MS)
    assert (early.standing, early.projected_micros) == (Standing.EARLY, None)
    assert paced(period(0, 0), FLAT, NOW).standing is Standing.EARLY
    assert joined([]) is None


def test_several_are_one() -> None:
    whole = joined([paced(period(900), FLAT, NOW), paced(period(0), FLAT, NOW)])
    assert whole is not None
    assert (whole.period.budget_micros, whole.period.spent_micros, whole.expected_micros) == (2_000, 900, 1_000)
    assert (whole.standing, whole.projected_micros) == (Standing.ON_PACE, 1_000)


def test_a_campaigns_budget_bounds_those_of_its_ad_groups() -> None:
    assert [one.budget_micros for one in scaled([period(0, 300), period(0, 100)], 200)] == [150, 50]
    assert scaled([period(0, 300)], None) == (period(0, 300),)
