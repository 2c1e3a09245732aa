"""adgroup/*: created, changed, switched and listed as clients of v1.3 do it."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.wire.business.conftest import Business, Said
from tests.wire.conftest import Town
from vonk.advertising.actions import ad_groups
from vonk.advertising.drafts import AdGroupChanges
from vonk.advertising.models import AdGroup
from vonk.control import clock
from vonk.control.models import AuditEntry
from vonk.core.taxonomy import COUNTRIES, INTERESTS
from vonk.delivery.limits import dayparting
from vonk.delivery.matching.context import Context, viewer_of
from vonk.delivery.matching.targets import missed
from vonk.delivery.snapshot import Limits, Targeting
from vonk.events.tokens import ViewerClaims
from vonk.wire.business.ad_groups import terms
from vonk.wire.business.ad_groups.given import AdGroupObject
from vonk.wire.business.given import moment
from vonk.wire.business.interests import NUMBER_OF_INTEREST
from vonk.wire.business.locations import countries, location_ids

NL, BE = "2750405", "2802361"
MONDAY = "1" * 48 + "0" * 288
NEVER_NULL = (
    "budget", "bid_price", "conversion_bid_price", "deep_cpa_bid", "roas_bid", "audience_ids", "excluded_audience_ids",
    "location_ids", "interest_category_ids", "interest_keyword_ids", "languages", "operating_systems", "network_types",
    "comment_disabled", "video_download_disabled", "is_hfss", "is_new_structure", "skip_learning_phase", "placement_type",
    "promotion_type", "creative_material_mode", "budget_mode", "schedule_type", "schedule_start_time", "schedule_end_time",
    "optimization_goal", "operation_status", "secondary_status",
)  # fmt: skip


class AdGroups:
    """Ada's ad groups at the business API."""

    def __init__(self, business: Business, town: Town) -> None:
        self.business = business
        self.account = town.ids["account_id"]
        self.campaign = self.new_campaign()
        self.now = clock.present().now()

    def new_campaign(self, **changed: Any) -> str:
        asked = {
            "campaign_name": "Loaves",
            "objective_type": "TRAFFIC",
            "budget_mode": "BUDGET_MODE_INFINITE",
            **changed,
        }
        made = self.business.post("ada", "campaign/create", advertiser_id=self.account, **asked)
        assert made.code == 0, made.message
        return str(made.data["campaign_id"])

    def asked(self, **changed: Any) -> dict[str, Any]:
        return {
            "campaign_id": self.campaign,
            "adgroup_name": "Neighbours",
            "placements": ["PLACEMENT_TIKTOK"],
            "location_ids": [NL],
            "budget_mode": "BUDGET_MODE_DAY",
            "budget": 40,
            "schedule_type": "SCHEDULE_FROM_NOW",
            "schedule_start_time": moment(self.now + timedelta(days=1)),
            "optimization_goal": "CLICK",
            "billing_event": "CPC",
            "bid_type": "BID_TYPE_NO_BID",
            "pacing": "PACING_MODE_SMOOTH",
            **changed,
        }

    def made(self, **changed: Any) -> dict[str, Any]:
        said = self.post("create", **self.asked(**changed))
        assert said.code == 0, said.message
        found: dict[str, Any] = said.data
        return found

    def post(self, act: str, **asked: Any) -> Said:
        return self.business.post("ada", f"adgroup/{act}", advertiser_id=self.account, **asked)

    def changed(self, adgroup_id: str, **asked: Any) -> dict[str, Any]:
        said = self.post("update", adgroup_id=adgroup_id, **asked)
        assert said.code == 0, said.message
        found: dict[str, Any] = said.data
        return found

    def get(self, who: str = "ada", **asked: Any) -> Said:
        return self.business.get(who, "adgroup/get", advertiser_id=self.account, **asked)

    def names(self, **filtering: Any) -> list[str]:
        said = self.get(filtering={"campaign_ids": [self.campaign], **filtering})
        assert said.code == 0, said.message
        assert said.data["page_info"]["total_number"] == len(said.data["list"])
        return [one["adgroup_name"] for one in said.data["list"]]


@pytest.fixture
def groups(business: Business, town: Town) -> AdGroups:
    return AdGroups(business, town)


def targeting(adgroup_id: str) -> Targeting:
    return msgspec.convert(AdGroup.objects.get(pk=adgroup_id).targeting, Targeting)


def wants(adgroup_id: str, *, country: str, region: str = "", city: str = "") -> bool:
    """Return whether somebody is met of whom a host tells this."""
    return not missed(
        targeting(adgroup_id), viewer_of(ViewerClaims("v", 0), Context(country=country, region=region, city=city))
    )


def test_an_ad_group_is_read_back_as_it_was_set(groups: AdGroups) -> None:
    ends = moment(groups.now + timedelta(days=11))
    acted_on = {
        "placement_type": "PLACEMENT_TYPE_NORMAL",
        "location_ids": [BE, NL],
        "age_groups": ["AGE_18_24", "AGE_55_100"],
        "gender": "GENDER_FEMALE",
        "languages": ["de", "nl"],
        "operating_systems": ["IOS"],
        "interest_category_ids": [str(NUMBER_OF_INTEREST["food"])],
        "budget_mode": "BUDGET_MODE_TOTAL",
        "budget": 200.5,
        "schedule_type": "SCHEDULE_START_END",
        "schedule_end_time": ends,
        "dayparting": MONDAY,
        "frequency": 3,
        "frequency_schedule": 7,
        "bid_type": "BID_TYPE_CUSTOM",
        "bid_price": 0.75,
        "pacing": "PACING_MODE_FAST",
        "click_attribution_window": "TWENTY_EIGHT_DAYS",
        "engaged_view_attribution_window": "SEVEN_DAYS",
        "view_attribution_window": "OFF",
        "attribution_event_count": "ONCE",
        "operation_status": "DISABLE",
    }
    kept = {
        "comment_disabled": True,
        "share_disabled": True,
        "promotion_type": "WEBSITE",
        "pixel_id": "7",
        "optimization_event": "SHOPPING",
        "brand_safety_type": "EXPANDED_INVENTORY",
        "spending_power": "ALL",
        "tiktok_subplacements": ["IN_FEED", "SEARCH_FEED"],
        "search_result_enabled": True,
        "smart_audience_enabled": True,
        "is_hfss": True,
        "identity_id": "9",
        "identity_type": "TT_USER",
        "zipcode_ids": [],
    }
    made = groups.made(**acted_on, **kept)
    assert {name: made[name] for name in (*acted_on, *kept)} == {**acted_on, **kept}
    assert list(made) == list(AdGroupObject.__struct_fields__)
    assert (made["secondary_status"], made["campaign_name"]) == ("ADGROUP_STATUS_DISABLE", "Loaves")
    assert targeting(made["adgroup_id"]) == Targeting(
        countries=("BE", "NL"),
        languages=("de", "nl"),
        age_bands=("18_24", "55_plus"),
        genders=("female",),
        interests=("food",),
        devices=("ios",),
        dayparting=dayparting.pack(MONDAY),
    )
    (read,) = groups.get(filtering={"adgroup_ids": [made["adgroup_id"]]}).data["list"]
    assert read == made
    # What was read can be sent back whole, and changes nothing.
    before = AuditEntry.objects.count()
    sent_back = {name: value for name, value in made.items() if value is not None}
    del sent_back["advertiser_id"]
    assert groups.post("update", **sent_back).data == made
    assert AuditEntry.objects.count() == before


def test_without_a_bid_the_budget_bids_and_nothing_is_null_that_may_not_be(groups: AdGroups) -> None:
    made = groups.made()
    assert (made["bid_type"], made["bid_price"], made["billing_event"]) == ("BID_TYPE_NO_BID", 0, "CPC")
    assert [name for name in NEVER_NULL if made[name] is None] == []
    row = AdGroup.objects.get(pk=made["adgroup_id"])
    assert (row.maximum_delivery, row.bid_micros, row.ends_at) == (True, 2_000_000, None)
    assert made["schedule_type"] == "SCHEDULE_FROM_NOW"
    started = datetime.fromisoformat(made["schedule_start_time"])
    assert datetime.fromisoformat(made["schedule_end_time"]) - started > timedelta(days=3_000)
    assert (made["age_groups"], made["gender"], made["dayparting"]) == ([], "GENDER_UNLIMITED", None)
    assert groups.changed(made["adgroup_id"], budget=60)["budget"] == 60
    assert AdGroup.objects.get(pk=made["adgroup_id"]).bid_micros == 3_000_000
    bid = groups.changed(made["adgroup_id"], bid_price=0.5)
    assert (bid["bid_type"], bid["bid_price"]) == ("BID_TYPE_CUSTOM", 0.5)
    again = groups.changed(made["adgroup_id"], bid_type="BID_TYPE_NO_BID")
    assert (again["bid_type"], again["bid_price"]) == ("BID_TYPE_NO_BID", 0)
    late = groups.made(schedule_start_time=moment(groups.now - timedelta(minutes=5)))
    assert abs(datetime.fromisoformat(late["schedule_start_time"]) - groups.now.replace(tzinfo=None)) < timedelta(
        seconds=99
    )
    by_goal = groups.made(billing_event="OCPM", optimization_goal="TRAFFIC_LANDING_PAGE_VIEW", bid_type=None)
    assert (by_goal["billing_event"], by_goal["bid_type"]) == ("OCPM", "BID_TYPE_NO_BID")
    row = AdGroup.objects.get(pk=by_goal["adgroup_id"])
    assert (row.billing, row.goal, row.maximum_delivery, row.bid_micros) == ("ocpm", "click", True, 2_000_000)
    shared = groups.new_campaign(budget_mode="BUDGET_MODE_DAY", budget=100, budget_optimize_on=True)
    of_campaign = groups.made(campaign_id=shared)
    assert (of_campaign["budget"], of_campaign["budget_mode"]) == (0, "BUDGET_MODE_INFINITE")
    assert AdGroup.objects.get(pk=of_campaign["adgroup_id"]).bid_micros == 5_000_000
    assert groups.changed(of_campaign["adgroup_id"], budget=77)["budget"] == 0


def test_a_cost_per_conversion_is_bid_held_to_and_read_back(groups: AdGroups) -> None:
    campaign = groups.new_campaign(objective_type="WEB_CONVERSIONS")
    terms = {"campaign_id": campaign, "billing_event": "OCPM", "optimization_goal": "CONVERT"}
    made = groups.made(
        **terms, bid_type="BID_TYPE_CUSTOM", conversion_bid_price=8.5, pixel_id="77", optimization_event="SHOPPING"
    )
    assert [made[name] for name in ("billing_event", "optimization_goal", "bid_type", "bid_price", "conversion_bid_price")] == [
        "OCPM", "CONVERT", "BID_TYPE_CUSTOM", 0, 8.5,
    ]  # fmt: skip
    assert (made["pixel_id"], made["optimization_event"]) == ("77", "SHOPPING")
    row = AdGroup.objects.get(pk=made["adgroup_id"])
    assert (row.billing, row.goal, row.goal_event, row.cost_cap, row.bid_micros) == (
        "ocpm", "conversion", "purchase", True, 8_500_000,
    )  # fmt: skip
    assert groups.business.post("ada", "adgroup/update", **made).data == made  # What is read can be sent back.
    assert groups.changed(made["adgroup_id"], conversion_bid_price=9)["conversion_bid_price"] == 9
    free = groups.changed(made["adgroup_id"], bid_type="BID_TYPE_NO_BID")
    assert (free["bid_type"], free["conversion_bid_price"]) == ("BID_TYPE_NO_BID", 0)
    capped = groups.changed(made["adgroup_id"], conversion_bid_price=7)
    assert (capped["bid_type"], capped["conversion_bid_price"]) == ("BID_TYPE_CUSTOM", 7)
    row.refresh_from_db()
    assert (row.cost_cap, row.maximum_delivery, row.bid_micros) == (True, False, 7_000_000)
    refused = groups.post("update", adgroup_id=made["adgroup_id"], bid_price=3, conversion_bid_price=0)
    assert (refused.code, refused.message[:10]) == (40002, "bid_price:")
    by_thousand = groups.made(**terms, bid_type="BID_TYPE_CUSTOM", bid_price=6)
    assert (by_thousand["billing_event"], by_thousand["bid_price"]) == ("OCPM", 6)
    assert AdGroup.objects.get(pk=by_thousand["adgroup_id"]).billing == "cpm"
    AdGroup.objects.filter(pk=made["adgroup_id"]).update(name="Elsewhere", kept={})  # As the ads manager makes them.
    wanted = {"campaign_ids": [campaign], "optimization_goal": "CONVERT", "billing_events": ["OCPM"]}
    by_goal = groups.get(filtering=wanted).data["list"]
    assert len(by_goal) == 2
    shown = by_goal[1]
    assert (shown["optimization_goal"], shown["optimization_event"], shown["billing_event"]) == (
        "CONVERT", "SHOPPING", "OCPM",
    )  # fmt: skip


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"adgroup_name": "Bread 🍞"}, "adgroup_name: no emoji"),
    ({"location_ids": None}, "location_ids: choose at least one country"),
    ({"location_ids": ["2750405", "1"]}, "location_ids: 1 is no place's"),
    ({"location_ids": ["2759794", "2749879"]}, "location_ids: 2759794 lies in 2749879, which is named too"),
    ({"location_ids": ["2750405", "2749879"]}, "location_ids: 2749879 lies in 2750405, which is named too"),
    ({"placements": ["PLACEMENT_TIKTOK", "PLACEMENT_PANGLE"]}, "placements: PLACEMENT_PANGLE is not sold"),
    ({"placements": None}, "placements: it is missing"),
    ({"age_groups": ["AGE_0_12"]}, "age_groups[0]: "),
    ({"age_groups": ["AGE_13_17"], "gender": "GENDER_MALE"}, "age_groups: Ads for people under 18"),
    ({"languages": ["tlh"]}, "languages: unknown: tlh"),
    ({"interest_category_ids": ["5"]}, "interest_category_ids: 5 is none"),
    ({"budget": 19}, "budget: The budget must be at least 20.00 EUR."),
    ({"budget": None}, "budget: it is missing"),
    ({"budget_mode": "BUDGET_MODE_INFINITE"}, "budget_mode: Give the ad group or its campaign a budget."),
    ({"budget_mode": "BUDGET_MODE_TOTAL", "budget": 500}, "schedule_end_time: A lifetime budget needs an end."),
    ({"schedule_type": "SCHEDULE_START_END"}, "schedule_end_time: it is missing"),
    ({"schedule_start_time": "2020-01-01 00:00:00"}, "schedule_start_time: This time has already passed."),
    ({"schedule_start_time": "soon"}, "schedule_start_time: an instant written"),
    ({"dayparting": "01"}, "dayparting: 336 characters"),
    ({"frequency": 3}, "frequency_schedule: a whole number"),
    ({"frequency": 3, "frequency_schedule": 31}, "frequency_schedule: from 1 to 30 whole days"),
    ({"optimization_goal": "INSTALL"}, "optimization_goal: with this campaign's objective one of CLICK"),
    ({"billing_event": "CPV"}, "billing_event: CPV does not fit the goal CLICK"),
    ({"billing_event": "GD"}, "billing_event: GD is not supported: reservations"),
    ({"billing_event": "CPA"}, "billing_event: CPA is not supported"),
    ({"billing_event": "FREE"}, "billing_event: one of CPC, CPM, CPV, OCPM"),
    ({"bid_type": "BID_TYPE_CUSTOM"}, "bid_price: it is missing"),
    ({"bid_type": "BID_TYPE_CUSTOM", "bid_price": 40}, "bid_price: The bid must be less than the budget of 40.00"),
    ({"bid_type": "BID_TYPE_CUSTOM", "billing_event": "OCPM"}, "conversion_bid_price: it is missing"),
    (
        {"bid_type": "BID_TYPE_CUSTOM", "conversion_bid_price": 40, "billing_event": "OCPM"},
        "conversion_bid_price: The bid must be less than",
    ),
    (
        {"bid_type": "BID_TYPE_CUSTOM", "conversion_bid_price": 4},
        "conversion_bid_price: does not go with this ad group's billing; use bid_price",
    ),
    ({"roas_bid": 2.0}, "roas_bid: not supported"),
    ({"view_attribution_window": "FOURTEEN_DAYS"}, "view_attribution_window: one of 0, 1, 7 days"),
    ({"store_id": "4"}, "store_id: not supported"),
    ({"creative_material_mode": "SMART_CREATIVE"}, "creative_material_mode: not supported"),
    ({"pacing": None}, "pacing: it is missing"),
]


def test_what_cannot_be_had_is_refused_by_name(groups: AdGroups) -> None:
    before = AdGroup.objects.count(), AuditEntry.objects.count()
    for changed, message in REFUSED:
        said = groups.post("create", **groups.asked(**changed))
        assert (said.code, said.message[: len(message)], said.data) == (40002, message, {})
    assert groups.post("create", **groups.asked(campaign_id="123")).code == 40007
    assert (AdGroup.objects.count(), AuditEntry.objects.count()) == before


def test_limits_that_nobody_can_judge_are_kept_and_show_the_ad_group_to_nobody(groups: AdGroups, town: Town) -> None:
    limits = {
        "carrier_ids": ["310"],
        "network_types": ["WIFI"],
        "zipcode_ids": ["1"],
        "brand_safety_type": "LIMITED_INVENTORY",
        "tiktok_subplacements": ["SEARCH_FEED"],
        "actions": [{"action_scene": "VIDEO_RELATED", "action_period": 7}],
        "saved_audience_id": "8",
    }
    made = groups.made(**limits)
    assert {name: made[name] for name in limits} == limits
    assert targeting(made["adgroup_id"]).unmet == ("actions", "saved_audience_id", "zipcode_ids")
    assert targeting(made["adgroup_id"]).limits == Limits(
        carriers=("310",), connections=("wifi",), inventory="limited", surfaces=("search",)
    )
    assert made["secondary_status"] == "STATUS_NOT_DELIVERY"
    assert groups.names(primary_status="STATUS_NOT_DELIVERY") == ["Neighbours"]
    none: dict[str, Any] = {name: [] for name in ("carrier_ids", "network_types", "zipcode_ids", "actions")}
    less = groups.changed(made["adgroup_id"], **none, brand_safety_type="NO_BRAND_SAFETY", saved_audience_id="")
    assert targeting(made["adgroup_id"]).unmet == ()
    assert targeting(made["adgroup_id"]).limits == Limits(surfaces=("search",))
    assert less["zipcode_ids"] == []
    assert less["secondary_status"] == "ADGROUP_STATUS_CREATE"  # Nothing is in the way but that there is no ad.


def test_an_ad_group_is_changed_in_parts(groups: AdGroups) -> None:
    made = groups.made(comment_disabled=True, age_groups=["AGE_18_24"], gender="GENDER_MALE")
    one = made["adgroup_id"]
    changed = groups.changed(
        one,
        adgroup_name="All neighbours",
        pacing="PACING_MODE_FAST",
        location_ids=[NL, BE],
        languages=["nl"],
        frequency=2,
        frequency_schedule=1,
        dayparting=MONDAY,
        is_hfss=True,
    )
    assert {name for name in made if made[name] != changed[name]} - {"modify_time"} == {
        "adgroup_name", "pacing", "location_ids", "languages", "frequency", "frequency_schedule", "dayparting", "is_hfss",
    }  # fmt: skip
    assert (changed["gender"], changed["comment_disabled"]) == ("GENDER_MALE", True)
    always = groups.changed(one, dayparting="1" * 336, frequency=0, frequency_schedule=0)
    assert (always["dayparting"], always["frequency"]) == ("1" * 336, None)
    assert targeting(one).dayparting == ""
    adults = groups.changed(groups.made()["adgroup_id"], exclude_age_under_eighteen=True)
    assert (adults["age_groups"], adults["exclude_age_under_eighteen"]) == ([*terms.AGES][1:], True)
    later = moment(groups.now + timedelta(days=9))
    ending = groups.changed(one, schedule_type="SCHEDULE_START_END", schedule_end_time=later)
    assert (ending["schedule_type"], ending["schedule_end_time"]) == ("SCHEDULE_START_END", later)
    assert groups.changed(one, schedule_type="SCHEDULE_FROM_NOW")["schedule_type"] == "SCHEDULE_FROM_NOW"
    for wrong, message in (
        ({"schedule_type": "SCHEDULE_START_END"}, "schedule_end_time: it is missing"),
        ({"budget": 5}, "budget: The budget must be at least 20.00"),
        ({"adgroup_name": "🍞"}, "adgroup_name: no emoji"),
        ({"location_ids": []}, "location_ids: choose"),
        ({"deep_cpa_bid": 3}, "deep_cpa_bid: not supported"),
        ({"bid_price": 99}, "bid_price: The bid must be less"),
    ):
        said = groups.post("update", adgroup_id=one, **wrong)
        assert (said.code, said.message[: len(message)]) == (40002, message)
    assert groups.post("update", adgroup_id="123", budget=30).code == 40007


def test_what_the_wire_has_no_word_for_is_not_widened_by_sending_back_what_was_read(
    groups: AdGroups, town: Town
) -> None:
    one = groups.made()["adgroup_id"]
    narrow = Targeting(countries=("NL",), genders=("other",), devices=("desktop",))
    changes = AdGroupChanges(targeting=narrow)
    ad_groups.update(town.scopes["ada"], int(one), changes, billed_micros=0, now=groups.now)
    (read,) = groups.get(adgroup_ids=[one]).data["list"]
    assert (read["gender"], read["operating_systems"]) == ("GENDER_UNLIMITED", [])
    groups.changed(one, gender=read["gender"], operating_systems=[], location_ids=[NL, BE], adgroup_name="More")
    assert targeting(one) == Targeting(countries=("BE", "NL"), genders=("other",), devices=("desktop",))


def test_statuses_and_budgets_are_set_for_all_or_for_those_that_can(groups: AdGroups) -> None:
    ids = [groups.made(adgroup_name=f"Group {number}")["adgroup_id"] for number in range(3)]
    gone = groups.post("status/update", adgroup_ids=ids[2:], operation_status="DELETE")
    assert gone.data == {"adgroup_ids": ids[2:], "status": "DELETE", "error_list": []}
    refused = groups.post("status/update", adgroup_ids=ids, operation_status="DISABLE")
    assert refused.code == 40002
    assert groups.names(primary_status="STATUS_DISABLE") == []
    partly = groups.post(
        "status/update", adgroup_ids=[*ids, "123"], operation_status="DISABLE", allow_partial_success=True
    )
    assert partly.code == 20001
    assert (partly.data["adgroup_ids"], partly.data["status"]) == (ids[:2], "DISABLE")
    assert [one["adgroup_id"] for one in partly.data["error_list"]] == [ids[2], "123"]
    assert "deleted" in partly.data["error_list"][0]["error_message"]
    assert groups.names(secondary_status="ADGROUP_STATUS_DISABLE") == ["Group 1", "Group 0"]
    whole = groups.post("status/update", adgroup_ids=ids[:1], operation_status="ENABLE", allow_partial_success=True)
    assert (whole.code, whole.data["error_list"]) == (0, [])
    assert groups.post("status/update", adgroup_ids=ids * 7, operation_status="ENABLE").code == 40002

    def budgets(**of: float) -> Said:
        return groups.post("budget/update", budget=[{"adgroup_id": one, "budget": units} for one, units in of.items()])

    assert budgets(**{ids[0]: 30, ids[1]: 31}).data == {"adgroup_ids": ids[:2]}
    assert budgets(**{ids[0]: 50, ids[1]: 1}).message == "budget: The budget must be at least 20.00 EUR."
    read = groups.get(adgroup_ids=ids[:2], fields=["adgroup_id", "budget"]).data["list"]
    assert read == [{"adgroup_id": ids[1], "budget": 31}, {"adgroup_id": ids[0], "budget": 30}]
    assert budgets(**{ids[2]: 30}).code == 40002
    assert budgets(**{"123": 30}).code == 40007
    assert groups.post("budget/update", scheduled_budget=[{"adgroup_id": ids[0], "budget": 50}]).code == 40002
    deleted = groups.business.post(
        "ada", "campaign/status/update", advertiser_id=groups.account, campaign_ids=[groups.campaign],
        operation_status="DELETE",
    )  # fmt: skip
    assert deleted.code == 0
    assert groups.post("status/update", adgroup_ids=ids[:1], operation_status="ENABLE").code == 40002
    assert groups.post("update", adgroup_id=ids[0], budget=50).code == 40002
    assert groups.post("create", **groups.asked()).code == 40002
    assert groups.names(primary_status="STATUS_DELETE") == ["Group 2", "Group 1", "Group 0"]
    assert groups.names(secondary_status="ADGROUP_STATUS_CAMPAIGN_DELETE") == ["Group 2", "Group 1", "Group 0"]


def test_ad_groups_are_listed_by_pages_filters_and_fields(groups: AdGroups, town: Town) -> None:
    first = groups.made(adgroup_name="First")
    groups.made(adgroup_name="Second", bid_type="BID_TYPE_CUSTOM", bid_price=1, promotion_type="LEAD_GENERATION")
    groups.made(adgroup_name="Third", billing_event="OCPM", optimization_goal="DESTINATION_VISIT")
    everything = ["Third", "Second", "First"]
    assert groups.names() == groups.names(primary_status="STATUS_NOT_DELETE") == everything
    assert groups.names(adgroup_name="IRS") == ["First"]
    assert groups.names(optimization_goal="CLICK") == ["Second", "First"]
    assert groups.names(billing_events=["CPC"]) == ["Second", "First"]
    assert groups.names(billing_events=["OCPM", "GD"]) == ["Third"]
    assert groups.names(bid_strategy="BID_STRATEGY_BID_CAP") == ["Second"]
    assert groups.names(bid_strategy="BID_STRATEGY_LOWEST_COST") == ["Third", "First"]
    assert groups.names(bid_strategy="BID_STRATEGY_COST_CAP") == []
    assert groups.names(promotion_type="WEBSITE") == ["Third", "First"]
    assert groups.names(objective_type="REACH") == groups.names(creative_material_mode="DYNAMIC") == []
    assert groups.names(secondary_status="ADGROUP_STATUS_CREATE") == groups.names(secondary_status="ADGROUP_STATUS_ALL")
    elsewhere = groups.get(filtering={"billing_events": ["CPM"], "adgroup_ids": [town.ids["ad_group_id"]]}).data["list"]
    assert [(one["billing_event"], one["optimization_goal"], one["placements"]) for one in elsewhere] == [
        ("CPM", "REACH", ["PLACEMENT_TIKTOK"])
    ]
    page = groups.get(page=2, page_size=2, campaign_ids=[groups.campaign]).data
    assert page["page_info"] == {"page": 2, "page_size": 2, "total_number": 3, "total_page": 2}
    assert page["list"] == [first]
    for wrong in ({"secondary_status": "CAMPAIGN_STATUS_ENABLE"}, {"bid_strategy": "HIGH"}, {"adgroup_ids": ["x"]}):
        assert groups.get(filtering=wrong).code == 40002
    assert groups.get(who="mallory").code == 40001
    used = AdGroup.objects.filter(campaign__account_id=int(groups.account)).count()
    quota = groups.business.get("ada", "adgroup/quota", advertiser_id=groups.account).data
    assert quota == {"total_adgroup_quota": 10_000, "used_adgroup_quota": used}


def test_a_city_is_wanted_alone_and_a_region_with_its_cities(groups: AdGroups) -> None:
    here = [NL, "2825297", "2953481"]  # Stuttgart, and Baden-Württemberg, in which it lies.
    asked = groups.made(location_ids=[NL, here[1]])
    one = asked["adgroup_id"]
    assert asked["location_ids"] == [NL, here[1]]
    assert targeting(one).countries == ("DE", "NL")
    assert wants(one, country="DE", city="2825297")
    assert wants(one, country="NL", city="2759794")
    for elsewhere in ({"city": "2950159"}, {"region": "DE-BW"}, {}):  # Berlin; somewhere in the region; nobody knows.
        assert not wants(one, country="DE", **elsewhere)

    kept = groups.changed(one, search_keywords=[{"keyword": "rye", "match_type": "PRECISE_MATCH"}])
    assert kept["location_ids"] == [NL, here[1]]  # Other limits leave the places alone.
    assert groups.changed(one, location_ids=[here[2]])["location_ids"] == [here[2]]
    assert targeting(one).limits.keywords == ("rye",)
    for inside in ({"city": "2825297"}, {"region": "de-bw"}, {"region": "2953481", "city": "1"}):
        assert wants(one, country="DE", **inside)
    for outside in ({"country": "DE", "city": "2950159"}, {"country": "DE", "region": "DE-BE"}, {"country": "NL"}):
        assert not wants(one, **outside)
    assert groups.changed(one, location_ids=[NL])["location_ids"] == [NL]
    assert targeting(one).limits.places == ()


def test_every_country_and_interest_has_a_number_and_back() -> None:
    assert countries(int(one) for one in location_ids(sorted(COUNTRIES))) == tuple(sorted(COUNTRIES))
    assert set(NUMBER_OF_INTEREST) == set(INTERESTS)
    assert {band.value for band in terms.AGES.values()} >= set(terms.ADULTS)
