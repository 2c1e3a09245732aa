"""What a campaign is for, and what follows from it."""

import re
from enum import StrEnum
from typing import Final

from vonk.advertising.errors import BillingNotForObjective, CallToActionNotForObjective, GoalNotForObjective
from vonk.core.errors import FieldInvalid
from vonk.delivery.snapshot import Billing, Goal
from vonk.events.conversions.contract import NAME_PATTERN


class Objective(StrEnum):
    """What a campaign is for: the auction objectives of S1."""

    REACH = "reach"
    VIDEO_VIEWS = "video_views"
    COMMUNITY_INTERACTION = "community_interaction"
    TRAFFIC = "traffic"
    APP_INSTALLS = "app_installs"
    CONVERSIONS = "conversions"
    LEAD_GENERATION = "lead_generation"
    SHOP_PURCHASES = "shop_purchases"


OBJECTIVE_TEXTS: Final[dict[Objective, str]] = {
    Objective.REACH: "Reach",
    Objective.VIDEO_VIEWS: "Video views",
    Objective.COMMUNITY_INTERACTION: "Community interaction",
    Objective.TRAFFIC: "Traffic",
    Objective.APP_INSTALLS: "App installs",
    Objective.CONVERSIONS: "Conversions",
    Objective.LEAD_GENERATION: "Lead generation",
    Objective.SHOP_PURCHASES: "Shop purchases",
}

# What each objective can be paid by; the first one is the usual one. A goal that is a tap pays by click, one that is
# watching pays by view, and every goal but clicks alone can pay by thousand impressions (reference §5, billing).
BILLINGS: Final[dict[Objective, tuple[Billing, ...]]] = {
    Objective.REACH: (Billing.CPM,),
    Objective.VIDEO_VIEWS: (Billing.CPV, Billing.CPM, Billing.OCPM),
    Objective.COMMUNITY_INTERACTION: (Billing.CPM, Billing.CPV, Billing.CPC),
    Objective.TRAFFIC: (Billing.CPC, Billing.CPM, Billing.OCPM),
    Objective.APP_INSTALLS: (Billing.CPC, Billing.CPM, Billing.OCPM),
    Objective.CONVERSIONS: (Billing.CPC, Billing.CPM, Billing.OCPM),
    Objective.LEAD_GENERATION: (Billing.CPC, Billing.CPM, Billing.OCPM),
    Objective.SHOP_PURCHASES: (Billing.CPC, Billing.CPM, Billing.OCPM),
}

# What impressions can be chosen for (OCPM) with each objective; the first one is the usual one.
GOALS: Final[dict[Objective, tuple[Goal, ...]]] = {
    Objective.REACH: (),
    Objective.VIDEO_VIEWS: (Goal.VIEW,),
    Objective.COMMUNITY_INTERACTION: (),
    Objective.TRAFFIC: (Goal.CLICK,),
    Objective.APP_INSTALLS: (Goal.CONVERSION, Goal.CLICK),
    Objective.CONVERSIONS: (Goal.CONVERSION, Goal.CLICK),
    Objective.LEAD_GENERATION: (Goal.CONVERSION, Goal.CLICK),
    Objective.SHOP_PURCHASES: (Goal.CONVERSION, Goal.CLICK),
}
assert all((Billing.OCPM in BILLINGS[of]) == bool(GOALS[of]) for of in Objective), "A goal is what OCPM bids for."

CALLS_TO_ACTION: Final[dict[str, str]] = {
    "apply_now": "Apply now",
    "book_now": "Book now",
    "call_now": "Call now",
    "contact_us": "Contact us",
    "download_now": "Download now",
    "experience_now": "Experience now",
    "get_quote": "Get quote",
    "get_showtimes": "Get showtimes",
    "get_tickets_now": "Get tickets now",
    "install_now": "Install now",
    "interested": "Interested",
    "learn_more": "Learn more",
    "listen_now": "Listen now",
    "order_now": "Order now",
    "play_game": "Play game",
    "preorder_now": "Preorder now",
    "read_more": "Read more",
    "send_message": "Send message",
    "shop_now": "Shop now",
    "sign_up": "Sign up",
    "subscribe": "Subscribe",
    "view_now": "View now",
    "view_profile": "View profile",
    "visit_store": "Visit store",
    "watch_live": "Watch live",
    "watch_now": "Watch now",
}

# What a Spark Ad may be for without an address of its own (business API §9): being seen, or its creator being met.
WITHOUT_ADDRESS: Final = frozenset({Objective.REACH, Objective.VIDEO_VIEWS, Objective.COMMUNITY_INTERACTION})

# Buttons that are kept for some objectives (reference §4, CTA list).
KEPT_CALLS_TO_ACTION: Final[dict[str, frozenset[Objective]]] = {
    "view_profile": frozenset({Objective.COMMUNITY_INTERACTION}),
}


def objective(text: str) -> Objective:
    """Return the objective of this name; FieldInvalid when there is none."""
    try:
        return Objective(text)
    except ValueError as error:
        raise FieldInvalid("objective", "one of %(known)s", known=", ".join(Objective)) from error


def billing(text: str, of: Objective) -> Billing:
    """Return the billing of this name; FieldInvalid for an unknown one, BillingNotForObjective for a wrong one."""
    try:
        found = Billing(text)
    except ValueError as error:
        raise FieldInvalid("billing", "one of %(known)s", known=", ".join(Billing)) from error
    if found not in BILLINGS[of]:
        raise BillingNotForObjective(allowed=", ".join(allowed.upper() for allowed in BILLINGS[of]))
    return found


def goal(text: str, event: str, *, billing: Billing, of: Objective) -> tuple[Goal | None, str]:
    """Return what is bid for and the name of the conversions that are meant, "" for those that the objective is about.

    Of another billing than OCPM there is none, and "" is the usual one. FieldInvalid for what is none or goes with nothing,
    GoalNotForObjective for one of another objective.
    """
    if billing is not Billing.OCPM:
        if text or event:
            raise FieldInvalid("goal" if text else "goal_event", "empty, as it goes with billing ocpm alone")
        return None, ""
    try:
        found = Goal(text or GOALS[of][0])
    except ValueError as error:
        raise FieldInvalid("goal", "one of %(known)s", known=", ".join(Goal)) from error
    if found not in GOALS[of]:
        raise GoalNotForObjective(allowed=", ".join(GOALS[of]))
    if event and (found is not Goal.CONVERSION or re.fullmatch(NAME_PATTERN, event) is None):
        raise FieldInvalid("goal_event", "with the goal conversion, 1 to 50 of the characters a-z, 0-9 and _")
    return found, event


def call_to_action(name: str, of: Objective) -> str:
    """Return the button's name; FieldInvalid for an unknown one, CallToActionNotForObjective for a kept one."""
    if name not in CALLS_TO_ACTION:
        raise FieldInvalid("call_to_action", "one of %(known)s", known=", ".join(CALLS_TO_ACTION))
    if of not in KEPT_CALLS_TO_ACTION.get(name, frozenset(Objective)):
        raise CallToActionNotForObjective
    return name
