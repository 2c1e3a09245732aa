import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.core.clock import DAY_MS, HOUR_MS, MINUTE_MS
from vonk.delivery.limits import pacing
from vonk.delivery.limits.traffic import HOURS, Plan, Traffic

EVEN = Plan([1.0] * 336)
TICK = 1 / 1440
MONDAY_MS = 4 * DAY_MS  # 1970 began on a Thursday.


def even(multiplier: float, spent: float, *, rate: float = pacing.RATE) -> float:
    return pacing.step(multiplier, 720, 1440, spent, TICK, TICK, 0.5, rate, pacing.LOWEST)


def test_spending_as_planned_leaves_the_multiplier() -> None:
    assert even(0.3, 1) == pytest.approx(0.3)


def test_spending_nothing_raises_it_and_spending_twice_lowers_it() -> None:
    assert even(0.3, 0) == pytest.approx(0.3 * 1.051_271_096_376_024)
    assert even(0.3, 2) == pytest.approx(0.3 * 0.951_229_424_500_714)


def test_a_lump_may_lower_it_at_once() -> None:
    assert even(1.0, 500) < 0.06


def test_spend_is_measured_against_the_traffic_that_came() -> None:
    dear = pacing.step(0.3, 720, 1440, 2, 2 * TICK, TICK, 0.5, pacing.RATE, pacing.LOWEST)
    assert dear == pytest.approx(0.3), "Twice the spend with twice the viewers is as planned."
    assert pacing.step(0.3, 720, 1440, 9, 0.0, TICK, 0.5, pacing.RATE, pacing.LOWEST) == 0.3, "Nobody came."


@given(
    st.floats(0.005, 1),
    st.floats(0, 1e9),
    st.floats(0, 1e9),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_it_never_leaves_its_range(
    multiplier: float, left: float, spent: float, last: float, coming: float, ahead: float, rate: float
) -> None:
    moved = pacing.step(multiplier, left, 1e9, spent, last, coming, ahead, rate, pacing.LOWEST)
    assert pacing.LOWEST <= moved <= 1.0


@given(st.floats(0.005, 1), st.floats(0, 1e6), st.floats(0, 1e6))
def test_who_spent_more_never_bids_more(multiplier: float, spent: float, more: float) -> None:
    assert even(multiplier, spent + more) <= even(multiplier, spent)


def advanced(pace: pacing.Pace, now_ms: int, *, committed: int = 0, start_ms: int = 0) -> float:
    pacing.advance(
        pace,
        now_ms,
        plan=EVEN,
        start_ms=start_ms,
        end_ms=start_ms + DAY_MS,
        budget=DAY_MS,
        used=committed,
        committed=committed,
    )
    return pace.multiplier


def test_it_moves_once_a_minute() -> None:
    pace = pacing.Pace()
    assert advanced(pace, 1_000_000) == pacing.NEW
    assert advanced(pace, 1_059_999) == pacing.NEW
    assert advanced(pace, 1_060_000) > pacing.NEW


def test_a_new_day_begins_as_yesterday_stood_at_that_hour() -> None:
    pace = pacing.Pace()
    advanced(pace, MINUTE_MS)
    pace.multiplier = 0.111
    advanced(pace, HOUR_MS - 1, committed=0)
    first_hour = pace.multiplier
    for minute in range(60, 1440):
        advanced(pace, minute * MINUTE_MS, committed=2 * minute * MINUTE_MS)
    assert pace.multiplier == pytest.approx(pacing.LOWEST)
    assert advanced(pace, DAY_MS + MINUTE_MS, committed=DAY_MS, start_ms=DAY_MS) == first_hour


def test_a_pace_goes_on_from_its_checkpoint() -> None:
    pace, again = pacing.Pace(), pacing.Pace()
    advanced(pace, HOUR_MS)
    advanced(pace, 2 * HOUR_MS)
    again.load(pace.dump())
    assert again.dump() == pace.dump()
    assert advanced(again, 3 * HOUR_MS) == advanced(pace, 3 * HOUR_MS)


def test_traffic_is_the_usual_curve_until_hours_are_learned() -> None:
    plan = Traffic().plan(0, 0)
    night, evening = (
        plan.mass(MONDAY_MS + 4 * HOUR_MS, MONDAY_MS + 5 * HOUR_MS),
        plan.mass(MONDAY_MS + 20 * HOUR_MS, MONDAY_MS + 21 * HOUR_MS),
    )
    assert 0 < 3 * night < evening
    ahead = Traffic().plan(0, 3 * HOUR_MS)
    assert ahead.mass(MONDAY_MS + HOUR_MS, MONDAY_MS + 2 * HOUR_MS) == pytest.approx(night), "By the account's clock."


def test_hours_seen_whole_are_learned_and_halves_are_not() -> None:
    traffic = Traffic()
    for hour in range(2 * HOURS + 1):
        for minute in range(0, 60, 10):
            traffic.count(10 if hour % 24 == 3 else 1, MONDAY_MS + hour * HOUR_MS + minute * MINUTE_MS)
    plan = traffic.plan(0, 0)
    busy, quiet = (
        plan.mass(MONDAY_MS + 3 * HOUR_MS, MONDAY_MS + 4 * HOUR_MS),
        plan.mass(MONDAY_MS + 20 * HOUR_MS, MONDAY_MS + 21 * HOUR_MS),
    )
    assert busy > 3 * quiet
    late = Traffic()
    late.count(1_000, MONDAY_MS + HOUR_MS // 2)
    late.count(1, MONDAY_MS + HOUR_MS)
    late.count(1, MONDAY_MS + 9 * HOUR_MS)
    assert late.dump().weeks == [0] * HOURS, "One began late, one was followed by silence: both may have been cut."
    late.load(traffic.dump())
    assert late.plan(0, 0).mass(0, DAY_MS) == plan.mass(0, DAY_MS)


def test_only_the_hours_shown_are_traffic() -> None:
    mondays_first_half_hour = 1 << 335
    plan = Traffic().plan(mondays_first_half_hour, HOUR_MS)
    assert plan.mass(MONDAY_MS - HOUR_MS, MONDAY_MS - HOUR_MS // 2) == pytest.approx(plan.mass(0, 7 * DAY_MS))
    assert plan.mass(MONDAY_MS, MONDAY_MS + 6 * DAY_MS) == pytest.approx(0.0, abs=1e-9)


@given(st.integers(0, 10**12), st.integers(0, 40 * DAY_MS), st.integers(0, 40 * DAY_MS))
def test_masses_add_up(start: int, first: int, second: int) -> None:
    whole = EVEN.mass(start, start + first + second)
    assert EVEN.mass(start, start + first) + EVEN.mass(start + first, start + first + second) == pytest.approx(whole)
    assert whole == pytest.approx((first + second) / 1_800_000)
