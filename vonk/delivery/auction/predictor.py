"""What the auction asks of a model that knows more of one viewer than an ad's own results tell: a port."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Final, Protocol

from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.targets import Viewer

# Ads that are predicted together by who does not survey all; what that loses: `shortlist.value_lost`.
SHORTLIST: Final = 16
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


class Surveyed(Protocol):
    """The ads of one slot that may win, predicted in rounds, each of more ads than the one before."""

    def widen(self, best: int) -> bool:
        """Predict more ads, as long as one of those that are left may well be worth more than the best; tell whether any were.

        ``best`` is what the best of those is worth that were looked at; what the best of those is worth that were just
        predicted counts too.
        """
        ...

    def best(self, closed: int, wanted: int) -> list[tuple[int, Row, float]]:
        """Return the next ``wanted`` ads, those that are worth most first: paced bid, ad and predicted rate. Empty where none is
        left, or those left are worth no more than ``closed``.
        """
        ...


class Surveyor(Predictor):
    """A predictor that can be asked about all ads of a slot that may win.

    ``second_stage``: ``rates`` knows more of an ad than was surveyed; the best few are asked about again.
    """

    second_stage: bool

    @abstractmethod
    def survey(self, index: Index, places: int, viewer: Viewer, *, reserve: int, now_ms: int) -> Surveyed:
        """Begin with the ads at these places. Who cannot be worth the reserve is left out."""
