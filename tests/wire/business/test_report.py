"""Reports of the business API, against the platform's own report of the same events (reference API §11)."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest

from tests.wire import money
from tests.wire.business.conftest import Business
from tests.wire.conftest import Town
from vonk.advertising.models import Ad, AdGroup, Pixel
from vonk.billing.actions import settlement
from vonk.control import clock
from vonk.core.clock import to_ms
from vonk.events.records import Claims, ConversionRecord, EventRecord, Kind
from vonk.identity.models import AccessToken, Membership, OrganisationMember
from vonk.reporting import queries as reporting
from vonk.reporting import rollups
from vonk.reporting.attribution import consumer
from vonk.reporting.breakdowns.columns import Kind as Written
from vonk.reporting.models import ReportTask
from vonk.reporting.queries import By, Level
from vonk.reporting.tasks import actions as tasks
from vonk.wire.business import report_jobs
from vonk.wire.business.reports import making as report_making
from vonk.wire.business.reports.attributes import ATTRIBUTES
from vonk.wire.business.reports.dimensions import AUDIENCES
from vonk.wire.business.reports.metrics import COUNTED, METRICS, NOT_COUNTED

EVERYTHING = "report/integrated/get"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # 10:00 in Amsterdam.
DAYS = {"start_date": "2026-03-01", "end_date": "2026-03-30"}
PRICE = 5_000


class Events:
    """Makes events of the town's ad, each showing with a decision of its own."""

    def __init__(self, town: Town) -> None:
        self.ids = {name: int(value) for name, value in town.ids.items() if value.isdigit()}
        self.number = 10_000
        self.log = money.opened(None)  # The town's, of which settlement has read the beginning.

    def claims(self, at: datetime, **told: Any) -> Claims:
        self.number += 1
        ids = self.ids
        made = Claims(
            decision_id=self.number,
            ad_id=ids["ad_id"],
            ad_group_id=ids["ad_group_id"],
            campaign_id=ids["campaign_id"],
            account_id=ids["account_id"],
            grant_id=ids["consent_id"],
            post_id=ids["post_id"],
            profile_id=ids["profile_id"],
            viewer_id=f"viewer {self.number}",
            bills=Kind.IMPRESSION.value,
            price_micros=PRICE,
            currency="EUR",
            decided_ms=to_ms(at),
            surface="feed",
        )
        return msgspec.structs.replace(made, **told)

    def happen(self, of: Claims, *kinds: Kind, value: int = 0) -> None:
        for kind in kinds:
            self.number += 1
            at_ms = of.decided_ms + 1_000
            charge = of.price_micros if kind is Kind.IMPRESSION and of.ad_id else 0
            self.log.append([EventRecord(f"e{self.number}", kind, at_ms, at_ms, charge, value, of)])

    def settle(self) -> None:
        settlement.settle(self.log, now=AT)
        rollups.roll_up(self.log, now=AT)
        consumer.attribute(self.log, now=AT)


@pytest.fixture
def told(town: Town) -> Events:
    """Three days: 30 Dutch impressions, 15 of them of women from 25 to 34, then 12 that tell nothing; taps and plays."""
    events = Events(town)
    for number in range(30):
        woman = {"age_band": "25_34", "gender": "female"} if number < 15 else {}
        few = {"age_band": "18_24", "gender": "male"} if 15 <= number < 20 else {}
        of = events.claims(AT + timedelta(seconds=number), country="NL", **woman, **few)
        events.happen(of, Kind.IMPRESSION, *([Kind.PLAY, Kind.VIEW_6S] if number % 2 else []))
        if number < 3:
            events.happen(of, Kind.CLICK_DESTINATION, Kind.LIKE)
    for number in range(12):
        events.happen(
            events.claims(AT + timedelta(days=1, seconds=number), country="BE" if number < 4 else ""), Kind.IMPRESSION
        )
    late = events.claims(AT.replace(hour=23, minute=30), country="NL")  # The next day in Amsterdam.
    events.happen(late, Kind.IMPRESSION, Kind.PLAY)
    events.happen(late, Kind.WATCH, value=2_500)
    organic = {
        "ad_id": 0,
        "ad_group_id": 0,
        "campaign_id": 0,
        "account_id": 0,
        "grant_id": 0,
        "bills": "",
        "price_micros": 0,
    }
    events.happen(events.claims(AT, **organic), Kind.IMPRESSION, Kind.PLAY)
    events.settle()
    return events


def asked(town: Town, *dimensions: str, metrics: list[str] | None = None, **more: Any) -> dict[str, Any]:
    levels = {"advertiser_id": "ADVERTISER", "campaign_id": "CAMPAIGN", "adgroup_id": "ADGROUP", "ad_id": "AD"}
    level = next((levels[name] for name in dimensions if name in levels), "ADVERTISER")
    return {
        "advertiser_id": town.ids["account_id"],
        "service_type": "AUCTION",
        "report_type": "BASIC",
        "data_level": f"AUCTION_{level}",
        "dimensions": list(dimensions),
        "metrics": metrics or ["spend", "impressions", "clicks"],
        **DAYS,
        **more,
    }


def rows(business: Business, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    said = business.get("ada", EVERYTHING, **wanted)
    assert (said.code, said.message) == (0, "OK")
    found: list[dict[str, Any]] = said.data["list"]
    assert said.data["page_info"]["total_number"] == len(found)
    for row in found:
        assert all(isinstance(value, str) for part in row.values() for value in part.values())
    return found


def cents(micros: float | None) -> str:
    return f"{(int(micros or 0) + 5_000) // 10_000 / 100:.2f}"


def test_numbers_are_those_of_the_platforms_report(business: Business, town: Town, told: Events) -> None:
    names = ["spend", "impressions", "clicks", "ctr", "cpm", "cpc", "likes", "video_watched_6s", "average_video_play"]
    for dimension, level in (("campaign_id", Level.CAMPAIGN), ("adgroup_id", Level.AD_GROUP), ("ad_id", Level.AD)):
        ours = reporting.ad_report(
            town.scopes["ada"], level=level, by=By.DAY, start_date=AT.date(), end_date=AT.date() + timedelta(days=1)
        )
        assert len(ours.rows) == 2
        theirs = rows(business, asked(town, dimension, "stat_time_day", metrics=names))
        assert [row["dimensions"]["stat_time_day"] for row in theirs] == ["2026-03-02 00:00:00", "2026-03-03 00:00:00"]
        for row, same in zip(theirs, ours.rows, strict=True):
            values = same.values
            assert row["dimensions"][dimension] == str(same.id)
            assert row["metrics"] == {
                "spend": cents(values["spend"]),
                "impressions": str(values["impressions"]),
                "clicks": str(values["clicks"]),
                "ctr": f"{(values['ctr'] or 0) * 100:.2f}",
                "cpm": cents(values["cpm"]),
                "cpc": cents(values["cpc"]),
                "likes": str(values["likes"]),
                "video_watched_6s": str(values["view_6s"]),
                "average_video_play": f"{(values['average_watch_time'] or 0) / 1_000:.2f}",
            }
    assert theirs[0]["metrics"]["ctr"] == "10.00"
    assert theirs[1]["metrics"] | {"impressions": "13", "spend": "0.07", "cpm": "5.00"} == theirs[1]["metrics"]
    hours = rows(business, asked(town, "ad_id", "stat_time_hour", start_date="2026-03-02", end_date="2026-03-02"))
    assert [(row["dimensions"]["stat_time_hour"], row["metrics"]["impressions"]) for row in hours] == [
        ("2026-03-02 10:00:00", "30")
    ]
    utc = rows(business, asked(town, "advertiser_id", "stat_time_day", multi_adv_report_in_utc_time=True))
    assert [
        (row["dimensions"]["stat_time_day"], row["metrics"]["impressions"], row["metrics"]["spend"]) for row in utc
    ] == [
        ("2026-03-02 00:00:00", "31", "0.16"),
        ("2026-03-03 00:00:00", "12", "0.06"),
    ]


def test_every_metric_is_answered_in_the_form_of_its_kind(business: Business, town: Town, told: Events) -> None:
    wanted = asked(town, "ad_id", metrics=sorted(METRICS), enable_total_metrics=True)
    said = business.get("ada", EVERYTHING, **wanted)
    row = next(one for one in said.data["list"] if one["dimensions"]["ad_id"] == town.ids["ad_id"])["metrics"]
    assert row.keys() == METRICS.keys()
    for name, value in row.items():
        kind = METRICS[name].kind
        if kind is Written.COUNT:
            assert value.isdigit(), name
        elif kind is not Written.TEXT:
            whole, _, decimals = value.partition(".")
            assert whole.isdigit(), name
            assert len(decimals) == 2, name
        if name in NOT_COUNTED:
            assert float(value) == 0, name
    assert {name: row[name] for name in ("campaign_name", "adgroup_name", "ad_name", "objective_type", "currency")} == {
        "campaign_name": "Bread",
        "adgroup_name": "Netherlands",
        "ad_name": "Bread, slowly",
        "objective_type": "TRAFFIC",
        "currency": "EUR",
    }
    shown = ("budget", "bid", "billing_event", "call_to_action", "ad_text", "timezone", "operation_status", "result")
    assert [row[name] for name in shown] == [
        "20.00", "5.00", "CPM", "SHOP_NOW", "Bread, slowly #bread", "Europe/Amsterdam", "ENABLE", "3",
    ]  # fmt: skip
    assert (row["organic_video_views"], row["secondary_goal_result"], row["reach"]) == ("1", "-", "43")
    assert said.data["total_metrics"].keys() == METRICS.keys()
    assert [said.data["total_metrics"][name] for name in ("impressions", "ctr", "reach", "ad_name")] == [
        "43", "6.98", "-", "-",
    ]  # fmt: skip
    said = business.get("ada", EVERYTHING, **asked(town, "ad_id", metrics=["spend", "video_views"]))
    assert (said.code, said.message) == (40002, "Invalid metric fields: ['video_views']")


def test_conversions_are_told_by_their_names(business: Business, town: Town, told: Events) -> None:
    Pixel.objects.update(created_at=AT - timedelta(days=1))
    clicked = told.claims(AT, country="NL", viewer_id="buyer")
    told.happen(clicked, Kind.IMPRESSION, Kind.CLICK_DESTINATION)
    for number, (name, value) in enumerate((("purchase", 12_500_000), ("add_to_cart", 0))):
        at_ms = to_ms(AT) + 60_000
        record = ConversionRecord(
            f"c{number}", int(town.ids["pixel_id"]), int(town.ids["account_id"]), name, at_ms, at_ms, value,
            "EUR" if value else "", "pixel", "buyer", clicked,
        )  # fmt: skip
        told.log.append([record])
    told.settle()
    names = ["complete_payment", "total_complete_payment_rate", "web_event_add_to_cart", "conversion", "cta_conversion",
             "vta_conversion", "website_cta_purchase", "complete_payment_roas", "purchase"]  # fmt: skip
    (row,) = rows(
        business, asked(town, "campaign_id", metrics=names, filtering=_filter("conversion", "GREATER_THAN", "0"))
    )
    assert list(row["metrics"].values())[:-2] == ["1", "12.50", "1", "1", "1", "0", "1"]
    assert float(row["metrics"]["complete_payment_roas"]) > 50
    assert row["metrics"]["purchase"] == "0"  # People in an app, which nobody reports.


def _filter(name: str, how: str, value: Any) -> list[dict[str, Any]]:
    return [{"field_name": name, "filter_type": how, "filter_value": value}]


def test_audiences_add_up_and_hide_the_few(business: Business, town: Town, told: Events) -> None:
    base: dict[str, Any] = {"report_type": "AUDIENCE"}
    people = rows(business, asked(town, "ad_id", "gender", "age", "stat_time_day", **base))
    assert [(tuple(row["dimensions"].values())[1:], *row["metrics"].values()) for row in people] == [
        (("NONE", "NONE", "2026-03-02 00:00:00"), "0.08", "15", "0"),  # Five young men are too few to be told.
        (("FEMALE", "AGE_25_34", "2026-03-02 00:00:00"), "0.08", "15", "3"),
        (("NONE", "NONE", "2026-03-03 00:00:00"), "0.07", "13", "0"),
    ]
    whole = rows(business, asked(town, "advertiser_id", "gender", "age", **base))
    assert sorted(row["metrics"]["impressions"] for row in whole) == ["15", "28"]
    countries = rows(business, asked(town, "campaign_id", "country_code", "stat_time_day", **base))
    told_of = [(row["dimensions"]["country_code"], row["metrics"]["impressions"]) for row in countries]
    assert told_of == [("NL", "30"), ("None", "12"), ("NL", "1")]  # Four Belgians are too few.
    same = rows(
        business,
        asked(town, "adgroup_id", "country_code", "stat_time_hour", start_date="2026-03-02", end_date="2026-03-02"),
    )
    assert [(row["dimensions"], row["metrics"]["spend"]) for row in same] == [
        (
            {"adgroup_id": town.ids["ad_group_id"], "country_code": "NL", "stat_time_hour": "2026-03-02 10:00:00"},
            "0.15",
        )
    ]
    for dimension, value in (("platform", "OTHER"), ("province_id", "-1"), ("language", "None")):
        rest = rows(business, asked(town, "campaign_id", dimension, "stat_time_day", **base))
        assert [(row["dimensions"][dimension], row["metrics"]["impressions"]) for row in rest] == [
            (value, "30"),
            (value, "13"),
        ]
    only = asked(town, "ad_id", "country_code", filtering=_filter("country_code", "IN", '["NL"]'))
    assert [row["metrics"]["impressions"] for row in rows(business, only)] == ["31"]


def test_pages_orders_filters_and_totals(business: Business, town: Town, told: Events) -> None:
    wanted = asked(town, "ad_id", "stat_time_day", enable_total_metrics=True, page_size=1, order_field="impressions")
    first = business.get("ada", EVERYTHING, **wanted, order_type="ASC").data
    assert first["page_info"] == {"page": 1, "page_size": 1, "total_number": 2, "total_page": 2}
    assert first["list"][0]["metrics"]["impressions"] == "13"
    assert first["total_metrics"] == {"spend": "0.22", "impressions": "43", "clicks": "3"}
    assert business.get("ada", EVERYTHING, **wanted).data["list"][0]["metrics"]["impressions"] == "30"
    beyond = business.get("ada", EVERYTHING, **{**wanted, "page": 3})
    assert (beyond.code, beyond.data["list"], beyond.data["page_info"]["total_number"]) == (0, [], 2)
    by_day = asked(town, "ad_id", "stat_time_day")
    counts = {
        ("GREATER_EQUAL", "30"): 1, ("LOWER_THAN", "13"): 0, ("BETWEEN", '["13","30"]'): 2, ("IN", "[13]"): 1,
    }  # fmt: skip
    for (how, value), expected in counts.items():
        assert len(rows(business, {**by_day, "filtering": _filter("impressions", how, value)})) == expected
    ids = json.dumps([town.ids["ad_id"]])
    assert len(rows(business, {**by_day, "filtering": _filter("ad_ids", "IN", ids)})) == 2
    assert rows(business, {**by_day, "filtering": _filter("ad_ids", "NOT_IN", ids)}) == []
    assert rows(business, {**by_day, "filtering": _filter("objective_type", "IN", '["REACH"]')}) == []
    assert len(rows(business, {**by_day, "filtering": _filter("campaign_name", "MATCH", "brea")})) == 2
    of_lists = {
        ("buying_type", "AUCTION"): 2, ("buying_type", "RESERVATION_RF"): 0, ("promotion_type", "WEBSITE"): 2,
        ("promotion_type", "APP_IOS"): 0, ("optimization_goal", "REACH"): 2, ("optimization_goal", "CLICK"): 0,
        ("ad_status", "STATUS_DELIVERY_OK"): 0, ("ad_status", "STATUS_NOT_DELIVERY"): 2,
        ("ad_status", "AD_STATUS_AUDIT"): 2, ("campaign_status", "STATUS_ALL"): 2,
    }  # fmt: skip
    for (name, value), expected in of_lists.items():
        found = rows(business, {**by_day, "filtering": _filter(name, "IN", json.dumps([value]))})
        assert len(found) == expected, (name, value)
    AdGroup.objects.filter(pk=town.ids["ad_group_id"]).update(kept={"promotion_type": "APP_IOS"})
    kept = {**by_day, "metrics": ["promotion_type"], "filtering": _filter("promotion_type", "IN", '["APP_IOS"]')}
    assert [row["metrics"]["promotion_type"] for row in rows(business, kept)] == ["APP_IOS", "APP_IOS"]
    backwards = rows(business, {**by_day, "order_field": "stat_time_day"})
    assert [row["dimensions"]["stat_time_day"][:10] for row in backwards] == ["2026-03-03", "2026-03-02"]
    assert rows(business, {**by_day, "service_type": "RESERVATION"}) == []
    assert rows(business, {**by_day, "data_level": "RESERVATION_AD"}) == []
    named = asked(town, "ad_id", metrics=["ad_name"], order_field="ad_name", order_type="ASC")
    names = [row["metrics"]["ad_name"] for row in rows(business, named)]
    assert names == sorted(names)
    assert len(names) == Ad.objects.filter(ad_group__campaign__account_id=int(town.ids["account_id"])).count()


def test_deleted_objects_come_when_they_are_asked_for(business: Business, town: Town, told: Events) -> None:
    Ad.objects.filter(pk=town.ids["ad_id"]).update(deleted_at=AT)
    by_day = asked(town, "ad_id", "stat_time_day")
    assert rows(business, by_day) == []
    assert len(rows(business, {**by_day, "filtering": _filter("ad_status", "IN", '["STATUS_ALL"]')})) == 2
    assert len(rows(business, {**by_day, "filtering": _filter("ad_status", "IN", '["STATUS_DELETE"]')})) == 2
    assert len(rows(business, asked(town, "adgroup_id", "stat_time_day"))) == 2  # What it did remains.
    AdGroup.objects.filter(pk=town.ids["ad_group_id"]).update(deleted_at=AT)
    assert rows(business, asked(town, "adgroup_id", "stat_time_day")) == []
    assert len(rows(business, asked(town, "campaign_id", "stat_time_day"))) == 2


CLIENTS: list[tuple[str, list[str], dict[str, Any]]] = [
    *(("BASIC", [name], {"query_lifetime": "True", "lifetime": "true"}) for name in ("advertiser_id", "campaign_id", "adgroup_id", "ad_id")),
    *(("BASIC", [name, "stat_time_day"], {}) for name in ("advertiser_id", "campaign_id", "adgroup_id", "ad_id")),
    *(("BASIC", [name, "stat_time_hour"], {"end_date": "2026-03-01"}) for name in ("advertiser_id", "campaign_id", "adgroup_id", "ad_id")),
    *(("BASIC", [name, "country_code", "stat_time_day"], {}) for name in ("adgroup_id", "ad_id")),
    *(("BASIC", [name, "country_code", "stat_time_hour"], {"end_date": "2026-03-01"}) for name in ("adgroup_id", "ad_id")),
    *(("AUDIENCE", [name, *part, "stat_time_day"], {})
      for name in ("advertiser_id", "campaign_id", "adgroup_id", "ad_id")
      for part in (["gender", "age"], ["country_code"], ["platform"], ["province_id"])),
    ("AUDIENCE", ["advertiser_id", "gender", "age"], {"start_date": "2025-03-30"}),
]  # fmt: skip


def test_what_published_clients_ask_is_answered(business: Business, town: Town, told: Events) -> None:
    for kind, dimensions, more in CLIENTS:
        wanted = asked(town, *dimensions, report_type=kind, page_size=1000, query_lifetime="false")
        said = business.get("ada", EVERYTHING, **{**wanted, **more})
        assert said.code == 0, (kind, dimensions, said.message)
        for row in said.data["list"]:
            assert set(row["dimensions"]) == set(dimensions)
            assert set(row["metrics"]) == {"spend", "impressions", "clicks"}
    form = {
        name: value if isinstance(value, str) else json.dumps(value, indent=1)
        for name, value in asked(town, "ad_id").items()
    }
    form |= {"report_type": "AUDIENCE", "audience_dimensions": '["gender"]', "filters": '[{"filter_value":["1"]}]'}
    assert business.raw("ada", "GET", f"/open_api/v1.3/{EVERYTHING}/", query=form).code == 0


def test_several_accounts_and_a_business_center(business: Business, town: Town, told: Events) -> None:
    account_id = town.ids["account_id"]
    wanted = asked(town, "advertiser_id", advertiser_ids=[account_id], enable_total_metrics=True)
    (row,) = rows(business, wanted)
    assert (
        row["metrics"] | {"advertiser_id": account_id, "currency": "EUR", "timezone": "Europe/Amsterdam"}
        == row["metrics"]
    )
    of_business: dict[str, Any] = {
        "bc_id": town.ids["organisation_id"], "report_type": "BC", "dimensions": ["advertiser_id", "stat_time_day"],
        "metrics": ["spend", "impressions"], **DAYS,
    }  # fmt: skip
    found = [row for row in rows(business, of_business) if row["dimensions"]["advertiser_id"] == account_id]
    assert [row["metrics"]["impressions"] for row in found] == ["30", "13"]
    business.token_of["app"] = town.ids["app_token"]
    AccessToken.objects.filter(app_id=int(town.ids["app_id"])).update(account_ids=[int(account_id)])
    of_app = business.get("app", EVERYTHING, **of_business)
    assert {row["dimensions"]["advertiser_id"] for row in of_app.data["list"]} == {account_id}
    assert business.get("mallory", EVERYTHING, **of_business).code == 40001
    said = business.get("mallory", EVERYTHING, **wanted)
    assert (said.code, said.message) == (40001, f"No permission to operate advertiser {account_id}")
    strange = asked(town, "advertiser_id", advertiser_ids=[account_id, "99"])
    assert business.get("ada", EVERYTHING, **strange).code == 40001
    for kind in ("PLAYABLE_MATERIAL", "CATALOG", "TT_SHOP"):
        assert rows(business, asked(town, "catalog_id", report_type=kind)) == []


WRONG: list[tuple[tuple[str, ...], dict[str, Any], str]] = [
    ((), {}, "dimensions"),
    (("ad_id", "campaign_id"), {}, "dimensions"),
    (("ad_id", "stat_time_day", "stat_time_hour"), {}, "dimensions"),
    (("ad_id", "gender"), {}, "dimensions"),
    (("ad_id", "post_id"), {}, "dimensions"),
    (("ad_id", "gender", "country_code"), {"report_type": "AUDIENCE"}, "dimensions"),
    (("ad_id",), {"report_type": "AUDIENCE"}, "dimensions"),
    (("ad_id",), {"data_level": "AUCTION_CAMPAIGN"}, "data_level"),
    (("ad_id",), {"report_type": "WEEKLY"}, "report_type"),
    (("ad_id", "stat_time_day"), {"start_date": "2026-01-01"}, "end_date"),
    (("ad_id", "stat_time_hour"), {}, "end_date"),
    (("ad_id",), {"start_date": "2024-01-01"}, "end_date"),
    (("ad_id",), {"start_date": "2026-04-01"}, "end_date"),
    (("ad_id",), {"start_date": "yesterday"}, "start_date"),
    (("ad_id", "stat_time_day"), {"query_lifetime": True}, "query_lifetime"),
    (("ad_id",), {"order_field": "likes"}, "order_field"),
    (("ad_id",), {"page_size": 1001}, "page_size"),
    (("ad_id",), {"filtering": _filter("colour", "IN", "[]")}, "filtering"),
    (("ad_id",), {"filtering": _filter("spend", "MATCH", "1")}, "filtering"),
    (("ad_id",), {"filtering": _filter("ad_ids", "IN", '["x"]')}, "filtering"),
    (("ad_id",), {"filtering": _filter("country_code", "IN", '["NL"]')}, "filtering"),
    (("ad_id",), {"filtering": _filter("ad_ids", "IN", '["1"]') * 51}, "filtering"),
    (("ad_id",), {"filtering": _filter("spend", "IN", json.dumps([1] * 501))}, "filtering"),
    (("ad_id",), {"filtering": _filter("ad_name", "MATCH", "a" * 1_001)}, "filtering"),
    (("ad_id",), {"filtering": _filter("spend", "IN", "[" * 5_000)}, "filtering"),
    (("ad_id",), {"start_date": "0001-01-01", "end_date": "0001-01-02"}, "start_date"),
    (("ad_id",), {"advertiser_ids": ["1", "2", "3", "4", "5", "6"]}, "advertiser_ids"),
]


def test_what_is_wrong_is_named(business: Business, town: Town) -> None:
    for dimensions, more, field in WRONG:
        said = business.get("ada", EVERYTHING, **asked(town, *dimensions, **more))
        assert (said.code, said.message.partition(":")[0]) == (40002, field), (dimensions, more)
        assert business.post("ada", "report/task/create", **asked(town, *dimensions, **more)).code == 40002


def made(town: Town, business: Business, **more: Any) -> str:
    said = business.post(
        "ada", "report/task/create", **asked(town, "ad_id", "stat_time_day", metrics=["ad_name", "spend"], **more)
    )
    assert said.code == 0, said.message
    return str(said.data["task_id"])


def of(town: Town, task_id: str) -> dict[str, Any]:
    return {"advertiser_id": town.ids["account_id"], "task_id": task_id}


def test_a_report_is_made_in_the_background(business: Business, town: Town, told: Events) -> None:
    Ad.objects.filter(pk=town.ids["ad_id"]).update(name="=1+1")
    task_id = made(town, business, file_name=" ", order_type="DESC", query_lifetime=False, request_id="7")
    assert made(town, business, file_name=" ", order_type="DESC", query_lifetime=False, request_id="7") == task_id
    assert business.get("ada", "report/task/check", **of(town, task_id)).data == {"status": "QUEUING", "message": ""}
    refused = business.get("ada", "report/task/download", **of(town, task_id))
    assert (refused.code, refused.message) == (40002, "The report is not there: its task is waiting.")
    report_jobs.make_report.call(int(task_id))
    assert business.get("ada", "report/task/check", **of(town, task_id)).data == {"status": "SUCCESS", "message": ""}
    answer = business.client.get(
        "/open_api/v1.3/report/task/download/", of(town, task_id), headers={"Access-Token": town.tokens["ada"]}
    )
    assert answer.headers["Content-Type"].startswith("text/csv")
    found = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["stat_time_day"], row["ad_name"], row["spend"]) for row in found] == [
        ("2026-03-02 00:00:00", "'=1+1", "0.15"),
        ("2026-03-03 00:00:00", "'=1+1", "0.07"),
    ]
    over = business.post("ada", "report/task/cancel", **of(town, task_id))
    assert (over.code, over.message) == (40002, "The task is ready already.")
    assert business.get("mallory", "report/task/check", **of(town, task_id)).code == 40001


def test_a_made_file_is_downloaded_by_a_link_for_an_hour(
    business: Business, town: Town, told: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ad.objects.filter(pk=town.ids["ad_id"]).update(name="Bell\x07")
    for output_format, ending in (("CSV_DOWNLOAD", "csv"), ("XLSX_DOWNLOAD", "xlsx")):
        task_id = made(town, business, output_format=output_format, file_name="../März 2026")
        report_making.make(int(task_id), now=clock.present().now())
        data = business.get("ada", "report/task/download", **of(town, task_id)).data
        assert (data["file_name"], data["output_format"]) == (f"Mrz 2026.{ending}", output_format)
        path = data["download_url"].removeprefix("http://testserver")
        answer = business.client.get(path)  # Without a token.
        assert (answer.status_code, answer.headers["Content-Disposition"]) == (
            200, f'attachment; filename="Mrz 2026.{ending}"',
        )  # fmt: skip
        assert business.client.get(path[:-1] + ("A" if path[-1] != "A" else "B")).status_code == 404
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["report"]
    assert [cell.value for cell in sheet[1]] == ["ad_id", "stat_time_day", "ad_name", "spend"]
    assert (sheet.max_row, sheet["C2"].value) == (3, "Bell")
    Membership.objects.filter(account_id=int(town.ids["account_id"])).delete()
    OrganisationMember.objects.filter(organisation_id=int(town.ids["organisation_id"])).delete()
    assert business.client.get(path).status_code == 404  # Ada lost the account; its link went with it.
    later = clock.present().now() + timedelta(hours=1)
    monkeypatch.setattr(type(clock.present()), "now", lambda _: later)
    assert business.client.get(path).status_code == 404


def test_a_task_that_cannot_be_made_says_why(
    business: Business, town: Town, told: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    canceled = made(town, business)
    assert business.post("ada", "report/task/cancel", **of(town, canceled)).code == 0
    report_making.make(int(canceled), now=clock.present().now())
    assert business.get("ada", "report/task/check", **of(town, canceled)).data["status"] == "CANCELED"
    task_id = made(town, business)
    monkeypatch.setattr(report_making, "ROWS_MAX", 1)
    report_making.make(int(task_id), now=clock.present().now())
    assert business.get("ada", "report/task/check", **of(town, task_id)).data["status"] == "FAILED"
    monkeypatch.undo()
    task_id = made(town, business)
    Membership.objects.filter(person_id=town.scopes["ada"].person).delete()
    OrganisationMember.objects.filter(person_id=town.scopes["ada"].person).delete()
    report_making.make(int(task_id), now=clock.present().now())
    row = ReportTask.objects.get(pk=task_id)
    assert (row.state, row.content, row.problem) == ("failed", None, "There is no such ad account.")
    assert tasks.forget(row.expires_at) == 3
    assert not ReportTask.objects.exists()


def test_every_metric_is_declared_once_and_documented() -> None:
    assert len(METRICS) > 1_000
    page = Path("docs/wire/report.md").read_text(encoding="utf-8")
    undocumented = [name for name, column in COUNTED.items() if f"| `{name}` | {column.kind.value} |" not in page]
    undocumented += [name for name in (*ATTRIBUTES, *AUDIENCES) if f"`{name}`" not in page and "_tier" not in name]
    assert undocumented == []
    assert f"{len(NOT_COUNTED)} further names" in page


def test_numbers_by_material_are_those_of_its_ads_together(business: Business, town: Town, told: Events) -> None:
    first = Ad.objects.get(pk=town.ids["ad_id"])
    second = Ad.objects.get(pk=first.pk)
    second.pk, second.name, second.deleted_at = first.pk + 1, "Same post", AT  # Deleted: its numbers stay.
    second.save(force_insert=True)
    of = told.claims(AT + timedelta(minutes=1), country="NL", ad_id=second.pk)
    told.happen(of, Kind.IMPRESSION, Kind.PLAY)
    told.settle()
    names = ["spend", "impressions", "clicks", "ctr", "average_video_play"]
    account: dict[str, Any] = {
        "advertiser_id": town.ids["account_id"], "material_type": "VIDEO", "metrics_fields": names,
    }  # fmt: skip

    def get(**more: Any) -> Any:
        return business.get("ada", "creative/report/get", **{**account, **DAYS, **more})

    info = ["video_id", "material_id", "num_ads", "related_ad_ids", "related_adgroup_ids"]
    said = get(info_fields=info)
    assert said.data["page_info"]["total_number"] == 1
    [row] = said.data["list"]
    whole = rows(business, asked(town, "advertiser_id", metrics=names))[0]["metrics"]
    assert row["metrics"] == whole
    assert row["metrics"]["impressions"] == "44"
    video = str(first.post.video_id)
    assert row["info"] == {
        "video_id": f"v{video}", "material_id": video, "num_ads": 2,
        "related_ad_ids": [str(first.pk), str(second.pk)], "related_adgroup_ids": [str(first.ad_group_id)],
    }  # fmt: skip
    one: dict[str, Any] = {"filtering": {"ad_id": [str(second.pk)]}}
    assert get(**one).data["list"][0]["metrics"]["impressions"] == "1"
    found = [
        len(get(filtering=filtering).data["list"])
        for filtering in (
            {"material_id": [video]}, {"material_id": ["1"]}, {"spend": {"min": 0.2}}, {"spend": {"min": 0.3}},
            {"ad_name": "same"}, {"campaign_id": ["1"]}, {"conversion": {"max": 1}},
        )
    ]  # fmt: skip
    assert found == [1, 0, 1, 0, 1, 0, 1]
    ever = rows(business, asked(town, "advertiser_id", metrics=names, query_lifetime=True))[0]["metrics"]
    assert ever != whole
    assert get(lifetime=True, sort_field="spend").data["list"][0]["metrics"] == ever
    assert get(material_type="IMAGE").data["list"] == []
    assert get().data["list"][0]["info"] == {
        "material_id": video,
        "video_id": f"v{video}",
        "image_id": None,
        "page_id": None,
    }
    for wrong in (
        {"metrics_fields": ["bread"]}, {"metrics_fields": ["campaign_name"]}, {"info_fields": ["bread"]},
        {"sort_field": "cpc"}, {"end_date": "2026-02-01"}, {"filtering": {"country_code": ["NL"]}},
        {"filtering": {"spend": {"min": 1e13}}}, {"material_type": "BREAD"},
    ):  # fmt: skip
        assert get(**wrong).code == 40002, wrong
    assert business.get("mallory", "creative/report/get", **account, lifetime=True).code == 40001
