"""What a campaign is for, and what follows from it."""

from enum import StrEnum
from typing import Final

from vonk.advertising.errors import BillingNotForObjective, CallToActionNotForObjective
from vonk.core.errors import FieldInvalid
from vonk.delivery.snapshot import Billing


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
    Objective.VIDEO_VIEWS: (Billing.CPV, Billing.CPM),
    Objective.COMMUNITY_INTERACTION: (Billing.CPM, Billing.CPV, Billing.CPC),
    Objective.TRAFFIC: (Billing.CPC, Billing.CPM),
    Objective.APP_INSTALLS: (Billing.CPC, Billing.CPM),
    Objective.CONVERSIONS: (Billing.CPC, Billing.CPM),
    Objective.LEAD_GENERATION: (Billing.CPC, Billing.CPM),
    Objective.SHOP_PURCHASES: (Billing.CPC, Billing.CPM),
}

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
        raise FieldInvalid("objective", f"one of {', '.join(Objective)}") from error


def billing(text: str, of: Objective) -> Billing:
    """Return the billing of this name; FieldInvalid for an unknown one, BillingNotForObjective for a wrong one."""
    try:
        found = Billing(text)
    except ValueError as error:
        raise FieldInvalid("billing", f"one of {', '.join(Billing)}") from error
    if found not in BILLINGS[of]:
        raise BillingNotForObjective(allowed=", ".join(allowed.upper() for allowed in BILLINGS[of]))
    return found


def call_to_action(name: str, of: Objective) -> str:
    """Return the button's name; FieldInvalid for an unknown one, CallToActionNotForObjective for a kept one."""
    if name not in CALLS_TO_ACTION:
        raise FieldInvalid("call_to_action", f"one of {', '.join(CALLS_TO_ACTION)}")
    if of not in KEPT_CALLS_TO_ACTION.get(name, frozenset(Objective)):
        raise CallToActionNotForObjective
    return name
