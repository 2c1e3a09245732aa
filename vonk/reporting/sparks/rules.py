"""The relative lift between two groups of ads, with its interval; pure.

Every measure is a ratio of sums, as 6-second views ÷ plays or spend ÷ clicks. Showings of one ad are alike (same film,
same audience, same bid), so they are no independent trials: what is drawn at random is the ad. The lift is the ratio of
the two ratios; its logarithm is compared by leaving out one ad at a time (the jackknife, CV3), and held against Student's t
with one degree of freedom less than the smaller group has ads. Where a group has fewer ads than that needs, days are left
out instead, both groups' together; such an interval speaks of these ads alone, on days like these.

Sources: B. Efron, C. Stein, The Jackknife Estimate of Variance, Annals of Statistics 9 (1981); R. Bell, D. McCaffrey, Bias
Reduction in Standard Errors for Linear Regression with Multi-Stage Samples, Survey Methodology 28 (2002); J. MacKinnon,
M. Nielsen, M. Webb, Cluster-Robust Inference: A Guide to Empirical Practice, Journal of Econometrics 232 (2023); for ratios
of sums W. Cochran, Sampling Techniques (1977), chapter 6. Simulated coverage: tests/unit/reporting/test_sparks.py.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from math import exp, inf, isfinite, log, sqrt
from typing import Final, NamedTuple

from scipy import stats

LEVEL: Final = 0.95
ADS_MIN: Final = 5  # In each group: below, an ad tells too little of other ads.
DAYS_MIN: Final = 7  # On which both groups were shown: a week has all of its days.
EVENTS_MIN: Final = 10  # In each group: below, the logarithm of a rate is far from the normal law.
BASE_MIN: Final = 100  # Plays, impressions or clicks of each group, whichever a rate is of.


class Ratio(NamedTuple):
    """What is measured of one ad, or of one day: a sum and the sum that it is measured by."""

    above: int
    below: int


class Unit(StrEnum):
    """What was left out, one at a time."""

    ADS = "ads"
    DAYS = "days"


class Lack(StrEnum):
    """Why there is no interval."""

    NO_ADS = "no_ads"  # A group has no ad that was shown.
    BASE = "base"  # Too few plays, impressions or clicks.
    EVENTS = "events"  # Too few of what is measured.
    FREE = "free"  # Of a cost: a group cost nothing.
    UNITS = "units"  # Too few ads, and too few days.
    ONE_UNIT = "one_unit"  # All that happened in a group happened with one ad or on one day.
    WIDE = "wide"  # The units differ so much that any lift is possible.


class Lift(NamedTuple):
    """How much more the first group's ratio is than the second's, 0.1 is a tenth, with its interval of 95 %."""

    lift: float
    low: float
    high: float
    unit: Unit
    freedom: int

    @property
    def differs(self) -> bool:
        """Whether the interval leaves out no difference at all."""
        return self.low > 0 or self.high < 0


def total(parts: Iterable[Ratio]) -> Ratio:
    """Return the sums."""
    found = list(parts)
    return Ratio(sum(one.above for one in found), sum(one.below for one in found))


def by_ads(first: Sequence[Ratio], second: Sequence[Ratio]) -> Lift | Lack:
    """Compare two groups of ads, each ad one ratio. Ads that were never shown are none."""
    groups = [[one for one in group if one.below > 0 or one.above > 0] for group in (first, second)]
    if min(map(len, groups)) < ADS_MIN:
        return Lack.UNITS
    spreads = []
    for group in groups:
        whole = total(group)
        around = _log(whole)
        spreads.append(_jackknife([_log(_without(whole, one)) for one in group], around))
    return _lift(_log(total(groups[0])) - _log(total(groups[1])), sum(spreads), min(map(len, groups)) - 1, Unit.ADS)


def by_days(days: Sequence[tuple[Ratio, Ratio]]) -> Lift | Lack:
    """Compare two groups day by day, both groups' sums of each day. Days on which one of them was not shown are none."""
    both = [day for day in days if day[0].below > 0 and day[1].below > 0]
    if len(both) < DAYS_MIN:
        return Lack.UNITS
    first, second = total(day[0] for day in both), total(day[1] for day in both)
    around = _log(first) - _log(second)
    without = [_log(_without(first, one)) - _log(_without(second, other)) for one, other in both]
    return _lift(around, _jackknife(without, around), len(both) - 1, Unit.DAYS)


def enough(first: Ratio, second: Ratio, *, events_above: bool) -> Lack | None:
    """Say what lacks before any interval; ``events_above``: what is counted is above, else (of a cost) below."""
    if any(one.below <= 0 and one.above <= 0 for one in (first, second)):
        return Lack.NO_ADS
    for one in (first, second):
        if events_above and one.below < BASE_MIN:
            return Lack.BASE
        if (one.above if events_above else one.below) < EVENTS_MIN:
            return Lack.EVENTS
        if one.above <= 0:
            return Lack.FREE
    return None


def _without(whole: Ratio, one: Ratio) -> Ratio:
    return Ratio(whole.above - one.above, whole.below - one.below)


def _log(one: Ratio) -> float:
    """Return the logarithm of a ratio; infinite where there is none."""
    return log(one.above / one.below) if one.above > 0 and one.below > 0 else -inf


def _jackknife(without: Sequence[float], around: float) -> float:
    """Return the variance of an estimate from those that leave out one unit each, around the whole one (CV3)."""
    if not all(map(isfinite, without)):
        return inf
    return (len(without) - 1) / len(without) * sum((one - around) ** 2 for one in without)


def _lift(difference: float, variance: float, freedom: int, unit: Unit) -> Lift | Lack:
    if not isfinite(difference) or not isfinite(variance):
        return Lack.ONE_UNIT
    half = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * sqrt(variance)
    if difference + half > _LOG_MAX:
        return Lack.WIDE
    return Lift(exp(difference) - 1, exp(difference - half) - 1, exp(difference + half) - 1, unit, freedom)


_LOG_MAX: Final = log(1_000)
