"""Requests on both sides' pages: asked for from a post, answered in the studio, accepted in the ads manager."""

import re

from django.urls import reverse

from tests.area.authorisation.test_requests import all_of_it
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.authorisation.models import Consent, PermissionRequest, StandingConsent
from vonk.content.models import Post
from vonk.content.rules import Disclosure

NO_TERMS = {"terms-payment": "none", "terms-notice_days": "0", "terms-spend_shown": "on", "terms-currency": "EUR"}
SECRET = "Only the two of them read this"


def asked(stage: Stage, post_id: int, **said: str) -> int:
    """Have Ada ask in the ads manager; return the request."""
    answer = stage.browser("Ada").post(
        f"/advertiser/requests/new/?post={post_id}", {"message": SECRET, "duration_days": "30", **NO_TERMS, **said}
    )
    assert answer.status_code == 302, text_of(answer)
    found = re.fullmatch(r"/advertiser/requests/(\d+)/", answer.headers["Location"])
    assert found is not None, answer.headers["Location"]
    return int(found[1])


def test_a_request_goes_from_a_post_to_the_library(stage: Stage) -> None:
    post_id = stage.town.world.post(caption="A loaf for everybody")
    ada, cleo = stage.browser("Ada"), stage.browser("Cleo")
    way = f"/advertiser/requests/new/?post={post_id}"
    shown = {name: way in stage.browser(name).get(f"/posts/{post_id}/").content.decode() for name in (*CAST, None)}
    assert shown == {**dict.fromkeys((*CAST, None), False), "Ada": True, "Mallory": True}
    assert "?post=%40cleo" in ada.get("/@cleo/").content.decode()
    assert "?post=" not in cleo.get("/@cleo/").content.decode()
    assert f"?post={post_id}" in ada.get("/advertiser/requests/new/?post=%40cleo").content.decode()
    assert "A loaf for everybody" in text_of(
        ada.get(f"/advertiser/requests/new/?post=https://x.example/posts/{post_id}/")
    )

    request_id = asked(stage, post_id)
    inbox = cleo.get("/studio/requests/")
    assert "Ada's bread To advertise the post · 30 days" in text_of(inbox)
    assert re.search(r"v-nav-count\">1<", inbox.content.decode())
    page = text_of(cleo.get(f"/studio/requests/{request_id}/"))
    for words in (SECRET, "On behalf of Ada", "Paid by Ada", "It switches on your ad settings, and ad authorisation"):
        assert words in page
    assert "Accept and switch on" in page
    done = cleo.post(
        f"/studio/requests/{request_id}/accept/", {"duration_days": "7", "reach": "organic_too", "sha256": ""}
    )
    assert (done.status_code, done.headers["Location"]) == (302, f"/studio/requests/{request_id}/")
    consent = Consent.objects.get(post_id=post_id)
    assert (consent.road, consent.duration_days, consent.account_id) == ("request", 7, stage.town.ada.account)
    assert "Ads may show the post until" in text_of(cleo.get(f"/studio/requests/{request_id}/"))
    assert "Open it in your library" in text_of(ada.get(f"/advertiser/requests/{request_id}/"))
    assert "may show this post in ads already" in text_of(ada.get(way))
    assert not re.search(r"v-nav-count\">1<", cleo.get("/studio/requests/").content.decode())
    late = cleo.post(f"/studio/requests/{request_id}/accept/", {"duration_days": "7", "reach": "organic_too"})
    assert (late.status_code, "This request is closed." in text_of(late)) == (409, True)


def test_a_counter_offer_with_a_price_goes_back_and_forth(stage: Stage) -> None:
    post_id = stage.town.world.post(disclosure=Disclosure.BRANDED.value)
    ada, cleo = stage.browser("Ada"), stage.browser("Cleo")
    request_id = asked(stage, post_id, **{"terms-payment": "flat_fee", "terms-fee": "90.50"})
    page = cleo.get(f"/studio/requests/{request_id}/").content.decode()
    assert "a flat fee of 90.50 EUR" in page
    counter = {"duration_days": "60", "reach": "organic_too", **NO_TERMS, "terms-payment": "flat_fee"}
    wrong = cleo.post(f"/studio/requests/{request_id}/counter/", {**counter, "terms-fee": "0"})
    assert wrong.status_code == 422
    sent = cleo.post(f"/studio/requests/{request_id}/counter/", {**counter, "terms-fee": "150"})
    assert sent.status_code == 302, text_of(sent)
    back = ada.get(f"/advertiser/requests/{request_id}/")
    assert "a flat fee of 150.00 EUR" in text_of(back)
    assert "Waits for you" in text_of(ada.get("/advertiser/requests/"))
    assert "Waits for the advertiser" in text_of(cleo.get("/studio/requests/"))
    stale = ada.post(f"/advertiser/requests/{request_id}/accept/", {"sha256": "0" * 64})
    assert (stale.status_code, "not the terms that you read" in text_of(stale)) == (409, True)
    sha256 = re.search(r'name="sha256" value="([0-9a-f]{64})"', back.content.decode())
    assert sha256 is not None
    assert ada.post(f"/advertiser/requests/{request_id}/accept/", {"sha256": sha256[1]}).status_code == 302
    consent = Consent.objects.select_related("terms").get(post_id=post_id)
    assert consent.terms is not None
    assert (consent.duration_days, consent.terms.fee_micros) == (60, 150_000_000)


def test_refused_withdrawn_and_asked_again(stage: Stage) -> None:
    post_id = stage.town.world.post()
    ada, cleo = stage.browser("Ada"), stage.browser("Cleo")
    first = asked(stage, post_id)
    assert asked(stage, post_id) == first
    assert "You can ask 28 more times." in text_of(ada.get(f"/advertiser/requests/{first}/"))
    assert cleo.post(f"/studio/requests/{first}/refuse/", {"reason": "x" * 501}).status_code == 422
    assert cleo.post(f"/studio/requests/{first}/refuse/", {"reason": "No sugar"}).status_code == 302
    assert "“No sugar”" in text_of(ada.get(f"/advertiser/requests/{first}/"))
    second = asked(stage, post_id)
    assert ada.post(f"/advertiser/requests/{second}/withdraw/").status_code == 302
    assert "The advertiser withdrew it." in text_of(cleo.get(f"/studio/requests/{second}/"))
    assert "Nobody waits for an answer" in text_of(cleo.get("/studio/requests/"))
    assert "No requests" in text_of(ada.get("/advertiser/requests/"))
    assert text_of(cleo.get("/studio/requests/?all=1")).count("Ada's bread") == 2
    for wanted in ("4711", "@nobody.here", "99999999999999999999", "what?"):
        assert ada.get("/advertiser/requests/new/", {"post": wanted}).status_code == 404
    before = all_of_it()
    for wrong in ({"message": "x" * 501, "duration_days": "30"}, {"duration_days": "31"}):
        answer = ada.post(f"/advertiser/requests/new/?post={post_id}", {**NO_TERMS, **wrong})
        assert answer.status_code == 422
    assert all_of_it() == before


def test_a_private_post_needs_a_word_about_it(stage: Stage) -> None:
    post_id = stage.town.world.post()
    request_id = asked(stage, post_id)
    Post.objects.filter(pk=post_id).update(visibility="private")
    cleo, yes = stage.browser("Cleo"), {"duration_days": "30", "reach": "organic_too"}
    assert "Make this post public" in text_of(cleo.get(f"/studio/requests/{request_id}/"))
    refused = cleo.post(f"/studio/requests/{request_id}/accept/", yes)
    assert (refused.status_code, "The post is not public." in text_of(refused)) == (422, True)
    assert Consent.objects.filter(post_id=post_id).count() == 0
    assert cleo.post(f"/studio/requests/{request_id}/accept/", {**yes, "make_public": "on"}).status_code == 302
    assert Post.objects.get(pk=post_id).visibility == "public"


def test_each_page_is_there_for_its_two_sides_alone(stage: Stage) -> None:
    request_id = asked(stage, stage.town.world.post())
    before = all_of_it()
    expected = {
        f"/studio/requests/{request_id}/": {**dict.fromkeys(CAST, 404), "Cleo": 200},
        f"/advertiser/requests/{request_id}/": {**dict.fromkeys(CAST, 302), "Ada": 200, "Mallory": 404},
    }
    for address, answers in expected.items():
        told = {name: stage.browser(name).get(address) for name in CAST}
        assert {name: answer.status_code for name, answer in told.items()} == answers
        assert sum(SECRET in answer.content.decode() for answer in told.values()) == 1
        assert stage.browser(None).get(address).headers["Location"] == f"/login/?next={address}"
    for act in ("accept", "counter", "refuse"):
        address = f"/studio/requests/{request_id}/{act}/"
        assert {stage.browser(name).post(address, {}).status_code for name in CAST if name != "Cleo"} == {404}
    for act in ("accept", "withdraw"):
        assert stage.browser("Mallory").post(f"/advertiser/requests/{request_id}/{act}/").status_code == 404
    assert all_of_it() == before
    for name in ("creator:requests", "creator:standing", "creator:standing_new"):
        assert {stage.browser(person).get(reverse(name)).status_code for person in CAST} == {200}


def test_a_standing_consent_is_given_and_withdrawn(stage: Stage) -> None:
    cleo = stage.browser("Cleo")
    nobody = text_of(cleo.get("/studio/standing/new/", {"name": "Ada's"}))
    assert "No ad account has exactly this name." in nobody
    assert "Ada's bread" not in nobody
    assert "Ada's bread · Ada" in text_of(cleo.get("/studio/standing/new/", {"name": "ada's BREAD"}))
    account = str(stage.town.ada.account)
    form = {"account": account, "duration_days_max": "30", "payment": "none", "currency": "EUR", "notice_days": "0"}
    unknown = cleo.post("/studio/standing/new/", form)
    assert (unknown.status_code, StandingConsent.objects.count()) == (422, 0)  # Not among those that were found.
    wrong = cleo.post("/studio/standing/new/?name=Ada's bread", {**form, "ends_at": "2001-01-01"})
    assert (wrong.status_code, StandingConsent.objects.count()) == (422, 0)
    limits = {**form, "spend_total": "1000", "countries": ["NL"], "categories": ["food"]}
    given = cleo.post("/studio/standing/new/?name=Ada's bread", limits)
    assert given.status_code == 302, text_of(given)
    page = text_of(cleo.get("/studio/standing/"))
    for words in ("Ada's bread · for Ada", "30 days at most", "in NL", "for Food and drink", "in all"):
        assert words in page
    outside = asked(stage, stage.town.world.post())
    assert "the offer names no countries, or others" in text_of(cleo.get(f"/studio/requests/{outside}/"))
    inside = asked(
        stage,
        stage.town.world.post(),
        **{"terms-spend_cap": "500", "terms-countries": "NL", "terms-categories": "food"},
    )
    assert PermissionRequest.objects.get(pk=inside).outcome == "accepted"
    standing_id = StandingConsent.objects.get().pk
    assert stage.browser("Mallory").post(f"/studio/standing/{standing_id}/withdraw/").status_code == 404
    assert cleo.post(f"/studio/standing/{standing_id}/withdraw/").status_code == 302
    assert "1 request accepted" in text_of(cleo.get("/studio/standing/"))
    assert StandingConsent.objects.get().ended_at is not None
