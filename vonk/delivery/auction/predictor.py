"""What the auction asks of a model that knows more of one viewer than an ad's own results tell: a port."""

from collections.abc import Sequence
from typing import Final, Protocol

from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.targets import Viewer

SHORTLIST: Final = 16  # Ads that are predicted for one slot; what that loses: `shortlist.value_lost`.
RATE_MIN: Final = 1e-6  # What a prediction below this, or none that is a number, is taken for.


class Predictor(Protocol):
    """Predicts for one viewer how likely each of a few ads leads to the event that bills.

    Asked on the hot path: at once, without waiting, and the same for the same arguments and the same version.
    """

    lift_max: float  # No prediction is more than so many times the row's own ``rate``; what is above is cut off.
    version: str  # Which model it is, for the decision's record.

    def rates(self, viewer: Viewer, rows: Sequence[Row], now_ms: int) -> Sequence[float]:
        """Return one probability for each row, in their order. An impression that bills itself is not asked about:
        what is returned for a row that pays by impressions is ignored.
        """
        ...
