"""Campaigns: created, changed, switched, deleted."""

import json
from typing import Any

import pytest

from tests.area.advertising.town import DAY, EUR, Town, campaign_draft, compiled, daily, everything, lifetime, published
from vonk.advertising import queries
from vonk.advertising.actions import ad_groups, campaigns
from vonk.advertising.drafts import CampaignChanges
from vonk.advertising.errors import (
    BidNotBelowBudget,
    BudgetBelowMinimum,
    BudgetBelowSpend,
    BudgetMissing,
    BudgetModeFixed,
    ObjectDeleted,
)
from vonk.advertising.queries import CampaignView
from vonk.advertising.rules import Objective
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging
from vonk.core.errors import FieldInvalid, NotFound, Problem
from vonk.delivery.snapshot import Budget, DocumentKind


def test_created_as_drafted_and_published(town: Town) -> None:
    campaign_id = town.campaign()
    assert queries.campaign(town.ada, campaign_id) == CampaignView(
        id=campaign_id,
        account_id=town.ada.account,
        name="Spring loaves",
        objective=Objective.TRAFFIC,
        budget=daily(50),
        currency="EUR",
        enabled=True,
        created_at=town.now,
        modified_at=town.now,
        deleted_at=None,
    )
    assert json.loads(published()[DocumentKind.CAMPAIGN][campaign_id]) == {
        "id": campaign_id,
        "account_id": town.ada.account,
        "currency": "EUR",
        "time_zone": "Europe/Amsterdam",
        "objective": "traffic",
        "budget": {"mode": "daily", "micros": 50 * EUR, "carries": False},
        "caps": [],
        "lift": None,
    }
    entry = AuditEntry.objects.get(noun="campaign")
    assert (entry.action, entry.person_id, entry.account_id, entry.object_id) == (
        "campaign.created",
        town.ada.person,
        town.ada.account,
        campaign_id,
    )


def test_created_off_is_not_published(town: Town) -> None:
    town.campaign(enabled=False)
    assert published()[DocumentKind.CAMPAIGN] == {}


@pytest.mark.parametrize(
    ("changed", "error", "field"),
    [
        ({"name": ""}, FieldInvalid, "name"),
        ({"name": "Loaf 🍞"}, FieldInvalid, "name"),
        ({"objective": "fame"}, FieldInvalid, "objective"),
        ({"budget": daily(49)}, BudgetBelowMinimum, "budget_micros"),
        ({"budget": lifetime(49)}, BudgetBelowMinimum, "budget_micros"),
    ],
)
def test_refused_drafts_change_nothing(town: Town, changed: dict[str, Any], error: type[Problem], field: str) -> None:
    before = everything()
    with pytest.raises(error) as caught:
        campaigns.create(town.ada, campaign_draft(**changed), now=town.now)
    assert caught.value.field == field
    assert everything() == before


def test_a_change_is_audited_and_published_once(town: Town) -> None:
    campaign_id = town.campaign()
    changes = CampaignChanges(name="Summer loaves", budget=daily(60))
    later = town.now + DAY
    assert campaigns.update(town.ada, campaign_id, changes, billed_micros=0, now=later) == ("name", "budget")
    assert campaigns.update(town.ada, campaign_id, changes, billed_micros=0, now=later + DAY) == ()
    view = queries.campaign(town.ada, campaign_id)
    assert (view.name, view.budget, view.modified_at) == ("Summer loaves", daily(60), later)
    assert AuditEntry.objects.filter(noun="campaign", action="campaign.changed").count() == 1
    assert published() == compiled()


def test_a_budget_stays_above_its_spend(town: Town) -> None:
    campaign_id = town.campaign(budget=daily(100))
    spent = 70 * EUR
    with pytest.raises(BudgetBelowSpend):
        campaigns.update(town.ada, campaign_id, CampaignChanges(budget=daily(69)), billed_micros=spent, now=town.now)
    campaigns.update(town.ada, campaign_id, CampaignChanges(budget=daily(70)), billed_micros=spent, now=town.now)
    assert queries.campaign(town.ada, campaign_id).budget == daily(70)


def test_the_type_of_a_budget_switches_until_live(town: Town) -> None:
    campaign_id = town.campaign()
    campaigns.update(town.ada, campaign_id, CampaignChanges(budget=lifetime(90)), billed_micros=0, now=town.now)
    town.ad(town.ad_group(campaign_id))
    campaigns.update(town.ada, campaign_id, CampaignChanges(budget=daily(90)), billed_micros=0, now=town.now)
    town.approved_ad(town.ad_group(campaign_id, starts_at=town.now + DAY))
    campaigns.update(town.ada, campaign_id, CampaignChanges(budget=lifetime(90)), billed_micros=0, now=town.now)
    for billed, now in ((0, town.now + DAY), (1, town.now)):
        with pytest.raises(BudgetModeFixed):
            campaigns.update(town.ada, campaign_id, CampaignChanges(budget=daily(90)), billed_micros=billed, now=now)


def test_a_budget_fits_what_lies_under_it(town: Town) -> None:
    campaign_id = town.campaign()
    town.ad_group(campaign_id, bid_micros=49 * EUR, budget=daily(60))
    campaigns.update(town.ada, campaign_id, CampaignChanges(budget=Budget()), billed_micros=0, now=town.now)
    campaigns.update(town.ada, campaign_id, CampaignChanges(budget=daily(55)), billed_micros=0, now=town.now)
    free = town.ad_group(campaign_id, bid_micros=54 * EUR, budget=Budget())
    with pytest.raises(BidNotBelowBudget) as caught:
        campaigns.update(town.ada, campaign_id, CampaignChanges(budget=daily(54)), billed_micros=0, now=town.now)
    assert caught.value.field == "budget_micros"
    with pytest.raises(BudgetMissing):
        campaigns.update(town.ada, campaign_id, CampaignChanges(budget=Budget()), billed_micros=0, now=town.now)
    ad_groups.delete(town.ada, [free], now=town.now)
    campaigns.update(town.ada, campaign_id, CampaignChanges(budget=Budget()), billed_micros=0, now=town.now)


def test_switched_in_bulk_or_not_at_all(town: Town) -> None:
    first, second = town.campaign(), town.campaign()
    campaigns.set_enabled(town.ada, [first, second], False, now=town.now)
    assert published()[DocumentKind.CAMPAIGN] == {}
    campaigns.delete(town.ada, [second], now=town.now)
    with pytest.raises(ObjectDeleted):
        campaigns.set_enabled(town.ada, [first, second], True, now=town.now)
    assert published()[DocumentKind.CAMPAIGN] == {}
    campaigns.set_enabled(town.ada, [first, first], True, now=town.now)
    assert list(published()[DocumentKind.CAMPAIGN]) == [first]
    for ids in ([], list(range(1, 102))):
        with pytest.raises(FieldInvalid):
            campaigns.set_enabled(town.ada, ids, True, now=town.now)


def test_deleted_with_all_that_lies_under_it(town: Town) -> None:
    ad_id = town.approved_ad()
    waiting = town.ad(queries.ad(town.ada, ad_id).ad_group_id)
    view = queries.ad(town.ada, ad_id)
    campaigns.delete(town.ada, [view.campaign_id], now=town.now)
    assert published() == {kind: {} for kind in published()} == compiled()
    assert queries.review_queue(town.olu, Paging()).items == ()
    assert queries.ad(town.ada, waiting).deleted
    assert queries.campaigns(town.ada, Paging()).items == ()
    assert queries.ad_groups(town.ada, Paging()).items == ()
    assert queries.ads(town.ada, Paging()).items == ()
    assert [each.id for each in queries.campaigns(town.ada, Paging(), with_deleted=True).items] == [view.campaign_id]
    before = everything()
    campaigns.delete(town.ada, [view.campaign_id], now=town.now + DAY)
    assert everything() == before
    with pytest.raises(ObjectDeleted):
        campaigns.update(town.ada, view.campaign_id, CampaignChanges(name="x"), billed_micros=0, now=town.now)
    with pytest.raises(ObjectDeleted):
        town.ad_group(view.campaign_id)


def test_pages_hold_the_accounts_own_only(town: Town) -> None:
    ids = [town.campaign() for _ in range(3)]
    town.campaign(town.mallory)
    first = queries.campaigns(town.ada, Paging(size=2))
    assert [each.id for each in first.items] == [ids[2], ids[1]]
    assert first.next_cursor is not None
    rest = queries.campaigns(town.ada, Paging(int(first.next_cursor), 2))
    assert ([each.id for each in rest.items], rest.next_cursor) == ([ids[0]], None)
    with pytest.raises(NotFound):
        queries.campaign(town.mallory, ids[0])
