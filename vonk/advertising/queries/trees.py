"""Campaigns and ad groups with all that their statuses follow from, read in a few statements however many they are."""

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec

from vonk.advertising.queries.facts import (
    ad_group_facts,
    campaign_facts,
    campaign_facts_of,
    facts_of_living_ad_groups,
    facts_of_living_ads,
)
from vonk.advertising.queries.views import CampaignView
from vonk.advertising.rules import AdFacts, AdGroupFacts, CampaignFacts
from vonk.identity.queries import AccountFacts


class Tree(msgspec.Struct, frozen=True):
    """The facts of campaigns, ad groups and ads, each by id. ``ads`` are those that are not deleted."""

    campaigns: dict[int, CampaignFacts]
    ad_groups: dict[int, AdGroupFacts]
    ads: dict[int, AdFacts]


def of_campaigns(campaign_ids: Collection[int], *, now: datetime) -> Tree:
    """Return the campaigns that exist, their ad groups that have ads, and these ads."""
    return _of_campaigns(campaign_facts(campaign_ids), now)


def of_campaign_views(views: Iterable[CampaignView], account: AccountFacts, *, now: datetime) -> Tree:
    """Return what ``of_campaigns`` does, for whoever has just read the campaigns and their account."""
    return _of_campaigns(campaign_facts_of(views, account), now)


def _of_campaigns(campaigns: dict[int, CampaignFacts], now: datetime) -> Tree:
    groups = facts_of_living_ad_groups({made: one for made, one in campaigns.items() if not one.deleted})
    ads = facts_of_living_ads(groups, now=now)
    with_ads = {one.ad_group.id for one in ads.values()}
    return Tree(campaigns, {made: group for made, group in groups.items() if made in with_ads}, ads)


def of_ad_groups(ad_group_ids: Collection[int], *, now: datetime) -> Tree:
    """Return the ad groups that exist, their campaigns, and their ads."""
    groups = ad_group_facts(ad_group_ids)
    alive = {made: one for made, one in groups.items() if not (one.deleted or one.campaign.deleted)}
    campaigns = {one.campaign.id: one.campaign for one in groups.values()}
    return Tree(campaigns, groups, facts_of_living_ads(alive, now=now))
