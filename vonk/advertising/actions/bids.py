"""Bids that nobody set: they follow from the budgets."""

from datetime import datetime

from vonk.advertising import publish
from vonk.advertising.models import AdGroup, Campaign
from vonk.advertising.rules import budgets, schedules
from vonk.delivery.snapshot import Billing, Goal


def of(ad_group: AdGroup) -> int:
    """Return the bid of maximum delivery for the ad group as it stands; raises BudgetMissing."""
    days = None if ad_group.ends_at is None else schedules.days(ad_group.starts_at, ad_group.ends_at)
    of_both = (publish.budget_of(ad_group), publish.budget_of(ad_group.campaign))
    goal = Goal(ad_group.goal) if ad_group.goal else None
    return budgets.maximum_bid(Billing(ad_group.billing), of_both, days=days, goal=goal)


def follow(campaign: Campaign, *, now: datetime) -> None:
    """Let the bids that nobody set follow the campaign's new budget. The caller holds the campaign."""
    rows = AdGroup.objects.select_related("campaign").filter(
        campaign_id=campaign.pk, maximum_delivery=True, deleted_at=None
    )
    moved = []
    for row in rows:
        bid_micros = of(row)
        if bid_micros != row.bid_micros:
            row.bid_micros, row.modified_at = bid_micros, now
            row.save(update_fields=["bid_micros", "modified_at"])
            moved.append(row.pk)
    publish.publish_ad_groups(moved, at=now)
