"""Keeps what results cost on average near a cap (delivery science §5).

A bid may rise above the cap while results were cheaper, and falls below while they were dearer. It runs beside the
budget's multiplier and knows nothing of it; the lower of the two bids counts. Of conversions the results are those
expected of the clicks that there were, by the rate that attribution counted: real ones come late, and few.
"""

from typing import Final

import msgspec

SWING_MIN: Final = 0.5  # Of the cap: the least that a bid falls to, and
SWING_MAX: Final = 1.6  # the most that it rises to (§5).
PRIOR_RESULTS: Final = (
    5.0  # So many results are taken for granted at what they are assumed to cost, that the first ones do not swing it.
)
STEEPNESS: Final = 2.0  # Below the cap: a bid that costs too much is wrong by more than what it was lowered by.
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
    impressions: int = 0  # These two came later.
    shown: float = 0.0


class Cost:
    """What one ad group's results cost of late, and the multiplier of its cap that follows."""

    __slots__ = ("billed", "cost", "impressions", "multiplier", "results", "shown", "stepped_ms", "value")

    def __init__(self) -> None:
        self.multiplier = 1.0
        self.stepped_ms = 0
        self.billed = 0  # Ever, at the last step;
        self.results = 0.0  # likewise,
        self.impressions = 0  # likewise.
        self.cost = 0.0  # Of late: micros,
        self.value = 0.0  # results, and
        self.shown = 0.0  # impressions.

    def advance(  # noqa: PLR0913 - what was counted, and what it is worth
        self,
        now_ms: int,
        *,
        cap_micros: int,
        billed: int,
        results: float,
        impressions: int = 0,
        worths: tuple[float, float] = (1.0, 0.0),
        assumed_micros: int | None = None,
    ) -> float:
        """Return the multiplier now. ``billed`` (micros), ``results`` and ``impressions`` are counted from the beginning.

        ``worths`` say how many results each of the two is expected to come to: what was counted of late is judged anew by
        them each time. ``assumed_micros`` is what a result costs while little is known, the cap where None.
        """
        since = now_ms - self.stepped_ms
        if 0 <= since < STEP_MS:
            return self.multiplier
        if self.stepped_ms and since > 0:
            kept = 0.5 ** (since / HALF_LIFE_MS)
            self.cost = self.cost * kept + max(billed - self.billed, 0)
            self.value = self.value * kept + max(results - self.results, 0.0)
            self.shown = self.shown * kept + max(impressions - self.impressions, 0)
        if self.stepped_ms or assumed_micros is not None:
            expected = self.value * worths[0] + self.shown * worths[1]
            self.multiplier = multiplier(cap_micros, self.cost, expected, assumed_micros)
        self.stepped_ms, self.billed, self.results, self.impressions = now_ms, billed, results, impressions
        return self.multiplier

    def dump(self) -> CostKept:
        """Return what a checkpoint keeps."""
        return CostKept(
            self.multiplier,
            self.stepped_ms,
            self.billed,
            self.results,
            self.cost,
            self.value,
            self.impressions,
            self.shown,
        )

    def load(self, kept: CostKept) -> None:
        """Go on from a checkpoint."""
        self.multiplier, self.stepped_ms = kept.multiplier, kept.stepped_ms
        self.billed, self.results, self.cost, self.value = kept.billed, kept.results, kept.cost, kept.value
        self.impressions, self.shown = kept.impressions, kept.shown


def assumed(cap_micros: int, usual_micros: float) -> int:
    """Return what a result is assumed to cost where they usually cost so much (0: nobody knows): never above the cap,
    which a bid at it cannot pass, and never so little that the bid could swing further up.
    """
    return int(min(max(usual_micros, cap_micros / SWING_MAX), cap_micros)) if usual_micros > 0 else cap_micros


def multiplier(cap_micros: int, cost_micros: float, results: float, assumed_micros: int | None = None) -> float:
    """Return how many caps to bid for one result: the cap over what ``results`` cost, within the swing."""
    paid = cost_micros + PRIOR_RESULTS * (cap_micros if assumed_micros is None else assumed_micros)
    if paid <= 0:
        return 1.0
    ratio = cap_micros * (results + PRIOR_RESULTS) / paid
    return min(SWING_MAX, ratio) if ratio >= 1 else max(SWING_MIN, ratio**STEEPNESS)
