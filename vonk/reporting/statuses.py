"""Statuses with money in them: advertising's rules over advertising's facts and billing's (reference §9.5)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from vonk.advertising import queries as advertising
from vonk.advertising import rules
from vonk.advertising.rules import AdGroupFacts, CampaignFacts, MoneyFacts, Status
from vonk.billing import queries as billing
from vonk.billing.queries import Balance, BudgetSpent
from vonk.billing.rules import AD_GROUP, CAMPAIGN
from vonk.delivery.snapshot import BudgetMode
from vonk.identity import queries as identity


class Money(msgspec.Struct):
    """What billing knows of some accounts and of what lies in them."""

    balances: Mapping[int, Balance]
    campaigns: dict[int, BudgetSpent]
    ad_groups: dict[int, BudgetSpent]
    consents: dict[int, int] = {}

    def of(
        self, campaign: CampaignFacts, ad_group: AdGroupFacts | None = None, consent_id: int | None = None
    ) -> MoneyFacts:
        """Return what was billed in each budget's present period, and ever under the consent."""
        balance = self.balances.get(campaign.account_id)
        return MoneyFacts(
            balance_micros=balance.micros if balance is not None else 0,
            stopped=balance is not None and bool(balance.stopped),
            campaign_billed_micros=_in_period(campaign.budget.mode, self.campaigns[campaign.id]),
            ad_group_billed_micros=(
                _in_period(ad_group.budget.mode, self.ad_groups[ad_group.id]) if ad_group is not None else 0
            ),
            consent_billed_micros=self.consents.get(consent_id or 0, 0),
        )


def statuses(ad_ids: Collection[int], *, now: datetime) -> dict[int, Status]:
    """Return the status of each ad that exists; for callers that have the ads inside their scope."""
    facts = advertising.ad_facts(ad_ids, now=now)
    groups = [one.ad_group for one in facts.values()]
    money = _money([group.campaign for group in groups], groups, now)
    capped = {
        one.consent_id for one in facts.values() if any(limit.spend_cap_micros is not None for limit in one.limits)
    }
    money.consents = billing.billed_under(consent_id for consent_id in capped if consent_id is not None)
    return {
        ad_id: rules.status(
            msgspec.structs.replace(one, money=money.of(one.ad_group.campaign, one.ad_group, one.consent_id)), now
        )
        for ad_id, one in facts.items()
    }


def statuses_of_account(account_id: int, *, now: datetime) -> dict[int, Status]:
    """Return the status of every ad of the account that is not deleted."""
    return statuses(list(advertising.ads_under(account_id=account_id)), now=now)


def ad_group_statuses(ad_group_ids: Collection[int], *, now: datetime) -> dict[int, Status]:
    """Return the status of each ad group that exists, with what its ads say."""
    return _of_ad_groups(advertising.ad_group_facts(ad_group_ids), now)


def campaign_statuses(campaign_ids: Collection[int], *, now: datetime) -> dict[int, Status]:
    """Return the status of each campaign that exists, with what its ad groups say."""
    facts = advertising.campaign_facts(campaign_ids)
    under = advertising.ads_under(campaign_ids=list(facts))
    groups = advertising.ad_group_facts({ad_group_id for ad_group_id, _ in under.values()})
    of_groups = _of_ad_groups(groups, now)
    money = _money(list(facts.values()), [], now)
    return {
        campaign_id: rules.campaign_status(
            msgspec.structs.replace(one, money=money.of(one)),
            [of_groups[group.id] for group in groups.values() if group.campaign.id == campaign_id],
        )
        for campaign_id, one in facts.items()
    }


def _of_ad_groups(facts: Mapping[int, AdGroupFacts], now: datetime) -> dict[int, Status]:
    under = advertising.ads_under(ad_group_ids=list(facts))
    of_ads = statuses(list(under), now=now)
    money = _money([one.campaign for one in facts.values()], list(facts.values()), now)
    return {
        ad_group_id: rules.ad_group_status(
            msgspec.structs.replace(one, money=money.of(one.campaign, one)),
            [of_ads[ad_id] for ad_id, (group_id, _) in under.items() if group_id == ad_group_id],
            now,
        )
        for ad_group_id, one in facts.items()
    }


def _money(campaigns: Sequence[CampaignFacts], ad_groups: Sequence[AdGroupFacts], now: datetime) -> Money:
    """Read the money of all that is concerned: a few statements for each local day among the accounts."""
    account_ids = {one.account_id for one in campaigns}
    zones = {account_id: facts.time_zone for account_id, facts in identity.accounts_facts(account_ids).items()}
    today = {account_id: now.astimezone(ZoneInfo(zone)).date() for account_id, zone in zones.items()}
    found = Money(billing.balances(account_ids, now=now), {}, {})
    for day in set(today.values()):
        campaign_ids = {one.id for one in campaigns if today[one.account_id] == day}
        ad_group_ids = {one.id for one in ad_groups if today[one.campaign.account_id] == day}
        found.campaigns |= billing.budget_spend(CAMPAIGN, campaign_ids, day=day)
        found.ad_groups |= billing.budget_spend(AD_GROUP, ad_group_ids, day=day)
    return found


def _in_period(mode: BudgetMode, spent: BudgetSpent) -> int:
    return spent.day_micros if mode is BudgetMode.DAILY else spent.lifetime_micros
