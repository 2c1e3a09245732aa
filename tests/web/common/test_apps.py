"""Developers' apps and the page that lets them in, as each of the cast finds them."""

from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from tests.area.authorisation.world import World
from vonk.control import clock
from vonk.control.scope import Via
from vonk.core.errors import SignInRequired
from vonk.identity import access
from vonk.identity.actions import app_tokens, apps, creator_tokens
from vonk.identity.models import AccessToken, App, AuthorisationCode, Person

BACK = "https://app.example.org/back"
QUERIED = "http://localhost:3000/back?from=vonk"


@pytest.fixture
def world(db: None, now: datetime) -> World:
    return World(now)


def browser(world: World, name: str) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(Person.objects.get(pk=world.people[name].person))
    return client


def account_of(world: World) -> int:
    return world.ada.account


def made(world: World, name: str = "Cleo") -> apps.CreatedApp:
    scope = access.person(access.Actor(world.people[name].person, Via.WEB))
    return apps.create_app(scope, name="Dashboard", redirect_uris=[BACK, QUERIED], now=world.now)


def door(app: apps.CreatedApp, **changed: str) -> str:
    return f"/portal/auth?{urlencode({'app_id': str(app.id), 'redirect_uri': BACK, 'state': 'a&b', **changed})}"


def test_a_developer_makes_changes_and_revokes_an_app(world: World) -> None:
    cleo, mallory = browser(world, "Cleo"), browser(world, "Mallory")
    assert "No apps yet" in cleo.get("/developers/apps/").content.decode()
    wrong = cleo.post("/developers/apps/", {"name": "Dashboard", "redirect_uris": "http://example.org/"})
    assert (wrong.status_code, App.objects.count()) == (422, 0)
    page = cleo.post("/developers/apps/", {"name": "Dashboard", "redirect_uris": f"{BACK}\r\n{QUERIED}"})
    app = App.objects.get()
    assert (page.status_code, app.redirect_uris) == (200, [BACK, QUERIED])
    text = page.content.decode()
    assert "The secret, shown this once" in text
    assert "No tokens yet" in text
    here = f"/developers/apps/{app.pk}/"
    assert "shown this once" not in cleo.get(here).content.decode()
    assert f"{app.pk} ·" in cleo.get("/developers/apps/").content.decode()
    for address in (here, f"{here}secret/", f"{here}revoke/"):
        assert mallory.get(address).status_code == 404
        assert mallory.post(address, {"name": "Mine", "redirect_uris": BACK}).status_code == 404
        assert Client().get(address).headers["Location"] == f"/login/?next={address}"
    assert cleo.get(f"{here}secret/").status_code == 200
    App.objects.get(pk=app.pk, name="Dashboard", secret_digest=app.secret_digest, revoked_at=None)
    turned = cleo.post(f"{here}secret/").content.decode()
    app.refresh_from_db()
    assert access.token_digest(turned.partition('data-copy="')[2].partition('"')[0]) == app.secret_digest
    assert cleo.post(here, {"name": "", "redirect_uris": BACK}).status_code == 422
    assert cleo.post(here, {"name": "Board", "redirect_uris": BACK}).status_code == 302
    assert cleo.get(f"{here}revoke/").status_code == 200
    assert cleo.post(f"{here}revoke/").headers["Location"] == "/developers/apps/"
    assert "Nothing of it works any more" in cleo.get(here).content.decode()
    assert cleo.post(f"{here}secret/").status_code == 409


def test_a_person_lets_an_app_in_and_out_again(world: World) -> None:
    app = made(world)
    ada = browser(world, "Ada")
    asked = ada.get(door(app))
    text = asked.content.decode()
    assert (asked.status_code, "Let “Dashboard” in?" in text, "Cleo made this app" in text) == (200, True, True)
    assert "form-action 'self' https://app.example.org;" in asked.headers["Content-Security-Policy"]
    nothing = ada.post(door(app), {"answer": "allow"})
    assert (nothing.status_code, AuthorisationCode.objects.count()) == (422, 0)
    answer = ada.post(door(app), {"answer": "allow", "accounts": [account_of(world)], "permissions": [2]})
    to = urlsplit(answer.headers["Location"])
    told = parse_qs(to.query)
    assert (answer.status_code, f"{to.scheme}://{to.netloc}{to.path}") == (302, BACK)
    assert told == {"auth_code": told["code"], "code": told["code"], "state": ["a&b"]}
    given = app_tokens.exchange(app.id, app.secret, told["auth_code"][0], now=world.now)
    assert (given.account_ids, given.permissions) == ((account_of(world),), (1, 2))
    page = browser(world, "Cleo").get(f"/developers/apps/{app.id}/").content.decode()
    token_id = AccessToken.objects.get(app_id=app.id).pk
    revoking = f"/developers/apps/{app.id}/tokens/{token_id}/revoke/"
    assert revoking in page
    assert browser(world, "Mallory").post(revoking).status_code == 404
    assert "No apps" in browser(world, "Vik").get("/preferences/apps/").content.decode()
    assert "Dashboard" in ada.get("/preferences/apps/").content.decode()
    assert browser(world, "Mallory").post(f"/preferences/apps/{app.id}/end/").status_code == 404
    assert AccessToken.objects.get(pk=token_id).revoked_at is None
    assert ada.post(f"/preferences/apps/{app.id}/end/").headers["Location"] == "/preferences/apps/"
    assert AccessToken.objects.get(pk=token_id).revoked_at is not None
    assert 'href="/preferences/apps/"' in ada.get("/preferences/").content.decode()


def test_a_no_goes_back_without_a_code(world: World) -> None:
    app = made(world)
    ada = browser(world, "Ada")
    answer = ada.post(door(app, redirect_uri=QUERIED), {"answer": "deny", "accounts": [account_of(world)]})
    assert answer.headers["Location"] == f"{QUERIED}&error=access_denied&state=a%26b"
    assert AuthorisationCode.objects.count() == 0


def test_nobody_is_sent_where_the_developer_did_not_say(world: World) -> None:
    app = made(world)
    ada = browser(world, "Ada")
    yes = {"answer": "allow", "accounts": [account_of(world)]}
    for changed in (
        {"redirect_uri": "https://mallory.example.org/back"},
        {"redirect_uri": f"{BACK}/../else"},
        {"redirect_uri": f"{BACK}@mallory.example.org"},
        {"redirect_uri": ""},  # There are two.
        {"app_id": "1"},
        {"app_id": "x"},
    ):
        for answer in (ada.get(door(app, **changed)), ada.post(door(app, **changed), yes)):
            assert (answer.status_code, "Location" in answer.headers) == (422, False), changed
    answer = Client().get(door(app))
    assert answer.headers["Location"].startswith("/login/?next=/portal/auth%3Fapp_id%3D")
    assert Client().post(door(app), yes).status_code == 401
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(Person.objects.get(pk=world.people["Ada"].person))
    assert strict.post(door(app), yes).status_code == 403
    assert AuthorisationCode.objects.count() == 0


def test_who_has_no_ad_account_is_told_and_can_go_back(world: World) -> None:
    app = made(world)
    vik = browser(world, "Vik")
    assert "No ad account" in vik.get(door(app)).content.decode()
    assert vik.post(door(app), {"answer": "allow", "accounts": [account_of(world)]}).status_code == 422
    assert "error=access_denied" in vik.post(door(app), {"answer": "deny"}).headers["Location"]
    assert AuthorisationCode.objects.count() == 0


def test_a_creator_lets_an_app_act_for_them_and_out_again(world: World) -> None:
    app = made(world, "Ada")
    asked = {"client_key": str(app.id), "redirect_uri": BACK, "state": "s", "scope": ""}
    here = f"/v2/auth/authorize/?{urlencode({**asked, 'scope': 'biz.spark.auth,video.list,video.publish'})}"
    cleo = browser(world, "Cleo")
    page = cleo.get(here)
    text = page.content.decode()
    assert (page.status_code, "Ada made this app" in text, "Allow ads with your posts" in text) == (200, True, True)
    assert "form-action 'self' https://app.example.org;" in page.headers["Content-Security-Policy"]
    shown, _, _ = text.partition(
        '<form method="post" action="/language/"'
    )  # This form comes back to the whole address.
    assert "video.publish" not in shown, "What the platform has not is not asked."
    assert cleo.get(f"/v2/auth/authorize/?{urlencode({**asked, 'scope': 'video.publish'})}").status_code == 422
    assert (
        cleo.get(f"/v2/auth/authorize/?{urlencode({**asked, 'redirect_uri': 'https://x.example'})}").status_code == 422
    )
    assert Client().get(here).headers["Location"].startswith("/login/?next=/v2/auth/authorize/")
    denied = parse_qs(urlsplit(cleo.post(here, {"answer": "deny"}).headers["Location"]).query)
    assert denied == {"error": ["access_denied"], "state": ["s"]}
    assert cleo.post(here, {"answer": "allow", "scopes": ["tcm.order.update"]}).status_code == 422, "It was not asked."
    gone = cleo.post(here, {"answer": "allow", "scopes": ["biz.spark.auth"]})
    told = parse_qs(urlsplit(gone.headers["Location"]).query)
    assert (told["scopes"], told["state"], told["code"]) == (
        ["user.info.basic,biz.spark.auth"],
        ["s"],
        told["auth_code"],
    )
    now = clock.present().now()
    token = creator_tokens.exchange(app.id, app.secret, told["code"][0], BACK, now=now).pair.token
    connected = cleo.get("/preferences/apps/").content.decode()
    assert ("As a creator" in connected, "Allow ads with your posts" in connected) == (True, True)
    assert "As a creator" in browser(world, "Ada").get(f"/developers/apps/{app.id}/").content.decode()
    assert cleo.post(f"/preferences/apps/{app.id}/end/").status_code == 302
    with pytest.raises(SignInRequired):
        access.by_business_token(token, now=now)
