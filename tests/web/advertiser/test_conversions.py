"""Conversions: the first pixel, its secret shown once, what it reported, what was attributed."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from tests.area.advertising.town import EUR, everything
from tests.web.advertiser.filling import launch
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.advertising import queries
from vonk.advertising.actions import pixels
from vonk.advertising.models import AdGroup, Pixel
from vonk.advertising.rules.attribution import AttributionSettings, Counting
from vonk.config import wiring
from vonk.core.clock import to_ms
from vonk.events.records import ConversionRecord, Kind
from vonk.identity.models import Membership
from vonk.reporting.attribution import consumer

PAGE = "/advertiser/conversions/"


def pixel_page(pixel_id: int) -> str:
    return f"{PAGE}pixels/{pixel_id}/"


def secret_in(browser: Client, path: str, sent: dict[str, str]) -> str:
    answered = browser.post(path, sent)
    assert (answered.status_code, answered.headers["Cache-Control"]) == (200, "no-store")
    found = re.search(r'data-copy="([\w-]{43})"', answered.content.decode())
    assert found is not None
    return found[1]


def test_the_first_step_is_said_and_leads_to_a_pixel(stage: Stage) -> None:
    ada = stage.browser("Ada")
    assert "First, make a pixel" in text_of(ada.get(PAGE))

    secret = secret_in(ada, PAGE, {"name": "Web shop"})

    pixel = Pixel.objects.get()
    again = ada.get(pixel_page(pixel.pk)).content.decode()
    assert secret not in again
    assert f"data-pixel=&quot;{pixel.pk}&quot;" in again
    assert "No conversions in these days" in text_of(ada.get(PAGE))


def test_what_was_reported_is_seen_live_and_what_was_attributed_counted(stage: Stage) -> None:
    ad_id = stage.town.approved_ad()
    account_id = stage.town.ada.account
    pixel_id = pixels.create(stage.town.ada, "Shop", now=stage.now - timedelta(days=1)).id
    stage.pay(100 * EUR)
    stage.happen(ad_id, Kind.CLICK_DESTINATION, Kind.IMPRESSION, price=EUR // 2)
    now_ms = to_ms(stage.now) + 60_000
    log = wiring.event_log(settings.VONK)
    log.append([
        ConversionRecord("order-17", pixel_id, account_id, "purchase", now_ms, now_ms, 12 * EUR, "EUR", "server", "vik"),
        ConversionRecord("order-18", pixel_id, account_id, "my_own", now_ms, now_ms + 1, 0, "", "pixel"),
    ])  # fmt: skip
    consumer.attribute(log, now=stage.now)
    log.close()
    ada = stage.browser("Ada")

    words = text_of(ada.get(PAGE)).replace("\N{NO-BREAK SPACE}", " ")
    assert "Conversions 1 Conversion value 12.00 EUR ROAS 24.00× Cost per conversion 0.50 EUR" in words
    assert (
        "A loaf rises 7 days after a click, 1 day after a 6-second view, 1 day after a view, every one 1 1 0 0" in words
    )

    events = text_of(ada.get(f"{pixel_page(pixel_id)}events/")).replace("\N{NO-BREAK SPACE}", " ")
    assert "my_own order-18 · Page · nobody we know" in events
    assert "Bought order-17 · Server · known by the click" in events
    assert "A loaf rises, after a click" in events


def test_a_new_secret_is_asked_about_and_shown_once(stage: Stage) -> None:
    issued = pixels.create(stage.town.ada, "Shop", now=stage.now)
    ada = stage.browser("Ada")
    path = f"{pixel_page(issued.id)}secret/"
    before = everything()
    assert "Give this pixel a new secret?" in text_of(ada.get(path))
    assert everything() == before
    assert secret_in(ada, path, {}) != issued.secret


def test_rename_and_switch(stage: Stage) -> None:
    pixel_id = pixels.create(stage.town.ada, "Shop", now=stage.now).id
    ada = stage.browser("Ada")
    assert ada.post(pixel_page(pixel_id), {"name": "Web shop"}).status_code == 302
    assert ada.post(f"{pixel_page(pixel_id)}switch/", {"on": "0"}).status_code == 302
    pixel = queries.pixel(stage.town.ada, pixel_id)
    assert (pixel.name, pixel.enabled) == ("Web shop", False)
    before = everything()
    assert ada.post(pixel_page(pixel_id), {"name": ""}).status_code == 422
    assert ada.post(PAGE, {"name": " "}).status_code == 422
    assert ada.post(f"{pixel_page(pixel_id)}switch/", {"on": "maybe"}).status_code == 422
    assert everything() == before


@pytest.mark.parametrize("person", [name for name in CAST if name != "Ada"])
def test_others_see_and_change_nothing_of_adas(stage: Stage, person: str) -> None:
    pixel_id = pixels.create(stage.town.ada, "Only Ada reads this", now=stage.now).id
    if person == "Vik":
        vik = stage.town.world.people["Vik"].person
        Membership.objects.create(account_id=stage.town.ada.account, person_id=vik, role="analyst")
    reads = [pixel_page(pixel_id), f"{pixel_page(pixel_id)}events/"]
    writes = {pixel_page(pixel_id): {"name": "Mine"}, f"{pixel_page(pixel_id)}secret/": {}}
    writes[f"{pixel_page(pixel_id)}switch/"] = {"on": "0"}
    before = everything()
    browser = stage.browser(person)
    expected = {"Vik": (200, 403), "Mallory": (404, 404)}.get(person, (302, 302))
    assert {path: browser.get(path).status_code for path in reads} == dict.fromkeys(reads, expected[0])
    assert {path: browser.post(path, sent).status_code for path, sent in writes.items()} == dict.fromkeys(
        writes, expected[1]
    )
    if person == "Vik":
        assert browser.post(PAGE, {"name": "Mine"}).status_code == 403
    assert everything() == before


def test_windows_are_chosen_once(stage: Stage) -> None:
    ada = stage.browser("Ada")
    consent_id = stage.town.shared_consent
    sent = launch(
        ad__consent_id=str(consent_id),
        ad_group__click_days="28",
        ad_group__engaged_view_days="0",
        ad_group__view_days="7",
        ad_group__counting="once",
    )
    answered = ada.post("/advertiser/campaigns/new/", sent)
    assert answered.status_code == 302, text_of(answered)[-2000:]
    ad_group = AdGroup.objects.get()
    assert queries.ad_group(stage.town.ada, ad_group.pk).attribution == AttributionSettings(28, 0, 7, Counting.ONCE)
    words = text_of(ada.get(f"/advertiser/ad-groups/{ad_group.pk}/"))
    assert "28 days after a click, 7 days after a view, one of each name for a person" in words
    edit = ada.get(f"/advertiser/ad-groups/{ad_group.pk}/edit/").content.decode()
    assert "click_days" not in edit
