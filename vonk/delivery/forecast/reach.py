"""Reach and frequency of impressions to come, from how often each viewer saw ads lately; pure.

A viewer's impressions are Poisson with a rate of their own, the rates gamma-distributed (delivery science §7). Fitted to all
viewers where those who saw none are known, else to those who saw at least one. Then viewer i has the posterior shape
n_i + r, and those who were there and saw none the shape r.
"""

from collections.abc import Callable, Mapping, Sequence
from math import exp, lgamma, log, log1p, sqrt
from statistics import fmean, stdev
from typing import Final, NamedTuple

VIEWERS_MIN: Final = 100  # Of fewer, nothing is said: neither is it sound, nor may they be told.
DAYS_MIN: Final = 3
FREQUENCIES: Final = 10  # Told one by one; the last one holds all above.
_SHAPES: Final = tuple(2.0 ** (power / 2) for power in range(-8, 9))
_P90: Final = (1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383)  # Student's, for 2 degrees of freedom and more.
_GOLDEN: Final = (sqrt(5) - 1) / 2
_SEEN_MAX: Final = 1_000  # Of one viewer; more counts as so many.


class Fit(NamedTuple):
    """The shape of the rates, and by shape how many viewers have it."""

    shape: float
    viewers: dict[float, float]

    @property
    def total(self) -> float:
        """The sum of all shapes, which impressions are shared out by."""
        return sum(shape * count for shape, count in self.viewers.items())

    @property
    def people(self) -> float:
        """Everybody who was there."""
        return sum(self.viewers.values())


class Reach(NamedTuple):
    """Viewers reached at least once, and the share of them by how often: the last one holds all above."""

    impressions: float
    viewers: float
    frequencies: tuple[float, ...]


def fit(seen: Mapping[int, int]) -> Fit | None:
    """Fit viewers by how many impressions they saw (at least one); None below VIEWERS_MIN.

    By the likelihood of the zero-truncated negative binomial over a grid of shapes, each with its own mean.
    """
    counts = {min(times, _SEEN_MAX): 0 for times in seen if times > 0}
    for times, viewers in seen.items():
        if times > 0:
            counts[min(times, _SEEN_MAX)] += viewers
    observed = sum(counts.values())
    if observed < VIEWERS_MIN:
        return None
    mean = sum(times * viewers for times, viewers in counts.items()) / observed
    candidates = [(one, _rate(one, mean)) for one in _SHAPES]
    shape, rate = max(candidates, key=lambda one: _likelihood(one[0], one[1], counts))
    unseen = exp(-shape * log1p(rate))  # Of those who were there, who saw none.
    by_shape = {times + shape: float(number) for times, number in counts.items()}
    by_shape[shape] = observed * unseen / (1 - unseen)
    return Fit(shape, by_shape)


def fit_everybody(seen: Mapping[int, int]) -> Fit | None:
    """Fit viewers by how many impressions they saw, those who saw none among them; None below VIEWERS_MIN.

    By the likelihood of the negative binomial with the mean that was seen, over the shape.
    """
    counts: dict[int, int] = {}
    for times, viewers in seen.items():
        if times >= 0:
            kept = min(times, _SEEN_MAX)
            counts[kept] = counts.get(kept, 0) + viewers
    people = sum(counts.values())
    impressions = sum(times * viewers for times, viewers in counts.items())
    if people < VIEWERS_MIN or not impressions:
        return None
    mean = impressions / people

    def likelihood(shape: float) -> float:
        return sum(viewers * _chance(times, shape, mean / shape) for times, viewers in counts.items())

    shape = _best(likelihood)
    return Fit(shape, {times + shape: float(viewers) for times, viewers in counts.items()})


def _best(likelihood: Callable[[float], float]) -> float:
    """Return the shape within _SHAPES' bounds that is likeliest, by golden section over its logarithm."""
    low, high = log(_SHAPES[0]), log(_SHAPES[-1])
    inner, outer = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    of_inner, of_outer = likelihood(exp(inner)), likelihood(exp(outer))
    for _ in range(40):
        if of_inner > of_outer:
            high, outer, of_outer = outer, inner, of_inner
            inner = high - _GOLDEN * (high - low)
            of_inner = likelihood(exp(inner))
        else:
            low, inner, of_inner = inner, outer, of_outer
            outer = low + _GOLDEN * (high - low)
            of_outer = likelihood(exp(outer))
    return exp((low + high) / 2)


def reach(fitted: Fit, impressions: float, *, most_each: int | None = None) -> Reach:
    """Return whom the impressions reach, ``most_each`` at most for each viewer: then no more than that allows."""
    if most_each is not None:
        impressions = min(impressions, fitted.people * most_each * 0.95)  # Beyond, the last ones are never met.
    scale = _scale(fitted, impressions, most_each)
    by_times = [0.0] * (FREQUENCIES + 1)
    for shape, viewers in fitted.viewers.items():
        left, chance = 1.0, exp(-shape * log1p(scale))
        for times in range(FREQUENCIES):
            by_times[times] += viewers * chance
            left -= chance
            chance *= (shape + times) / (times + 1) * scale / (1 + scale)
        by_times[FREQUENCIES] += viewers * max(0.0, left)
    viewers = sum(by_times[1:])
    if most_each is not None and most_each < FREQUENCIES:
        by_times[most_each] += sum(by_times[most_each + 1 :])
        by_times[most_each + 1 :] = [0.0] * (FREQUENCIES - most_each)
    return Reach(impressions, viewers, tuple(one / viewers if viewers else 0.0 for one in by_times[1:]))


def between(daily: Sequence[int]) -> tuple[float, float] | None:
    """Return p10 and p90 of a day to come by the days past (log-normal, delivery science §7); None of fewer than DAYS_MIN."""
    if len(daily) < DAYS_MIN or min(daily) <= 0:
        return None
    logs = [log(one) for one in daily]
    spread = _P90[min(len(logs) - 1 - 2, len(_P90) - 1)] * stdev(logs) * (1 + 1 / len(logs)) ** 0.5
    middle = fmean(logs)
    return exp(middle - spread), exp(middle + spread)


def _rate(shape: float, mean: float) -> float:
    """Return the rate with which those who saw at least one saw ``mean``, by bisection."""
    low, high = 1e-9, max(1.0, 2 * mean / shape)
    for _ in range(60):
        middle = (low + high) / 2
        seen = shape * middle / -_expm1_neg(shape * log1p(middle))
        low, high = (middle, high) if seen < mean else (low, middle)
    return (low + high) / 2


def _likelihood(shape: float, rate: float, counts: Mapping[int, int]) -> float:
    truncated = log(-_expm1_neg(shape * log1p(rate)))
    return sum(viewers * (_chance(times, shape, rate) - truncated) for times, viewers in counts.items())


def _chance(times: int, shape: float, rate: float) -> float:
    """Return the logarithm of the negative binomial's chance of so many impressions."""
    ways = lgamma(times + shape) - lgamma(shape) - lgamma(times + 1)
    return ways + times * log(rate / (1 + rate)) - shape * log1p(rate)


def _expm1_neg(x: float) -> float:
    """Return e^-x - 1, at most -1e-300: never 0."""
    return min(exp(-x) - 1, -1e-300)


def _scale(fitted: Fit, impressions: float, most_each: int | None) -> float:
    scale = impressions / fitted.total
    if most_each is None:
        return scale
    low, high = scale, max(scale, 1e-9)
    while _delivered(fitted, high, most_each) < impressions and high < 1e9:
        high *= 2
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _delivered(fitted, middle, most_each) < impressions else (low, middle)
    return (low + high) / 2


def _delivered(fitted: Fit, scale: float, most_each: int) -> float:
    """Return how many impressions are shown where nobody is shown more than ``most_each``."""
    whole = 0.0
    for shape, viewers in fitted.viewers.items():
        chance, left = exp(-shape * log1p(scale)), 1.0
        for times in range(most_each):
            left -= chance
            whole += viewers * max(0.0, left)
            chance *= (shape + times) / (times + 1) * scale / (1 + scale)
    return whole
