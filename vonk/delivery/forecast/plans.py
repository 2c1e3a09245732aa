"""What a budget, impressions or viewers wanted in some days would come to, by what was shown lately; pure."""

from collections.abc import Sequence
from typing import Final

import msgspec

from vonk.delivery.forecast import reach
from vonk.delivery.forecast.reach import Fit

_PER_MILLE: Final = 1_000  # Prices are of so many impressions.
_HALVINGS: Final = 40


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted in so many days; with none of a budget, impressions and viewers, all there is. ``cap``: impressions
    that one viewer sees at most, in so many days.
    """

    days: int
    cap: tuple[int, int] | None = None
    budget_micros: int | None = None
    impressions: float | None = None
    viewers: float | None = None

    @property
    def open_ended(self) -> bool:
        """Say whether nothing bounds it."""
        return self.budget_micros is None and self.impressions is None and self.viewers is None

    @property
    def most_each(self) -> int | None:
        """Return how often one viewer may see it in all; None without a cap."""
        return None if self.cap is None else self.cap[0] * -(-self.days // self.cap[1])


class Past(msgspec.Struct, frozen=True):
    """What was shown: how it fell on viewers, and the impressions of those of the last ``days`` days that had any."""

    fitted: Fit | None
    daily: Sequence[int]
    days: int


class Interval(msgspec.Struct, frozen=True):
    """Between what nine of ten, and one of ten, plans like this one would come to."""

    impressions_low: float
    impressions_high: float
    viewers_low: float
    viewers_high: float


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What is expected. ``viewers_max`` is whom all there is would reach; ``frequencies`` are as ``Reach`` has them."""

    impressions: float
    viewers: float
    viewers_max: float
    frequencies: tuple[float, ...]
    cost_micros: int
    interval: Interval | None  # None where the past is too short for one.


def estimate(past: Past, wanted: Wanted, *, cpm_micros: int) -> Estimate | None:
    """Return the estimate; None where too little was shown lately. No more is promised than is shown in as many days."""
    fitted = past.fitted
    if fitted is None or not past.daily:
        return None
    available = sum(past.daily) / past.days * wanted.days
    asked = wanted.impressions
    if wanted.budget_micros is not None:
        asked = wanted.budget_micros / cpm_micros * _PER_MILLE
    if wanted.viewers is not None:
        asked = _for_viewers(fitted, wanted.viewers, available, wanted.most_each)
    impressions = available if asked is None else min(asked, available)
    reached = reach.reach(fitted, impressions, most_each=wanted.most_each)
    return Estimate(
        impressions=reached.impressions,
        viewers=reached.viewers,
        viewers_max=reach.reach(fitted, available, most_each=wanted.most_each).viewers,
        frequencies=reached.frequencies,
        cost_micros=round(reached.impressions * cpm_micros / _PER_MILLE),
        interval=_interval(fitted, past, wanted, reached.impressions),
    )


def _interval(fitted: Fit, past: Past, wanted: Wanted, impressions: float) -> Interval | None:
    """Return what is left of the estimate on poor and on rich days: what is bought never exceeds what is wanted."""
    spread = reach.between(past.daily)
    if spread is None:
        return None
    mean = sum(past.daily) / past.days
    low, high = (
        reach.reach(fitted, limit if wanted.open_ended else min(impressions, limit), most_each=wanted.most_each)
        for limit in (spread[0] * wanted.days, max(spread[1], mean) * wanted.days)
    )
    return Interval(low.impressions, high.impressions, low.viewers, high.viewers)


def _for_viewers(fitted: Fit, viewers: float, available: float, most_each: int | None) -> float:
    """Return how many impressions reach so many viewers, at most what is available, by bisection."""
    low, high = 0.0, available
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        enough = reach.reach(fitted, middle, most_each=most_each).viewers >= viewers
        low, high = (low, middle) if enough else (middle, high)
    return high
