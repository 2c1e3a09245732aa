"""Conversions come late: how many of those still open will come, from how late those came that did.

Delivery science §3: counts of open clicks are multiplied by 1/F(age), F the empirical distribution of delays.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from vonk.delivery.prediction.plan import Floats

SHARE_MIN: Final = (
    0.05  # Of the conversions of an age that have come; below, so few say little and are not blown up further.
)


class Delays:
    """How long after the click conversions came, among those whose window is closed: F, a share by age.

    ``window_ms`` is the attribution window: by then, all have come.
    """

    def __init__(self, delays_ms: Iterable[int], window_ms: int) -> None:
        if window_ms <= 0:
            raise ValueError(f"A window of {window_ms} ms holds no conversions.")
        self.window_ms = window_ms
        kept = np.sort(np.fromiter(delays_ms, np.float64))
        self._delays_ms: Floats = kept[(kept >= 0) & (kept <= window_ms)]

    def share_come(self, age_ms: float) -> float:
        """Return F: the share of conversions that has come this long after the click. 1 where none is known of yet."""
        if age_ms >= self.window_ms or not len(self._delays_ms):
            return 1.0
        return float(np.searchsorted(self._delays_ms, age_ms, side="right") / len(self._delays_ms))

    def weight(self, age_ms: float) -> float:
        """Return what a conversion of a click of this age counts for, those included that will still come: 1/F."""
        return 1.0 / max(self.share_come(age_ms), SHARE_MIN)

    def expected(self, ages_ms: Sequence[float], converted: Sequence[int]) -> float:
        """Return how many conversions these clicks will have had when their windows close.

        ``ages_ms`` are the clicks' ages now, ``converted`` the conversions of each that have come; never less than
        those.
        """
        return sum(count * self.weight(age) for age, count in zip(ages_ms, converted, strict=True) if count)
