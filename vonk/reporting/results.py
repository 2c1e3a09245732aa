"""What counts as a result, by what the campaign is for (reference §7, result; the choice of counters is ours); pure."""

from typing import Final

from vonk.advertising.rules import Objective

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

CONVERTED_AS_RESULT: Final[dict[Objective, frozenset[str] | None]] = {
    Objective.CONVERSIONS: None,
    Objective.APP_INSTALLS: frozenset({"install"}),
    Objective.LEAD_GENERATION: frozenset({"submit_form", "contact", "sign_up"}),
    Objective.SHOP_PURCHASES: frozenset({"purchase"}),
}
"""Names of conversions of which each is one result; None is any."""


def is_result(objective: Objective, counter: str) -> bool:
    """Tell whether what the counter counts is what the campaign is for."""
    return counter in COUNTED_AS_RESULT[objective]


def is_result_conversion(objective: Objective, name: str) -> bool:
    """Tell whether a conversion of this name is what the campaign is for."""
    if objective not in CONVERTED_AS_RESULT:
        return False
    names = CONVERTED_AS_RESULT[objective]
    return names is None or name in names
