"""Further published clients, imitated by what is peculiar to each (reference API §18)."""

import json
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from tests import patience
from tests.wire.business.sdk.conftest import Stage
from tests.wire.serving import BROWSER

pytestmark = pytest.mark.xdist_group("sdk")

API = "/open_api/v1.3"


class Caller:
    """Calls exactly so, and returns the envelope."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.advertiser_id = stage.advertiser_id

    def get(self, path: str, asked: dict[str, Any] | None = None, *, form: bool = False, header: str = "") -> Any:
        sent = urlencode(asked or {})
        request = urllib.request.Request(
            f"{self._stage.site}{path}{'' if form or not sent else '?' + sent}",
            method="GET",
            data=sent.encode() if form else None,
            headers={"User-Agent": BROWSER, header or "Access-Token": self._stage.token},
        )
        with urllib.request.urlopen(request, timeout=patience.SECONDS) as answer:
            assert answer.status == 200
            told = json.load(answer)
        assert (told["code"], told["message"]) == (0, "OK"), told
        return told["data"]


@pytest.fixture
def caller(stage: Stage) -> Caller:
    return Caller(stage)


def days(span: int) -> dict[str, str]:
    today = datetime.now(UTC).date()
    return {"start_date": str(today - timedelta(days=span)), "end_date": str(today)}


def test_airbyte_reads_every_stream_to_its_end(caller: Caller, stage: Stage) -> None:
    """It ends the whole read at any code but 0, and asks for much that an account has not."""
    account = {"advertiser_id": caller.advertiser_id}
    pixel_id = stage.ada.does("POST", f"/accounts/{caller.advertiser_id}/pixels", {"name": "Shop"})["id"]
    told = caller.get(f"{API}/pixel/list/", {**account, "page_size": 20})["pixels"]
    assert [row["pixel_id"] for row in told] == [pixel_id]
    (info,) = caller.get(
        f"{API}/advertiser/info/", {"advertiser_ids": json.dumps([caller.advertiser_id]), "page": 1, "page_size": 100}
    )["list"]
    assert isinstance(info["create_time"], int)
    for level in ("campaign", "adgroup", "ad"):
        every = {"filtering": json.dumps({"secondary_status": f"{level.upper()}_STATUS_ALL"}), "page_size": 1000}
        found = caller.get(f"{API}/{level}/get/", {**account, **every})
        assert found["page_info"]["total_number"] == len(found["list"])
        assert all(row["modify_time"] and row["create_time"] for row in found["list"])
    for path, asked in (
        ("dmp/custom_audience/list", {"page_size": 100}),
        ("creative/portfolio/list", {"page_size": 100}),
        ("file/music/get", {"page_size": 100}),
        ("file/image/ad/search", {"page_size": 100}),
        ("file/video/ad/search", {"page_size": 100}),
        ("tt_video/list", {"page_size": 50}),
        ("pixel/instant_page/event", {"objective_type": "REACH", "optimization_goal": "VALUE"}),
        (
            "pixel/event/stats",
            {"pixel_ids": pixel_id, "date_range": '{"start_date":2026-12-21,"end_date":2026-11-22}'},
        ),
    ):
        caller.get(f"{API}/{path}/", {**account, **asked})
    report = {
        **account,
        **days(28),
        "service_type": "AUCTION",
        "report_type": "AUDIENCE",
        "data_level": "AUCTION_ADGROUP",
        "dimensions": '["adgroup_id", "stat_time_day", "gender", "age"]',
        "metrics": '["spend", "impressions", "real_time_app_install", "dpa_target_audience_type"]',
        "filters": json.dumps([{"filter_value": ["STATUS_ALL"], "field_name": "adgroup_status", "filter_type": "IN"}]),
        "page_size": 1000,
    }
    assert caller.get(f"{API}/report/integrated/get/", report)["page_info"]["page"] == 1


def test_the_singer_tap_probes_reads_deleted_ones_and_reports_by_the_day(caller: Caller) -> None:
    """It leaves the closing slash away, probes with pages of one, and loops until it has total_number rows."""
    assert "@" in caller.get(f"{API}/user/info")["email"]
    for level in ("campaign", "adgroup", "ad"):
        probe = caller.get(f"{API}/{level}/get/", {"advertiser_id": caller.advertiser_id, "page_size": 1})
        assert probe["page_info"]["total_page"] == probe["page_info"]["total_number"]
        deleted = caller.get(
            f"{API}/{level}/get/",
            {"advertiser_id": caller.advertiser_id, "filtering": '{\n  "primary_status": "STATUS_DELETE"\n}'},
        )
        assert deleted["list"] == []
    report = {
        "advertiser_id": caller.advertiser_id,
        **days(29),
        "report_type": "BASIC",
        "data_level": "AUCTION_AD",
        "query_lifetime": "false",
        "dimensions": '[\n  "ad_id",\n  "stat_time_day"\n]',
        "metrics": '["spend","impressions","secondary_goal_result","gross_impressions","budget","objective_type"]',
        "filtering": json.dumps([
            {"field_name": "ad_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'},
        ]),
        "page_size": 1000,
    }  # fmt: skip
    told = caller.get(f"{API}/report/integrated/get/", report)
    assert len(told["list"]) == told["page_info"]["total_number"]
    for row in told["list"]:
        assert int(row["metrics"]["impressions"]) >= 0
        assert row["metrics"]["secondary_goal_result"] == "-"


def test_the_mcp_doubles_a_slash_and_reckons_with_money(caller: Caller) -> None:
    found = caller.get(f"{API}//campaign/get/", {"advertiser_id": caller.advertiser_id, "page_size": 10})
    assert all(float(row["budget"]) >= 0 and float(row["roas_bid"]) >= 0 for row in found["list"])
    assert caller.get(f"{API}/bc/get/")["page_info"]["total_number"] >= 1
    report = {
        "advertiser_id": caller.advertiser_id,
        "service_type": "AUCTION",
        "report_type": "BASIC",
        "data_level": "AUCTION_CAMPAIGN",
        "dimensions": '["campaign_id"]',
        "metrics": '["spend"]',
        "order_type": "DESC",
        **days(7),
    }
    caller.get(f"{API}/report/integrated/get/", report)


def test_tiktokmarketing_sends_a_form_with_its_get(caller: Caller) -> None:
    report = {
        "advertiser_id": caller.advertiser_id,
        "report_type": "AUDIENCE",
        "data_level": "AUCTION_ADVERTISER",
        "dimensions": '["advertiser_id", "gender"]',
        "audience_dimensions": '["gender"]',
        "metrics": '["impressions"]',
        **days(7),
        "page": 1,
        "page_size": 200,
    }
    caller.get(f"{API}/report/integrated/get/", report, form=True, header="access-token")


def test_documentation_shows_json_with_a_get(caller: Caller, stage: Stage) -> None:
    request = urllib.request.Request(
        f"{stage.site}{API}/campaign/get/",
        method="GET",
        data=json.dumps({"advertiser_id": caller.advertiser_id, "page": "1", "page_size": "5"}).encode(),
        headers={"User-Agent": BROWSER, "Access-Token": stage.token, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=patience.SECONDS) as answer:
        assert json.load(answer)["data"]["page_info"]["page_size"] == 5
