"""What a budget should have spent by now, and what it will have spent in the end, by when viewers come; pure."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from vonk.core.clock import HOUR_MS
from vonk.delivery.limits.traffic import Plan, Traffic

NEAR: Final = 0.1  # So far from what was expected is on pace.
EARLY: Final = 0.05  # Of the traffic of a period: before so much of it came, what it will come to is not said.


class Standing(StrEnum):
    """How spend stands to its pace."""

    EARLY = "early"  # Too little of the period is over to say.
    ON_PACE = "on_pace"
    AHEAD = "ahead"
    BEHIND = "behind"


class Period(msgspec.Struct, frozen=True):
    """A budget's span from ``start_ms`` until before ``end_ms``, what it may spend in it and what it spent so far."""

    start_ms: int
    end_ms: int
    budget_micros: int
    spent_micros: int


class Paced(msgspec.Struct, frozen=True):
    """A period held against its pace. ``projected_micros`` None: it is too early to say; never above the budget.

    ``over_ms`` is when the budget will be spent at this speed, None where it will not be within the period.
    """

    period: Period
    expected_micros: int
    projected_micros: int | None
    over_ms: int | None
    standing: Standing


def learnt(hours: Iterable[tuple[int, int]], now_ms: int) -> Traffic:
    """Return the traffic as an ad server learns it, from the slots of whole UTC hours (their start, their count), in order."""
    traffic = Traffic()
    for start_ms, slots in hours:
        if start_ms + HOUR_MS <= now_ms:
            traffic.advance(start_ms)
            traffic.count(slots, start_ms)
            traffic.advance(start_ms + HOUR_MS)
    return traffic


def expected(period: Period, plan: Plan, at_ms: int) -> float:
    """Return what should have been spent by then, in micros."""
    return period.budget_micros * _share(period, plan, at_ms)


def paced(period: Period, plan: Plan, now_ms: int) -> Paced:
    """Return how the period's spend stands to its pace."""
    passed = _share(period, plan, now_ms)
    due = round(period.budget_micros * passed)
    if passed < EARLY or not period.budget_micros:
        return Paced(period, due, None, None, Standing.EARLY)
    ahead = period.spent_micros / period.budget_micros / passed - 1
    standing = Standing.ON_PACE if abs(ahead) <= NEAR else Standing.AHEAD if ahead > 0 else Standing.BEHIND
    projected = min(period.budget_micros, round(period.spent_micros / passed))
    return Paced(period, due, projected, _over(period, plan, passed), standing)


def joined(all_of: Sequence[Paced]) -> Paced | None:
    """Return periods of one span together; None of none. ``over_ms`` is not told of several."""
    if not all_of:
        return None
    period = Period(
        min(one.period.start_ms for one in all_of),
        max(one.period.end_ms for one in all_of),
        sum(one.period.budget_micros for one in all_of),
        sum(one.period.spent_micros for one in all_of),
    )
    due = sum(one.expected_micros for one in all_of)
    told = [one.projected_micros for one in all_of]
    if not due or None in told:
        return Paced(period, due, None, None, Standing.EARLY)
    ahead = period.spent_micros / due - 1
    standing = Standing.ON_PACE if abs(ahead) <= NEAR else Standing.AHEAD if ahead > 0 else Standing.BEHIND
    return Paced(period, due, sum(one or 0 for one in told), None, standing)


def scaled(periods: Sequence[Period], most_micros: int | None) -> tuple[Period, ...]:
    """Return the periods with budgets that together are no more than that of what they lie under, each by its share."""
    whole = sum(one.budget_micros for one in periods)
    if most_micros is None or whole <= most_micros:
        return tuple(periods)
    return tuple(
        msgspec.structs.replace(one, budget_micros=one.budget_micros * most_micros // whole) for one in periods
    )


def _share(period: Period, plan: Plan, at_ms: int) -> float:
    if at_ms <= period.start_ms:
        return 0.0
    if at_ms >= period.end_ms:
        return 1.0
    whole = plan.mass(period.start_ms, period.end_ms)
    return plan.mass(period.start_ms, at_ms) / whole if whole else 0.0


def _over(period: Period, plan: Plan, passed: float) -> int | None:
    """Return the whole hour by which the budget is spent at the speed so far; None when it is not within the period."""
    needed = passed * period.budget_micros / period.spent_micros if period.spent_micros else 2.0
    if needed >= 1:
        return None
    low, high = period.start_ms, period.end_ms
    while high - low > HOUR_MS:
        middle = (low + high) // 2
        low, high = (middle, high) if _share(period, plan, middle) < needed else (low, middle)
    return high
