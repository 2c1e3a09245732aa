"""The terms of an ad group in v1.3's words and in Vonk's: goals, billing, bids, audience, windows, limits (reference API §8)."""

from collections.abc import Mapping
from typing import Final

from vonk.advertising.queries.object_pages import Keeping
from vonk.advertising.rules import Objective
from vonk.advertising.rules.attribution import Counting
from vonk.core.taxonomy import AgeBand
from vonk.core.taxonomy import Gender as Declared
from vonk.delivery.snapshot import Billing, Goal, Pacing
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.pixel_names import conversion_of

OCPM: Final = "OCPM"
BILLING_EVENTS: Final[dict[str, Billing]] = {
    "CPC": Billing.CPC,
    "CPM": Billing.CPM,
    "CPV": Billing.CPV,
    OCPM: Billing.OCPM,
}
_NOT_BILLED: Final[dict[str, str]] = {
    "CPA": "nothing is billed by action; use OCPM with conversion_bid_price",
    "GD": "reservations are not sold",
    "OCPC": "retired in v1.3",
}
_WATCHING: Final = ("ENGAGED_VIEW", "ENGAGED_VIEW_FIFTEEN", "VIDEO_VIEW")
GOALS: Final[dict[Objective, tuple[str, ...]]] = {
    Objective.REACH: ("REACH", "SHOW"),
    Objective.TRAFFIC: ("CLICK", "TRAFFIC_LANDING_PAGE_VIEW", "DESTINATION_VISIT"),
    Objective.VIDEO_VIEWS: _WATCHING,
    Objective.COMMUNITY_INTERACTION: ("FOLLOWERS", "PAGE_VISIT", "PROFILE_VIEWS", "POST_ENGAGEMENT"),
    Objective.APP_INSTALLS: ("INSTALL", "IN_APP_EVENT", "VALUE", "CLICK"),
    Objective.CONVERSIONS: ("CONVERT", "VALUE", "TRAFFIC_LANDING_PAGE_VIEW", "CLICK"),
    Objective.LEAD_GENERATION: ("LEAD_GENERATION", "CONVERSION_LEADS", "CONVERSATION", "PREFERRED_LEAD", "CLICK"),
    Objective.SHOP_PURCHASES: ("CLICK", "CONVERT", "VALUE", "PURCHASES", "INITIATE_CHECKOUTS", "GMV"),
}
"""What each objective can be optimised for."""
_AIMS: Final[dict[str, Goal]] = {
    **dict.fromkeys(("CLICK", "TRAFFIC_LANDING_PAGE_VIEW", "DESTINATION_VISIT"), Goal.CLICK),
    **dict.fromkeys(_WATCHING, Goal.VIEW),
    **dict.fromkeys(
        (
            "CONVERT",
            "VALUE",
            "INSTALL",
            "IN_APP_EVENT",
            "LEAD_GENERATION",
            "CONVERSION_LEADS",
            "CONVERSATION",
            "PREFERRED_LEAD",
            "PURCHASES",
            "INITIATE_CHECKOUTS",
            "GMV",
        ),
        Goal.CONVERSION,
    ),
}
"""What OCPM chooses impressions for, by v1.3's goal: the nearest that is predicted. Of other goals nothing is."""
_EVENT_OF_GOAL: Final[dict[str, str]] = {"INITIATE_CHECKOUTS": "initiate_checkout"}

GOAL_OF_BILLING: Final[dict[Billing, str]] = {
    Billing.CPC: "CLICK",
    Billing.CPM: "REACH",
    Billing.CPV: "ENGAGED_VIEW",
}
"""What an ad group that was made elsewhere is shown to be optimised for: what it pays for."""
_GOAL_OF_AIM: Final[dict[Goal, str]] = {Goal.CLICK: "CLICK", Goal.VIEW: "ENGAGED_VIEW", Goal.CONVERSION: "CONVERT"}
_CONVERSION_GOALS: Final[dict[Objective, str]] = {
    Objective.APP_INSTALLS: "INSTALL",
    Objective.LEAD_GENERATION: "LEAD_GENERATION",
}
"""Likewise of OCPM, by what impressions are chosen for; conversions of these objectives have names of their own."""
_GOALS_OF_BILLING: Final[dict[str, frozenset[str]]] = {
    "CPC": frozenset({"CLICK"}),
    "CPV": frozenset(_WATCHING),
    OCPM: frozenset(goal for goals in GOALS.values() for goal in goals) - {"REACH", "SHOW"},
}

AGES: Final[dict[str, AgeBand]] = {
    "AGE_13_17": AgeBand.AGE_13_17,
    "AGE_18_24": AgeBand.AGE_18_24,
    "AGE_25_34": AgeBand.AGE_25_34,
    "AGE_35_44": AgeBand.AGE_35_44,
    "AGE_45_54": AgeBand.AGE_45_54,
    "AGE_55_100": AgeBand.AGE_55_PLUS,
}
ADULTS: Final = tuple(band.value for band in AGES.values() if band is not AgeBand.AGE_13_17)
GENDERS: Final[dict[str, tuple[str, ...]]] = {
    "GENDER_UNLIMITED": (),
    "GENDER_FEMALE": (Declared.FEMALE.value,),
    "GENDER_MALE": (Declared.MALE.value,),
}
SYSTEMS: Final[dict[str, str]] = {"ANDROID": "android", "IOS": "ios"}
PACINGS: Final[dict[str, Pacing]] = {"PACING_MODE_SMOOTH": Pacing.SMOOTH, "PACING_MODE_FAST": Pacing.FAST}
WINDOW_DAYS: Final[dict[str, int]] = {
    "OFF": 0,
    "ONE_DAY": 1,
    "SEVEN_DAYS": 7,
    "FOURTEEN_DAYS": 14,
    "TWENTY_EIGHT_DAYS": 28,
}
COUNTINGS: Final[dict[str, Counting]] = {"EVERY": Counting.EVERY, "ONCE": Counting.ONCE}
FEED: Final = "PLACEMENT_TIKTOK"
_ELSEWHERE: Final = frozenset({
    "PLACEMENT_GLOBAL_APP_BUNDLE", "PLACEMENT_HELO", "PLACEMENT_PANGLE", "PLACEMENT_TOPBUZZ", "PLACEMENT_VIGO",
})  # fmt: skip


def optimised_for(goal: str) -> Keeping:
    """Return what ad groups keep that are shown to be optimised for the goal, or were made elsewhere and come to it."""
    alike = [billing for billing, of_it in GOAL_OF_BILLING.items() if of_it == goal]
    aims = tuple((aim, of) for aim in Goal for of in Objective if made_elsewhere(Billing.OCPM, aim, of) == goal)
    return Keeping(name="optimization_goal", values=[goal], absent=bool(alike or aims), billings=alike, aims=aims)


def made_elsewhere(billing: Billing, aim: Goal | None, objective: Objective) -> str:
    """Return the goal that an ad group is shown with for which none was sent."""
    if aim is None:
        return GOAL_OF_BILLING[billing]
    if aim is Goal.CONVERSION and objective in _CONVERSION_GOALS:
        return _CONVERSION_GOALS[objective]
    return _GOAL_OF_AIM[aim]


def billing(event: str, goal: str, objective: Objective, *, by_thousand: bool) -> Billing:
    """Return how an ad group is billed; ParameterInvalid for what does not fit the goal or the objective.

    ``by_thousand``: with OCPM the bid is for a thousand impressions, which then are chosen for nothing, as for goals that
    nobody predicts.
    """
    if event in _NOT_BILLED:
        raise ParameterInvalid(field="billing_event", reason=f"{event} is not supported: {_NOT_BILLED[event]}")
    if event not in BILLING_EVENTS:
        raise ParameterInvalid(field="billing_event", reason=f"one of {', '.join(BILLING_EVENTS)}")
    if goal not in GOALS[objective]:
        allowed = ", ".join(GOALS[objective])
        raise ParameterInvalid(field="optimization_goal", reason=f"with this campaign's objective one of {allowed}")
    fitting = _GOALS_OF_BILLING.get(event)
    if fitting is not None and goal not in fitting:
        raise ParameterInvalid(field="billing_event", reason=f"{event} does not fit the goal {goal}")
    found = BILLING_EVENTS[event]
    return Billing.CPM if found is Billing.OCPM and (by_thousand or goal not in _AIMS) else found


def aim(billing: Billing, goal: str, event: str | None) -> tuple[str, str]:
    """Return for what impressions are chosen, and the name of the conversions that are meant; "" and "" for nothing."""
    if billing is not Billing.OCPM:
        return "", ""
    found = _AIMS[goal]
    named = _EVENT_OF_GOAL.get(goal) or (conversion_of(event) if event else "")
    return found.value, named if found is Goal.CONVERSION else ""


def billing_event(kind: Billing, kept: Mapping[str, object]) -> str:
    """Return v1.3's name of how an ad group is billed: the one sent, where it is of this kind."""
    sent = kept.get("billing_event")
    by_goal = sent == OCPM and kind is Billing.CPM  # Billed by impressions, and bid for by the thousand.
    return sent if isinstance(sent, str) and (by_goal or BILLING_EVENTS.get(sent) is kind) else kind.value.upper()


def check_placements(placement_type: str | None, placements: list[str] | None) -> None:
    """Raise ParameterInvalid unless the placement is this platform's feed, by name or by automatic choice."""
    if placement_type == "PLACEMENT_TYPE_AUTOMATIC":
        return
    if not placements:
        raise ParameterInvalid(field="placements", reason=f"it is missing; {FEED} is the feed")
    for place in placements:
        if place in _ELSEWHERE:
            raise ParameterInvalid(field="placements", reason=f"{place} is not sold by this platform, only {FEED}")
        if place != FEED:
            raise ParameterInvalid(field="placements", reason=f"{place[:100]} is none; {FEED} is the feed")
