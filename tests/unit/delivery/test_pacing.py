import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.delivery import pacing


def even(multiplier: float, spent: int) -> float:
    return pacing.step(multiplier, left=720, budget=1440, spent=spent, elapsed=0.5, ticks=1, length=1440)


def test_spending_as_planned_leaves_the_multiplier() -> None:
    assert even(0.3, 1) == 0.3


def test_spending_nothing_raises_it_and_spending_twice_lowers_it() -> None:
    assert even(0.3, 0) == pytest.approx(0.3 * 1.051_271_096_376_024)
    assert even(0.3, 2) == pytest.approx(0.3 * 0.951_229_424_500_714)


def test_a_lump_may_lower_it_at_once() -> None:
    assert even(1.0, 500) < 0.06


@given(st.floats(0.005, 1), st.integers(0, 10**9), st.integers(0, 10**9), st.floats(0, 0.999), st.floats(1, 3000))
def test_it_never_leaves_its_range(multiplier: float, left: int, spent: int, elapsed: float, ticks: float) -> None:
    moved = pacing.step(multiplier, left=left, budget=10**9, spent=spent, elapsed=elapsed, ticks=ticks, length=1440)
    assert pacing.LOWEST <= moved <= 1.0


def test_it_moves_once_a_minute() -> None:
    pace = pacing.Pace()
    period = {"start_ms": 0, "end_ms": 86_400_000, "budget": 86_400_000}
    pacing.advance(pace, 1_000_000, used=0, committed=0, **period)
    assert pace.multiplier == pacing.NEW
    pacing.advance(pace, 1_059_999, used=0, committed=0, **period)
    assert pace.multiplier == pacing.NEW
    pacing.advance(pace, 1_060_000, used=0, committed=0, **period)
    assert pace.multiplier > pacing.NEW
