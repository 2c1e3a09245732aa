"""The arithmetic of A/B tests, held against published numbers and against chance."""

from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.delivery.experiments import proportions as rules
from vonk.delivery.experiments.proportions import Proportion

counts = st.integers(1, 5_000).flatmap(lambda viewers: st.tuples(st.integers(0, viewers), st.just(viewers)))


def test_newcombes_own_examples() -> None:
    """Table II of the paper: (56, 70) less (48, 80), and the extreme (9, 10) less (3, 10)."""
    for first, second, lower, upper in (
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
    ):
        assert rules.newcombe(Proportion(*first), Proportion(*second)) == pytest.approx((lower, upper), abs=5e-5)


@pytest.mark.parametrize(
    ("level", "likely"), [(2.2414, 0.05), (1.9600, 0.1), (2.8070, 0.01), (1e-9, 1.0), (0.5, 0.99084), (0.0, 1.0)]
)
def test_how_likely_a_path_ever_leaves(level: float, likely: float) -> None:
    """The doubled tails of the reflection principle, and Feller's theta series for small levels."""
    assert rules.ever_crossed(level) == pytest.approx(likely, abs=2e-4)


def test_the_two_series_meet() -> None:
    below, above = rules.ever_crossed(1 - 1e-9), rules.ever_crossed(1.0)
    assert below == pytest.approx(above, abs=1e-8)


def test_daily_looks_at_equal_arms_mislead_at_most_as_often_as_said() -> None:
    """2,000 tests without a difference, looked at on each of 14 days (acceptance 15: at most 5.5 %)."""
    rng = np.random.default_rng(20261122)
    days, daily, base = 14, 5_000, 0.014
    misled = 0
    seen = np.cumsum(rng.binomial(daily, base, size=(2_000, 2, days)), axis=2)
    for first, second in seen:
        found = (
            rules.compare(
                Proportion(int(first[day]), daily * (day + 1)),
                Proportion(int(second[day]), daily * (day + 1)),
                progress=(day + 1) / days,
            )
            for day in range(days)
        )
        misled += any(one is not None and one.conclusive for one in found)
    assert misled / 2_000 <= 0.055


@pytest.mark.parametrize(
    ("base", "lift", "needed"),
    [(0.005, 0.05, 1_280_000), (0.01, 0.1, 163_000), (0.02, 0.2, 21_100), (0.45, 0.1, 1_900), (0.45, 0.2, 484)],
)
def test_viewers_that_one_look_needs(base: float, lift: float, needed: int) -> None:
    """The table of delivery science §11; many looks need more."""
    once = rules.viewers_needed(base, lift, level=NormalDist().inv_cdf(0.975))
    assert once == pytest.approx(needed, rel=0.03)
    assert once < rules.viewers_needed(base, lift) < 1.3 * once


def test_a_broken_split_is_told_from_an_unlucky_one() -> None:
    assert rules.balance(0, 0) == 1
    assert rules.balance(5_000, 5_000) == 1
    assert rules.balance(5_000, 5_100) > 0.3
    assert rules.balance(5_000, 5_500) < rules.UNBALANCED_BELOW


def test_nothing_is_said_of_few() -> None:
    assert rules.compare(Proportion(0, 0), Proportion(50, 500), progress=1) is None
    assert rules.compare(Proportion(4, 500), Proportion(5, 500), progress=1) is None
    assert rules.compare(Proportion(500, 500), Proportion(495, 500), progress=1) is None
    assert rules.compare(Proportion(20, 49), Proportion(20, 50), progress=1) is None


def test_the_same_difference_says_more_at_the_end() -> None:
    early, late = (rules.compare(Proportion(100, 1_000), Proportion(140, 1_000), progress=at) for at in (0.25, 1.0))
    assert early is not None
    assert late is not None
    assert (early.conclusive, late.conclusive) == (False, True)
    assert early.difference == late.difference == pytest.approx(0.04)


@given(counts, counts, st.floats(0.01, 1))
def test_the_interval_holds_the_difference_and_turns_with_the_arms(
    first: tuple[int, int], second: tuple[int, int], progress: float
) -> None:
    one, other = Proportion(*first), Proportion(*second)
    said, turned = rules.compare(one, other, progress=progress), rules.compare(other, one, progress=progress)
    if said is None:
        assert turned is None
        return
    assert turned is not None
    assert -1 <= said.lower <= said.difference <= said.upper <= 1
    assert 0 <= said.p_value <= 1
    assert (turned.lower, turned.upper) == pytest.approx((-said.upper, -said.lower))
    assert turned.p_value == pytest.approx(said.p_value)
    once = 2 * (1 - NormalDist().cdf(abs(rules.z_score(one, other))))
    assert said.p_value >= once - 1e-9  # Many looks never say more than one.
    assert sqrt(progress) <= 1
