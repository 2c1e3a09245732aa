"""When delivery still learns what an ad group's results cost: pure.

An ad group learns from its start until fifty results, for a week at most; a significant change of its bid, budget or
targeting begins it anew (reference §5, learning phase: 50 conversions, 7 days; changes of more than half are discouraged).
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from vonk.delivery.snapshot import Budget

RESULTS_ENOUGH: Final = 50
LASTS: Final = timedelta(days=7)
CHANGE_MAX: Final = 0.5  # A bid or budget that changes by more of what it was is another one.
MARK: Final = "learns_anew"
"""In the audit trail's detail of a change that is significant."""


class Phase(StrEnum):
    """How far it is."""

    NOT_STARTED = "not_started"
    LEARNING = "learning"
    LEARNED = "learned"  # Fifty results came within the week.
    UNFINISHED = "unfinished"  # They did not.


class Learning(msgspec.Struct, frozen=True):
    """The phase, with the results that count for it."""

    phase: Phase
    results: int
    since: datetime


class Terms(msgspec.Struct, frozen=True):
    """What a significant change is judged by."""

    bid_micros: int
    set_by: tuple[bool, bool]  # Whether the bid is the platform's, and whether it is an average cost.
    budget: Budget
    targeting: object = None


def is_significant(before: Terms, after: Terms) -> bool:
    """Tell whether delivery has to learn anew."""
    return (
        before.set_by != after.set_by
        or before.targeting != after.targeting
        or before.budget.mode is not after.budget.mode
        or _differs(before.budget.micros, after.budget.micros)
        or (not after.set_by[0] and _differs(before.bid_micros, after.bid_micros))  # The platform's follows budgets.
    )


def judge(since: datetime, results: int, *, now: datetime) -> Learning:
    """Return how far an ad group is that learns ``since``, with the results of the week from then on."""
    if now < since:
        return Learning(Phase.NOT_STARTED, 0, since)
    if results >= RESULTS_ENOUGH:
        return Learning(Phase.LEARNED, results, since)
    return Learning(Phase.LEARNING if now < since + LASTS else Phase.UNFINISHED, results, since)


def _differs(before: int, after: int) -> bool:
    return abs(after - before) > before * CHANGE_MAX
