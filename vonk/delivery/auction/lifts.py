"""Whether an ad that a predictor was not asked about may well be worth more than the best: by what it said of the others.

A predictor lifts some ads above their own rates and lowers others, for one viewer mostly all in one direction. How far it
lifts one that nobody asked about is judged by its lifts of those asked about in the same slot: a quarter further than the
highest of them lies above their mean, which of sixteen is some two deviations. Nothing is remembered between slots.
"""

from collections.abc import Sequence
from typing import Final

from vonk.delivery.auction.predictor import Predictor
from vonk.delivery.matching.cells import Row

MORE: Final = 8  # Ads that are asked about at once beyond the list,
ASKED_MAX: Final = 64  # and in all, where none is refused.
FURTHER: Final = 0.25


class Lifts:
    """The lifts that were met in one slot."""

    __slots__ = ("_count", "_sum", "_top")

    def __init__(self) -> None:
        self._sum = self._top = 0.0
        self._count = 0

    def may_win(
        self, listed: Sequence[tuple[int, Row]], rates: Sequence[float], best: int, predictor: Predictor
    ) -> bool:
        """Take in what was said of the listed ads, the most promising first; tell whether the next may well be worth more
        than ``best``.
        """
        worth, row = listed[-1]
        most = predictor.lift_max
        if row.aim is None:
            worth = int(worth / most)  # As promising as one that is lifted so far.
        reach = worth * row.bonus
        if reach * most <= best:
            return False  # Nor can any after it.
        lifts = [rate / row.rate for (_, row), rate in zip(listed, rates, strict=True) if row.aim is not None]
        self._count += len(lifts)
        self._sum += sum(lifts)
        self._top = max(self._top, *lifts, 0.0)
        mean = self._sum / self._count if self._count else 1.0
        usual = self._top + FURTHER * (self._top - mean)
        return reach * (usual if usual < most else most) > best  # noqa: FURB136 - the call would cost more.
