"""The pages of access to one's account: a link's secret, an answer, changes, the end, each as each of the cast."""

import pytest
from django.urls import reverse

from tests.area.authorisation.business import EVERYTHING, PULL, asked, business, granted
from tests.area.authorisation.world import grant
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.authorisation.actions import accesses
from vonk.authorisation.models import AccessAmendment, AccountAccess, Consent, ConsentRecord
from vonk.authorisation.queries import access as reading
from vonk.authorisation.rules.access import AccessState
from vonk.content.models import Profile
from vonk.core.ids import new_id

ANSWER = {"duration_days": "30", "terms-payment": "none", "terms-spend_shown": "on"}


def test_the_page_is_everybodys_own_and_one_access_its_creators_alone(stage: Stage) -> None:
    access_id = asked(stage.town.world)
    page, one = reverse("creator:accesses"), reverse("creator:access", args=[access_id])
    told = {name: "Waits for an answer" in text_of(stage.browser(name).get(page)) for name in CAST}
    assert told == {**dict.fromkeys(CAST, False), "Cleo": True}
    assert {name: stage.browser(name).get(one).status_code for name in CAST} == {
        **dict.fromkeys(CAST, 404),
        "Cleo": 200,
    }
    for act in ("grant", "refuse", "change", "extend", "revoke"):
        address = reverse(f"creator:access_{act}", args=[access_id])
        sent = {"scopes": "existing_posts", **ANSWER}
        answers = {name: stage.browser(name).post(address, sent).status_code for name in ("Vik", "Mallory", "Ada")}
        assert set(answers.values()) == {404}, act
    assert ConsentRecord.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_link_waits_for_who_signs_in_and_makes_a_profile(stage: Stage) -> None:
    made = accesses.invite(business(stage.town.world.ada), scopes=PULL, now=stage.now)
    secret = made.link.partition("#")[2]
    door = stage.browser(None).get("/studio/access/")
    assert (door.status_code, 'href="/login/?next=/studio/access/"' in door.content.decode()) == (200, True)
    assert b"creator/access" in door.content
    vik = stage.browser("Vik")
    Profile.objects.filter(handle="vik").delete()
    assert 'href="/studio/start/?next=/studio/access/"' in vik.get("/studio/access/").content.decode()
    cleo = stage.browser("Cleo")
    assert b"data-invitation" in cleo.get("/studio/access/").content
    wrong = cleo.post("/studio/access/open/", {"secret": "x" * 43})
    assert (wrong.status_code, "is not valid any more" in text_of(wrong)) == (404, True)
    opened = cleo.post("/studio/access/open/", {"secret": secret})
    assert (opened.status_code, opened.headers["Location"]) == (302, f"/studio/access/{made.access_id}/")
    assert secret not in opened.headers["Location"] + cleo.get(opened.headers["Location"]).content.decode()


def test_a_creator_sees_who_asks_and_gives_what_they_like(stage: Stage) -> None:
    access_id, cleo = asked(stage.town.world), stage.browser("Cleo")
    page = reverse("creator:access", args=[access_id])
    seen = text_of(cleo.get(page))
    assert all(words in seen for words in ("Who pays for its ads Ada", "Ad accounts 1", "Bread?", "Until I end it"))
    address = reverse("creator:access_grant", args=[access_id])
    nothing = cleo.post(address, ANSWER)
    assert (nothing.status_code, AccountAccess.objects.get().granted_at) == (422, None)
    beyond = cleo.post(
        address, {**ANSWER, "scopes": ["existing_posts"], "terms-notice_days": "31", "terms-note": "Mind the crust"}
    )
    assert (beyond.status_code, b"Mind the crust" in beyond.content) == (422, True)  # What was written is kept.
    sent = {**ANSWER, "scopes": ["existing_posts", "comments"], "preview_required": "on", "duration_days": "0"}
    limits = {
        "terms-spend_cap": "12.50",
        "terms-currency": "EUR",
        "terms-countries": ["NL"],
        "terms-note": "Mind the crust",
    }
    given = cleo.post(address, {**sent, **limits})
    assert (given.status_code, given.headers["Location"]) == (302, page)
    view = reading.creators_access(stage.cleo, access_id, stage.now)
    assert (view.scopes, view.ends_at, view.preview_required) == (("existing_posts", "comments"), None, True)
    assert view.terms is not None
    assert (view.terms.spend_cap_micros, view.terms.countries, view.terms.note) == (
        12_500_000,
        ("NL",),
        "Mind the crust",
    )
    shown = text_of(cleo.get(page))
    assert ("no end" in shown, "at most 12.50" in shown, "Give access" in shown) == (True, True, False)


def test_refusing(stage: Stage) -> None:
    access_id, cleo = asked(stage.town.world), stage.browser("Cleo")
    refused = cleo.post(reverse("creator:access_refuse", args=[access_id]))
    assert refused.headers["Location"] == "/studio/access/"
    assert reading.creators_access(stage.cleo, access_id, stage.now).state is AccessState.REFUSED
    assert "Refused" in text_of(cleo.get("/studio/access/"))


def test_what_ends_is_counted_and_asked_about_before_it_ends(stage: Stage) -> None:
    town = stage.town
    access_id = granted(town.world)
    taken = accesses.take_post(town.world.ada, town.world.post(), now=stage.now).consent_id
    cleo, page = stage.browser("Cleo"), reverse("creator:access", args=[access_id])
    words = "1 ad with 1 post stop within a second (Ada's bread)."
    town.ad(draft=town.spark_draft(taken))
    assert words in text_of(cleo.get(page))
    change = reverse("creator:access_change", args=[access_id])
    question = cleo.post(change, {"scopes": ["comments"]})
    assert (question.status_code, words in text_of(question)) == (200, True)
    assert reading.creators_access(stage.cleo, access_id, stage.now).scopes == EVERYTHING
    assert cleo.post(change, {"scopes": ["comments"], "confirmed": "1"}).status_code == 302
    assert (grant(taken), Consent.objects.get(pk=taken).revoked_at is None) == (None, False)
    assert "1 post is no longer used" in text_of(cleo.get(page))
    extend = reverse("creator:access_extend", args=[access_id])
    assert cleo.post(extend, {"duration_days": "9"}).status_code == 422
    assert cleo.post(extend, {"duration_days": "0"}).status_code == 302
    assert reading.creators_access(stage.cleo, access_id, stage.now).ends_at is None
    revoke = reverse("creator:access_revoke", args=[access_id])
    assert (cleo.post(revoke).status_code, cleo.post(revoke).status_code) == (302, 302)
    assert reading.creators_access(stage.cleo, access_id, stage.now).state is AccessState.REVOKED
    assert cleo.get(reverse("creator:access", args=[new_id()])).status_code == 404


def test_more_is_asked_for_answered_with_a_click_and_an_access_given_back(stage: Stage) -> None:
    town = stage.town
    access_id = granted(town.world, scopes=PULL)
    taken = accesses.take_post(town.world.ada, town.world.post(), now=stage.now).consent_id
    town.ad(draft=town.spark_draft(taken))
    ada, cleo, organisation = stage.browser("Ada"), stage.browser("Cleo"), business(town.world.ada).organisation
    page = reverse("advertiser:business_creator", args=[organisation, access_id])
    assert page in ada.get(reverse("advertiser:business_creators", args=[organisation])).content.decode()
    more = reverse("advertiser:business_more", args=[organisation, access_id])
    nothing = ada.post(more, {"duration_days": "0"})
    assert (nothing.status_code, AccessAmendment.objects.count()) == (422, 0)
    assert ada.post(more, {"scopes": ["existing_posts"], "duration_days": "0"}).status_code == 422  # It has that.
    assert ada.post(more, {"scopes": ["comments"], "duration_days": "60"}).status_code == 302
    first = AccessAmendment.objects.get()
    told = "Look after the comments of advertised posts 60 more days"
    assert told in text_of(ada.get(page))
    assert ada.post(more, {"scopes": ["comments"], "duration_days": "0"}).status_code == 422
    assert "Waits for an answer" not in text_of(cleo.get("/studio/access/"))
    own = reverse("creator:access", args=[access_id])
    assert told in text_of(cleo.get(own))
    release = reverse("advertiser:business_release", args=[organisation, access_id])
    back = reverse("advertiser:business_more_withdraw", args=[organisation, access_id, first.pk])
    answers = {yes: reverse(f"creator:access_more_{yes}", args=[access_id, first.pk]) for yes in ("accept", "refuse")}
    before = ConsentRecord.objects.count()
    for name in ("Vik", "Mallory", "Olu", "Cleo"):
        assert [stage.browser(name).post(address).status_code for address in (more, release, back)] == [404] * 3, name
        assert stage.browser(name).get(page).status_code == 404, name
    for name in ("Vik", "Mallory", "Olu", "Ada"):
        assert [stage.browser(name).post(address).status_code for address in answers.values()] == [404] * 2, name
    assert [stage.browser(None).post(address).status_code for address in (more, release, *answers.values())] == [
        401
    ] * 4
    assert ConsentRecord.objects.count() == before

    assert cleo.post(answers["accept"]).headers["Location"] == own
    view = reading.creators_access(stage.cleo, access_id, stage.now)
    assert (view.scopes, view.days_left, view.amendment) == (("existing_posts", "comments"), 90, None)
    assert cleo.post(answers["refuse"]).status_code == 409
    assert ada.post(more, {"duration_days": "7"}).status_code == 302
    second = AccessAmendment.objects.get(accepted_at=None)
    assert cleo.post(reverse("creator:access_more_refuse", args=[access_id, second.pk])).status_code == 302
    soon = ada.post(more, {"duration_days": "7"})
    assert (soon.status_code, "a short while ago" in text_of(soon)) == (422, True)

    words = "1 ad with 1 post stop within a second (Ada's bread)."
    assert words in text_of(ada.get(page))
    given_back = ada.post(release, follow=True)
    assert "Given back. 1 post is no longer used." in text_of(given_back)
    assert (grant(taken), reading.creators_access(stage.cleo, access_id, stage.now).state) == (
        None,
        AccessState.REVOKED,
    )
    assert "Give it back" not in text_of(ada.get(page))
    assert "nothing changed" in text_of(ada.post(release, follow=True))
