"""Statuses with money in them: advertising's rules over advertising's facts and billing's (reference §9.5)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from vonk.advertising import queries as advertising
from vonk.advertising import rules
from vonk.advertising.queries import trees
from vonk.advertising.queries.views import CampaignView
from vonk.advertising.rules import AdFacts, AdGroupFacts, CampaignFacts, Cause, MoneyFacts, Status
from vonk.billing import queries as billing
from vonk.billing.queries import Balance, BudgetSpent
from vonk.billing.rules import AD_GROUP, CAMPAIGN
from vonk.content.queries import PostFacts
from vonk.delivery.snapshot import BudgetMode
from vonk.identity.queries import AccountFacts


class Money(msgspec.Struct, frozen=True):
    """What billing knows of some accounts and of what lies in them."""

    balances: Mapping[int, Balance]
    campaigns: dict[int, BudgetSpent]
    ad_groups: dict[int, BudgetSpent]
    consents: dict[int, int]

    def of(self, campaign: CampaignFacts, ad_group: AdGroupFacts | None = None) -> MoneyFacts:
        """Return what was billed in each budget's present period."""
        balance = self.balances.get(campaign.account_id)
        return MoneyFacts(
            balance_micros=balance.micros if balance is not None else 0,
            stopped=balance is not None and bool(balance.stopped),
            campaign_billed_micros=_in_period(campaign.budget.mode, self.campaigns[campaign.id]),
            ad_group_billed_micros=(
                _in_period(ad_group.budget.mode, self.ad_groups[ad_group.id]) if ad_group is not None else 0
            ),
        )

    def under(self, consent_id: int | None, money: MoneyFacts) -> MoneyFacts:
        """Return the money of an ad group as that of its ad, with what was ever billed under the consent."""
        billed = self.consents.get(consent_id or 0, 0)
        return msgspec.structs.replace(money, consent_billed_micros=billed) if billed else money


def statuses(
    ad_ids: Collection[int], *, now: datetime, posts: Mapping[int, PostFacts] | None = None
) -> dict[int, Status]:
    """Return the status of each ad that exists; for callers that have the ads inside their scope.

    ``posts`` are the facts of the ads' posts, for whoever has just read them.
    """
    facts = advertising.ad_facts(ad_ids, now=now, posts=posts)
    groups = list({one.ad_group.id: one.ad_group for one in facts.values()}.values())
    return _of_ads(facts, _money([group.campaign for group in groups], groups, facts.values(), now), now)


def statuses_of_account(account_id: int, *, now: datetime) -> dict[int, Status]:
    """Return the status of every ad of the account that is not deleted."""
    return statuses(list(advertising.ads_under(account_id=account_id)), now=now)


def ad_group_statuses(ad_group_ids: Collection[int], *, now: datetime) -> dict[int, Status]:
    """Return the status of each ad group that exists, with what its ads say."""
    tree = trees.of_ad_groups(ad_group_ids, now=now)
    money = _money(tree.campaigns.values(), tree.ad_groups.values(), tree.ads.values(), now)
    return _of_ad_groups(tree.ad_groups, tree.ads, money, now)


def campaign_statuses(campaign_ids: Collection[int], *, now: datetime) -> dict[int, Status]:
    """Return the status of each campaign that exists, with what its ad groups say."""
    return _of_campaigns(trees.of_campaigns(campaign_ids, now=now), now)


def statuses_of_campaigns(views: Iterable[CampaignView], account: AccountFacts, *, now: datetime) -> dict[int, Status]:
    """Return what ``campaign_statuses`` does, for whoever has just read the campaigns and their account."""
    return _of_campaigns(trees.of_campaign_views(views, account, now=now), now)


def _of_campaigns(tree: trees.Tree, now: datetime) -> dict[int, Status]:
    money = _money(tree.campaigns.values(), tree.ad_groups.values(), tree.ads.values(), now)
    inside: dict[int, list[Status]] = {}
    for ad_group_id, status in _of_ad_groups(tree.ad_groups, tree.ads, money, now).items():
        inside.setdefault(tree.ad_groups[ad_group_id].campaign.id, []).append(status)
    return {
        campaign_id: rules.campaign_status(
            msgspec.structs.replace(one, money=money.of(one)), inside.get(campaign_id, [])
        )
        for campaign_id, one in tree.campaigns.items()
    }


def _of_ads(facts: Mapping[int, AdFacts], money: Money, now: datetime) -> dict[int, Status]:
    groups: dict[int, tuple[MoneyFacts, frozenset[Cause]]] = {}
    found = {}
    for ad_id, one in facts.items():
        group = one.ad_group
        known = groups.get(group.id)
        if known is None:
            of_group = money.of(group.campaign, group)
            known = groups[group.id] = (of_group, frozenset(rules.ad_group_causes(group, of_group, now)))
        of_ad = money.under(one.consent_id, known[0])
        found[ad_id] = rules.status(msgspec.structs.replace(one, money=of_ad), now, above=known[1])
    return found


def _of_ad_groups(
    groups: Mapping[int, AdGroupFacts], ads: Mapping[int, AdFacts], money: Money, now: datetime
) -> dict[int, Status]:
    inside: dict[int, list[Status]] = {}
    for ad_id, status in _of_ads(ads, money, now).items():
        inside.setdefault(ads[ad_id].ad_group.id, []).append(status)
    return {
        ad_group_id: rules.ad_group_status(
            msgspec.structs.replace(one, money=money.of(one.campaign, one)), inside.get(ad_group_id, []), now
        )
        for ad_group_id, one in groups.items()
    }


def _money(
    campaigns: Collection[CampaignFacts], ad_groups: Collection[AdGroupFacts], ads: Iterable[AdFacts], now: datetime
) -> Money:
    """Read the money of all that is concerned, each budget's of its account's local day."""
    zones = {one.account_id: one.time_zone for one in campaigns}
    today = {account_id: now.astimezone(ZoneInfo(zone)).date() for account_id, zone in zones.items()}
    days = {
        CAMPAIGN: {one.id: today[one.account_id] for one in campaigns},
        AD_GROUP: {one.id: today[one.campaign.account_id] for one in ad_groups},
    }
    found = billing.spendable(today, days, now=now)
    under = billing.billed_under(
        one.consent_id
        for one in ads
        if one.consent_id is not None and any(limit.spend_cap_micros is not None for limit in one.limits)
    )
    return Money(found.balances, found.billed[CAMPAIGN], found.billed[AD_GROUP], under)


def _in_period(mode: BudgetMode, spent: BudgetSpent) -> int:
    return spent.day_micros if mode is BudgetMode.DAILY else spent.lifetime_micros
