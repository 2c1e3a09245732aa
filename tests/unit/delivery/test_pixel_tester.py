"""A pixel's live tester: what came is seen as it was judged, tests count nowhere, nobody's addresses are kept."""

import hashlib
from typing import Any

from tests.unit.delivery.making import ACCOUNT, NOW_MS, Ads, with_ads
from tests.unit.delivery.test_conversions import (
    BEARER,
    CLICK,
    OTHER,
    PIXEL,
    PIXELS,
    SECRET,
    VIK,
    bought,
    records,
    send,
    token,
)
from vonk.events.conversions import tester
from vonk.events.conversions.codes import code_for_tests
from vonk.events.tokens import ReaderClaims
from vonk.storage.memory.event_log import MemoryEventLog

CODE = code_for_tests(hashlib.sha256(SECRET.encode()).hexdigest())
SEEN = f"/v1/pixels/{PIXEL}/seen"


async def ask(ads: Ads, *, account_id: int = ACCOUNT, path: str = SEEN, method: str = "GET") -> tuple[int, Any]:
    reader = ads.signer.sign_reader(ReaderClaims(account_id, ads.clock.now_ms() + 60_000))
    return await ads.call(method, path, headers={"authorization": f"Bearer {reader}"})


async def seen(ads: Ads, *fields: str) -> list[tuple[Any, ...]]:
    status, answer = await ask(ads)
    assert status == 200, answer
    return [tuple(one[field] for field in fields) for one in answer["seen"]]


def test_what_a_page_and_a_server_say_is_seen_newest_first() -> None:
    async def story(ads: Ads) -> Any:
        assert await seen(ads) == []
        page = "https://bread.example/thanks?email=vik@example.org#top"
        await send(ads, bought(click=token(), email=VIK, page=page))
        ads.clock.advance(seconds=2)
        await send(ads, bought(), headers=BEARER)
        await send(ads, bought(id="order-18", currency="USD"), {"pixel": str(PIXEL), "id": "no-name"})
        return (await ask(ads))[1]["seen"]

    unread, foreign, repeated, first = with_ads(story, *PIXELS)
    assert first == {
        "number": 1,
        "received_ms": NOW_MS,
        "event_id": "order-17",
        "source": "pixel",
        "verdict": "accepted",
        "reason": None,
        "name": "purchase",
        "value": "12.5",
        "currency": "EUR",
        "page": "https://bread.example/thanks",
        "test": False,
        "click": True,
        "ad_id": CLICK.ad_id,
        "identifiers": ["email"],
        "first_source": "",
        "first_ms": 0,
    }
    assert {**repeated, "number": 0} == {
        **first,
        "number": 0,
        "received_ms": NOW_MS + 2_000,
        "source": "server",
        "verdict": "duplicate",
        "page": "",
        "click": False,
        "ad_id": 0,
        "identifiers": [],
        "first_source": "pixel",
        "first_ms": NOW_MS,
    }
    assert (foreign["event_id"], foreign["verdict"], foreign["reason"]) == ("order-18", "refused", "currency_foreign")
    assert (unread["event_id"], unread["name"], unread["reason"]) == ("no-name", "", "malformed")


def test_a_test_is_judged_seen_and_counts_nowhere() -> None:
    log = MemoryEventLog()

    async def story(ads: Ads) -> Any:
        told = await send(
            ads,
            bought(test=CODE),
            bought(test=CODE.lower()),
            bought(test=CODE, currency="USD"),
            bought(test="TEST1"),
            bought(id="own", name="my_own", test=CODE),
        )
        return told, await seen(ads, "verdict", "reason", "test"), await send(ads, bought())

    told, shown, real = with_ads(story, *PIXELS, log=log)
    tested = ("tested", None)
    assert told == [tested, tested, ("refused", "currency_foreign"), ("refused", "test_code_unknown"), tested]
    assert shown == [  # Before anybody looked, what bore the code is kept; what came after it too.
        ("tested", None, True),
        ("refused", "test_code_unknown", True),
        ("refused", "currency_foreign", True),
        ("duplicate", None, True),
        ("tested", None, True),
    ]
    assert real == [("accepted", None)]
    assert [record.event_id for record in records(log)] == ["order-17"]


def test_a_test_after_the_real_one_is_shown_as_its_repetition() -> None:
    async def story(ads: Ads) -> Any:
        await seen(ads)
        await send(ads, bought(), headers=BEARER)
        await send(ads, bought(test=CODE))
        await send(ads, bought(id="other", test=CODE))
        await send(ads, bought(id="other"))
        return await seen(ads, "verdict", "test", "first_source")

    assert with_ads(story, *PIXELS) == [
        ("accepted", False, ""),  # A test before it is none that counts.
        ("tested", True, ""),
        ("duplicate", True, "server"),
        ("accepted", False, ""),
    ]


def test_only_whose_pixel_it_is_sees_and_stops_it() -> None:
    async def story(ads: Ads) -> Any:
        await seen(ads)
        await send(ads, bought(), bought(pixel=str(OTHER), currency="USD"))
        foreign = [(await ask(ads, account_id=ACCOUNT + 1, method=method))[0] for method in ("GET", "DELETE")]
        nobody = (await ads.call("GET", SEEN))[0]
        no_pixel = (await ask(ads, path="/v1/pixels/none/seen"))[0]
        still = await seen(ads, "event_id")
        stopped = await ask(ads, method="DELETE")
        await send(ads, bought(id="unseen"))
        return foreign, nobody, no_pixel, still, stopped, await seen(ads, "event_id")

    foreign, nobody, no_pixel, still, stopped, after = with_ads(story, *PIXELS)
    assert (foreign, nobody, no_pixel) == ([404, 404], 401, 404)
    assert still == [("order-17",)]
    assert stopped == (200, {"seen": []})
    assert after == []


def test_a_pixel_that_is_off_is_watched_too() -> None:
    async def story(ads: Ads) -> Any:
        path = "/v1/pixels/7001/seen"
        await ask(ads, path=path)
        await send(ads, bought(pixel="7001"))
        own = (await ask(ads, path=path))[1]["seen"]
        return own[0]["reason"], (await ask(ads, path=path, account_id=ACCOUNT + 1))[0]

    assert with_ads(story, *PIXELS) == ("pixel_unknown", 404)


def test_nothing_that_names_a_person_is_kept() -> None:
    async def story(ads: Ads) -> Any:
        await seen(ads)
        page = "https://vik@example.org:secret@bread.example/vik@example.org/x?e=vik@example.org"
        everywhere = "vik@example.org"
        await send(ads, bought(id=everywhere), bought(id="a", email=everywhere, name=everywhere, page=page))
        await send(ads, bought(id="b", value=everywhere, currency=everywhere, page="javascript:vik"), headers=BEARER)
        return (await ask(ads))[1]["seen"]

    shown = with_ads(story, *PIXELS)
    assert [one["event_id"] for one in shown] == ["b", "a", ""]
    assert shown[1]["page"] == "https://bread.example"
    assert "vik" not in repr(shown)


def test_what_is_kept_is_bounded() -> None:
    async def story(ads: Ads) -> Any:
        await seen(ads)
        await send(ads, *(bought(id=f"a-{number}") for number in range(tester.SHOWN_MAX + 20)))
        newest = await seen(ads, "event_id")
        ads.clock.advance(minutes=61)
        later = await seen(ads)
        ads.clock.advance(minutes=61)
        await send(ads, bought(id="nobody-looked"))
        return newest, later, await seen(ads)

    newest, later, after = with_ads(story, *PIXELS)
    assert newest == [(f"a-{number}",) for number in range(tester.SHOWN_MAX + 19, 19, -1)]
    assert (later, after) == ([], [])

    async def many(ads: Ads) -> int:
        for pixel_id in range(1, tester.WATCHED_MAX + 10):
            ads.app.runtime.tester.look(pixel_id, ACCOUNT, now_ms=NOW_MS)
        kept = len(ads.app.runtime.tester)
        ads.app.runtime.tester.drop_expired(NOW_MS + tester.KEPT_MS + 1)
        assert len(ads.app.runtime.tester) == 0
        return kept

    assert with_ads(many, *PIXELS) == tester.WATCHED_MAX


def test_the_address_of_a_picture_says_its_page_by_the_referer() -> None:
    async def story(ads: Ads) -> Any:
        await seen(ads)
        path = f"/v1/pixel.gif?pixel={PIXEL}&name=page_view&test={CODE}"
        status = (await ads.call("GET", path, headers={"referer": "https://bread.example/"}))[0]
        refused = (await ads.call("GET", f"/v1/pixel.gif?pixel={PIXEL}"))[0]
        return status, refused, await seen(ads, "verdict", "page")

    status, refused, shown = with_ads(story, *PIXELS)
    assert (status, refused) == (200, 400)
    assert shown == [("refused", ""), ("tested", "https://bread.example/")]


def test_the_code_follows_from_the_secret() -> None:
    assert code_for_tests(hashlib.sha256(SECRET.encode()).hexdigest()) == CODE
    assert CODE[:4] == "TEST"
    assert (len(CODE), CODE[4:].isdigit()) == (9, True)
    assert code_for_tests("0" * 64) != CODE
