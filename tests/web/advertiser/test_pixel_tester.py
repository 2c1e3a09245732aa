"""Ada's live tester: what her pixel sends as it arrives, from a real ad server; others see none of it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from pytest_django import Settings

from tests.area.advertising.town import EUR, everything
from tests.unit.delivery.making import Ads
from tests.web.ad_server_door import Happen, served
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.advertising import queries
from vonk.advertising.actions import pixels
from vonk.advertising.models import Ad
from vonk.core.clock import to_ms
from vonk.events.records import Claims
from vonk.identity.models import Membership


@pytest.fixture
def pixel_id(stage: Stage) -> int:
    stage.pay(100 * EUR)
    stage.town.approved_ad()
    return pixels.create(stage.town.ada, "Shop", now=stage.now - timedelta(days=1)).id


@pytest.fixture
def happen(stage: Stage, pixel_id: int, settings: Settings) -> Iterator[Happen]:
    with served(stage.now) as (address, happen):
        settings.VONK = msgspec.structs.replace(settings.VONK, ads_url=address)
        yield happen


def page_of(pixel_id: int) -> str:
    return f"/advertiser/conversions/pixels/{pixel_id}/"


def part_of(stage: Stage, pixel_id: int, last: str = "", *, after: timedelta = timedelta()) -> str:
    return f"{page_of(pixel_id)}tester/?since={to_ms(stage.now - after)}&last={last}"


def words(answer: Any) -> str:
    assert answer.status_code == 200
    return text_of(answer).replace("\N{NO-BREAK SPACE}", " ")


def test_what_the_pixel_sends_is_seen_with_what_became_of_it(stage: Stage, pixel_id: int, happen: Happen) -> None:
    ad = Ad.objects.get()
    code = queries.pixel(stage.town.ada, pixel_id).test_code
    claims = Claims(5, ad.pk, 1, 1, stage.town.ada.account, 1, 1, 1, "vik", "", 0, "EUR", to_ms(stage.now), "for_you")

    async def story(ads: Ads) -> None:
        ads.app.runtime.tester.look(pixel_id, stage.town.ada.account, now_ms=to_ms(stage.now))
        one = {"id": "bought-1", "pixel": str(pixel_id), "name": "purchase", "value": 12.5, "currency": "EUR"}
        sent = [
            {**one, "click": ads.signer.seal_click(claims), "page": "https://bread.example/thanks?e=vik"},
            {**one, "id": "order-18", "currency": "USD"},
            {**one, "id": "order-19", "name": "my_own", "test": code},
            one,
        ]
        assert (await ads.call("POST", "/v1/conversions", {"conversions": sent}))[0] == 200

    happen(story)
    ada = stage.browser("Ada")
    stopped = words(ada.get(page_of(pixel_id)))
    assert "Start the tester" in stopped
    assert "bought-1" not in stopped

    page = ada.get(f"{page_of(pixel_id)}?tester=on")
    seen = words(page)
    assert f"{code} Copy the code" in seen
    assert "Bought accepted" in seen
    assert "Value 12.50 EUR Id bought-1 From Page Page https://bread.example/thanks Click A loaf rises" in seen
    assert "The value is in another currency than the ad account" in seen
    assert "Convert the value to the account's currency before sending it. currency_foreign" in seen
    assert "my_own checked, not counted Test" in seen
    assert "Bought counted once already" in seen
    assert "The same id came from the same side at" in seen
    link = re.search(r'href="([^"]+vonk_test=[^"]+)"', page.content.decode())
    assert link is not None
    assert link[1] == f"{queries.newest_landing_url(stage.town.ada)}?vonk_test={code}"

    assert ada.get(part_of(stage, pixel_id, "4")).status_code == 204  # Nothing new: nothing is swapped.
    part = ada.get(part_of(stage, pixel_id, "3"))
    assert "Just now: Bought, counted once already." in words(part)
    assert ada.post(f"{page_of(pixel_id)}tester/stop/").status_code == 302
    again = words(ada.get(f"{page_of(pixel_id)}?tester=on"))
    assert "Listening. Nothing has come yet." in again


def test_after_an_hour_it_stops_by_itself(stage: Stage, pixel_id: int) -> None:
    ada = stage.browser("Ada")
    for path in (part_of(stage, pixel_id, after=timedelta(minutes=61)), f"{page_of(pixel_id)}tester/?since=x"):
        part = ada.get(path)
        assert "The tester ran for an hour and stopped by itself." in words(part)
        assert "hx-get" not in part.content.decode()


def test_a_silent_ad_server_is_said_and_asked_again(stage: Stage, pixel_id: int, settings: Settings) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, ads_url="http://127.0.0.1:1")
    ada = stage.browser("Ada")
    answer = ada.get(f"{page_of(pixel_id)}?tester=on")
    assert "The ad server does not answer. This page asks again by itself." in words(answer)
    assert "last=silent" in answer.content.decode()
    assert ada.get(part_of(stage, pixel_id, "silent")).status_code == 204
    assert ada.post(f"{page_of(pixel_id)}tester/stop/").status_code == 503


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ("bread.example/a?b=1&vonk_test=old#c", "https://bread.example/a?b=1&amp;vonk_test=%(code)s#c"),
        ("javascript:alert(1)", "Enter a valid URL."),
        ("", "This field is required."),
    ],
)
def test_the_link_is_for_the_page_that_is_named(
    stage: Stage, pixel_id: int, happen: Happen, site: str, said: str
) -> None:
    async def nothing(_ads: Ads) -> None:
        pass

    happen(nothing)
    pixels.set_enabled(stage.town.ada, pixel_id, False, now=stage.now)
    answer = stage.browser("Ada").get(page_of(pixel_id), {"tester": "on", "site": site})
    code = queries.pixel(stage.town.ada, pixel_id).test_code
    assert said % {"code": code} in answer.content.decode()
    assert ("Open my site" in text_of(answer)) is ("bread" in site)
    assert "This pixel is off: whatever it sends is refused." in text_of(answer)


@pytest.mark.parametrize("person", [name for name in CAST if name != "Ada"])
def test_others_see_nothing_of_it(stage: Stage, pixel_id: int, settings: Settings, person: str) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, ads_url="http://127.0.0.1:1")
    if person == "Vik":
        vik = stage.town.world.people["Vik"].person
        Membership.objects.create(account_id=stage.town.ada.account, person_id=vik, role="analyst")
    before = everything()
    browser = stage.browser(person)
    told = (
        browser.get(part_of(stage, pixel_id)).status_code,
        browser.post(f"{page_of(pixel_id)}tester/stop/").status_code,
    )
    assert told == {"Vik": (200, 503), "Mallory": (404, 404)}.get(person, (302, 302))
    assert everything() == before
