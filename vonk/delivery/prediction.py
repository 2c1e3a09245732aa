"""What an impression is worth: the probability of the event that bills, times the bid.

For now an ad's own results under a prior that all ads share: the beta posterior's mean. The click prior was fitted
to real tests (delivery science §8: Beta(2.25, 151.2), mean 1.47 %). The view prior takes the 6-second rate of a real
feed, 45.2 % (§2), with the weight of 20 showings that §3 found for a rate per video.
"""

from typing import Final

from vonk.delivery.counters import Tally
from vonk.delivery.snapshot import Billing

CLICK_PRIOR: Final = (2.25, 151.2)
VIEW_PRIOR: Final = (9.04, 10.96)
HEADROOM: Final = 1.1  # An ad keeps its place in the index until its rate has grown by a tenth.


def probability(billing: Billing, tally: Tally) -> float:
    """Return how likely an impression of this ad leads to the event that bills; 1 where the impression bills."""
    if billing is Billing.CPM:
        return 1.0
    happened, (successes, failures) = (
        (tally.clicks, CLICK_PRIOR) if billing is Billing.CPC else (tally.views, VIEW_PRIOR)
    )
    # A click may be reported without its impression; a rate above one would be worth more than its bid.
    shown = max(tally.impressions, happened)
    return (happened + successes) / (shown + successes + failures)


def highest(rate: float) -> float:
    """Return the probability that the index assumes at most, until it is told of a higher one."""
    return min(1.0, rate * HEADROOM)


def worth(billing: Billing, bid_micros: int, rate: float) -> int:
    """Return the expected revenue of a thousand impressions, in whole micros."""
    return bid_micros if billing is Billing.CPM else int(bid_micros * rate * 1000)
