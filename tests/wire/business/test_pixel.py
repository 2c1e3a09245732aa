"""Pixels: made, renamed and listed; what they reported is counted by name."""

from datetime import UTC, datetime
from typing import Any

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town
from vonk.core.clock import to_ms
from vonk.reporting.models import Conversion
from vonk.wire.business.pixel import PIXELS_MAX


def test_a_pixel_is_made_renamed_and_listed(business: Business, town: Town) -> None:
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
    made = business.post("ada", "pixel/create", **account, pixel_name="Bakery", pixel_category="ONLINE_STORE").data
    assert made["pixel_code"] == f"C{made['pixel_id']}"
    assert business.post("ada", "pixel/update", **account, pixel_id=made["pixel_id"], pixel_name="Oven").data == {}

    listed = business.get("ada", "pixel/list", **account).data
    assert [one["pixel_name"] for one in listed["pixels"]] == ["Oven", "Shop"]
    assert listed["page_info"] == {"page": 1, "page_size": 10, "total_number": 2, "total_page": 1}
    oven = listed["pixels"][0]
    assert f'data-pixel="{made["pixel_id"]}"' in oven["pixel_script"]
    assert oven["asset_ownership"]["owner_bc_id"] == town.ids["organisation_id"]
    assert "Purchase" in {one["event_code"] for one in oven["events"]}
    for asked in ({"code": made["pixel_code"]}, {"name": "OVE"}, {"pixel_id": made["pixel_id"]}):
        assert business.get("ada", "pixel/list", **account, **asked).data["pixels"] == [oven]
    second = business.get("ada", "pixel/list", **account, page=2, page_size=1, order_by="EARLIEST_CREATE").data
    assert second["pixels"] == [oven]
    none = business.get("ada", "pixel/list", **account, filtering={"available_for_catalog_only": True}).data
    assert (none["pixels"], none["page_info"]["total_page"]) == ([], 0)
    assert business.get("ada", "pixel/list", **account, page_size=21).code == 40002


def test_what_a_pixel_reported_is_counted_by_the_accounts_days(business: Business, town: Town) -> None:
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
    pixel_id = town.ids["pixel_id"]
    reported = (
        ("purchase", datetime(2026, 11, 1, 22, 59, tzinfo=UTC), "server", 7),  # The 1st in Amsterdam.
        ("purchase", datetime(2026, 11, 2, 0, 0, tzinfo=UTC), "pixel", 0),
        ("page_view", datetime(2026, 11, 1, 12, 0, tzinfo=UTC), "pixel", 0),
        ("page_view", datetime(2026, 10, 31, 22, 0, tzinfo=UTC), "pixel", 0),  # The 31st.
    )
    for number, (name, at, source, ad_id) in enumerate(reported):
        Conversion.objects.create(
            pixel_id=int(pixel_id),
            event_id=str(number),
            account_id=int(account["advertiser_id"]),
            name=name,
            at_ms=to_ms(at),
            received_ms=to_ms(at),
            source=source,
            ad_id=ad_id,
        )

    def counted(start: str, end: str) -> list[tuple[str, int, int, int, int]]:
        said = business.get(
            "ada",
            "pixel/event/stats",
            **account,
            pixel_ids=[pixel_id],
            date_range={"start_date": start, "end_date": end},
        )
        assert said.code == 0
        return [tuple(one.values()) for row in said.data["list"] for one in row["statistics"]]

    assert counted("2026-11-01", "2026-11-01") == [("Pageview", 1, 0, 1, 0), ("Purchase", 1, 1, 0, 1)]
    assert counted("2026-11-01", "2026-11-02") == [("Purchase", 2, 1, 1, 1), ("Pageview", 1, 0, 1, 0)]
    assert counted("2026-11-03", "2026-11-01") == []

    # One client leaves the quotes away and names a bare id, with the end before the start (reference API §14).
    query = {**account, "pixel_ids": pixel_id, "date_range": '{"start_date":2026-12-21,"end_date":2026-11-22}'}
    said = business.raw("ada", "GET", "/open_api/v1.3/pixel/event/stats/", query=query)
    assert (said.code, said.data) == (0, {"list": []})
    month = {"start_date": "2026-10-01", "end_date": "2026-10-31"}
    assert business.get("ada", "pixel/event/stats", **account, pixel_ids=[pixel_id], date_range=month).code == 40002
    foreign = business.get(
        "ada",
        "pixel/event/stats",
        **account,
        pixel_ids=["1"],
        date_range={"start_date": "2026-11-01", "end_date": "2026-11-01"},
    )
    assert foreign.code == 40007
    many = [str(number) for number in range(1, PIXELS_MAX + 2)]
    assert business.get("ada", "pixel/event/stats", **account, pixel_ids=many, date_range=month).code == 40002
