"""Keeps what results cost on average near a cap (delivery science §5).

A bid may rise above the cap while results were cheaper, and falls below while they were dearer. It runs beside the
budget's multiplier and knows nothing of it; the lower of the two bids counts.
"""

from typing import Final

import msgspec

SWING_MIN: Final = 0.5  # Of the cap: the least that a bid falls to, and
SWING_MAX: Final = 1.6  # the most that it rises to (§5).
PRIOR_RESULTS: Final = 5.0  # So many results at the cap are taken for granted, that the first ones do not swing it.
STEP_MS: Final = 60_000
HALF_LIFE_MS: Final = 7 * 86_400_000.0  # What is a week ago counts half.


class CostKept(msgspec.Struct, frozen=True, array_like=True):
    """What a checkpoint keeps."""

    multiplier: float
    stepped_ms: int
    billed: int
    results: float
    cost: float
    value: float


class Cost:
    """What one ad group's results cost of late, and the multiplier of its cap that follows."""

    __slots__ = ("billed", "cost", "multiplier", "results", "stepped_ms", "value")

    def __init__(self) -> None:
        self.multiplier = 1.0
        self.stepped_ms = 0
        self.billed = 0  # Ever, at the last step;
        self.results = 0.0  # likewise.
        self.cost = 0.0  # Of late: micros, and
        self.value = 0.0  # results.

    def advance(self, now_ms: int, *, cap_micros: int, billed: int, results: float) -> float:
        """Return the multiplier now. ``billed`` (micros) and ``results`` are counted from the beginning."""
        since = now_ms - self.stepped_ms
        if 0 <= since < STEP_MS:
            return self.multiplier
        if self.stepped_ms and since > 0:
            kept = 0.5 ** (since / HALF_LIFE_MS)
            self.cost = self.cost * kept + max(billed - self.billed, 0)
            self.value = self.value * kept + max(results - self.results, 0.0)
            self.multiplier = multiplier(cap_micros, self.cost, self.value)
        self.stepped_ms, self.billed, self.results = now_ms, billed, results
        return self.multiplier

    def dump(self) -> CostKept:
        """Return what a checkpoint keeps."""
        return CostKept(self.multiplier, self.stepped_ms, self.billed, self.results, self.cost, self.value)

    def load(self, kept: CostKept) -> None:
        """Go on from a checkpoint."""
        self.multiplier, self.stepped_ms = kept.multiplier, kept.stepped_ms
        self.billed, self.results, self.cost, self.value = kept.billed, kept.results, kept.cost, kept.value


def multiplier(cap_micros: int, cost_micros: float, results: float) -> float:
    """Return how many caps to bid for one result: the cap over what ``results`` cost, within the swing."""
    paid = cost_micros + PRIOR_RESULTS * cap_micros
    return min(SWING_MAX, max(SWING_MIN, cap_micros * (results + PRIOR_RESULTS) / paid)) if paid > 0 else 1.0
