"""Fits the prior that creatives share to the results of those that were shown. Offline: weekly, per format and objective."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln

from vonk.delivery.prediction.prior import Prior

CREATIVES_MIN: Final = 20  # Fewer do not tell how creatives differ.
WEIGHT_START: Final = 100.0  # Impressions that a prior is worth, where the search begins,
WEIGHT_MIN, WEIGHT_MAX = 0.5, 1e6  # and between which it stays.


def fit(happened: Sequence[float], shown: Sequence[float]) -> Prior | None:
    """Return the likeliest prior of creatives with these results: maximum likelihood of the beta-binomial.

    None where they do not tell one: fewer than ``CREATIVES_MIN`` shown ones, or none or all of the impressions
    successes. Where all creatives are alike the weight ends at ``WEIGHT_MAX``.
    """
    s, n = np.asarray(happened, np.float64), np.asarray(shown, np.float64)
    if s.shape != n.shape or (s < 0).any() or (s > n).any() or not np.isfinite(n).all():
        raise ValueError("A creative has fewer impressions than successes, or counts that are none.")
    s, n = s[n > 0], n[n > 0]
    if len(n) < CREATIVES_MIN or not 0 < s.sum() < n.sum():
        return None

    def unlikeliness(at: NDArray[np.float64]) -> float:
        mean, weight = 1 / (1 + math.exp(-at[0])), math.exp(at[1])
        a, b = mean * weight, (1 - mean) * weight
        return float(-(betaln(s + a, n - s + b) - betaln(a, b)).sum())

    mean = s.sum() / n.sum()
    start = (math.log(mean / (1 - mean)), math.log(WEIGHT_START))
    bounds = ((-18.0, 18.0), (math.log(WEIGHT_MIN), math.log(WEIGHT_MAX)))
    best = minimize(unlikeliness, start, method="L-BFGS-B", bounds=bounds).x
    mean, weight = 1 / (1 + math.exp(-best[0])), math.exp(best[1])
    return Prior(float(mean * weight), float((1 - mean) * weight))
