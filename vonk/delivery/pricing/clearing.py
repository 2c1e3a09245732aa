"""What slots cost of late, by surface: thirty days of clearing prices, each day a histogram of steps of a fifth.

From it follow the reserve, where an operator lets it, what the user-value term weighs, and what a new cost cap assumes.
"""

import math
from typing import Final

import msgspec

from vonk.core.clock import DAY_MS

DAYS: Final = 30
PRICES_MIN: Final = 1_000  # Of fewer prices no median is taken.
SURFACES_MAX: Final = 64  # A host names its surfaces itself.
_STEPS: Final = 128
_STEP: Final = math.log(1.2)
_LEAST: Final = 100.0  # Micros for a thousand impressions, as all here: all below is one step.


class Usual:
    """What a thousand impressions usually cost on this platform, in micros; 0 while nobody knows. One for all."""

    __slots__ = ("ecpm_micros",)

    def __init__(self, ecpm_micros: int = 0) -> None:
        self.ecpm_micros = ecpm_micros


class Kept(msgspec.Struct, frozen=True):
    """What a checkpoint keeps: surface, day from 1970, counts by step."""

    surfaces: dict[str, dict[int, list[int]]] = {}


class Clearing:
    """Counts the prices of won auctions."""

    def __init__(self) -> None:
        self._surfaces: dict[str, dict[int, list[int]]] = {}
        self._medians: dict[str, tuple[int, int]] = {}  # By surface: an hour, and the median then.

    def note(self, surface: str, ecpm_micros: int, now_ms: int) -> None:
        """Count what a thousand impressions cost in one auction."""
        days = self._surfaces.get(surface)
        if days is None:
            if len(self._surfaces) >= SURFACES_MAX:
                return
            days = self._surfaces[surface] = {}
        day = now_ms // DAY_MS
        counts = days.get(day)
        if counts is None:
            counts = days[day] = [0] * _STEPS
            for old in [known for known in days if not day - DAYS < known <= day]:
                del days[old]
        counts[min(int(math.log(max(ecpm_micros, _LEAST) / _LEAST) / _STEP), _STEPS - 1)] += 1

    def median(self, surface: str, now_ms: int) -> int:
        """Return the middle price of the days kept, 0 while there are too few; worked out once an hour."""
        hour = now_ms * 24 // DAY_MS
        known = self._medians.get(surface)
        if known is None or known[0] != hour:
            if len(self._medians) >= SURFACES_MAX:
                self._medians.clear()
            known = self._medians[surface] = hour, _median(list(self._surfaces.get(surface, {}).values()))
        return known[1]

    def usual(self, now_ms: int) -> int:
        """Return the middle price of the surface where most was sold, 0 while there are too few."""
        sold = {name: sum(map(sum, days.values())) for name, days in self._surfaces.items()}
        return self.median(max(sold, key=lambda name: sold[name]), now_ms) if sold else 0

    def dump(self) -> Kept:
        """Return what a checkpoint keeps."""
        return Kept(
            {name: {day: list(counts) for day, counts in days.items()} for name, days in self._surfaces.items()}
        )

    def load(self, kept: Kept) -> None:
        """Go on from a checkpoint; a day that is none is left out."""
        for name, days in list(kept.surfaces.items())[:SURFACES_MAX]:
            self._surfaces[name] = {day: list(counts) for day, counts in days.items() if len(counts) == _STEPS}
        self._medians.clear()


def _median(days: list[list[int]]) -> int:
    total = sum(map(sum, days))
    if total < PRICES_MIN:
        return 0
    passed = 0
    for step in range(_STEPS):
        passed += sum(counts[step] for counts in days)
        if 2 * passed >= total:
            return int(_LEAST * math.exp((step + 0.5) * _STEP))
    raise AssertionError("Half of all counts is reached by the last step.")
