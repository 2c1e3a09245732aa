"""The forecast of a day's impressions."""

import numpy as np
import pytest

from vonk.delivery.forecast.inventory import interval, next_total, share


def test_a_steady_platform_stays_and_a_trend_goes_on_by_half() -> None:
    assert next_total([100.0] * 5, [0] * 5, 0) == pytest.approx(100)
    growing = [100 * 1.1**day for day in range(6)]
    assert next_total(growing, [0] * 6, 0) == pytest.approx(growing[-1] * 1.1**0.5)
    assert next_total([], [], 0) == 0
    assert next_total([0.0], [0], 1) == 1  # Never nothing: a share of it is asked for.


def test_what_a_day_off_is_worth_is_learned_from_those_that_were() -> None:
    week = [100.0, 100, 100, 100, 100, 150, 150]
    kinds = [0, 0, 0, 0, 0, 1, 1]
    twice = next_total(week * 2, kinds * 2, 0)
    assert twice == pytest.approx(100, rel=0.05)
    assert next_total(week, kinds, 0) > twice  # Seen once it is doubted.
    assert next_total(week, kinds, 1) == pytest.approx(150)


def test_a_share_is_told_by_the_newest_days_most() -> None:
    assert share([10, 10], [100, 100]) == pytest.approx(0.1)
    assert share([10, 30], [100, 100]) == pytest.approx(0.18)
    assert share([0, 10], [0, 100]) == pytest.approx(0.1)
    assert share([], []) == 0


def test_an_interval_holds_four_days_in_five_of_what_errs_alike() -> None:
    rng = np.random.default_rng(3)
    for spread in (0.05, 0.3):
        held, errors = 0, list(rng.normal(0, spread, 20))
        for _ in range(400):
            said = interval(100.0, errors[-30:])
            actual = 100 * float(np.exp(rng.normal(0, spread)))
            held += said.p10 <= actual <= said.p90
            errors.append(float(np.log(actual / 100)))
        assert held / 400 == pytest.approx(0.8, abs=0.07)
    assert interval(100.0, []).p10 < 100 < interval(100.0, []).p90
