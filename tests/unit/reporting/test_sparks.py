"""Lifts between groups of ads: their intervals cover the truth about as often as they say, and say what lacks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from vonk.reporting.sparks.rules import (
    ADS_MIN,
    BASE_MIN,
    DAYS_MIN,
    EVENTS_MIN,
    Lack,
    Lift,
    Ratio,
    Unit,
    by_ads,
    by_days,
    enough,
    total,
)

ROUNDS = 400
ROUGHLY = 0.035  # Three standard errors of a coverage of 95 % over the rounds.


def ads(chance: np.random.Generator, number: int, rate: float, spread: float) -> list[Ratio]:
    """Draw ads of one kind: sizes far apart, a rate of its own each, whose mean is ``rate``."""
    sizes = np.maximum(50, chance.lognormal(np.log(2_000), 0.7, number)).astype(int)
    rates = np.minimum(0.95, rate * np.exp(chance.normal(-(spread**2) / 2, spread, number)))
    return [Ratio(int(above), int(below)) for above, below in zip(chance.binomial(sizes, rates), sizes, strict=True)]


def covered(found: list[Lift | Lack], truth: float) -> float:
    lifts = [one for one in found if isinstance(one, Lift)]
    assert len(lifts) > ROUNDS * 0.98
    return sum(one.low <= truth <= one.high for one in lifts) / len(lifts)


@pytest.mark.parametrize(
    ("first", "second", "spread"), [(ADS_MIN, ADS_MIN, 0.3), (5, 30, 0.5), (12, 12, 0.0), (40, 15, 0.4)]
)
@pytest.mark.parametrize("lift", [0.0, 0.35])
def test_an_interval_by_ads_covers_the_truth_as_often_as_it_says(
    first: int, second: int, spread: float, lift: float
) -> None:
    chance = np.random.default_rng([first, second, int(spread * 10), int(lift * 100)])
    found = [
        by_ads(ads(chance, first, 0.04 * (1 + lift), spread), ads(chance, second, 0.04, spread)) for _ in range(ROUNDS)
    ]
    assert 0.95 - ROUGHLY <= covered(found, lift) <= 1.0


def test_counting_showings_as_independent_would_mislead() -> None:
    """The reason for leaving out ads: with the same data, the usual interval of two rates misses far more often."""
    chance = np.random.default_rng(7)
    missed = 0
    for _ in range(ROUNDS):
        first, second = (total(ads(chance, 12, 0.04, 0.4)) for _ in range(2))
        difference = np.log(first.above / first.below) - np.log(second.above / second.below)
        missed += abs(difference) > 1.96 * np.sqrt(1 / first.above + 1 / second.above)
    assert missed / ROUNDS > 0.4


def test_a_cost_is_compared_as_a_ratio_of_sums() -> None:
    chance = np.random.default_rng(3)

    def costs(number: int, price: float) -> list[Ratio]:
        clicks = chance.poisson(chance.lognormal(4, 0.6, number)) + 3
        spent = clicks * price * np.exp(chance.normal(-0.045, 0.3, number))
        return [Ratio(int(money * 1_000_000), int(count)) for money, count in zip(spent, clicks, strict=True)]

    found = [by_ads(costs(10, 0.4), costs(14, 0.5)) for _ in range(ROUNDS)]
    assert covered(found, -0.2) >= 0.95 - ROUGHLY


@pytest.mark.parametrize("days", [DAYS_MIN, 28])
def test_an_interval_by_days_covers_what_these_ads_do_on_such_days(days: int) -> None:
    chance = np.random.default_rng(days)

    def period() -> list[tuple[Ratio, Ratio]]:
        mood = np.exp(chance.normal(0, 0.3, days))  # Of the day: the same for both.
        own = np.exp(chance.normal(-0.02, 0.2, (2, days)))
        rates = np.minimum(0.9, mood * own * np.array([[0.06], [0.05]]))
        shown = chance.poisson(3_000, (2, days))
        above = chance.binomial(shown, rates)
        return [
            (Ratio(int(above[0, day]), int(shown[0, day])), Ratio(int(above[1, day]), int(shown[1, day])))
            for day in range(days)
        ]

    found = [by_days(period()) for _ in range(ROUNDS)]
    assert all(isinstance(one, Lift) and one.unit is Unit.DAYS and one.freedom == days - 1 for one in found)
    assert 0.95 - ROUGHLY <= covered(found, 0.2) <= 1.0


ratios = st.builds(Ratio, st.integers(1, 10**9), st.integers(1, 10**9))
groups = st.lists(ratios, min_size=ADS_MIN, max_size=12)


@given(groups, groups)
@settings(max_examples=examples(30))
def test_lifts_agree_whichever_group_stands_first(first: list[Ratio], second: list[Ratio]) -> None:
    forth, back = by_ads(first, second), by_ads(second, first)
    if isinstance(forth, Lift) and isinstance(back, Lift):
        assert (1 + forth.lift) * (1 + back.lift) == pytest.approx(1)
        assert (1 + forth.low) * (1 + back.high) == pytest.approx(1)
        assert forth.low <= forth.lift <= forth.high
        assert forth.differs is back.differs


@given(groups, groups, st.integers(2, 1_000))
@settings(max_examples=examples(30))
def test_the_unit_of_a_measure_changes_no_lift(first: list[Ratio], second: list[Ratio], times: int) -> None:
    scaled = [[Ratio(one.above * times, one.below) for one in group] for group in (first, second)]
    assert by_ads(*scaled) == pytest.approx(by_ads(first, second)) or by_ads(first, second) in set(Lack)


def test_more_ads_alike_make_it_surer() -> None:
    few = [Ratio(40, 1_000), Ratio(60, 1_000), Ratio(50, 1_000), Ratio(45, 1_000), Ratio(55, 1_000)]
    widths = []
    for times in (1, 2, 4):
        found = by_ads(few * times, [Ratio(50, 1_000), Ratio(35, 1_000), Ratio(65, 1_000)] * 2 * times)
        assert isinstance(found, Lift)
        widths.append(found.high - found.low)
    assert all(wider > narrower for wider, narrower in pairwise(widths))


def test_what_lacks_is_said() -> None:
    plenty = Ratio(EVENTS_MIN, BASE_MIN)
    assert enough(plenty, plenty, events_above=True) is None
    assert enough(Ratio(0, 0), plenty, events_above=True) is Lack.NO_ADS
    assert enough(plenty, Ratio(EVENTS_MIN, BASE_MIN - 1), events_above=True) is Lack.BASE
    assert enough(plenty, Ratio(EVENTS_MIN - 1, 10**6), events_above=True) is Lack.EVENTS
    assert enough(Ratio(5, EVENTS_MIN), Ratio(5, EVENTS_MIN - 1), events_above=False) is Lack.EVENTS
    assert enough(Ratio(0, EVENTS_MIN), Ratio(5, EVENTS_MIN), events_above=False) is Lack.FREE
    few = [plenty] * (ADS_MIN - 1)
    assert by_ads(few, [plenty] * 9) is Lack.UNITS
    assert by_ads([*few, Ratio(0, 0)], [plenty] * 9) is Lack.UNITS
    assert by_ads([*[Ratio(0, 100)] * 4, Ratio(99, 100)], [plenty] * 9) is Lack.ONE_UNIT
    assert by_days([(plenty, plenty)] * (DAYS_MIN - 1) + [(plenty, Ratio(0, 0))]) is Lack.UNITS
