"""What conversions are called: by v1.3's events API, by its optimisation events, and by Vonk."""

import re
from typing import Final

from vonk.events.conversions.contract import STANDARD_NAMES

_WORD_BEGINS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_OURS: Final = re.compile(r"[^a-z0-9]+")
_NAMES: Final[dict[str, tuple[str, str]]] = {
    "page_view": ("Pageview", "LANDING_PAGE_VIEW"),
    "view_content": ("ViewContent", "ON_WEB_DETAIL"),
    "search": ("Search", "ON_WEB_SEARCH"),
    "add_to_wishlist": ("AddToWishlist", "ADD_TO_WISHLIST"),
    "add_to_cart": ("AddToCart", "ON_WEB_CART"),
    "initiate_checkout": ("InitiateCheckout", "INITIATE_ORDER"),
    "add_payment_info": ("AddPaymentInfo", "ADD_PAYMENT_INFO"),
    "purchase": ("Purchase", "SHOPPING"),
    "subscribe": ("Subscribe", "ON_WEB_SUBSCRIBE"),
    "start_trial": ("StartTrial", "START_TRIAL"),
    "sign_up": ("CompleteRegistration", "ON_WEB_REGISTER"),
    "submit_form": ("Lead", "FORM"),
    "contact": ("Contact", "CONSULT"),
    "download": ("Download", "DOWNLOAD_START"),
    "install": ("InstallApp", "ACTIVE"),
}
"""Vonk's standard name, to the events API's name and the optimisation event."""
assert _NAMES.keys() == STANDARD_NAMES.keys(), "Every standard name has both."


def event_name(name: str) -> str:
    """Return the events API's name of a conversion; one of the advertiser's own stays as it is."""
    return _NAMES[name][0] if name in _NAMES else name


def optimization_event(name: str) -> str:
    """Return the optimisation event of a standard name; of one of the advertiser's own, that in capitals."""
    return _NAMES[name][1] if name in _NAMES else name.upper()


_OF_OPTIMIZATION: Final[dict[str, str]] = {
    **{optimised: name for name, (_, optimised) in _NAMES.items()},
    "ON_WEB_ADD_TO_WISHLIST": "add_to_wishlist",
    "ON_WEB_ORDER": "place_an_order",
    "BUTTON": "click_button",
    "INSTALL_FINISH": "install",
    "PURCHASE_OF_GOODS": "purchase",
}


def conversion_of(optimised: str) -> str:
    """Return Vonk's name of what an optimisation event counts: a standard one, or the event's own in small letters."""
    return _OF_OPTIMIZATION.get(optimised) or _NOT_OURS.sub("_", optimised.lower()).strip("_")[:50]


_OF_EVENT: Final[dict[str, str]] = {
    **{event.lower(): name for name, (event, _) in _NAMES.items()},
    "completepayment": "purchase",  # The older name, still accepted (reference API §14).
    "checkout": "initiate_checkout",
    "registration": "sign_up",
    "submitform": "submit_form",
    "generatelead": "submit_form",
    "submitapplication": "submit_form",
}


def conversion_name(event: str) -> str:
    """Return Vonk's name of an event: a standard one, or the event's own in small letters, ``PlaceAnOrder`` as place_an_order."""
    known = _OF_EVENT.get(event.lower())
    if known is not None:
        return known
    return _NOT_OURS.sub("_", _WORD_BEGINS.sub("_", event).lower()).strip("_")[:50]
