"""The pages of webhooks on each site, as each of the cast: added, tried, paused, rotated, sent anew, deleted."""

import re
from datetime import timedelta

import pytest

from tests.web.creator.stage import CAST, Stage, text_of
from vonk.control.models import Notification, WebhookDelivery, WebhookEndpoint
from vonk.control.webhooks import sending
from vonk.control.webhooks.carrier import Answer
from vonk.identity.actions import webhook_letters
from vonk.identity.models import AdAccount, Letter

SITES = {
    "studio": ("Cleo", "/studio/webhooks/"),
    "ads manager": ("Ada", "/advertiser/webhooks/"),
    "Business Center": ("Ada", "/advertiser/business/{}/webhooks/"),
}
HOUR = timedelta(hours=1)
SECRET = re.compile(r"whsec_[A-Za-z0-9_-]{43}")


@pytest.mark.parametrize("site", SITES)
def test_an_endpoint_lives_its_life(stage: Stage, site: str) -> None:
    who, path = SITES[site]
    base = path.format(AdAccount.objects.get(pk=stage.town.ada.account).organisation_id)
    browser = stage.browser(who)
    assert "No endpoints" in text_of(browser.get(base))
    refused = browser.post(base, {"url": "gopher://example.org/", "topics": "consent.*"})
    assert (refused.status_code, "gopher://example.org/" in refused.content.decode()) == (422, True)
    made = browser.post(base, {"url": "https://example.org/vonk", "topics": "consent.*, request.*"})
    (endpoint,) = WebhookEndpoint.objects.all()
    first = SECRET.findall(made.content.decode())
    assert (made.status_code, len(set(first)), made.headers["Cache-Control"]) == (201, 1, "no-store")
    assert SECRET.search(browser.get(base).content.decode()) is None
    page, act = f"{base}{endpoint.pk}/", f"{base}{endpoint.pk}/act/"

    assert "A test event is on its way." in text_of(browser.post(act, {"act": "ping"}, follow=True))
    (one,) = sending.claim(stage.now + HOUR)
    sending.settle(one, Answer(500, "refused"), now=stage.now + HOUR)
    shown = text_of(browser.get(page))
    assert [
        word for word in ("ping", "Waiting", "The server answered 500.", "Not answering") if word not in shown
    ] == []
    assert "No events" in text_of(browser.get(f"{page}?state=delivered"))
    WebhookDelivery.objects.update(state="delivered", error="", status=204)
    browser.post(act, {"act": "replay", "delivery": WebhookDelivery.objects.get().pk})
    assert WebhookDelivery.objects.get().state == "waiting"
    WebhookDelivery.objects.update(state="delivered")
    span = {"act": "replay_span", "start": f"{stage.now:%Y-%m-%d}T00:00", "end": f"{stage.now:%Y-%m-%d}T23:59"}
    assert "1 event is sent anew." in text_of(browser.post(act, span, follow=True))
    assert browser.post(act, {**span, "start": "soon"}).status_code == 422

    rotated = SECRET.findall(browser.post(act, {"act": "rotate"}).content.decode())
    assert len(set(rotated) - set(first)) == 1
    assert "Paused" in text_of(browser.post(act, {"act": "pause"}, follow=True))
    assert browser.post(act, {"act": "ping"}).status_code == 409
    assert "It goes on" in text_of(browser.post(act, {"act": "resume"}, follow=True))
    browser.post(act, {"act": "change", "url": "https://example.org/new", "topics": ""})
    assert WebhookEndpoint.objects.values_list("url", "topics").get() == ("https://example.org/new", [])

    webhook_letters.paused(endpoint.pk, now=stage.now)
    letter, news = Letter.objects.order_by("-pk")[0], Notification.objects.order_by("-pk")[0]
    reader = stage.town.world.people[who].person
    assert (letter.person_id, base in letter.body, news.person_id, news.link) == (reader, True, reader, base)
    assert browser.get(news.link).status_code == 200

    others = {name: stage.browser(name) for name in CAST if name != who}
    before = list(WebhookEndpoint.objects.values())
    assert {other.get(page).status_code for other in others.values()} <= {302, 404}
    assert {other.post(act, {"act": "delete"}).status_code for other in others.values()} <= {302, 404}
    assert stage.browser(None).post(act, {"act": "delete"}).status_code == 401
    assert browser.post(act, {"act": "nonsense"}).status_code == 404
    assert list(WebhookEndpoint.objects.values()) == before

    assert browser.post(act, {"act": "delete"}).headers["Location"] == base
    assert browser.get(page).status_code == 404
