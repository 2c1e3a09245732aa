"""What stands out, and what chance may have made."""

import pytest

from vonk.reporting.library.rules import outstanding, share, times_usual


def test_a_share_of_few_is_none() -> None:
    assert share(50, 99) is None
    found = share(60, 100)
    assert found is not None
    assert (found.value, round(found.low, 3), round(found.high, 3)) == (0.6, 0.518, 0.677)


def test_only_what_is_above_the_usual_by_more_than_chance_stands_out() -> None:
    assert outstanding(share(60, 100), 0.5)
    assert not outstanding(share(60, 100), 0.55)
    assert outstanding(share(600, 1_000), 0.55)
    assert not outstanding(None, 0.1)
    assert not outstanding(share(600, 1_000), None)


def test_counts_are_held_against_the_middle_one_of_the_same_creator() -> None:
    *others, best = times_usual([10, 20, 20, 30, 200])
    assert others[0] is None  # Ten are too few to say.
    assert best is not None
    assert best.value == 10
    assert best.low == pytest.approx(8.84, abs=0.01)
    assert times_usual([10, 20, 200, 30]) == (None,) * 4
    assert times_usual([0] * 5) == (None,) * 5
