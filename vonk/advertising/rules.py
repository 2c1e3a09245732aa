"""Objectives, calls to action, review and status (reference §4, §5, §9); pure."""

from enum import StrEnum
from typing import Final


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


class Verdict(StrEnum):
    """What review said."""

    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REJECTED = "rejected"


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

REVIEW_REASONS: Final[dict[str, str]] = {
    "misleading_claim": "The ad claims what it does not show or cannot prove.",
    "landing_page_mismatch": "The landing page does not match the ad, or does not work.",
    "prohibited_product": "The product or service may not be advertised here.",
    "restricted_audience": "The ad needs a narrower audience, for example adults only.",
    "music_rights": "The sound is not licensed for advertising.",
    "disclosure_missing": "The commercial nature of the post is not disclosed.",
    "poor_quality": "Picture or sound is too poor to be shown.",
    "offensive": "The ad may offend or frighten.",
    "personal_data": "The ad shows somebody's personal data.",
}
