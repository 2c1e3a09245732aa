import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.delivery.prediction.delay import SHARE_MIN, Delays
from vonk.delivery.prediction.fitting import CREATIVES_MIN, fit
from vonk.delivery.prediction.measures import auc, auc_by_group, ece, measure
from vonk.delivery.prediction.prior import BONUS_MAX, EXPLORED_AT, Prior

DAY_MS = 86_400_000
PRIOR = Prior(2.25, 151.2)


def test_the_prior_of_made_creatives_is_found_again() -> None:
    rng = np.random.default_rng(1)
    shown = rng.integers(200, 5_000, 3_000)
    happened = rng.binomial(shown, rng.beta(2.25, 151.2, 3_000))
    found = fit(happened.tolist(), shown.tolist())
    assert found is not None
    assert found.successes == pytest.approx(2.25, rel=0.1)
    assert found.failures == pytest.approx(151.2, rel=0.1)


def test_creatives_that_tell_no_prior_make_none() -> None:
    assert fit([1] * (CREATIVES_MIN - 1), [10] * (CREATIVES_MIN - 1)) is None
    assert fit([0] * 50, [10] * 50) is None
    assert fit([10] * 50, [10] * 50) is None
    assert fit([], []) is None
    alike = fit([100] * 50, [1_000] * 50)
    assert alike is not None
    assert alike.mean(0, 0) == pytest.approx(0.1, rel=0.01)
    for happened, shown in (([2] * 50, [1] * 50), ([-1] * 50, [1] * 50), ([1] * 50, [math.inf] * 50), ([1], [2, 3])):
        with pytest.raises(ValueError, match="creative"):
            fit(happened, shown)


@given(st.integers(0, 2_000), st.integers(0, 2_000))
def test_a_bonus_lifts_the_new_alone_and_not_far(happened: int, more: int) -> None:
    shown = happened + more
    mean, ranked = PRIOR.mean(happened, shown), PRIOR.optimistic(happened, shown)
    assert 0 < mean <= ranked <= min(1.0, mean * BONUS_MAX)
    assert (ranked == mean) == (shown >= EXPLORED_AT)


def test_a_bonus_in_figures() -> None:
    assert PRIOR.mean(0, 0) == pytest.approx(2.25 / 153.45)
    assert PRIOR.optimistic(0, 0) == pytest.approx(1.3 * 2.25 / 153.45)
    mean = 60.25 / 602.45
    assert PRIOR.optimistic(58, 449) == pytest.approx(mean + math.sqrt(mean * (1 - mean) / 603.45))


def test_open_clicks_count_for_those_that_will_still_convert() -> None:
    delays = Delays([1, 2, 3, 4, DAY_MS, 8 * DAY_MS, -5], window_ms=7 * DAY_MS)
    assert [delays.share_come(age) for age in (0, 1, 4, DAY_MS)] == [0.0, 0.2, 0.8, 1.0]
    assert delays.weight(4) == 1.25
    assert delays.weight(0) == 1 / SHARE_MIN  # Not without end.
    assert delays.weight(7 * DAY_MS) == 1.0
    assert delays.expected([4, 4, 7 * DAY_MS, 0], [1, 0, 2, 0]) == 3.25
    assert Delays([], DAY_MS).expected([5], [2]) == 2
    with pytest.raises(ValueError, match="window"):
        Delays([1], 0)


def test_what_came_early_foretells_what_comes() -> None:
    rng = np.random.default_rng(2)
    window = 7 * DAY_MS
    delays = Delays(np.minimum(rng.exponential(DAY_MS, 20_000), window).astype(int).tolist(), window)
    ages, coming = rng.uniform(0.2 * DAY_MS, window, 40_000), rng.exponential(DAY_MS, 40_000)
    coming = np.minimum(coming, window)
    converts = rng.random(40_000) < 0.3
    come = (converts & (coming <= ages)).astype(int)
    assert delays.expected(ages.tolist(), come.tolist()) == pytest.approx(converts.sum(), rel=0.02)
    assert come.sum() < 0.95 * converts.sum()


def test_measures_in_figures() -> None:
    p, y = np.array([0.1, 0.4, 0.4, 0.8]), np.array([0, 0, 1, 1])
    found = measure(p, y)
    assert found is not None
    assert found.auc == 0.875
    logloss = -(math.log(0.9) + math.log(0.6) + math.log(0.4) + math.log(0.8)) / 4
    assert found.logloss == pytest.approx(logloss)
    assert found.ne == pytest.approx(logloss / math.log(2))
    assert found.cal == pytest.approx(0.85)
    assert found.ece == pytest.approx((0.1 + 0.4 + 0.6 + 0.2) / 4)
    with_unknown = measure(np.append(p, 0.5), np.append(y, -1))
    assert with_unknown == found
    assert measure(p, np.full(4, -1)) is None
    one_kind = measure(p, np.zeros(4))
    assert one_kind is not None
    assert (one_kind.auc, one_kind.ne, one_kind.cal) == (None, None, None)
    assert ece(np.full(300, 0.25), np.arange(300) % 4 == 0) < 0.02
    assert auc(np.zeros(4), y) == 0.5


def test_groups_of_one_kind_are_not_judged() -> None:
    scores, labels = np.array([1.0, 2, 2, 1, 5, 6, 7]), np.array([0, 1, 0, 1, 1, 0, 0])
    assert auc_by_group(scores, labels, np.array([1, 1, 2, 2, 3, 9, 9])) == (0.5, 0.5, 2)
    assert auc_by_group(scores, labels, np.arange(7)) == (None, None, 0)
