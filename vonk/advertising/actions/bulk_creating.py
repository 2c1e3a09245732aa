"""Create what a line of an imported table describes."""

from datetime import datetime

from vonk.advertising.actions import ad_groups, ads, campaigns
from vonk.advertising.actions.bulk_lines import Billed
from vonk.advertising.drafts import AdDraft, AdGroupDraft, CampaignDraft
from vonk.advertising.queries.reported import Noun
from vonk.advertising.rules.bulk import Values
from vonk.control.scope import Scope
from vonk.delivery.snapshot import Budget, BudgetMode, Targeting


def create(scope: Scope, noun: Noun, values: Values, *, billed: Billed, now: datetime) -> int:
    """Create a campaign, ad group or ad of these values; return its id. Raises what the actions that create raise."""
    if noun == "campaign":
        draft = CampaignDraft(
            name=values.get("name", ""),
            objective=values.get("objective", ""),
            budget=_budget(values),
            enabled=values.get("enabled", True),
        )
        return campaigns.create(scope, draft, now=now)
    if noun == "ad_group":
        return ad_groups.create(scope, int(values.get("campaign_id", 0)), _ad_group(values), now=now)
    consent_id = values.get("consent_id")
    ad = AdDraft(
        name=values.get("name") or None,
        call_to_action=values.get("call_to_action", ""),
        landing_url=values.get("landing_url", ""),
        category=values.get("category", ""),
        consent_id=consent_id,
        enabled=values.get("enabled", True),
    )
    under = billed.under([consent_id]) if consent_id is not None else {}
    return ads.create_one(scope, int(values.get("ad_group_id", 0)), ad, billed=under, now=now)


def _ad_group(values: Values) -> AdGroupDraft:
    return AdGroupDraft(
        name=values.get("name", ""),
        billing=values.get("billing", ""),
        bid_micros=values.get("bid_micros"),
        budget=_budget(values),
        targeting=Targeting(countries=tuple(values.get("countries", ()))),
        starts_at=_instant(values.get("starts_at")),
        ends_at=_instant(values.get("ends_at")),
        enabled=values.get("enabled", True),
    )


def _budget(values: Values) -> Budget:
    budget = values.get("budget")
    return Budget(BudgetMode(budget["mode"]), int(budget["micros"])) if budget else Budget()


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
