"""Metrics of v1.3 that are no numbers: what is said of the account, campaign, ad group or ad that a row is about.

Where a row is not about one of them, and where there is nothing to say, it says "-".
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Final

from vonk.advertising.queries.reported import ReportedFacts
from vonk.core.money import MICROS_PER_UNIT
from vonk.delivery.snapshot import Budget
from vonk.reporting.breakdowns.columns import Column, Told, saying
from vonk.wire.business.ad_groups import terms as adgroup_terms
from vonk.wire.business.objectives import objective_type
from vonk.wire.business.statuses import operation_status

NOTHING: Final = "-"
NO_ID: Final = "0"  # Clients read ids as integers.
USUAL: Final[dict[str, str]] = {"placement_type": "PLACEMENT_TYPE_NORMAL", "promotion_type": "WEBSITE"}
"""What ad groups show that were not told."""


Read = Callable[[ReportedFacts], str]


def _of(level: str, read: Read, without: str = NOTHING) -> Column:
    """Return what is read from rows of the level or of what lies below it."""

    def tell(told: Told) -> str:
        facts = told.facts
        if facts is None or not {"campaign": 1, "ad_group": facts.ad_group_id, "ad": facts.ad_id}[level]:
            return without
        return read(facts) or without

    return saying(tell)


def _kept(level: str, name: str, without: str = NOTHING) -> Column:
    """Return what the business API was told, as it was told."""

    def read(facts: ReportedFacts) -> str:
        value = facts.kept.get(level, {}).get(name)
        return written(value)

    return _of(level, read, without)


def written(value: object) -> str:
    """Return a kept value as text; "" for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _always(text: str) -> Column:
    return saying(lambda _: text)


def _amount(budget: Budget) -> str:
    return f"{Decimal(budget.micros) / MICROS_PER_UNIT:.2f}"


def _bid(facts: ReportedFacts) -> str:
    return "0.00" if facts.maximum_delivery else f"{Decimal(facts.bid_micros) / MICROS_PER_UNIT:.2f}"


def _bid_strategy(facts: ReportedFacts) -> str:
    if facts.maximum_delivery:
        return "BID_STRATEGY_LOWEST_COST"
    return "BID_STRATEGY_COST_CAP" if facts.cost_cap else "BID_STRATEGY_BID_CAP"


def _billing_event(facts: ReportedFacts) -> str:
    assert facts.billing is not None, "An ad group has one."
    return adgroup_terms.billing_event(facts.billing, facts.kept["ad_group"])


def _goal(facts: ReportedFacts) -> str:
    assert facts.billing is not None, "An ad group has one."
    told = written(facts.kept["ad_group"].get("optimization_goal"))
    return told or adgroup_terms.made_elsewhere(facts.billing, facts.goal, facts.objective)


def _told_or_usual(name: str, facts: ReportedFacts) -> str:
    return written(facts.kept["ad_group"].get(name)) or USUAL[name]


def _status(facts: ReportedFacts) -> str:
    enabled = (
        facts.ad_enabled if facts.ad_id else facts.ad_group_enabled if facts.ad_group_id else facts.campaign_enabled
    )
    return operation_status(enabled, facts.deleted)


ATTRIBUTES: Final[dict[str, Column]] = {
    "advertiser_name": saying(lambda told: told.account.name),
    "advertiser_id": saying(lambda told: str(told.account.id)),
    "currency": saying(lambda told: told.account.currency),
    "timezone": saying(lambda told: told.account.time_zone),
    "campaign_name": _of("campaign", lambda facts: facts.campaign_name),
    "campaign_id": _of("campaign", lambda facts: str(facts.campaign_id), NO_ID),
    "objective_type": _of("campaign", lambda facts: objective_type(facts.objective, facts.kept.get("campaign"))),
    "campaign_budget": _of("campaign", lambda facts: _amount(facts.campaign_budget), "0.00"),
    "campaign_dedicate_type": _kept("campaign", "campaign_type"),
    "campaign_automation_type": _kept("campaign", "campaign_automation_type"),
    "app_promotion_type": _kept("campaign", "app_promotion_type"),
    "rf_campaign_type": _kept("campaign", "rf_campaign_type"),
    "split_test": _always("false"),
    "is_smart_creative": _always("false"),
    "is_aco": _always("false"),
    "opt_status": _always("0"),  # Automated creative: there is none.
    "adgroup_name": _of("ad_group", lambda facts: facts.ad_group_name),
    "adgroup_id": _of("ad_group", lambda facts: str(facts.ad_group_id), NO_ID),
    **{name: _of("ad_group", partial(_told_or_usual, name)) for name in USUAL},
    "adgroup_download_url": _kept("ad_group", "app_download_url"),
    "profile_image": _kept("ad_group", "profile_image"),
    "dpa_target_audience_type": _always(NOTHING),
    "budget": _of("ad_group", lambda facts: _amount(facts.ad_group_budget), "0.00"),
    "smart_target": _of("ad_group", _goal),
    "pricing_category": _of("ad_group", _billing_event),
    "billing_event": _of("ad_group", _billing_event),
    "bid_strategy": _of("ad_group", _bid_strategy),
    "bid": _of("ad_group", _bid, "0.00"),
    "bid_secondary_goal": _always(NOTHING),
    "aeo_type": _kept("ad_group", "optimization_event"),
    "tt_app_id": _kept("ad_group", "app_id", NO_ID),
    "tt_app_name": _always(NOTHING),
    "mobile_app_id": _kept("ad_group", "app_id", NO_ID),
    "ad_name": _of("ad", lambda facts: facts.ad_name),
    "ad_id": _of("ad", lambda facts: str(facts.ad_id), NO_ID),
    "ad_id_v2": _of("ad", lambda facts: str(facts.ad_id), NO_ID),
    "ad_text": _of("ad", lambda facts: facts.text),
    "call_to_action": _of("ad", lambda facts: facts.call_to_action.upper()),
    "ad_profile_image": _kept("ad", "avatar_icon_web_uri"),
    "ad_url": _of("ad", lambda facts: facts.landing_url),
    "image_mode": _kept("ad", "ad_format", "SINGLE_VIDEO"),
    "operation_status": _of("campaign", _status),
    "ad_material_id": _always(NO_ID),
    "material_primary_status": _always(NOTHING),
    "material_second_status_list": _always(NOTHING),
    "product_cta": _always(NOTHING),
}
"""By v1.3's name."""
