"""Spreads a budget over its day or flight by a multiplier on bids (delivery science §6, dual mirror descent).

Traffic is taken as uniform until it is learned. A budget's multiplier moves at most once a minute, when one of its ads
is about to bid.
"""

import math
from typing import Final

TICK_MS: Final = 60_000
RATE: Final = 0.05  # eta of §6.
STEP_DOWN_MAX: Final = 3.0  # Spend comes in lumps: a tight bound on the way down lets small budgets burn (§6).
TICKS_MAX: Final = 20  # After a quiet time one step may stand for this many.
LOWEST: Final = 0.005
NEW: Final = 0.3  # Where a new budget starts (§6).


class Pace:
    """One budget's multiplier between decisions."""

    __slots__ = ("committed", "multiplier", "stepped_ms")

    def __init__(self) -> None:
        self.multiplier = NEW
        self.stepped_ms = 0
        self.committed = 0  # Billed and reserved, ever, at the last step.


def step(
    multiplier: float, *, left: int, budget: int, spent: int, elapsed: float, ticks: float, length: float
) -> float:
    """Return the multiplier after ``ticks`` minutes in which ``spent`` was committed.

    ``left`` of ``budget`` remains (micros), ``elapsed`` is the share of the period that is over, ``length`` the
    period's ticks.
    """
    share = ticks / length
    wanted = left * share / max(1.0 - elapsed, share)
    gap = (wanted - spent) / max(budget * share, 1.0)
    move = max(RATE * min(ticks, TICKS_MAX) * gap, -STEP_DOWN_MAX)
    return min(1.0, max(LOWEST, multiplier * math.exp(min(move, 1.0))))


def advance(pace: Pace, now_ms: int, *, start_ms: int, end_ms: int, budget: int, used: int, committed: int) -> None:
    """Move the pace to ``now_ms`` if a tick has passed.

    The period runs from ``start_ms`` to ``end_ms``; ``used`` is what it has committed of its ``budget``, ``committed``
    the same ever (which does not fall at midnight).
    """
    since = now_ms - pace.stepped_ms
    if 0 <= since < TICK_MS:
        return
    if pace.stepped_ms and since > 0:
        pace.multiplier = step(
            pace.multiplier,
            left=max(budget - used, 0),
            budget=budget,
            spent=max(committed - pace.committed, 0),
            elapsed=(now_ms - start_ms) / (end_ms - start_ms),
            ticks=since / TICK_MS,
            length=(end_ms - start_ms) / TICK_MS,
        )
    pace.stepped_ms = now_ms
    pace.committed = committed
