"""campaign/*: created, changed, switched and listed as clients of v1.3 do it."""

from typing import Any

import pytest

from tests.wire.business.conftest import Business, Said
from tests.wire.conftest import Town
from vonk.advertising.models import Campaign
from vonk.control.models import AuditEntry
from vonk.wire.business.campaigns.given import CampaignObject

NEW: dict[str, Any] = {
    "campaign_name": "Spring loaves",
    "objective_type": "TRAFFIC",
    "budget_mode": "BUDGET_MODE_DAY",
    "budget": 50.5,
}


class Campaigns:
    """Ada's campaigns at the business API."""

    def __init__(self, business: Business, town: Town) -> None:
        self.business = business
        self.account = town.ids["account_id"]

    def made(self, **changed: Any) -> dict[str, Any]:
        said = self.post("create", **{**NEW, **changed})
        assert (said.code, said.message) == (0, "OK")
        found: dict[str, Any] = said.data
        return found

    def post(self, act: str, **asked: Any) -> Said:
        return self.business.post("ada", f"campaign/{act}", advertiser_id=self.account, **asked)

    def get(self, who: str = "ada", **asked: Any) -> Said:
        return self.business.get(who, "campaign/get", advertiser_id=self.account, **asked)

    def names(self, **filtering: Any) -> list[str]:
        said = self.get(filtering={"campaign_name": "loaf", **filtering})
        assert said.code == 0, said.message
        assert said.data["page_info"]["total_number"] == len(said.data["list"])
        return [one["campaign_name"] for one in said.data["list"]]


@pytest.fixture
def campaigns(business: Business, town: Town) -> Campaigns:
    return Campaigns(business, town)


def test_a_campaign_is_read_back_as_it_was_set(campaigns: Campaigns) -> None:
    kept = {
        "app_id": "7",
        "app_promotion_type": "APP_INSTALL",
        "po_number": "PO 9",
        "special_industries": ["HOUSING"],
        "rta_id": "r",
        "rta_bid_enabled": False,
        "disable_skan_campaign": True,
        "budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET",
        "budget_optimize_on": True,
        "bid_type": "BID_TYPE_NO_BID",
        "optimization_goal": "INSTALL",
        "objective_type": "APP_INSTALL",  # A retired name stays the one that was sent.
        "operation_status": "DISABLE",
    }
    made = campaigns.made(**kept, roas_bid=0, is_search_campaign=False, something_new=1)
    assert {name: made[name] for name in kept} == kept
    assert list(made) == list(CampaignObject.__struct_fields__)
    assert (made["budget"], made["objective"], made["roas_bid"]) == (50.5, "APP", 0)
    assert (made["secondary_status"], made["operation_status"]) == ("CAMPAIGN_STATUS_DISABLE", "DISABLE")
    (read,) = campaigns.get(filtering={"campaign_ids": [made["campaign_id"]]}).data["list"]
    assert read == made
    plain = campaigns.made(budget_mode="BUDGET_MODE_INFINITE", budget=None)
    assert (plain["budget"], plain["budget_mode"], plain["objective"]) == (0, "BUDGET_MODE_INFINITE", "LANDING_PAGE")
    assert (plain["special_industries"], plain["app_id"], plain["budget_optimize_on"]) == ([], None, False)
    assert plain["secondary_status"] == "CAMPAIGN_STATUS_ENABLE"  # In order; there are no ads yet.
    total = campaigns.made(budget_mode="BUDGET_MODE_TOTAL", budget=1000, objective_type="ENGAGEMENT")
    assert (total["budget_mode"], total["budget"], total["objective_type"]) == ("BUDGET_MODE_TOTAL", 1000, "ENGAGEMENT")


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"campaign_name": "Bread 🍞"}, "campaign_name: no emoji"),
    ({"campaign_name": "面" * 257}, "campaign_name: at most 512"),
    ({"campaign_name": " "}, "campaign_name: write something"),
    ({"campaign_name": None}, "campaign_name: it is missing"),
    ({"objective_type": "RF_REACH"}, "objective_type: RF_REACH is not sold"),
    ({"objective_type": "SALES"}, "objective_type: one of REACH, TRAFFIC"),
    ({"budget_mode": "BUDGET_MODE_WEEK"}, "budget_mode: "),
    ({"budget_mode": None}, "budget_mode: it is missing"),
    ({"budget": None}, "budget: it is missing"),
    ({"budget": "50"}, "budget: "),
    ({"budget": 49.99}, "budget: The budget must be at least 50.00 EUR."),
    ({"budget": -50}, "budget: "),
    ({"budget": 1e13}, "budget: "),
    ({"budget_mode": "BUDGET_MODE_INFINITE", "budget_optimize_on": True}, "budget_mode: with budget_optimize_on"),
    ({"operation_status": "DELETE"}, "operation_status: "),
    ({"special_industries": ["BREAD"]}, "special_industries[0]: "),
    ({"campaign_type": "IOS14_CAMPAIGN"}, "campaign_type: not supported"),
    ({"is_search_campaign": True}, "is_search_campaign: not supported"),
    ({"roas_bid": 1.5}, "roas_bid: not supported"),
    ({"catalog_enabled": True}, "catalog_enabled: not supported"),
    ({"request_id": "one"}, "request_id: "),
]


def test_what_cannot_be_had_is_refused_by_name(campaigns: Campaigns) -> None:
    before = Campaign.objects.count(), AuditEntry.objects.count()
    for changed, message in REFUSED:
        said = campaigns.post("create", **{**NEW, **changed})
        assert (said.code, said.message[: len(message)], said.data) == (40002, message, {})
    assert (Campaign.objects.count(), AuditEntry.objects.count()) == before


def test_a_request_id_creates_once(campaigns: Campaigns) -> None:
    said = [campaigns.post("create", **NEW, request_id="17") for _ in range(2)]
    assert [one.code for one in said] == [0, 0]
    assert said[0].data == said[1].data
    assert campaigns.post("create", **{**NEW, "budget": 60}, request_id="17").code == 40050


def test_a_campaign_is_changed_in_parts(campaigns: Campaigns) -> None:
    made = campaigns.made(po_number="1", special_industries=["CREDIT"])
    named = {"campaign_id": made["campaign_id"]}
    changed = campaigns.post("update", **named, campaign_name="Autumn", budget=80, po_number="2").data
    assert {name for name in made if made[name] != changed[name]} >= {"campaign_name", "budget", "po_number"}
    assert (changed["campaign_name"], changed["budget"], changed["po_number"]) == ("Autumn", 80, "2")
    assert (changed["special_industries"], changed["create_time"]) == (["CREDIT"], made["create_time"])
    again = campaigns.post("update", **named, campaign_name="Autumn", budget=80, po_number="2", special_industries=[])
    assert (again.data["special_industries"], again.code) == ([], 0)
    assert campaigns.post("update", **named).data == again.data
    low = campaigns.post("update", **named, budget=1)
    assert (low.code, low.message) == (40002, "budget: The budget must be at least 50.00 EUR.")
    free = campaigns.made(budget_mode="BUDGET_MODE_INFINITE")["campaign_id"]
    assert campaigns.post("update", campaign_id=free, budget=0).code == 0
    assert campaigns.post("update", campaign_id=free, budget=60).code == 40002
    assert campaigns.post("update", campaign_id="123", budget=60).code == 40007


def test_statuses_are_set_for_all_or_for_none(campaigns: Campaigns) -> None:
    ids = [campaigns.made(campaign_name=f"Loaf {number}")["campaign_id"] for number in range(3)]
    off = campaigns.post("status/update", campaign_ids=ids[:2], operation_status="DISABLE")
    assert off.data == {
        "campaign_ids": ids[:2],
        "status": "DISABLE",
        "campaign_list": [{"campaign_id": one, "status": "DISABLE", "postback_window_mode": None} for one in ids[:2]],
    }
    assert campaigns.names(secondary_status="CAMPAIGN_STATUS_DISABLE") == ["Loaf 1", "Loaf 0"]
    gone = campaigns.post("status/update", campaign_ids=ids[2:], operation_status="DELETE")
    assert (gone.code, gone.data["status"]) == (0, "DELETE")
    for asked in ([*ids], [ids[0], "123"]):
        said = campaigns.post("status/update", campaign_ids=asked, operation_status="ENABLE")
        assert said.code in (40002, 40007)
        assert campaigns.names(primary_status="STATUS_DISABLE") == ["Loaf 1", "Loaf 0"]
    assert campaigns.post("update", campaign_id=ids[2], campaign_name="Back").code == 40002
    assert campaigns.post("status/update", campaign_ids=[], operation_status="ENABLE").code == 40002
    assert campaigns.post("status/update", campaign_ids=ids * 7, operation_status="ENABLE").code == 40002
    assert campaigns.post("status/update", campaign_ids=ids[:1], operation_status="FROZEN").code == 40002
    mode = campaigns.post(
        "status/update", campaign_ids=ids[:1], operation_status="ENABLE", postback_window_mode="POSTBACK_WINDOW_MODE1"
    )
    assert mode.data["campaign_list"][0]["postback_window_mode"] == "POSTBACK_WINDOW_MODE1"
    (read,) = campaigns.get(campaign_ids=ids[:1]).data["list"]
    assert (read["postback_window_mode"], read["operation_status"]) == ("POSTBACK_WINDOW_MODE1", "ENABLE")


def test_campaigns_are_listed_by_pages_filters_and_fields(campaigns: Campaigns) -> None:
    ids = [campaigns.made(campaign_name=f"Loaf {number}", objective_type="REACH")["campaign_id"] for number in range(4)]
    campaigns.post("status/update", campaign_ids=ids[:1], operation_status="DELETE")
    campaigns.post("status/update", campaign_ids=ids[1:2], operation_status="DISABLE")
    page = campaigns.get(page=2, page_size=2, filtering={"campaign_name": "loaf"}).data
    assert page["page_info"] == {"page": 2, "page_size": 2, "total_number": 3, "total_page": 2}
    assert [one["campaign_id"] for one in page["list"]] == [ids[1]]
    assert campaigns.get(page=9).data["list"] == []
    assert campaigns.get().data["page_info"]["page_size"] == 10
    assert campaigns.get(page_size=1001).code == 40002
    everything = ["Loaf 3", "Loaf 2", "Loaf 1", "Loaf 0"]
    assert campaigns.names() == [name for name in everything if name != "Loaf 0"]
    assert campaigns.names(primary_status="STATUS_NOT_DELETE") == campaigns.names()
    assert campaigns.names(secondary_status="CAMPAIGN_STATUS_ALL") == everything  # Airbyte's way.
    assert campaigns.names(primary_status="STATUS_ALL") == everything
    assert campaigns.names(primary_status="STATUS_DELETE") == ["Loaf 0"]  # The Singer tap's.
    assert campaigns.names(secondary_status="CAMPAIGN_STATUS_DELETE") == ["Loaf 0"]
    assert campaigns.names(secondary_status="CAMPAIGN_STATUS_NOT_DELETE", primary_status="STATUS_DISABLE") == ["Loaf 1"]
    assert campaigns.names(primary_status="STATUS_NOT_DELIVERY") == ["Loaf 3", "Loaf 2"]
    assert campaigns.names(secondary_status="CAMPAIGN_STATUS_ENABLE") == ["Loaf 3", "Loaf 2"]
    assert campaigns.names(primary_status="STATUS_DELIVERY_OK") == []
    assert campaigns.names(secondary_status="CAMPAIGN_STATUS_PRODUCT_UNAVAILABLE") == []
    assert campaigns.names(objective_type="REACH", campaign_name="lOAF 2") == ["Loaf 2"]
    assert campaigns.names(objective_type="RF_REACH") == []
    assert campaigns.names(buying_types=["RESERVATION_RF"]) == campaigns.names(split_test_enabled=True) == []
    assert campaigns.names(creation_filter_end_time="2020-01-01 00:00:00") == []
    assert campaigns.names(creation_filter_start_time="2020-01-01 00:00:00") == campaigns.names()
    unknown: list[dict[str, Any]] = [
        {"primary_status": "ON"},
        {"secondary_status": "AD_STATUS_DELETE"},
        {"objective_type": "FUN"},
        {"campaign_ids": []},
        {"campaign_ids": [str(number) for number in range(1, 102)]},
        {"creation_filter_start_time": "yesterday"},
    ]
    for wrong in unknown:
        said = campaigns.get(filtering=wrong)
        assert (said.code, said.message.startswith(f"filtering.{next(iter(wrong))}")) == (40002, True), said.message
    few = campaigns.get(fields=["campaign_id", "campaign_name"], campaign_ids=[ids[3]]).data["list"]
    assert few == [{"campaign_id": ids[3], "campaign_name": "Loaf 3"}]
    (one,) = campaigns.get(filtering={"campaign_ids": [ids[3]]}, exclude_field_types_in_response=["NULL_FIELD"]).data[
        "list"
    ]
    assert "app_id" not in one
    assert None not in one.values()
    unread = campaigns.get(fields=["name"])
    assert (unread.code, "allowed are advertiser_id, campaign_id" in unread.message) == (40002, True)
    assert campaigns.get(who="mallory").code == 40001
