"""What an ad is to viewers, as money: the auction's user-value term (delivery science §4).

u = p(6-second view) + .5 p(like) - 5 p(hide) - 20 p(report) for an impression, from the ad's own results under a prior
of twenty usual showings. What it is above or below the usual ad's, times a weight, is added to the ad's worth in the
ranking and taken off the price: who pleases pays less. The weight is a share of what an impression usually costs here.
"""

from typing import Final

from vonk.delivery.limits.counters import Tally

PRIOR_SHOWINGS: Final = 20.0
USUAL_VIEWS: Final = 0.452  # Of a real feed, as the next (delivery science §2).
USUAL_LIKES: Final = 0.017
USUAL_HIDES: Final = 0.001  # Assumed: a thousandth, and a tenth of that.
USUAL_REPORTS: Final = 0.0001
LIKE: Final = 0.5
HIDE: Final = -5.0
REPORT: Final = -20.0
_USUAL: Final = USUAL_VIEWS + LIKE * USUAL_LIKES + HIDE * USUAL_HIDES + REPORT * USUAL_REPORTS


class Esteem:
    """How much the platform pays for pleasing its viewers: micros for a thousand impressions and one whole unit of u."""

    __slots__ = ("weight_micros",)

    def __init__(self, weight_micros: int = 0) -> None:
        self.weight_micros = weight_micros

    def micros(self, tally: Tally) -> int:
        """Return what is added to the worth of a thousand impressions of the ad; 0 where the weight is."""
        return int(self.weight_micros * above_usual(tally)) if self.weight_micros else 0


def above_usual(tally: Tally) -> float:
    """Return the ad's user value less the usual ad's."""
    shown = max(tally.impressions, tally.views, tally.likes, tally.hides, tally.reports)
    happened = tally.views + LIKE * tally.likes + HIDE * tally.hides + REPORT * tally.reports
    return (happened + PRIOR_SHOWINGS * _USUAL) / (shown + PRIOR_SHOWINGS) - _USUAL
