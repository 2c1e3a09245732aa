"""What an impression is worth: the probability of the event that bills, times the bid.

For now an ad's own results under a prior that all ads share: the beta posterior's mean. The click prior was fitted
to real tests (delivery science §8: Beta(2.25, 151.2), mean 1.47 %). The view prior takes the 6-second rate of a real
feed, 45.2 % (§2), with the weight of 20 showings that §3 found for a rate per video. Conversions follow clicks, or
showings without one, as often as ``conversions`` reckons from what attribution counts; until then by a prior of clicks.
"""

import math
from functools import lru_cache
from typing import Final, NamedTuple

from vonk.delivery.limits.counters import Tally
from vonk.delivery.snapshot import Billing, Goal, ResultsDocument

CLICK_PRIOR: Final = (2.25, 151.2)
VIEW_PRIOR: Final = (9.04, 10.96)
CONVERSION_PRIOR: Final = (1.0, 49.0)  # Of clicks: what is taken before any is known, worth fifty of them. Ours.
EXPLORED_AT: Final = 500  # Impressions after which an ad needs no bonus (delivery science §8).
BONUS_MAX: Final = 1.3
BONUSES_REMEMBERED: Final = 16_384
HEADROOM: Final = 1.1  # An ad keeps its place in the index until its rate has grown by a tenth.


def probability(aim: Goal | None, tally: Tally, after: ResultsDocument) -> float:
    """Return how likely an impression of this ad leads to what is bid for; 1 where that is the impression.

    ``after`` says how often conversions follow.
    """
    if aim is None:
        return 1.0
    happened, (successes, failures) = (tally.views, VIEW_PRIOR) if aim is Goal.VIEW else (tally.clicks, CLICK_PRIOR)
    # A click may be reported without its impression; a rate above one would be worth more than its bid.
    shown = max(tally.impressions, happened)
    rate = (happened + successes) / (shown + successes + failures)
    return converting(rate, after.per_click, after) if aim is Goal.CONVERSION else rate


def converting(click: float, per_click: float, after: ResultsDocument) -> float:
    """Return how likely an impression leads to a conversion, where it does to a click so likely and that to one."""
    return min(click * per_click + after.per_impression, 1.0)


def highest(rate: float) -> float:
    """Return the probability that the index assumes at most, until it is told of a higher one."""
    return min(1.0, rate * HEADROOM)


def worth(billing: Billing, bid_micros: int, rate: float) -> int:
    """Return the expected revenue of a thousand impressions, in whole micros."""
    return bid_micros if billing is Billing.CPM else int(bid_micros * rate * 1000)


class Prior(NamedTuple):
    """A beta distribution of the rates of all creatives: ``successes`` and ``failures`` that each begins with."""

    successes: float
    failures: float

    def mean(self, happened: float, shown: float) -> float:
        """Return the expected rate after so many impressions. Prices are made of this."""
        return (happened + self.successes) / (max(shown, happened) + self.successes + self.failures)

    def deviation(self, happened: float, shown: float) -> float:
        """Return the standard deviation of the rate after so many impressions."""
        mean, weight = self.mean(happened, shown), max(shown, happened) + self.successes + self.failures
        return math.sqrt(mean * (1 - mean) / (weight + 1))

    def optimistic(self, happened: float, shown: float) -> float:
        """Return the rate to rank by: below ``EXPLORED_AT`` impressions a deviation above the mean, at most
        ``BONUS_MAX`` times it (delivery science §8). Never a price.
        """
        mean = self.mean(happened, shown)
        if shown >= EXPLORED_AT:
            return mean
        return min(mean + self.deviation(happened, shown), mean * BONUS_MAX, 1.0)


def bonus(aim: Goal | None, tally: Tally) -> float:
    """Return by how much an ad is preferred because it is hardly known: ``Prior.optimistic`` over the mean, 1 to 1.3.

    Where conversions are bid for, as the clicks are known before them.
    """
    if aim is None or tally.impressions >= EXPLORED_AT:
        return 1.0
    clicks = aim is not Goal.VIEW
    return _bonus(tally.clicks if clicks else tally.views, tally.impressions, clicks=clicks)


@lru_cache(BONUSES_REMEMBERED)
def _bonus(happened: int, shown: int, *, clicks: bool) -> float:
    prior = CLICKS if clicks else VIEWS
    return prior.optimistic(happened, shown) / prior.mean(happened, shown)


CLICKS: Final = Prior(*CLICK_PRIOR)
VIEWS: Final = Prior(*VIEW_PRIOR)
CONVERSIONS: Final = Prior(*CONVERSION_PRIOR)
UNKNOWN: Final = ResultsDocument(0, CONVERSIONS.mean(0, 0))
"""Of an ad group of which nobody has counted anything."""
