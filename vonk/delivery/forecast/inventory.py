"""How many impressions the next day will have: the platform's total by calendar and trend, shared out by segment; pure.

A total is far better known than a segment's own days (delivery science §7: 7.5 % off by share of the total, 12 to 27 % by
any history of the segment alone). So the total is forecast and divided.
"""

from collections.abc import Sequence
from math import exp, log
from typing import Final, NamedTuple

SHARE_WEIGHT: Final = 0.4  # Of the newest day in a share: delivery science §7's EWMA.
DAMPING: Final = 0.5  # Of the trend: a fall or rise goes on by half of what it was of late.
TREND_DAYS: Final = 3
DOUBT_OF_CALENDAR: Final = 0.25  # Changes of kind that are taken to have changed nothing, beside those seen.
ERROR_PRIOR: Final = 0.12  # A one-day forecast's error before any was seen, and
ERROR_PRIOR_DAYS: Final = 2.0  # how many days of experience that stands for.
ERROR_MEMORY: Final = 0.8  # What a day's error still counts a day later.
P90: Final = 1.2816


class Interval(NamedTuple):
    """What is expected, and what it will be above and below in one case of ten each."""

    expected: float
    p10: float
    p90: float


def next_total(daily: Sequence[float], kinds: Sequence[int], kind_next: int) -> float:
    """Return the impressions of the day after ``daily``. ``kinds`` 0 is a working day, 1 a day off.

    The last day, moved by half of the late trend among days of one kind, and by what changes between kinds were worth.
    0 where there was no day yet.
    """
    if not daily:
        return 0.0
    logs = [log(max(1.0, one)) for one in daily]
    trend, effect, changes = [], 0.0, DOUBT_OF_CALENDAR
    for at in range(1, len(logs)):
        step = logs[at] - logs[at - 1]
        if kinds[at] == kinds[at - 1]:
            trend.append(step)
        else:
            effect += step * (kinds[at] - kinds[at - 1])
            changes += 1
    late = trend[-TREND_DAYS:]
    moved = DAMPING * sum(late) / TREND_DAYS + (kind_next - kinds[-1]) * effect / changes
    return exp(logs[-1] + moved)


def share(parts: Sequence[float], totals: Sequence[float]) -> float:
    """Return a segment's share of the next day: its share of the days so far, the newest counting most."""
    found: float | None = None
    for part, total in zip(parts, totals, strict=True):
        if total > 0:
            found = part / total if found is None else found + SHARE_WEIGHT * (part / total - found)
    return found or 0.0


def interval(expected: float, errors: Sequence[float]) -> Interval:
    """Return the interval around a forecast by how far earlier ones were off: ``errors`` are logarithms, a day each."""
    squares, weight = ERROR_PRIOR_DAYS * ERROR_PRIOR**2, ERROR_PRIOR_DAYS
    for error in errors:
        squares, weight = ERROR_MEMORY * squares + error**2, ERROR_MEMORY * weight + 1
    spread = exp(P90 * (squares / weight) ** 0.5)
    return Interval(expected, expected / spread, expected * spread)
