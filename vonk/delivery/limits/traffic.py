"""When viewers come: the platform's hours of the week, learned from its own slots, and what they mean for one budget.

A week is 336 half hours from Monday 00:00 UTC. What was counted in an hour is weighed with the same hour of former weeks
(an EWMA over the same weekdays, delivery science §6); an hour that was never seen has the usual curve's share.
"""

import math
from typing import Final

import msgspec

from vonk.core.clock import HOUR_MS
from vonk.delivery.limits.dayparting import HALF_HOUR_MS, HALF_HOURS

HOURS: Final = 168
FRESHNESS: Final = 0.4  # Of the newest week in the EWMA: four weeks hold seven eighths of it.
SEEN_LATE_MS: Final = 60_000  # An hour of whose beginning more is missing is not counted as whole.
_EPOCH_HALF_HOURS: Final = 3 * 48  # 1970 began on a Thursday.
_WEEK_MS: Final = HALF_HOURS * HALF_HOUR_MS
_PLANS_MAX: Final = 4_096


def usual(half_hour: int) -> float:
    """Return the usual traffic of a half hour of the local week, 1 on average: least at four, most at nine at night.

    Two waves over the day, made up from how people sleep and not measured; it only stands in until hours are learned.
    """
    hour = half_hour % 48 / 2
    return 1.0 + 0.62 * math.cos((hour - 19.5) * math.tau / 24) + 0.16 * math.cos((hour - 21.0) * math.tau / 12)


class Kept(msgspec.Struct, frozen=True):
    """What a checkpoint keeps of traffic: by hour of the week, its weighed count and in how many weeks it was seen."""

    counts: list[float] = []
    weeks: list[int] = []


class Plan:
    """How much of the traffic falls between two instants, for one set of half hours. Mass has no unit of its own."""

    __slots__ = ("_sums", "_weights")

    def __init__(self, weights: list[float]) -> None:
        assert len(weights) == HALF_HOURS, "A week has so many half hours."
        self._weights = weights
        self._sums = [0.0]
        for weight in weights:
            self._sums.append(self._sums[-1] + weight)

    def mass(self, start_ms: int, end_ms: int) -> float:
        """Return the traffic expected from ``start_ms`` until before ``end_ms``."""
        return self._until(end_ms, start_ms) - self._until(start_ms, start_ms)

    def _until(self, at_ms: int, base_ms: int) -> float:
        shifted = at_ms + _EPOCH_HALF_HOURS * HALF_HOUR_MS
        weeks = shifted // _WEEK_MS - (base_ms + _EPOCH_HALF_HOURS * HALF_HOUR_MS) // _WEEK_MS
        place, rest = divmod(shifted % _WEEK_MS, HALF_HOUR_MS)
        return weeks * self._sums[-1] + self._sums[place] + self._weights[place] * rest / HALF_HOUR_MS


class Traffic:
    """Counts slots by hour of the week, and gives plans."""

    def __init__(self) -> None:
        self._counts = [0.0] * HOURS
        self._weeks = [0] * HOURS
        self._hour = -1  # The hour that is being counted, from 1970.
        self._count = 0
        self._whole = False
        self._plans: dict[tuple[int, int], Plan] = {}

    def count(self, slots: int, now_ms: int) -> None:
        """Count slots that were asked for."""
        if now_ms // HOUR_MS != self._hour:
            self.advance(now_ms)
        self._count += slots

    def advance(self, now_ms: int) -> None:
        """Learn the hour that is over, when it was seen from its beginning to its end."""
        hour = now_ms // HOUR_MS
        if hour == self._hour:
            return
        follows = hour == self._hour + 1
        if follows and self._whole:
            self._learn(self._hour, self._count)
        self._hour, self._count = hour, 0
        self._whole = follows or now_ms % HOUR_MS <= SEEN_LATE_MS

    def plan(self, hours: int, offset_ms: int) -> Plan:
        """Return the plan of what is shown in these half hours of the local week (0: in all of them).

        ``offset_ms`` is how far the local clock is ahead of UTC now.
        """
        key = (hours, offset_ms // HALF_HOUR_MS)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _PLANS_MAX:
                self._plans.clear()
            plan = self._plans[key] = Plan(self._weights(*key))
        return plan

    def dump(self) -> Kept:
        """Return what was learned, for a checkpoint."""
        return Kept(list(self._counts), list(self._weeks))

    def load(self, kept: Kept) -> None:
        """Take over what a former life learned; what is not of a week's hours is ignored."""
        if len(kept.counts) == len(kept.weeks) == HOURS:
            self._counts, self._weeks = list(kept.counts), list(kept.weeks)
            self._plans.clear()

    def _learn(self, hour: int, count: int) -> None:
        place = (hour + _EPOCH_HALF_HOURS // 2) % HOURS
        known = self._weeks[place] > 0
        self._counts[place] = (1 - FRESHNESS) * self._counts[place] + FRESHNESS * count if known else float(count)
        self._weeks[place] += 1
        self._plans.clear()

    def _weights(self, hours: int, offset: int) -> list[float]:
        """Return the traffic of each half hour of the UTC week; the usual curve counts as one week more."""
        expected = [usual((half + offset) % HALF_HOURS) for half in range(HALF_HOURS)]
        learned = [place for place in range(HOURS) if self._weeks[place]]
        usually = sum(expected[2 * place] + expected[2 * place + 1] for place in learned)
        counted = sum(self._counts[place] for place in learned)
        level = counted / usually if counted and usually else 0.0
        weights = expected
        if level:
            weights = [level * value for value in expected]
            for place in learned:
                weeks = self._weeks[place]
                for half in (2 * place, 2 * place + 1):
                    weights[half] = (weeks * self._counts[place] / 2 + weights[half]) / (weeks + 1)
        if not hours:
            return weights
        return [
            weight if hours >> (HALF_HOURS - 1 - (half + offset) % HALF_HOURS) & 1 else 0.0
            for half, weight in enumerate(weights)
        ]
