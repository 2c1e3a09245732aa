"""Spreads a budget over its day or flight by a multiplier on bids (delivery science §6, dual mirror descent).

The plan is the traffic expected (``traffic.py``): what is left is to be spent as viewers come. A budget's multiplier
moves at most once a minute, when one of its ads is about to bid. Nothing is ever skipped at random: a bid that is held
back buys the cheap impressions, wherever they come.
"""

import math
from typing import Final

import msgspec

from vonk.core.clock import HOUR_MS
from vonk.delivery.limits.traffic import Plan

TICK_MS: Final = 60_000
RATE: Final = 0.05  # eta of §6.
STEP_DOWN_MAX: Final = 3.0  # Spend comes in lumps: a tight bound on the way down lets small budgets burn (§6).
STEP_UP_MAX: Final = 1.0
TICKS_MAX: Final = 20.0  # After a quiet time one step may stand for this many.
LOWEST: Final = 0.005
NEW: Final = 0.3  # Where a new budget starts (§6).
HOURS: Final = 24  # Of a day, whose multipliers are remembered: as many as the longest day of the usual ones has.


class PaceKept(msgspec.Struct, frozen=True, array_like=True):
    """What a checkpoint keeps of a pace."""

    multiplier: float
    stepped_ms: int
    committed: int
    period_ms: int = -1
    by_hour: dict[int, float] = {}


class Pace:
    """One budget's multiplier between decisions."""

    __slots__ = ("by_hour", "committed", "multiplier", "period_ms", "stepped_ms")

    def __init__(self) -> None:
        self.multiplier = NEW
        self.stepped_ms = 0
        self.committed = 0  # Billed and reserved, ever, at the last step.
        self.period_ms = -1  # When the period of the last step began.
        self.by_hour: dict[int, float] = {}  # The last multiplier of each hour of a period.

    def dump(self) -> PaceKept:
        """Return what a checkpoint keeps."""
        return PaceKept(self.multiplier, self.stepped_ms, self.committed, self.period_ms, self.by_hour)

    def load(self, kept: PaceKept) -> None:
        """Go on from a checkpoint."""
        self.multiplier, self.stepped_ms, self.committed = kept.multiplier, kept.stepped_ms, kept.committed
        self.period_ms, self.by_hour = kept.period_ms, dict(kept.by_hour)


def step(  # noqa: PLR0913, PLR0917 - plain numbers by place, so that the market's kernel compiles this very function
    multiplier: float,
    left: float,
    budget: float,
    spent: float,
    last: float,
    coming: float,
    ahead: float,
    rate: float,
    lowest: float,
) -> float:
    """Return the multiplier after an interval in which ``spent`` of the ``budget`` was committed and ``left`` remains.

    ``last``, ``coming`` and ``ahead`` are shares of the period's traffic, of which all is 1: in the interval that is
    over, in the one that begins, and from now to the end. ``rate`` is eta times how many ticks the interval stands for.
    """
    if last <= 0.0 or coming <= 0.0 or budget <= 0.0:
        return multiplier  # Nobody came, or nobody will: nothing is learned.
    wanted = left * coming / max(ahead, coming)
    gap = (wanted - spent * coming / last) / (budget * coming)
    move = min(max(rate * gap, -STEP_DOWN_MAX), STEP_UP_MAX)
    return min(1.0, max(lowest, multiplier * math.exp(move)))


def advance(  # noqa: PLR0913 - a budget and its period are so many numbers
    pace: Pace, now_ms: int, *, plan: Plan, start_ms: int, end_ms: int, budget: int, used: int, committed: int
) -> None:
    """Move the pace to ``now_ms`` if a tick has passed.

    The period runs from ``start_ms`` to ``end_ms``; ``used`` is what it has committed of its ``budget``, ``committed``
    the same ever (which does not fall at midnight). A new period starts where the last one stood at its first hour.
    """
    since = now_ms - pace.stepped_ms
    if 0 <= since < TICK_MS:
        return
    hour = (now_ms - start_ms) // HOUR_MS
    if pace.period_ms != start_ms:
        pace.multiplier = pace.by_hour.get(hour, pace.multiplier)
        pace.period_ms = start_ms
    elif since > 0:
        whole = plan.mass(start_ms, end_ms) or 1.0
        pace.multiplier = step(
            pace.multiplier,
            max(budget - used, 0),
            budget,
            max(committed - pace.committed, 0),
            plan.mass(pace.stepped_ms, now_ms) / whole,
            plan.mass(now_ms, min(now_ms + TICK_MS, end_ms)) / whole,
            plan.mass(now_ms, end_ms) / whole,
            RATE * min(since / TICK_MS, TICKS_MAX),
            LOWEST,
        )
    if hour < HOURS:
        pace.by_hour[hour] = pace.multiplier
    pace.stepped_ms = now_ms
    pace.committed = committed
