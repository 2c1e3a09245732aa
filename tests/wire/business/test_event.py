"""Events of advertisers' servers reach the ad server as conversions of the account's pixel, each once."""

import hashlib
from typing import Any

import msgspec
import pytest
from django.conf import settings

from tests.wire.business.conftest import Business
from tests.wire.conftest import Town
from vonk.advertising.models import Pixel as Pixels
from vonk.control import ad_server, clock
from vonk.core.clock import to_ms
from vonk.events.conversions.codes import code_for_tests
from vonk.events.conversions.contract import ConversionBatch, ConversionReport, ConversionVerdict
from vonk.events.conversions.judging import Conversions, Sender
from vonk.events.records import ConversionRecord

EMAIL = hashlib.sha256(b"vik@example.org").hexdigest()


class Pixel(msgspec.Struct, frozen=True):
    """A published pixel."""

    account_id: int
    currency: str = "EUR"
    secret_sha256: str = "0" * 64
    servers_only: bool = False


class Door:
    """The ad server's door without its network: reads the token, judges, keeps the records."""

    def __init__(self, pixels: dict[int, Pixel]) -> None:
        self.conversions = Conversions(settings.VONK_SIGNER, pixels)
        self.records: list[ConversionRecord] = []
        self.said: list[ConversionReport] = []
        self.silent = False

    def __call__(self, address: str, body: bytes, token: str) -> list[ConversionVerdict]:
        assert address == settings.VONK.ads_url
        if self.silent:
            raise ad_server.AdServerSilent
        now_ms = to_ms(clock.present().now())
        reporter = settings.VONK_SIGNER.read_reporter(token, now_ms=now_ms)
        batch = msgspec.json.decode(body, type=ConversionBatch)
        judged = self.conversions.judge(
            batch.conversions, sender=Sender(account_id=reporter.account_id), received_ms=now_ms
        )
        self.records += judged.records
        self.said += batch.conversions
        return judged.verdicts


@pytest.fixture
def door(town: Town, monkeypatch: pytest.MonkeyPatch) -> Door:
    made = Door({int(town.ids["pixel_id"]): Pixel(int(town.ids["account_id"]))})
    monkeypatch.setattr(ad_server, "_sent", made)
    return made


def test_events_are_conversions_of_the_accounts_pixel(business: Business, town: Town, door: Door) -> None:
    second = to_ms(clock.present().now()) // 1_000
    sent: dict[str, Any] = {
        "event_source": "web",
        "event_source_id": f"C{town.ids['pixel_id']}",
        "data": [
            {
                "event": "CompletePayment",
                "event_time": second - 60,
                "event_id": "order-17",
                "user": {"email": [EMAIL.upper()], "ttclid": "E.C.P.another-platforms-click", "ip": "127.0.0.1"},
                "properties": {"value": 12.5, "currency": "EUR", "contents": [{"content_id": "loaf"}]},
                "page": {"url": "https://example.org/"},
            },
            {"event": "PlaceAnOrder", "event_time": second},
        ],
    }
    assert business.post("ada", "event/track", **sent).data == {"failed_events": []}
    assert [(one.name, one.event_id[:8], one.value_micros, one.source, one.identifiers) for one in door.records] == [
        ("purchase", "order-17", 12_500_000, "server", (f"email:{EMAIL}",)),
        ("place_an_order", door.records[1].event_id[:8], 0, "server", ()),
    ]
    assert business.post("ada", "event/track", **sent).data == {"failed_events": []}
    assert len(door.records) == 2  # What has no id of its own counts once, too.

    for who in ("mallory", "cleo"):
        assert business.post(who, "event/track", **sent).code == 40007


def test_a_test_is_judged_and_counts_nowhere(business: Business, town: Town, door: Door) -> None:
    second = to_ms(clock.present().now()) // 1_000
    code = code_for_tests("0" * 64)
    Pixels.objects.filter(pk=town.ids["pixel_id"]).update(secret_sha256="0" * 64)
    good = {
        "event": "CompletePayment",
        "event_time": second,
        "event_id": "order-17",
        "page": {"url": "https://a.example"},
    }

    def track(*data: dict[str, Any], test: str = code) -> Any:
        return business.post(
            "ada",
            "event/track",
            event_source="web",
            event_source_id=town.ids["pixel_id"],
            data=list(data),
            test_event_code=test,
        )

    assert track(good, test=code.lower()).data == {"failed_events": []}
    late = {**good, "event_time": second - 30 * 86_400}
    assert [one["reason"] for one in track(good, late).data["failed_events"]] == ["too_old"]
    wrong = track(good, test="TEST1")
    assert (wrong.code, wrong.message.partition(":")[0]) == (40002, "test_event_code")
    one: dict[str, Any] = {"pixel_code": town.ids["pixel_id"], "event": "Search", "test_event_code": code}
    assert business.post("ada", "pixel/track", **one).code == 0
    assert business.post("cleo", "pixel/track", **one).code == 40007
    assert door.records == []
    assert [(said.test, said.page) for said in door.said] == [(code, "https://a.example")] * 3 + [(code, "")]


def test_the_older_forms_say_the_same(business: Business, town: Town, door: Door) -> None:
    pixel: dict[str, Any] = {"pixel_code": town.ids["pixel_id"]}
    at = clock.present().now().isoformat()
    one: dict[str, Any] = {
        "event": "Registration",
        "event_id": "a-1",
        "timestamp": at,
        "context": {"user": {"external_id": EMAIL}, "ad": {"callback": "not-ours"}},
    }
    assert business.post("ada", "pixel/track", **pixel, **one).code == 0
    assert business.post("ada", "pixel/batch", **pixel, batch=[one, {"event": "Search"}]).code == 0
    assert [(one.name, one.identifiers) for one in door.records] == [
        ("sign_up", (f"external:{EMAIL}",)),
        ("search", ()),
    ]


def test_what_is_wrong_is_told_by_its_place_and_the_rest_is_taken(business: Business, town: Town, door: Door) -> None:
    second = to_ms(clock.present().now()) // 1_000

    def track(*data: dict[str, Any], source_id: str | None = None) -> Any:
        return business.post(
            "ada",
            "event/track",
            event_source="offline",
            event_source_id=source_id or town.ids["pixel_id"],
            data=list(data),
        )

    good = {"event": "Lead", "event_time": second, "event_id": "good"}
    late = {"event": "Lead", "event_time": second - 30 * 86_400, "event_id": "late"}
    said = track(good, late)
    assert (said.code, [one["order_in_batch"] for one in said.data["failed_events"]]) == (20001, [1])
    assert said.data["failed_events"][0]["reason"] == "too_old"
    assert (track(late).code, track(late).message.partition(":")[0]) == (40002, "too_old")

    plain = track(good, {**good, "user": {"email": "vik@example.org"}})
    assert plain.code == 40062
    assert plain.message.startswith("data[1].user.email: ")
    assert "vik@" not in plain.message
    assert track(good, source_id="C1").code == 40007
    assert track(good, source_id="nothing").code == 40007
    assert track(*[good] * 1_001).code == 40002
    assert [one.event_id for one in door.records] == ["good"]

    door.silent = True
    assert track({**good, "event_id": "later"}).code == 50002
