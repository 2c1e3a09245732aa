"""The forecast of reach, held against viewers that chance made."""

from collections import Counter

import numpy as np
import pytest

from vonk.delivery.forecast import reach as rules


def seen(shape: float, mean: float, viewers: int, seed: int) -> tuple["np.ndarray", Counter[int]]:
    """Viewers with gamma-distributed rates, and how many impressions they saw."""
    rng = np.random.default_rng(seed)
    rates = rng.gamma(shape, mean / shape, viewers)
    return rates, Counter(int(times) for times in rng.poisson(rates))


@pytest.mark.parametrize(("shape", "mean"), [(0.5, 3.0), (1.0, 1.0), (2.0, 6.0)])
def test_reach_of_impressions_to_come_is_forecast_within_five_percent(shape: float, mean: float) -> None:
    rates, past = seen(shape, mean, 20_000, seed=7)
    fitted = rules.fit(past)
    assert fitted is not None
    assert fitted.people == pytest.approx(20_000, rel=0.25)  # Those who saw none are worked out, not counted.
    rng = np.random.default_rng(8)
    for part in (0.1, 0.5, 1.0):
        shown = rng.poisson(rates * part)
        said = rules.reach(fitted, float(shown.sum()))
        assert said.viewers == pytest.approx((shown > 0).sum(), rel=0.05)
        assert said.frequencies[0] == pytest.approx((shown == 1).sum() / (shown > 0).sum(), abs=0.03)
        assert sum(said.frequencies) == pytest.approx(1)


def test_a_cap_holds_and_reaches_more() -> None:
    _, past = seen(0.5, 3.0, 20_000, seed=9)
    fitted = rules.fit(past)
    assert fitted is not None
    free, capped = rules.reach(fitted, 30_000), rules.reach(fitted, 30_000, most_each=2)
    assert capped.viewers > free.viewers
    assert capped.frequencies[2:] == (0.0,) * (rules.FREQUENCIES - 2)
    assert capped.impressions == 30_000
    shown = capped.viewers * (capped.frequencies[0] + 2 * capped.frequencies[1])
    assert shown == pytest.approx(30_000, rel=1e-3)
    assert rules.reach(fitted, 10**9, most_each=1).viewers <= fitted.people


def test_few_viewers_and_few_days_say_nothing() -> None:
    assert rules.fit({1: rules.VIEWERS_MIN - 1}) is None
    assert rules.fit({}) is None
    assert rules.fit({0: 10_000}) is None
    assert rules.fit({1: 5_000}) is not None
    assert rules.fit({5_000: 5_000}) is not None
    assert rules.between([100, 100]) is None
    assert rules.between([100, 0, 100]) is None
    assert rules.between([100, 100, 100]) == pytest.approx((100, 100))


def test_the_interval_holds_four_days_in_five() -> None:
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(1_000):
        days = np.exp(rng.normal(8, 0.3, 9)).astype(int)
        low, high = rules.between(days[:8].tolist()) or (0, 0)
        held += low <= days[8] <= high
    assert held / 1_000 == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize("shape", [0.4, 1.0, 3.0])
def test_where_everybody_is_known_the_shape_is_found_and_reach_is_closer(shape: float) -> None:
    rates, past = seen(shape, 3.0, 20_000, seed=12)
    fitted = rules.fit_everybody(past)
    assert fitted is not None
    assert fitted.shape == pytest.approx(shape, rel=0.05)
    assert fitted.people == pytest.approx(20_000)
    shown = np.random.default_rng(13).poisson(rates / 3)
    assert rules.reach(fitted, float(shown.sum())).viewers == pytest.approx((shown > 0).sum(), rel=0.02)
    assert rules.fit_everybody({0: 20_000}) is None
    assert rules.fit_everybody({1: rules.VIEWERS_MIN - 1}) is None
