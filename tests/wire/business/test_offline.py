"""Offline event sets: made, renamed, listed and deleted; their events are conversions that servers alone report."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from tests.wire.business.conftest import Business
from tests.wire.business.test_event import EMAIL, Door, Pixel
from tests.wire.conftest import Town
from vonk.advertising.models import Pixel as PixelRow
from vonk.advertising.rules.pixels import OFFLINE_SETS_MAX
from vonk.control import ad_server, clock
from vonk.control.models import AuditEntry, Publication
from vonk.core.clock import to_ms
from vonk.reporting.models import Conversion

NAMES = ("name", "description", "auto_tracking")


def test_a_set_is_made_renamed_listed_and_deleted(business: Business, town: Town) -> None:
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
    made = business.post(
        "ada", "offline/create", **account, name=" Shops ", description="Tills", auto_tracking=True
    ).data
    one: dict[str, Any] = {**account, "event_set_id": made["event_set_id"]}

    changed = business.post("ada", "offline/update", **one, name="All shops").data
    assert [changed[name] for name in NAMES] == ["All shops", "Tills", True]
    listed = business.get("ada", "offline/get", **account).data["event_set_list"]
    assert listed[0] == changed
    assert [row["name"] for row in listed] == ["All shops", "Tills"]
    assert business.get("ada", "offline/get", **account, name="SHOP").data["event_set_list"] == [changed]
    ids = [town.ids["offline_set_id"]]
    assert [
        row["name"] for row in business.get("ada", "offline/get", **account, event_set_ids=ids).data["event_set_list"]
    ] == ["Tills"]
    assert business.get("ada", "offline/get", **account, event_set_ids=["1"]).code == 40007

    assert business.post("ada", "offline/delete", **one).data == {}
    assert business.post("ada", "offline/delete", **one).code == 40007
    assert business.post("ada", "offline/update", **one, name="Back").code == 40007
    assert len(business.get("ada", "offline/get", **account).data["event_set_list"]) == 1
    assert PixelRow.objects.filter(pk=made["event_set_id"], deleted_at__isnull=False).exists()  # Its numbers stay.
    body = Publication.objects.get(kind="pixel", object_id=int(made["event_set_id"])).document
    assert body is None  # Nothing more is taken.
    acts = AuditEntry.objects.filter(noun="offline_set", object_id=made["event_set_id"]).order_by("pk")
    assert [act.action for act in acts] == ["offline_set.created", "offline_set.changed", "offline_set.deleted"]


def test_a_set_is_no_pixel_and_a_pixel_no_set(business: Business, town: Town) -> None:
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
    pixel_id, set_id = town.ids["pixel_id"], town.ids["offline_set_id"]
    assert [one["pixel_id"] for one in business.get("ada", "pixel/list", **account).data["pixels"]] == [pixel_id]
    assert business.post("ada", "pixel/update", **account, pixel_id=set_id, pixel_name="Mine").code == 40007
    assert business.post("ada", "offline/update", **account, event_set_id=pixel_id, name="Mine").code == 40007
    assert business.post("ada", "offline/delete", **account, event_set_id=pixel_id).code == 40007


def test_what_is_wrong_is_refused_by_name(business: Business, town: Town) -> None:
    account: dict[str, Any] = {"advertiser_id": town.ids["account_id"]}
    for name in ("", " ", "x" * 41, "two\nlines"):
        said = business.post("ada", "offline/create", **account, name=name)
        assert (said.code, said.message.partition(":")[0]) == (40002, "name")
    assert business.post("ada", "offline/create", **account, name="Tills", description="x" * 501).code == 40002
    for number in range(OFFLINE_SETS_MAX - 1):
        assert business.post("ada", "offline/create", **account, name=f"Set {number}").code == 0
    said = business.post("ada", "offline/create", **account, name="One too many")
    assert (said.code, "20 offline event sets" in said.message) == (40132, True)


def test_its_events_are_conversions_and_counted(
    business: Business, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_id = town.ids["offline_set_id"]
    sold = Pixel(int(town.ids["account_id"]), servers_only=True)
    door = Door({int(set_id): sold, int(town.ids["pixel_id"]): Pixel(sold.account_id)})
    monkeypatch.setattr(ad_server, "_sent", door)
    now = clock.present().now()
    second = to_ms(now) // 1_000
    sale = {"event": "CompletePayment", "event_time": second - 60, "event_id": "till-1", "user": {"email": EMAIL}}
    track: dict[str, Any] = {"event_source": "offline", "event_source_id": set_id, "data": [sale]}
    phone = hashlib.sha256(b"+31612345678").hexdigest()
    user = {"emails": [EMAIL], "phone_numbers": [phone]}
    older: dict[str, Any] = {
        "event": "Purchase",
        "event_id": "till-2",
        "timestamp": now.isoformat(),
        "context": {"user": user},
    }

    assert business.post("ada", "event/track", **track).data == {"failed_events": []}
    assert business.post("ada", "offline/track", event_set_id=set_id, **older).data == {"failed_events": []}
    batch = [older, {**older, "event_id": "till-3", "timestamp": (now - timedelta(days=30)).isoformat()}]
    said = business.post("ada", "offline/batch", event_set_id=set_id, batch=batch)
    assert (said.code, [one["reason"] for one in said.data["failed_events"]]) == (20001, ["too_old"])
    assert [(one.pixel_id, one.name, one.event_id, one.source) for one in door.records] == [
        (int(set_id), "purchase", "till-1", "server"),
        (int(set_id), "purchase", "till-2", "server"),
    ]
    assert door.records[1].identifiers == (f"email:{EMAIL}", f"phone:{phone}")

    for who in ("mallory", "cleo", "vik"):
        assert business.post(who, "event/track", **track).code == 40007
        assert business.post(who, "offline/track", event_set_id=set_id, **older).code == 40007
    assert business.post("ada", "event/track", **{**track, "event_source": "web"}).code == 40007
    assert business.post("ada", "pixel/track", pixel_code=set_id, event="Purchase").code == 40007
    assert business.post("ada", "offline/track", event_set_id=town.ids["pixel_id"], **older).code == 40007
    assert len(door.records) == 2

    for record in door.records:  # As the log's reader keeps them.
        Conversion.objects.create(
            pixel_id=record.pixel_id,
            event_id=record.event_id,
            account_id=record.account_id,
            name=record.name,
            at_ms=record.at_ms,
            received_ms=record.received_ms,
            source=record.source,
        )
    day = f"{now:%Y-%m-%d}"
    counted = business.get(
        "ada",
        "pixel/event/stats",
        advertiser_id=town.ids["account_id"],
        pixel_ids=[set_id],
        date_range={"start_date": day, "end_date": f"{now + timedelta(days=1):%Y-%m-%d}"},
    )
    assert [one["total_count"] for row in counted.data["list"] for one in row["statistics"]] == [2]
    assert business.post("ada", "offline/delete", advertiser_id=town.ids["account_id"], event_set_id=set_id).code == 0
    assert business.post("ada", "event/track", **track).code == 40007
