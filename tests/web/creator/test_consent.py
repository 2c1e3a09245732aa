"""A consent's receipt and the page where it is extended with one tap, on both sides, as each of the cast."""

import json
import re

import pytest

from tests.area.authorisation.business import business, granted
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.authorisation.actions import links, requests, standings
from vonk.authorisation.models import Consent, ConsentRecord, PermissionRequest
from vonk.authorisation.rules import NO_END
from vonk.authorisation.rules.standings import Limits

OF = {"Cleo": "/studio/consents/{}/", "Ada": "/advertiser/spark-posts/{}/"}


@pytest.mark.parametrize("side", OF)
def test_either_side_downloads_a_receipt(stage: Stage, side: str) -> None:
    held = stage.town.world.redeemed()
    address = OF[side].format(held.id) + "receipt/"
    answers = {name: stage.browser(name).get(address) for name in CAST}
    assert {name for name, answer in answers.items() if answer.status_code == 200} == {side}
    assert answers["Mallory"].status_code == 404
    file = answers[side]
    assert file.headers["Content-Disposition"] == f'attachment; filename="vonk-receipt-consent-{held.id}.json"'
    assert json.loads(file.content)["signed"]["object"] == {"kind": "consent", "id": str(held.id)}
    page = (
        f"/studio/posts/{Consent.objects.get(pk=held.id).post_id}/ads/" if side == "Cleo" else OF[side].format(held.id)
    )
    assert address in stage.browser(side).get(page).content.decode()


def test_every_road_has_its_receipt_on_the_pages_of_its_sides(stage: Stage) -> None:
    world = stage.town.world
    asked = requests.ask(world.ada, world.ready_post(), message="Bread?", now=stage.now).request_id
    given = standings.give(
        world.cleo, Limits(starts_at=stage.now, ends_at=NO_END, duration_days_max=30), now=stage.now
    ).standing_id
    access_id, linked = granted(world), links.link(world.ada, now=stage.now).access_id
    creators = f"/advertiser/business/{business(world.ada).organisation}/creators/"
    pages = {  # Where the button is, and where it leads.
        ("Cleo", "request"): (f"/studio/requests/{asked}/", f"/studio/requests/{asked}/receipt/"),
        ("Cleo", "access"): (f"/studio/access/{access_id}/", f"/studio/access/{access_id}/receipt/"),
        ("Cleo", "standing"): ("/studio/standing/", f"/studio/standing/{given}/receipt/"),
        ("Ada", "request"): (f"/advertiser/requests/{asked}/", f"/advertiser/requests/{asked}/receipt/"),
        ("Ada", "link"): (f"/advertiser/creators/{linked}/", f"/advertiser/creators/{linked}/receipt/"),
        ("Ada", "access"): (f"{creators}{access_id}/", f"{creators}{access_id}/receipt/"),
    }
    for (side, noun), (page, address) in pages.items():
        assert f'href="{address}"' in stage.browser(side).get(page).content.decode(), page
        answers = {name: stage.browser(name).get(address) for name in CAST}
        assert {name for name, answer in answers.items() if answer.status_code == 200} == {side}, address
        assert answers["Mallory"].status_code == 404
        found = re.search(r"(\d+)/receipt/$", address)
        assert found is not None
        about = {"kind": {"link": "access"}.get(noun, noun), "id": found[1]}
        assert json.loads(answers[side].content)["signed"]["object"] == about


def test_a_plain_link_extends_nothing_and_a_button_does(stage: Stage) -> None:
    held = stage.town.world.redeemed()
    address = f"/studio/consents/{held.id}/extend/"
    before = (Consent.objects.get(pk=held.id).ends_at, ConsentRecord.objects.count())
    cleo = stage.browser("Cleo")
    page = text_of(cleo.get(address))
    assert [days for days in ("7 days", "30 days", "60 days", "365 days", "Ada's bread") if days not in page] == []
    strangers = {
        name: stage.browser(name).post(address, {"duration_days": 30}).status_code for name in CAST if name != "Cleo"
    }
    assert strangers == dict.fromkeys(strangers, 404)
    assert stage.browser(None).post(address, {"duration_days": 30}).status_code == 401
    assert [cleo.post(address, {"duration_days": days}).status_code for days in ("", "31", "x")] == [422] * 3
    assert (Consent.objects.get(pk=held.id).ends_at, ConsentRecord.objects.count()) == before
    done = cleo.post(address, {"duration_days": "60"}, follow=True)
    assert (Consent.objects.get(pk=held.id).ends_at - before[0]).days == 60
    assert "Lasts until" in text_of(done)
    assert (
        cleo.post(f"/studio/posts/{Consent.objects.get(pk=held.id).post_id}/ads/codes/{held.id}/revoke/").status_code
        == 302
    )
    assert "cannot be extended" in text_of(cleo.get(address))


def test_the_advertiser_asks_with_one_tap(stage: Stage) -> None:
    held = stage.town.world.redeemed()
    address = f"/advertiser/spark-posts/{held.id}/ask-extension/"
    ada = stage.browser("Ada")
    page = text_of(ada.get(address))
    assert [word for word in ("@cleo", "30 days", "365 days") if word not in page] == []
    assert stage.browser("Mallory").post(address, {"duration_days": 30}).status_code == 404
    assert ada.post(address, {"duration_days": 29}).status_code == 422
    assert PermissionRequest.objects.count() == 0
    assert "is asked" in text_of(ada.post(address, {"duration_days": 30}, follow=True))
    assert "was asked before" in text_of(ada.post(address, {"duration_days": 30}, follow=True))
    asked = PermissionRequest.objects.get()
    assert (asked.kind, asked.consent_id, asked.duration_days) == ("extend", held.id, 30)
