"""Creators within reach: asked by handle or QR code, their posts chosen and used in an ad, what is missing named."""

import re

import pytest
from django.urls import reverse

from tests.area.authorisation.business import PULL, asked, business, granted
from tests.area.authorisation.world import grant
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.authorisation.actions import accesses
from vonk.authorisation.models import AccountAccess, Consent
from vonk.authorisation.queries import access as reading
from vonk.authorisation.rules import TermsDraft
from vonk.content.models import Post
from vonk.content.rules import Visibility
from vonk.control.paging import Paging

CREATORS = "/advertiser/creators/"


def test_the_pages_as_each_of_the_cast(stage: Stage) -> None:
    access_id = granted(stage.town.world)
    post_id = stage.town.world.post(caption="Only within reach")
    one = f"{CREATORS}{access_id}/"
    organisation = business(stage.town.world.ada).organisation
    office = reverse("advertiser:business_creators", args=[organisation])
    owners = {"Ada": 200, "Mallory": 404}
    for address in (one, office):
        assert {name: stage.browser(name).get(address).status_code for name in owners} == owners
    assert {name: stage.browser(name).get(office).status_code for name in ("Vik", "Cleo", "Olu")} == dict.fromkeys(
        ("Vik", "Cleo", "Olu"), 404
    )
    told = {name: "@cleo" in text_of(stage.browser(name).get(CREATORS)) for name in ("Ada", "Mallory")}
    assert told == {"Ada": True, "Mallory": False}
    for name in CAST:
        if name != "Ada":
            stage.browser(name).post(f"{one}posts/{post_id}/use/")
            stage.browser(name).post(f"{office}ask/", {"handle": "vik", "scopes": "existing_posts"})
            stage.browser(name).post(f"{office}invite/", {"invite-scopes": "existing_posts"})
    assert (Consent.objects.count(), AccountAccess.objects.count()) == (0, 1)


def test_a_post_is_found_and_used_in_the_ad_that_waits(stage: Stage) -> None:
    world = stage.town.world
    access_id, rye = granted(world), world.post(caption="Rye, slowly")
    world.post(caption="Wheat, quickly")
    ada = stage.browser("Ada")
    form = f"/advertiser/ad-groups/{stage.town.ad_group()}/ads/new/"
    typed = {"ad-spark": "on", "ad-switchable": "1", "ad-name": "Kept name", "keep": "creators"}
    aside = ada.post(form, typed)
    assert (aside.status_code, aside.headers["Location"]) == (302, CREATORS)
    assert "Go back to it" in text_of(ada.get(CREATORS))
    page = f"{CREATORS}{access_id}/"
    all_, some, none = (text_of(ada.get(page, {"search": words})) for words in ("", "rye SLOWLY", "cake"))
    assert [("Rye" in text, "Wheat" in text) for text in (all_, some, none)] == [
        (True, True),
        (True, False),
        (False, False),
    ]
    assert "No post says that" in none
    used = ada.post(f"{page}posts/{rye}/use/")
    consent = Consent.objects.get(post_id=rye)
    assert (used.status_code, used.headers["Location"]) == (302, f"{form}?kept=1&consent={consent.pk}")
    back = ada.get(used.headers["Location"]).content.decode()
    assert re.search(rf'value="{consent.pk}" checked', back) is not None
    assert "Kept name" in back
    assert ada.post(f"{page}posts/{rye}/use/").status_code == 302  # Again: the same consent.
    assert Consent.objects.count() == 1
    assert "In your library" in text_of(ada.get(page))


def test_terms_are_read_and_agreed_to_before_a_post_is_used(stage: Stage) -> None:
    world = stage.town.world
    access_id, post_id = granted(world, terms=TermsDraft(note="Mind the crust")), world.post()
    ada, page = stage.browser("Ada"), f"{CREATORS}{access_id}/"
    first = text_of(ada.get(page))
    assert ("Mind the crust" in first, "Use in an ad" in first) == (True, False)
    refused = ada.post(f"{page}posts/{post_id}/use/")
    assert (refused.status_code, 'data-problem="terms_agreement_required"' in refused.content.decode()) == (409, True)
    terms = AccountAccess.objects.select_related("terms").get().terms
    assert terms is not None
    sha256 = terms.sha256
    assert ada.post(f"{page}agree/", {"sha256": "0" * 64}).status_code == 409
    assert ada.post(f"{page}agree/", {"sha256": sha256}).headers["Location"] == page
    assert "Use in an ad" in text_of(ada.get(page))
    assert ada.post(f"{page}posts/{post_id}/use/").status_code == 302


def test_the_self_test_names_every_missing_link(stage: Stage) -> None:
    ada = stage.browser("Ada")

    def missing() -> list[str]:
        return re.findall(r'data-problem="([a-z_]+)"', ada.get(CREATORS, {"handle": "@cleo"}).content.decode())

    assert missing() == ["account_access_missing", "creator_ad_settings_off"]
    access_id = asked(stage.town.world)
    assert missing() == ["account_access_not_answered", "creator_ad_settings_off"]
    accesses.refuse(stage.cleo, access_id, now=stage.now)
    assert missing() == ["account_access_refused", "creator_ad_settings_off"]
    unknown = ada.get(CREATORS, {"handle": "nobody"})
    assert (unknown.status_code, "There is no such profile" in text_of(unknown)) == (404, True)
    granted(stage.town.world, stage.town.world.mallory)
    assert "Nothing is missing" in text_of(stage.browser("Mallory").get(CREATORS, {"handle": "cleo"}))


def test_a_business_asks_by_handle_and_by_qr_code(stage: Stage) -> None:
    ada, scope = stage.browser("Ada"), business(stage.town.world.ada)
    office = reverse("advertiser:business_creators", args=[scope.organisation])
    assert "No creator has been asked yet" in text_of(ada.get(office))
    sent = {"scopes": ["existing_posts", "comments"], "message": "Bread?"}
    nobody = ada.post(f"{office}ask/", {**sent, "handle": "nobody"})
    assert (nobody.status_code, "Nobody has this handle" in text_of(nobody)) == (422, True)
    assert b"Bread?" in nobody.content  # What was written is kept.
    assert ada.post(f"{office}ask/", {**sent, "handle": "@Cleo"}).headers["Location"] == office
    again = ada.post(f"{office}ask/", {**sent, "handle": "cleo"})
    assert (again.status_code, "has access to this account already" in text_of(again)) == (422, True)
    made = ada.post(f"{office}invite/", {"invite-scopes": ["existing_posts"]})
    link = re.search(r"/studio/access/#([A-Za-z0-9_-]{43})", made.content.decode())
    assert link is not None
    assert (made.status_code, b"data:image/svg+xml" in made.content, made.headers["Cache-Control"]) == (
        200,
        True,
        "no-store",
    )
    listed = ada.get(office)
    assert ("A link nobody has opened" in text_of(listed), link[1] in listed.content.decode()) == (True, False)
    rows = reading.business_accesses(scope, Paging(), stage.now).items
    assert [(row.profile.handle if row.profile else None, row.state) for row in rows] == [
        (None, "requested"),
        ("cleo", "requested"),
    ]
    for row in rows:
        assert ada.post(f"{office}{row.id}/withdraw/").status_code == 302
    assert {row.state for row in reading.business_accesses(scope, Paging(), stage.now).items} == {"withdrawn"}


def test_ones_own_profile_is_linked_with_one_click(stage: Stage) -> None:
    world, ada = stage.town.world, stage.browser("Ada")
    hidden = world.post("Ada", caption="Hidden loaf", visibility=Visibility.PRIVATE.value)
    assert "Link @ada" in text_of(ada.get(CREATORS))
    linked = ada.post(f"{CREATORS}link/")
    access_id = AccountAccess.objects.get().pk
    page = f"{CREATORS}{access_id}/"
    assert (linked.status_code, linked.headers["Location"]) == (302, page)
    assert "Not everybody can see it" in text_of(ada.get(page))
    refused = ada.post(f"{page}posts/{hidden}/use/")
    assert (refused.status_code, 'data-problem="not_public_video"' in refused.content.decode()) == (409, True)
    assert Post.objects.get(pk=hidden).visibility == "private"
    assert ada.post(f"{page}posts/{hidden}/use/", {"reveal": "public"}).status_code == 302
    assert Post.objects.get(pk=hidden).visibility == "public"
    assert "Ads with 1 post stop within a second" in ada.get(CREATORS).content.decode()
    consent = Consent.objects.get()
    assert ada.post(f"{page}unlink/").headers["Location"] == CREATORS
    assert (grant(consent.pk), "Link @ada" in text_of(ada.get(CREATORS))) == (None, True)


@pytest.mark.parametrize("scopes", [PULL, ("comments",)])
def test_what_an_access_does_not_cover_is_not_shown(stage: Stage, scopes: tuple[str, ...]) -> None:
    access_id = granted(stage.town.world, scopes=scopes)
    stage.town.world.post(caption="Only with the scope")
    shown = stage.browser("Ada").get(f"{CREATORS}{access_id}/")
    assert ("Only with the scope" in text_of(shown)) == (scopes == PULL)
    assert ('data-problem="account_access_scope_missing"' in shown.content.decode()) == (scopes != PULL)
