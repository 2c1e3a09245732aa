"""The door for conversions, in this process: who may say what, once, and only as digests."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.delivery.making import ACCOUNT, DAY_MS, KEY, NOW, NOW_MS, POST, Ads, one_ad, with_ads
from tests.unit.delivery.test_app import FailingLog
from vonk.core.clock import FixedClock
from vonk.delivery.server import conversions as door
from vonk.delivery.server.http import BodyMalformed
from vonk.delivery.server.options import Options
from vonk.delivery.snapshot import Document, PixelDocument
from vonk.events.conversions import judging
from vonk.events.conversions.contract import STANDARD_NAMES
from vonk.events.conversions.refusals import (
    BROWSER_PER_MINUTE_MAX,
    CONVERSION_REFUSALS,
    CUSTOM_NAMES_MAX,
    ConversionRefusal,
)
from vonk.events.log import Position
from vonk.events.records import Claims, ConversionRecord
from vonk.events.tokens import ReporterClaims, Signer, TokenForeign, TokenInvalid, TokenPurpose
from vonk.storage.memory.event_log import MemoryEventLog

PIXEL, OTHER = 7_000, 8_000
SECRET = "ada's servers know it"
VIK = hashlib.sha256(b"vik@example.org").hexdigest()
PIXELS: list[Document] = [
    PixelDocument(PIXEL, ACCOUNT, "EUR", hashlib.sha256(SECRET.encode()).hexdigest()),
    PixelDocument(OTHER, ACCOUNT + 1, "USD", hashlib.sha256(b"mallory's").hexdigest()),
]
BEARER: dict[str, str | None] = {"authorization": f"Bearer {SECRET}"}
CLICK = Claims(5, 1_000, 100, 10, ACCOUNT, 2_000, POST, 7, "vik", "impression", 100, "EUR", NOW_MS, "for_you")


def token(**changed: Any) -> str:
    return Signer([KEY]).seal_click(msgspec.structs.replace(CLICK, **changed))


def bought(**changed: Any) -> dict[str, Any]:
    sent = {"id": "order-17", "pixel": str(PIXEL), "name": "purchase", "value": 12.5, "currency": "EUR", **changed}
    return {name: value for name, value in sent.items() if value is not None}


async def send(ads: Ads, *sent: Any, headers: dict[str, str | None] | None = None) -> list[tuple[str, str | None]]:
    status, answer = await ads.call("POST", "/v1/conversions", {"conversions": sent}, headers)
    assert status == 200, answer
    return [(verdict["verdict"], verdict["reason"]) for verdict in answer["verdicts"]]


def records(log: MemoryEventLog) -> list[ConversionRecord]:
    return [stored.record for stored in log.read(Position(0), 10**6) if isinstance(stored.record, ConversionRecord)]


def told(
    *sent: Any, headers: dict[str, str | None] | None = None
) -> tuple[list[tuple[str, str | None]], list[ConversionRecord]]:
    """Send one batch to a server of its own; return the verdicts and what is in the log."""
    log = MemoryEventLog()

    async def story(ads: Ads) -> list[tuple[str, str | None]]:
        return await send(ads, *sent, headers=headers)

    return with_ads(story, *PIXELS, log=log), records(log)


def test_a_page_and_a_server_report_what_is_kept() -> None:
    sent = bought(click=token(), email=VIK.upper(), phone="", at=NOW_MS - 5)
    verdicts, [by_page] = told(sent)
    assert verdicts == [("accepted", None)]
    assert by_page == ConversionRecord(
        event_id="order-17",
        pixel_id=PIXEL,
        account_id=ACCOUNT,
        name="purchase",
        at_ms=NOW_MS,  # A page's clock is not asked.
        received_ms=NOW_MS,
        value_micros=12_500_000,
        currency="EUR",
        source="pixel",
        viewer_id="vik",
        click=CLICK,
        identifiers=(f"email:{VIK}",),
    )
    _, [by_server] = told(sent, headers=BEARER)
    assert by_server == msgspec.structs.replace(by_page, source="server", at_ms=NOW_MS - 5)


REFUSED: list[tuple[dict[str, Any], bool, ConversionRefusal]] = [
    ({"name": None}, False, ConversionRefusal.MALFORMED),
    ({"value": {}}, False, ConversionRefusal.MALFORMED),
    ({"id": ""}, False, ConversionRefusal.ID_INVALID),
    ({"id": "x" * 65}, False, ConversionRefusal.ID_INVALID),
    ({"pixel": "7001"}, False, ConversionRefusal.PIXEL_UNKNOWN),
    ({"pixel": "٧"}, False, ConversionRefusal.PIXEL_UNKNOWN),
    ({"pixel": "9" * 40}, False, ConversionRefusal.PIXEL_UNKNOWN),
    ({"pixel": str(OTHER), "currency": "USD"}, True, ConversionRefusal.SECRET_INVALID),
    ({"name": "Purchase!"}, False, ConversionRefusal.NAME_INVALID),
    ({"name": "x" * 51}, False, ConversionRefusal.NAME_INVALID),
    ({"at": "yesterday"}, True, ConversionRefusal.AT_INVALID),
    ({"at": "2026-11-22T11:00:00"}, True, ConversionRefusal.AT_INVALID),
    ({"at": NOW_MS - 7 * DAY_MS - 1}, True, ConversionRefusal.TOO_OLD),
    ({"value": -1}, False, ConversionRefusal.VALUE_INVALID),
    ({"value": "much"}, False, ConversionRefusal.VALUE_INVALID),
    ({"value": "NaN"}, False, ConversionRefusal.VALUE_INVALID),
    ({"value": 1_000_000_001}, False, ConversionRefusal.VALUE_INVALID),
    ({"currency": ""}, False, ConversionRefusal.CURRENCY_INVALID),
    ({"currency": "XXX"}, False, ConversionRefusal.CURRENCY_INVALID),
    ({"currency": "USD"}, False, ConversionRefusal.CURRENCY_FOREIGN),
    ({"email": "vik@example.org"}, False, ConversionRefusal.IDENTIFIER_NOT_HASHED),
    ({"phone": "+31201234567"}, True, ConversionRefusal.IDENTIFIER_NOT_HASHED),
    ({"external": VIK + "0"}, True, ConversionRefusal.IDENTIFIER_NOT_HASHED),
    ({"click": "nonsense"}, False, ConversionRefusal.TOKEN_INVALID),
    ({"click": token()[:-1]}, False, ConversionRefusal.TOKEN_INVALID),
    ({"click": token(decided_ms=NOW_MS - 35 * DAY_MS - 1)}, False, ConversionRefusal.TOKEN_EXPIRED),
    ({"click": token(account_id=ACCOUNT + 1)}, False, ConversionRefusal.TOKEN_FOREIGN),
    ({"click": token(ad_id=0, account_id=0)}, False, ConversionRefusal.TOKEN_FOREIGN),
]


@pytest.mark.parametrize(("changed", "server", "reason"), REFUSED)
def test_a_refusal_is_named_and_keeps_nothing(
    changed: dict[str, Any],
    server: bool,  # noqa: FBT001 - a column of the table above.
    reason: ConversionRefusal,
) -> None:
    headers = BEARER if server else None
    verdicts, kept = told(bought(**changed), bought(id="good"), headers=headers)
    assert verdicts == [("refused", reason.value), ("accepted", None)]
    assert [record.event_id for record in kept] == ["good"]


def test_every_refusal_is_explained() -> None:
    assert CONVERSION_REFUSALS.keys() == set(ConversionRefusal)


def test_what_was_an_address_is_in_no_answer_and_no_log(capsys: pytest.CaptureFixture[str]) -> None:
    log = MemoryEventLog()

    async def story(ads: Ads) -> Any:
        answer = await ads.call("POST", "/v1/conversions", {"conversions": [bought(email="vik@example.org")]})
        return answer, ads.app.runtime.measures.text()

    answer, measures = with_ads(story, *PIXELS, log=log)
    assert "vik" not in repr((answer, log.read(Position(0), 10), measures, capsys.readouterr()))


def test_an_identifier_in_the_wrong_field_is_not_said_back() -> None:
    async def story(ads: Ads) -> Any:
        return await ads.call("POST", "/v1/conversions", {"conversions": [bought(id="vik@example.org")]})

    assert with_ads(story, *PIXELS)[1] == {"verdicts": [{"id": None, "verdict": "refused", "reason": "id_invalid"}]}


def test_page_and_server_together_count_once_for_each_pixel() -> None:
    log = MemoryEventLog()

    async def story(ads: Ads) -> Any:
        first = await send(ads, bought(), bought(), bought(pixel=str(OTHER), currency="USD"))
        ads.clock.advance(days=7)
        return first, await send(ads, bought(at=NOW_MS), headers=BEARER)

    accepted, duplicate = ("accepted", None), ("duplicate", None)
    assert with_ads(story, *PIXELS, log=log) == ([accepted, duplicate, accepted], [duplicate])
    assert [record.pixel_id for record in records(log)] == [PIXEL, OTHER]


@pytest.mark.parametrize("kept", [False, True], ids=["from the log alone", "with a checkpoint"])
def test_a_restart_remembers(tmp_path: Path, *, kept: bool) -> None:
    log, clock = MemoryEventLog(), FixedClock(NOW)
    options = Options(checkpoint_dir=tmp_path) if kept else Options()

    async def before(ads: Ads) -> Any:
        own = [bought(id=f"n{n}", name=f"own_{n}") for n in range(CUSTOM_NAMES_MAX)]
        return await send(ads, bought(), *own, headers=BEARER)

    async def after(ads: Ads) -> Any:
        return await send(ads, bought(), bought(id="2"), bought(id="3", name="one_more"), bought(id="4", name="own_7"))

    assert set(with_ads(before, *PIXELS, log=log, clock=clock, options=options)) == {("accepted", None)}
    again = with_ads(after, *PIXELS, log=log, clock=clock, options=options)
    assert again == [("duplicate", None), ("accepted", None), ("refused", "names_too_many"), ("accepted", None)]
    clock.advance(days=9)

    async def much_later(ads: Ads) -> Any:
        return await send(ads, bought(), bought(id="3", name="one_more")), len(ads.app.runtime.conversions.known)

    later = with_ads(much_later, *PIXELS, log=log, clock=clock, options=options)
    assert later == ([("accepted", None), ("accepted", None)], 2)


def test_what_the_disk_did_not_take_may_be_sent_again() -> None:
    log = FailingLog()

    async def story(ads: Ads) -> Any:
        log.failing = True
        refused = await ads.call("POST", "/v1/conversions", {"conversions": [bought()]})
        log.failing = False
        return refused[0], refused[1]["code"], await send(ads, bought())

    assert with_ads(story, *PIXELS, log=log) == (503, "log_unavailable", [("accepted", None)])
    assert len(records(log)) == 1


def test_what_another_ad_server_has_counted_is_a_duplicate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "BROWSER_PER_MINUTE_MAX", 2)  # Judging again is not sending again,
    monkeypatch.setattr(judging, "VALUE_PER_DAY_UNITS_MAX", 50)  # nor is it worth more.
    log = MemoryEventLog()
    theirs = ConversionRecord("order-17", PIXEL, ACCOUNT, "purchase", NOW_MS, NOW_MS, 0, "", "server")

    async def story(ads: Ads) -> Any:
        log.append([theirs])
        return await send(ads, bought(), bought(id="2"))

    assert with_ads(story, *PIXELS, log=log) == [("duplicate", None), ("accepted", None)]
    assert [record.event_id for record in records(log)] == ["order-17", "2"]


def test_a_pixels_browsers_have_a_rate_its_servers_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "BROWSER_PER_MINUTE_MAX", 2)
    assert BROWSER_PER_MINUTE_MAX == 6_000

    async def story(ads: Ads) -> Any:
        found = [await send(ads, *(bought(id=str(n)) for n in range(3)), bought(pixel=str(OTHER), currency="USD"))]
        found.append(await send(ads, bought(id="5"), headers=BEARER))
        ads.clock.advance(minutes=1)
        return [*found, await send(ads, bought(id="2"))]

    accepted, refused = ("accepted", None), ("refused", "rate_exceeded")
    assert with_ads(story, *PIXELS) == [[accepted, accepted, refused, accepted], [accepted], [accepted]]


def test_a_pixels_values_are_bounded_by_the_day() -> None:
    async def story(ads: Ads) -> Any:
        much = [bought(id=str(n), value=10**9) for n in range(11)]
        most = await send(ads, *much, bought(id="free", value=0), headers=BEARER)
        ads.clock.advance(days=1)
        return most[9:], await send(ads, bought(id="10", value=10**9), headers=BEARER)

    accepted = ("accepted", None)
    assert with_ads(story, *PIXELS) == ([accepted, ("refused", "value_exceeded"), accepted], [accepted])


def test_whoever_knows_a_public_id_does_not_shut_its_server_out() -> None:
    async def story(ads: Ads) -> Any:
        names = [bought(id=f"n{n}", name=f"mallory_{n}", value=None) for n in range(CUSTOM_NAMES_MAX)]
        await send(ads, *names, *(bought(id=f"v{n}", value=10**9) for n in range(10)))
        much = [bought(id=str(n), value=10**9) for n in range(6)]
        server = await send(ads, bought(name="own", value=None), *much, headers=BEARER)
        return server, await send(ads, bought(id="page"), bought(id="also", name="own", value=None))

    accepted, exceeded = ("accepted", None), ("refused", "value_exceeded")
    assert with_ads(story, *PIXELS) == ([*[accepted] * 6, exceeded], [exceeded, accepted])


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "REMEMBERED_MAX", 2)

    async def story(ads: Ads) -> Any:
        async def more(event_id: str, headers: dict[str, str | None] | None = None) -> Any:
            sent = {"conversions": [bought(id=event_id)]}
            status, answer = await ads.call("POST", "/v1/conversions", sent, headers)
            return status, answer.get("code")

        return [await more("1"), await more("2"), await more("3", BEARER), await more("4", BEARER)]

    taken, full = (200, None), (429, "conversions_full")
    assert with_ads(story, *PIXELS) == [taken, full, taken, full]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "body_malformed"),
        (b"[]", 400, "body_malformed"),
        (b'{"events": []}', 400, "body_malformed"),
        (b"[" * 100_000, 400, "body_malformed"),
        (json.dumps({"conversions": [1] * 501}).encode(), 400, "too_many_conversions"),
    ],
)
def test_a_body_that_is_none_is_refused(body: bytes, status: int, code: str) -> None:
    async def story(ads: Ads) -> Any:
        return await ads.call("POST", "/v1/conversions", body)

    answered = with_ads(story, *PIXELS)
    assert (answered[0], answered[1]["code"]) == (status, code)


def test_other_credentials_than_a_secret_are_refused() -> None:
    async def story(ads: Ads) -> Any:
        return [
            (await ads.call("POST", "/v1/conversions", {"conversions": [bought()]}, {"authorization": given}))[0]
            for given in ("Basic YWRhOmFkYQ==", "Bearer", "Bearer ", "Bearer " + "x" * 129)
        ]

    assert with_ads(story, *PIXELS) == [401] * 4


def test_any_page_may_send_and_a_beacon_s_text_is_read() -> None:
    async def story(ads: Ads) -> Any:
        headers: dict[str, str | None] = {"origin": "https://bread.example", "content-type": "text/plain;charset=UTF-8"}
        sent = await send(ads, bought(), headers=headers)
        sent_headers = ads.headers
        status, _ = await ads.call("OPTIONS", "/v1/conversions", headers={"origin": "https://bread.example"})
        asked = ads.headers
        await ads.call("POST", "/v1/events", {"events": []}, {"origin": "https://bread.example"})
        return sent, sent_headers, status, asked, ads.headers

    sent, sent_headers, status, asked, others = with_ads(story, *PIXELS)
    assert (sent, status) == ([("accepted", None)], 204)
    for headers in (sent_headers, asked):
        assert headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in headers
    assert "POST" in asked["access-control-allow-methods"]
    assert "access-control-allow-origin" not in others  # The other doors are no wider for it.


def picture(query: str) -> tuple[Any, list[ConversionRecord]]:
    log = MemoryEventLog()

    async def story(ads: Ads) -> Any:
        answered = await ads.call("GET", f"/v1/pixel.gif?{query}")
        return *answered, ads.headers

    return with_ads(story, *PIXELS, log=log), records(log)


def test_a_picture_reports_for_pages_without_scripts() -> None:
    (status, body, headers), [record] = picture(f"pixel={PIXEL}&name=page_view&id=a&value=3&currency=EUR&secret=x")
    assert (status, body[:6], len(body)) == (200, b"GIF89a", 43)
    assert (headers["content-type"], headers["cache-control"]) == ("image/gif", "no-store")
    assert (record.name, record.event_id, record.value_micros, record.source) == ("page_view", "a", 3_000_000, "pixel")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (f"pixel={PIXEL}", "malformed"),
        ("pixel=1&name=page_view", "pixel_unknown"),
        (f"pixel={PIXEL}&name=sign_up&email=vik%40example.org", "identifier_not_hashed"),
    ],
)
def test_a_picture_that_is_refused_says_why(query: str, code: str) -> None:
    (status, problem, _), kept = picture(query)
    assert (status, problem["code"], problem["title"]) == (
        400,
        "conversion_refused",
        f"The conversion was refused: {code}.",
    )
    assert "vik" not in json.dumps(problem)
    assert kept == []


def test_a_switched_off_pixel_is_unknown_at_once() -> None:
    async def story(ads: Ads) -> Any:
        await ads.withdraw(PIXELS[0])
        off = await send(ads, bought())
        await ads.publish(PIXELS[0])
        return off, await send(ads, bought())

    assert with_ads(story, *PIXELS) == ([("refused", "pixel_unknown")], [("accepted", None)])


@given(st.one_of(st.binary(max_size=300), st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5)))
def test_nothing_makes_a_500(junk: Any) -> None:
    async def story(ads: Ads) -> Any:
        first = await ads.call("POST", "/v1/conversions", junk if isinstance(junk, bytes) else {"conversions": [junk]})
        second = await ads.call("POST", "/v1/conversions", {"conversions": [bought(value=junk, at=junk)]}, BEARER)
        return first[0], second[0]

    if isinstance(junk, bytes):
        read: Callable[[bytes], Any] = door.read_batch
        try:
            read(junk)
        except BodyMalformed:
            return
    assert with_ads(story, *one_ad(), *PIXELS) == (200, 200)


def test_standard_names_are_names() -> None:
    verdicts, _ = told(*(bought(id=name, name=name) for name in STANDARD_NAMES))
    assert set(verdicts) == {("accepted", None)}


def test_a_picture_with_too_many_fields_is_refused() -> None:
    (status, problem, _), kept = picture("&".join(f"field{number}=1" for number in range(21)))
    assert (status, problem["code"], kept) == (400, "body_malformed", [])


def test_a_clicks_id_tells_nothing_and_is_no_token() -> None:
    signer, click_id = Signer([KEY]), token()
    assert signer.open_click(click_id) == CLICK
    assert token() != click_id  # Two of them cannot even be told to be one showing's.
    raw = base64.urlsafe_b64decode(click_id + "=" * (-len(click_id) % 4))
    assert CLICK.viewer_id.encode() not in raw
    with pytest.raises(TokenInvalid):  # It reports no event,
        signer.read_showing(click_id)
    with pytest.raises(TokenPurpose):  # and a showing's token is no click.
        signer.open_click(signer.sign_showing(CLICK))
    for place in range(len(raw)):
        spoiled = bytearray(raw)
        spoiled[place] ^= 1
        with pytest.raises(TokenInvalid):
            signer.open_click(base64.urlsafe_b64encode(spoiled).decode().rstrip("="))
    newer = Signer([bytes(32), KEY])
    assert newer.open_click(click_id) == CLICK
    with pytest.raises(TokenForeign):
        Signer([bytes(32)]).open_click(click_id)


def test_site_reports_for_an_accounts_own_pixels_with_a_token_it_signs() -> None:
    def bearer(account_id: int, *, key: bytes = KEY, lives_ms: int = 1) -> dict[str, str | None]:
        signed = Signer([key]).sign_reporter(ReporterClaims(account_id, NOW_MS + lives_ms))
        return {"authorization": f"Bearer {signed}"}

    async def story(ads: Ads) -> None:
        yesterday = bought(at=NOW_MS - DAY_MS)
        assert await send(ads, yesterday, headers=bearer(ACCOUNT)) == [("accepted", None)]
        foreign = bought(pixel=str(OTHER), currency="USD")
        refused = [("refused", "secret_invalid")]
        assert await send(ads, foreign, headers=bearer(ACCOUNT)) == refused
        assert await send(ads, bought(id="b"), headers=bearer(ACCOUNT, key=b"m" * 32)) == refused
        assert await send(ads, bought(id="b"), headers=bearer(ACCOUNT + 1)) == refused
        status, _ = await ads.call("POST", "/v1/conversions", {"conversions": [bought()]}, bearer(ACCOUNT, lives_ms=0))
        assert status == 403

    with_ads(story, *PIXELS)


def test_no_page_reports_for_an_offline_event_set() -> None:
    tills = PixelDocument(PIXEL, ACCOUNT, "EUR", hashlib.sha256(SECRET.encode()).hexdigest(), servers_only=True)

    async def story(ads: Ads) -> list[tuple[str, str | None]]:
        return [*await send(ads, bought()), *await send(ads, bought(), headers=BEARER)]

    log = MemoryEventLog()
    assert with_ads(story, tills, log=log) == [("refused", "server_required"), ("accepted", None)]
    assert [record.source for record in records(log)] == ["server"]
