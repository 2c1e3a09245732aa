"""Reach and frequency: estimates honestly labelled from what was shown; there are no orders."""

from datetime import timedelta
from typing import Any

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town
from vonk.control import clock
from vonk.core.clock import to_ms
from vonk.reporting.models import Reached, Touch

WEEK: dict[str, Any] = {"schedule_start_time": "2030-01-01 00:00:00", "schedule_end_time": "2030-01-08 00:00:00"}


def past(daily: int = 400, viewers: int = 1_000) -> None:
    """Let ads have been shown so often a day for eight days, half of it in the Netherlands."""
    midnight = clock.present().now().replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(1, 9):
        at = midnight - timedelta(days=number)
        Reached.objects.bulk_create(
            Reached(ad_id=1, hour_at=at, dimension="country", value=value, metric="impressions", count=daily // 2)
            for value in ("NL", "BE")
        )
    Touch.objects.bulk_create(
        Touch(
            viewer_id=f"v{int((number * 0.618034 % 1) ** 2 * viewers)}", account_id=1, ad_group_id=1, ad_id=1, post_id=1, profile_id=1,
            decision_id=number, kind="view", at_ms=to_ms(midnight) - 1_000 * number, measured=False, kept_until_ms=0,
        )
        for number in range(daily * 8)
    )  # fmt: skip


def estimate(business: Business, town: Town, **asked: Any) -> Any:
    return business.get(
        "ada",
        "rf/inventory/estimate",
        **{
            "advertiser_id": town.ids["account_id"],
            "audience_info": {"location_ids": ["2750405"]},
            "objective_type": "RF_REACH",
            "rf_purchased_type": "FIXED_BUDGET",
            **WEEK,
            **asked,
        },
    )


def test_a_budget_reaches_what_the_past_says(business: Business, town: Town) -> None:
    past()
    said = estimate(business, town, budget=0.05).data
    found = said["default_result"]
    assert said["results"] == [found]
    assert "An estimate, not an offer" in found["basis"]
    assert "least price" in found["basis"]
    base = found["base_info"]
    assert base["impression"] * base["cpm"] == base["budget"] == 0.05
    assert 0 < base["reach"] <= base["impression"]
    assert base["reach"] < base["max_reach"]
    assert base["average_frequency"] >= 1
    assert [row["date"] for row in found["daily_cost"]] == [f"2030-01-0{day}" for day in range(1, 8)]
    assert abs(sum(row["percentage"] for row in found["frequency_per_person"]) - 100) < 0.1
    interval = found["interval"]
    assert interval["reach_low"] <= base["reach"] <= interval["reach_high"]

    more = estimate(business, town, budget=0.1).data["default_result"]["base_info"]
    assert base["reach"] < more["reach"]
    everything = estimate(business, town, budget=900_000).data["default_result"]["base_info"]
    assert everything["impression"] == 200 * 7 / 1_000  # No more than is shown in a week.
    assert everything["reach"] == everything["max_reach"]
    capped = estimate(business, town, budget=900_000, frequency=1, frequency_schedule=7).data["default_result"]
    assert [row["frequency"] for row in capped["frequency_per_person"]] == [1]
    assert capped["base_info"]["average_frequency"] == 1

    shows = estimate(business, town, rf_purchased_type="FIXED_SHOW", purchased_impression=0.5)
    assert shows.data["default_result"]["base_info"]["impression"] == 0.5
    reach = estimate(business, town, rf_purchased_type="FIXED_REACH", purchased_reach=0.1)
    assert abs(reach.data["default_result"]["base_info"]["reach"] - 0.1) < 0.002
    nowhere = estimate(
        business, town, audience_info={"location_ids": ["3017382"]}, budget=10
    )  # Nothing was shown there.
    assert (nowhere.data["default_result"], nowhere.data["results"]) == (None, [])


def test_an_ad_groups_own_terms_are_estimated(business: Business, town: Town) -> None:
    past()
    asked: dict[str, Any] = {"advertiser_id": town.ids["account_id"], "adgroup_ids": [town.ids["ad_group_id"]]}
    (found,) = business.get("ada", "adgroup/rf/estimated/info", **asked).data["estimated_info"]
    assert found["adgroup_id"] == town.ids["ad_group_id"]
    assert found["base_info"]["impression"] == 1.4
    assert len(found["daily_cost"]) == 7
    asked["adgroup_ids"].append("1")
    assert business.get("ada", "adgroup/rf/estimated/info", **asked).code == 40007


def test_of_few_viewers_nothing_is_said(business: Business, town: Town) -> None:
    past(daily=10, viewers=50)
    said = estimate(business, town, budget=10)
    assert (said.code, said.data["default_result"], said.data["results"]) == (0, None, [])
    asked: dict[str, Any] = {"advertiser_id": town.ids["account_id"], "adgroup_ids": [town.ids["ad_group_id"]]}
    (found,) = business.get("ada", "adgroup/rf/estimated/info", **asked).data["estimated_info"]
    assert (found["base_info"], found["interval"], found["daily_cost"]) == (None, None, [])


def test_what_is_wrong_is_named(business: Business, town: Town) -> None:
    tried: list[tuple[dict[str, Any], str]] = [
        ({}, "budget: "),
        ({"budget": 0}, "budget: "),
        ({"rf_purchased_type": "FIXED_REACH", "budget": 10}, "purchased_reach: "),
        ({"budget": 10, "schedule_end_time": "2030-06-01 00:00:00"}, "schedule_end_time: "),
        ({"budget": 10, "schedule_end_time": "2029-01-01 00:00:00"}, "schedule_end_time: "),
        ({"budget": 10, "audience_info": {"location_ids": ["1"]}}, "audience_info.location_ids: "),
        ({"budget": 10, "frequency": 0}, "frequency: "),
    ]
    for asked, message in tried:
        said = estimate(business, town, **asked)
        assert (said.code, said.message[: len(message)]) == (40002, message)


def test_there_are_no_orders_and_no_contracts(business: Business, town: Town) -> None:
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
    for path in ("adgroup/rf/create", "adgroup/rf/update"):
        said = business.post("ada", path, **account, campaign_id=town.ids["campaign_id"])
        assert said.code == 40008
        assert f"{path} is not supported by this platform: reach is not sold in advance" in said.message
    assert business.get("ada", "rf/contract/query", **account, included_date="2030-01-01").data == {
        "has_valid_contract": False, "start_date": None, "end_date": None, "pulse_start_date": None, "pulse_end_date": None,
    }  # fmt: skip
    groups = [town.ids["ad_group_id"]]
    assert business.post("ada", "rf/order/cancel", **account, adgroup_ids=groups).data == {"fail_adgroup_ids": groups}
    assert business.post("ada", "rf/order/cancel", **account, adgroup_ids=["1"]).code == 40007
    zones = business.get("ada", "rf/delivery/timezone", **account, region_codes=["NL", "BE"]).data["timezone_info"]
    assert zones == [{"region_code": code, "delivery_timezone": ["Europe/Amsterdam"]} for code in ("NL", "BE")]
    assert business.get("ada", "rf/delivery/timezone", **account, region_codes=["XX"]).code == 40002
