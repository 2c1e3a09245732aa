"""When a post stands out: by an interval, not by a number that chance may have made; pure."""

from collections.abc import Sequence
from math import sqrt
from statistics import median
from typing import Final

import msgspec

from vonk.delivery.experiments.proportions import Proportion, wilson

Z: Final = 1.645  # Of nine cases in ten.
PLAYS_MIN: Final = 100  # Of fewer, a share says nothing.
POSTS_MIN: Final = 5  # Of one creator, below which nothing is usual.
ENGAGEMENTS_MIN: Final = 20
TIMES_USUAL: Final = 1.5  # The least that an interval must be above for counts that grow with followers and time.


class Interval(msgspec.Struct, frozen=True):
    """A value, and between what it lies in nine cases of ten."""

    value: float
    low: float
    high: float


def share(times: int, of: int) -> Interval | None:
    """Return a share with Wilson's interval; None below PLAYS_MIN."""
    if of < PLAYS_MIN:
        return None
    low, high = wilson(Proportion(min(times, of), of), Z)
    return Interval(min(times, of) / of, low, high)


def outstanding(found: Interval | None, usual: float | None) -> bool:
    """Say whether a share is above the usual one by more than chance."""
    return found is not None and usual is not None and found.low > usual


def times_usual(counts: Sequence[int]) -> tuple[Interval | None, ...]:
    """Return of each post of one creator how often the middle one's count it has; None where nothing can be said."""
    usual = median(counts) if len(counts) >= POSTS_MIN else 0
    if usual <= 0:
        return (None,) * len(counts)
    return tuple(_times(count, usual) if count >= ENGAGEMENTS_MIN else None for count in counts)


def _times(count: int, usual: float) -> Interval:
    """Return the ratio with the interval of a count that comes by chance (Poisson)."""
    half = Z * sqrt(count)
    return Interval(count / usual, max(0.0, count - half) / usual, (count + half) / usual)
