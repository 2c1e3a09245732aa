"""Campaigns and ad groups with all that their statuses follow from, read in a few statements however many they are."""

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from django.db.models import QuerySet

from vonk.advertising.models import Ad, AdGroup
from vonk.advertising.queries.facts import (
    ad_group_facts,
    campaign_facts,
    campaign_facts_of,
    facts_of_ad_group,
    facts_of_ads,
)
from vonk.advertising.queries.views import CampaignView
from vonk.advertising.rules import AdFacts, AdGroupFacts, CampaignFacts


class Tree(msgspec.Struct, frozen=True):
    """The facts of campaigns, ad groups and ads, each by id. ``ads`` are those that are not deleted."""

    campaigns: dict[int, CampaignFacts]
    ad_groups: dict[int, AdGroupFacts]
    ads: dict[int, AdFacts]


def of_campaigns(campaign_ids: Collection[int], *, now: datetime) -> Tree:
    """Return the campaigns that exist, their ad groups that have ads, and these ads."""
    return _of_campaigns(campaign_facts(campaign_ids), now)


def of_campaign_views(views: Iterable[CampaignView], *, now: datetime) -> Tree:
    """Return what ``of_campaigns`` does, for whoever has just read the campaigns."""
    return _of_campaigns(campaign_facts_of(views), now)


def _of_campaigns(campaigns: dict[int, CampaignFacts], now: datetime) -> Tree:
    alive = [one.id for one in campaigns.values() if not one.deleted]
    rows = AdGroup.objects.filter(campaign_id__in=alive, deleted_at=None)
    groups = {row.pk: facts_of_ad_group(row, campaigns[row.campaign_id]) for row in rows}
    ads = facts_of_ads(_living(groups), now=now, groups=groups)
    with_ads = {one.ad_group.id for one in ads.values()}
    return Tree(campaigns, {made: group for made, group in groups.items() if made in with_ads}, ads)


def of_ad_groups(ad_group_ids: Collection[int], *, now: datetime) -> Tree:
    """Return the ad groups that exist, their campaigns, and their ads."""
    groups = ad_group_facts(ad_group_ids)
    alive = [one.id for one in groups.values() if not (one.deleted or one.campaign.deleted)]
    campaigns = {one.campaign.id: one.campaign for one in groups.values()}
    return Tree(campaigns, groups, facts_of_ads(_living(alive), now=now, groups=groups))


def _living(ad_group_ids: Collection[int]) -> QuerySet[Ad]:
    return Ad.objects.filter(ad_group_id__in=list(ad_group_ids), deleted_at=None)
