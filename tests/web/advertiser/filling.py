"""The forms of the ads manager as somebody fills them in."""

from typing import Any

CAMPAIGN: dict[str, Any] = {
    "campaign-name": "Spring loaves",
    "campaign-objective": "traffic",
    "campaign-budget_mode": "daily",
    "campaign-budget_micros": "60",
}
AD_GROUP: dict[str, Any] = {
    "ad_group-name": "Neighbours",
    "ad_group-countries": ["NL", "BE"],
    "ad_group-budget_mode": "daily",
    "ad_group-budget_micros": "20,50",
    "ad_group-billing": "cpc",
    "ad_group-bid_micros": "0.40",
    "ad_group-pacing": "smooth",
}
AD: dict[str, Any] = {
    "ad-switchable": "1",
    "ad-spark": "on",
    "ad-name": "A loaf rises",
    "ad-call_to_action": "order_now",
    "ad-landing_url": "https://bread.example/loaf",
}


def launch(**changed: Any) -> dict[str, Any]:
    """Return the whole form; a value of None leaves the field out. Double underscores stand for the dash."""
    sent = {**CAMPAIGN, **AD_GROUP, **AD}
    sent.update({name.replace("__", "-"): value for name, value in changed.items()})
    return {name: value for name, value in sent.items() if value is not None}
