"""Lift tests that are looked at every day: where nothing differs some 95 % find nothing, and what can be found is found."""

import numpy as np
import pytest

from vonk.delivery.experiments import proportions, splits
from vonk.delivery.experiments.proportions import ALPHA, POWER, Proportion

DAYS, TESTS, SHARE, BASE = 14, 400, 0.2, 0.03
VIEWERS_A_DAY = 2_000


def found(lift: float, seed: int) -> float:
    """Return which share of simulated tests call a difference on any of their days; who is held back is drawn by viewer."""
    chance = np.random.default_rng(seed)
    called = 0
    for _ in range(TESTS):
        control = chance.binomial(VIEWERS_A_DAY, SHARE, DAYS).cumsum()
        exposed = np.arange(1, DAYS + 1) * VIEWERS_A_DAY - control
        did_control = chance.binomial(np.diff(control, prepend=0), BASE).cumsum()
        did_exposed = chance.binomial(np.diff(exposed, prepend=0), BASE * (1 + lift)).cumsum()
        for day in range(DAYS):
            compared = proportions.compare(
                Proportion(int(did_control[day]), int(control[day])),
                Proportion(int(did_exposed[day]), int(exposed[day])),
                progress=(day + 1) / DAYS,
            )
            if compared is not None and compared.conclusive:
                called += 1
                break
    return called / TESTS


def test_a_lift_that_is_not_there_is_seldom_found_and_the_detectable_one_mostly() -> None:
    assert found(0.0, seed=11) <= ALPHA + 3 * (ALPHA * (1 - ALPHA) / TESTS) ** 0.5
    viewers = DAYS * VIEWERS_A_DAY
    lift = proportions.detectable(BASE, round(viewers * SHARE), round(viewers * (1 - SHARE)))
    assert lift is not None
    assert found(lift, seed=12) >= POWER - 3 * (POWER * (1 - POWER) / TESTS) ** 0.5


@pytest.mark.parametrize(("base", "first", "second"), [(0.0, 9, 9), (1.0, 9, 9), (0.1, 0, 9), (0.1, 9, 0), (0.5, 3, 3)])
def test_of_nobody_and_of_too_few_no_lift_is_detectable(base: float, first: int, second: int) -> None:
    assert proportions.detectable(base, first, second) is None


def test_more_viewers_find_less_and_halves_agree_with_what_they_need() -> None:
    small = proportions.detectable(0.02, 50_000, 50_000)
    large = proportions.detectable(0.02, 5_000, 5_000)
    assert small is not None
    assert large is not None
    assert small < large
    assert proportions.viewers_needed(0.02, small) == pytest.approx(50_000, rel=0.001)


def test_a_split_is_held_against_the_share_that_was_meant() -> None:
    assert splits.apart(0, 0, first_share=0.1) == 1.0
    assert splits.apart(100, 900, first_share=0.1) == 1.0
    assert splits.apart(500, 500, first_share=0.1) < proportions.UNBALANCED_BELOW
    assert splits.apart(50, 50, first_share=0.5) == proportions.balance(50, 50)
