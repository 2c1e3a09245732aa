"""Ad groups: created, changed, switched, deleted."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.area.advertising.town import DAY, EUR, Town, ad_group_draft, compiled, daily, everything, lifetime, published
from vonk.advertising import queries
from vonk.advertising.actions import ad_groups, ads, campaigns
from vonk.advertising.drafts import AdGroupChanges, CampaignChanges
from vonk.advertising.errors import (
    AdGroupQuotaReached,
    BidNotBelowBudget,
    BillingNotForObjective,
    BudgetBelowMinimum,
    BudgetBelowSpend,
    BudgetMissing,
    BudgetModeFixed,
    EndMissing,
    MinorsProtected,
    ObjectDeleted,
    ScheduleInPast,
    ScheduleReversed,
    ScheduleStarted,
)
from vonk.advertising.queries import AdGroupView
from vonk.advertising.rules import Objective, Verdict
from vonk.advertising.rules.attribution import AttributionSettings, Counting
from vonk.control.paging import Paging
from vonk.core.errors import FieldInvalid, NotFound, Problem
from vonk.delivery.snapshot import Billing, Budget, DocumentKind, FrequencyCap, Pacing, Targeting

MINUTE = timedelta(minutes=1)


def change(town: Town, ad_group_id: int, *, billed_micros: int = 0, **changed: Any) -> tuple[str, ...]:
    return ad_groups.update(town.ada, ad_group_id, AdGroupChanges(**changed), billed_micros=billed_micros, now=town.now)


def test_created_as_drafted_and_published(town: Town) -> None:
    campaign_id = town.campaign()
    ad_group_id = town.ad_group(
        campaign_id,
        ends_at=town.now + 3 * DAY,
        budget=lifetime(60),
        pacing=Pacing.FAST,
        cap=FrequencyCap(3, 86_400),
        targeting=Targeting(countries=("NL", "BE"), interests=("food",)),
        attribution=AttributionSettings(28, 7, 0, Counting.ONCE),
    )
    targeting = Targeting(countries=("BE", "NL"), interests=("food",))
    assert queries.ad_group(town.ada, ad_group_id) == AdGroupView(
        id=ad_group_id,
        account_id=town.ada.account,
        campaign_id=campaign_id,
        campaign_name="Spring loaves",
        objective=Objective.TRAFFIC,
        name="Neighbours",
        billing=Billing.CPC,
        bid_micros=EUR // 2,
        budget=lifetime(60),
        currency="EUR",
        pacing=Pacing.FAST,
        starts_at=town.now,
        ends_at=town.now + 3 * DAY,
        targeting=targeting,
        cap=FrequencyCap(3, 86_400),
        attribution=AttributionSettings(28, 7, 0, Counting.ONCE),
        enabled=True,
        created_at=town.now,
        modified_at=town.now,
        deleted=False,
    )
    starts_ms = round(town.now.timestamp() * 1000)
    assert json.loads(published()[DocumentKind.AD_GROUP][ad_group_id]) == {
        "id": ad_group_id,
        "campaign_id": campaign_id,
        "billing": "cpc",
        "bid_micros": EUR // 2,
        "budget": {"mode": "lifetime", "micros": 60 * EUR, "carries": False},
        "pacing": "fast",
        "starts_ms": starts_ms,
        "ends_ms": starts_ms + 3 * 86_400_000,
        "targeting": {
            "countries": ["BE", "NL"],
            "languages": [],
            "age_bands": [],
            "genders": [],
            "interests": ["food"],
            "devices": [],
            "dayparting": "",
            "unmet": [],
            "limits": {},
        },
        "cap": {"impressions": 3, "window_seconds": 86_400},
        "caps": [],
        "strategy": "bid_cap",
        "priority": "auction",
        "arm": None,
        "goal": "click",
    }


@pytest.mark.parametrize(
    ("changed", "error", "field"),
    [
        ({"name": " "}, FieldInvalid, "name"),
        ({"billing": "cpv"}, BillingNotForObjective, "billing"),
        ({"bid_micros": 0}, FieldInvalid, "bid_micros"),
        ({"bid_micros": 20 * EUR}, BidNotBelowBudget, "bid_micros"),
        ({"budget": daily(19)}, BudgetBelowMinimum, "budget_micros"),
        ({"budget": lifetime(500)}, EndMissing, "ends_at"),
        ({"targeting": Targeting()}, FieldInvalid, "countries"),
        ({"targeting": Targeting(("NL",), (), ("13_17",), (), ("food",))}, MinorsProtected, "age_bands"),
        ({"cap": FrequencyCap(1001, 86_400)}, FieldInvalid, "cap_impressions"),
    ],
)
def test_refused_drafts_change_nothing(town: Town, changed: dict[str, Any], error: type[Problem], field: str) -> None:
    campaign_id = town.campaign()
    before = everything()
    with pytest.raises(error) as caught:
        ad_groups.create(town.ada, campaign_id, ad_group_draft(**changed), now=town.now)
    assert caught.value.field == field
    assert everything() == before


def test_a_schedule_lies_ahead(town: Town) -> None:
    with pytest.raises(ScheduleInPast):
        town.ad_group(starts_at=town.now - MINUTE)
    with pytest.raises(ScheduleReversed):
        town.ad_group(starts_at=town.now + DAY, ends_at=town.now + DAY)


def test_a_lifetime_minimum_is_that_of_its_days(town: Town) -> None:
    with pytest.raises(BudgetBelowMinimum) as caught:
        town.ad_group(ends_at=town.now + 2 * DAY + MINUTE, budget=lifetime(59))
    assert caught.value.values["minimum"] == "60.00"
    ad_group_id = town.ad_group(ends_at=town.now + 3 * DAY, budget=lifetime(60))
    with pytest.raises(BudgetBelowMinimum):
        change(town, ad_group_id, ends_at=town.now + 4 * DAY)
    change(town, ad_group_id, ends_at=town.now + 4 * DAY, budget=lifetime(80))
    with pytest.raises(EndMissing):
        change(town, ad_group_id, ends_at=None)


def test_without_any_budget_nothing_runs(town: Town) -> None:
    campaign_id = town.campaign(budget=Budget())
    with pytest.raises(BudgetMissing):
        town.ad_group(campaign_id, budget=Budget())
    town.ad_group(budget=Budget(), bid_micros=49 * EUR)
    with pytest.raises(BidNotBelowBudget):
        town.ad_group(budget=Budget(), bid_micros=50 * EUR)


def test_money_and_schedule_reopen_no_review(town: Town) -> None:
    ad_id = town.approved_ad()
    ad_group_id = queries.ad(town.ada, ad_id).ad_group_id
    changed = change(
        town,
        ad_group_id,
        name="Everybody",
        bid_micros=EUR,
        budget=daily(30),
        pacing=Pacing.FAST,
        ends_at=town.now + DAY,
        cap=FrequencyCap(2, 86_400),
    )
    assert changed == ("name", "bid_micros", "budget", "pacing", "ends_at", "cap")
    assert queries.ad(town.ada, ad_id).review.verdict is Verdict.APPROVED
    assert list(published()[DocumentKind.AD]) == [ad_id]
    assert published() == compiled()
    assert change(town, ad_group_id, name="Everybody", cap=FrequencyCap(2, 86_400)) == ()


def test_age_alone_reopens_no_review_and_any_other_targeting_does(town: Town) -> None:
    ad_id = town.approved_ad()
    ad_group_id = queries.ad(town.ada, ad_id).ad_group_id
    change(town, ad_group_id, targeting=Targeting(countries=("NL",), age_bands=("18_24",)))
    assert queries.ad(town.ada, ad_id).review.verdict is Verdict.APPROVED
    change(town, ad_group_id, targeting=Targeting(countries=("NL", "BE"), age_bands=("18_24",)))
    assert queries.ad(town.ada, ad_id).review.verdict is Verdict.IN_REVIEW
    assert published()[DocumentKind.AD] == {}
    assert published() == compiled()


def test_the_budget_hooks(town: Town) -> None:
    ad_group_id = queries.ad(town.ada, town.approved_ad()).ad_group_id
    with pytest.raises(BudgetModeFixed):
        change(town, ad_group_id, budget=lifetime(60), ends_at=town.now + DAY)
    with pytest.raises(BudgetBelowSpend):
        change(town, ad_group_id, budget=daily(21), billed_micros=22 * EUR)
    with pytest.raises(ScheduleStarted):
        change(town, ad_group_id, starts_at=town.now + DAY)
    with pytest.raises(BidNotBelowBudget):
        change(town, ad_group_id, bid_micros=20 * EUR)


def test_switched_and_deleted(town: Town) -> None:
    ad_id = town.approved_ad()
    ad_group_id = queries.ad(town.ada, ad_id).ad_group_id
    ad_groups.set_enabled(town.ada, [ad_group_id], False, now=town.now)
    assert published()[DocumentKind.AD_GROUP] == {}
    assert list(published()[DocumentKind.AD]) == [ad_id]  # The ad servers join: one row stops them all.
    ad_groups.set_enabled(town.ada, [ad_group_id], True, now=town.now)
    assert list(published()[DocumentKind.AD_GROUP]) == [ad_group_id]
    ad_groups.delete(town.ada, [ad_group_id], now=town.now)
    assert published()[DocumentKind.AD_GROUP] == published()[DocumentKind.AD] == {}
    assert published() == compiled()
    before = everything()
    ad_groups.delete(town.ada, [ad_group_id], now=town.now)
    assert everything() == before
    for refused in (
        lambda: change(town, ad_group_id, name="x"),
        lambda: ad_groups.set_enabled(town.ada, [ad_group_id], True, now=town.now),
        lambda: ads.set_enabled(town.ada, [ad_id], False, now=town.now),
        lambda: town.ad(ad_group_id),
    ):
        with pytest.raises(ObjectDeleted):
            refused()


def test_under_a_deleted_campaign_nothing_changes(town: Town) -> None:
    view = queries.ad_group(town.ada, town.ad_group())
    campaigns.delete(town.ada, [view.campaign_id], now=town.now)
    with pytest.raises(ObjectDeleted):
        change(town, view.id, name="x")
    before = everything()
    ad_groups.delete(town.ada, [view.id], now=town.now)
    assert everything() == before
    assert queries.ad_group(town.ada, view.id).deleted


def test_lists_narrow_to_a_campaign(town: Town) -> None:
    first, second = town.ad_group(), town.ad_group()
    campaign_id = queries.ad_group(town.ada, first).campaign_id
    assert [each.id for each in queries.ad_groups(town.ada, Paging()).items] == [second, first]
    assert [each.id for each in queries.ad_groups(town.ada, Paging(), campaign_id=campaign_id).items] == [first]
    with pytest.raises(NotFound):
        queries.ad_groups(town.mallory, Paging(), campaign_id=campaign_id)


def test_the_usual_windows_are_the_references(town: Town) -> None:
    assert queries.ad_group(town.ada, town.ad_group()).attribution == AttributionSettings(7, 1, 1, Counting.EVERY)
    assert "attribution" not in AdGroupChanges.__struct_fields__  # Fixed once created.


@pytest.mark.parametrize(
    ("windows", "field"),
    [
        (AttributionSettings(click_days=2), "click_days"),
        (AttributionSettings(engaged_view_days=28), "engaged_view_days"),
        (AttributionSettings(view_days=-1), "view_days"),
    ],
)
def test_a_window_is_one_of_those_there_are(town: Town, windows: AttributionSettings, field: str) -> None:
    campaign_id = town.campaign()
    before = everything()
    with pytest.raises(FieldInvalid) as refused:
        town.ad_group(campaign_id, attribution=windows)
    assert refused.value.field == field
    assert everything() == before


def test_a_bid_that_nobody_set_follows_the_budgets(town: Town) -> None:
    campaign_id = town.campaign(budget=daily(100))
    ad_group_id = town.ad_group(campaign_id, bid_micros=None, budget=daily(40))
    own_id = town.ad_group(campaign_id, bid_micros=EUR, budget=daily(40))

    def bids() -> tuple[tuple[bool, int], ...]:
        both = (queries.ad_group(town.ada, one) for one in (ad_group_id, own_id))
        return tuple((one.maximum_delivery, one.bid_micros) for one in both)

    assert bids() == ((True, 2 * EUR), (False, EUR))
    assert set(change(town, ad_group_id, budget=daily(60))) == {"budget", "bid_micros"}
    lower = CampaignChanges(budget=daily(50))
    campaigns.update(town.ada, campaign_id, lower, billed_micros=0, now=town.now)
    assert bids() == ((True, EUR * 5 // 2), (False, EUR))
    assert published() == compiled()
    assert set(change(town, ad_group_id, bid_micros=EUR)) == {"bid_micros", "maximum_delivery"}
    assert set(change(town, ad_group_id, budget=daily(20))) == {"budget"}
    assert bids() == ((False, EUR), (False, EUR))
    assert set(change(town, ad_group_id, bid_micros=None)) == {"maximum_delivery"}  # A twentieth of 20 is 1.


def test_a_bid_is_a_cap_for_one_result_or_for_what_they_cost_on_average(town: Town) -> None:
    def strategies() -> list[str]:
        return sorted(json.loads(body)["strategy"] for body in published()[DocumentKind.AD_GROUP].values())

    ad_group_id = town.ad_group(cost_cap=True)
    town.ad_group(bid_micros=None, cost_cap=True)
    assert queries.ad_group(town.ada, ad_group_id).cost_cap
    assert strategies() == ["cost_cap", "maximum_delivery"]
    assert change(town, ad_group_id, cost_cap=False) == ("cost_cap",)
    assert strategies() == ["bid_cap", "maximum_delivery"]
    change(town, ad_group_id, cost_cap=True)
    assert set(change(town, ad_group_id, bid_micros=None)) == {"bid_micros", "maximum_delivery", "cost_cap"}
    assert change(town, ad_group_id, cost_cap=True) == ()
    assert published() == compiled()


def test_a_dynamic_daily_budget_carries_what_a_day_left(town: Town) -> None:
    town.ad_group(kept={"budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"})
    town.ad_group()
    bodies = published()[DocumentKind.AD_GROUP].values()
    assert sorted(json.loads(body)["budget"]["carries"] for body in bodies) == [False, True]


def test_who_knows_nothing_of_hours_and_limits_leaves_them_as_they_are(town: Town) -> None:
    hours = "f" * 12 + "0" * 72  # All Monday.
    wanted = Targeting(countries=("NL",), dayparting=hours, unmet=("carrier_ids",))
    ad_group_id = town.ad_group(targeting=wanted, kept={"carrier_ids": ["7"], "app_id": "1"})
    assert change(town, ad_group_id, targeting=Targeting(countries=("BE",))) == ("targeting",)
    found = queries.ad_group(town.ada, ad_group_id)
    assert found.targeting == Targeting(countries=("BE",), dayparting=hours, unmet=("carrier_ids",))
    assert json.loads(published()[DocumentKind.AD_GROUP][ad_group_id])["targeting"]["unmet"] == ["carrier_ids"]
    changed = change(town, ad_group_id, unmet=(), dayparting="", kept={"carrier_ids": []})
    assert set(changed) == {"targeting", "kept"}
    found = queries.ad_group(town.ada, ad_group_id)
    assert (found.targeting, found.kept) == (Targeting(countries=("BE",)), {"carrier_ids": [], "app_id": "1"})
    assert change(town, ad_group_id, kept={"app_id": "1"}) == ()


def test_an_account_has_a_quota_of_ad_groups(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ad_group_id = town.ad_group()
    monkeypatch.setattr(ad_groups, "AD_GROUPS_PER_ACCOUNT_MAX", 1)
    with pytest.raises(AdGroupQuotaReached):
        town.ad_group()
    ad_groups.delete(town.ada, [ad_group_id], now=town.now)
    town.ad_group()
