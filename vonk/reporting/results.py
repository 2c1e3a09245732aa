"""What counts as a result, by what the campaign is for (reference §7, result; the choice of counters is ours); pure.

Of an ad group whose impressions are chosen for a goal, that goal is what counts.
"""

from functools import lru_cache
from typing import Final, NamedTuple

from vonk.advertising.rules import Objective
from vonk.delivery.snapshot import Goal
from vonk.events.conversions.contract import STEPS

RESULTS: Final = "results"
CONVERSIONS: Final = "conversions"
EXPOSURE: Final = "exposure"

COUNTED_AS_RESULT: Final[dict[Objective, frozenset[str]]] = {
    Objective.REACH: frozenset({"impressions"}),
    Objective.VIDEO_VIEWS: frozenset({"view_6s"}),
    Objective.COMMUNITY_INTERACTION: frozenset({"follows", "clicks_profile"}),
    Objective.TRAFFIC: frozenset({"clicks_destination"}),
    Objective.APP_INSTALLS: frozenset(),
    Objective.CONVERSIONS: frozenset(),
    Objective.LEAD_GENERATION: frozenset(),
    Objective.SHOP_PURCHASES: frozenset(),
}
"""Counters of which each is one result."""

COUNTED_AS_GOAL: Final[dict[Goal, frozenset[str]]] = {
    Goal.CLICK: frozenset({"clicks_destination"}),
    Goal.VIEW: frozenset({"view_6s"}),
    Goal.CONVERSION: frozenset(),
}
"""Likewise, where impressions are chosen for a goal."""

COUNTERS: Final[frozenset[str]] = frozenset().union(*COUNTED_AS_RESULT.values(), *COUNTED_AS_GOAL.values())

CONVERTED_AS_RESULT: Final[dict[Objective, frozenset[str] | None]] = {
    Objective.CONVERSIONS: None,
    Objective.APP_INSTALLS: frozenset({"install"}),
    Objective.LEAD_GENERATION: frozenset({"submit_form", "contact", "sign_up"}),
    Objective.SHOP_PURCHASES: frozenset({"purchase"}),
}
"""Names of conversions of which each is one result; None is any but a step on the way to one."""


class Aim(NamedTuple):
    """What an ad is for: its campaign's objective, and its ad group's goal and name of conversions, where it has them."""

    objective: Objective
    goal: Goal | None = None
    event: str = ""


@lru_cache(maxsize=1_024)
def aim(objective: str, goal: str, event: str) -> Aim:
    """Return the aim of what tables keep."""
    return Aim(Objective(objective), Goal(goal) if goal else None, event)


def counted_as_result(aim: Aim) -> frozenset[str]:
    """Return the counters of which each is one result."""
    return COUNTED_AS_RESULT[aim.objective] if aim.goal is None else COUNTED_AS_GOAL[aim.goal]


def is_result(aim: Aim, counter: str) -> bool:
    """Tell whether what the counter counts is what the ad is for."""
    return counter in counted_as_result(aim)


def is_result_conversion(aim: Aim, name: str) -> bool:
    """Tell whether a conversion of this name is what the ad is for."""
    if aim.event:
        return name == aim.event
    if aim.goal in {Goal.CLICK, Goal.VIEW} or aim.objective not in CONVERTED_AS_RESULT:
        return False
    names = CONVERTED_AS_RESULT[aim.objective]
    return name not in STEPS if names is None else name in names
