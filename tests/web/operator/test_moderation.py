"""Reports, appeals, policies and health, as their pages do them."""

from datetime import timedelta

import msgspec
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.area.advertising.town import open_review
from tests.web.creator.stage import Stage, text_of
from vonk.advertising.actions import ads, appeals, review_claims, reviews
from vonk.advertising.drafts import AdChanges
from vonk.advertising.models import Review
from vonk.advertising.policies import TWO_PEOPLE_FIRST_ADS
from vonk.content.actions import judging
from vonk.content.judgements import Reports
from vonk.content.models import Post, PostJudgement
from vonk.control import health, policies
from vonk.control.health import Storage
from vonk.control.lag import Lag
from vonk.control.scope import Right, Scope
from vonk.web.common.records import Tone
from vonk.web.operator import ad_server, health_checks

SCRIPT = {"headers": {"Accept": "application/json"}}


def operator(stage: Stage) -> Scope:
    return msgspec.structs.replace(stage.town.olu, rights=frozenset({Right.OPERATE, Right.REVIEW}))


def other(stage: Stage) -> Scope:
    """Another reviewer than Olu."""
    return msgspec.structs.replace(stage.town.olu, person_id=stage.town.mallory.person)


def test_a_change_is_shown_word_by_word(stage: Stage) -> None:
    ad_id = stage.town.approved_ad()
    ads.update(stage.town.ada, ad_id, AdChanges(landing_url="https://bread.example/rye"), now=stage.now)
    page = stage.browser("Olu").get(reverse("operator:review", args=[open_review(ad_id)])).content.decode()
    assert "<td" in page
    assert "https://bread.example/<del>loaf</del>" in page
    assert "https://bread.example/<ins>rye</ins>" in page


def test_a_script_decides_and_hears_what_stands_in_its_way(stage: Stage) -> None:
    first, second = open_review(stage.town.ad()), open_review(stage.town.ad(draft=stage.town.own_draft()))
    browser = stage.browser("Olu")
    review_claims.claim(other(stage), second, now=stage.now)
    taken = browser.post(reverse("operator:review_claim", args=[second]), **SCRIPT)  # type: ignore[arg-type]  # A header beside the body.
    refused = browser.post(reverse("operator:review_approve", args=[second]), **SCRIPT)  # type: ignore[arg-type]  # A header beside the body.
    approved = browser.post(reverse("operator:review_approve", args=[first]), **SCRIPT)  # type: ignore[arg-type]  # A header beside the body.
    assert taken.json() == {"open": True, "mine": False, "words": "Mallory is looking at this ad."}
    assert (refused.status_code, refused.json()["code"]) == (409, "review_claimed")
    assert approved.json() == {"message": "Approved. It may be shown from now on."}
    over = browser.post(reverse("operator:review_claim", args=[second]), {"take_over": "1"}, **SCRIPT)  # type: ignore[arg-type]  # A header beside the body.
    assert over.json()["mine"] is True
    assert browser.post(reverse("operator:review_release", args=[second])).status_code == 204


def test_the_first_of_two_hears_that_another_has_to_agree(stage: Stage) -> None:
    policies.change(operator(stage), TWO_PEOPLE_FIRST_ADS.name, 1, now=stage.now)
    review_id = open_review(stage.town.ad())
    browser = stage.browser("Olu")
    said = browser.post(reverse("operator:review_approve", args=[review_id]), follow=True)
    assert "Noted. Somebody else has to approve it too." in text_of(said)
    page = text_of(browser.get(reverse("operator:review", args=[review_id])))
    assert "You approved it. Somebody else has to approve it too; you can still reject it." in page
    assert "Approved by Olu, needs another" in text_of(browser.get("/console/reviews/?sort=second"))


def test_an_advertiser_appeals_and_reads_the_answer(stage: Stage) -> None:
    ad_id = stage.town.ad()
    reviews.reject(stage.town.olu, open_review(ad_id), ["offensive"], now=stage.now)
    ada, olu = stage.browser("Ada"), stage.browser("Olu")
    assert reverse("advertiser:ad_appeal", args=[ad_id]) in ada.get(f"/advertiser/ads/{ad_id}/").content.decode()
    empty = ada.post(reverse("advertiser:ad_appeal_make", args=[ad_id]), {"text": ""})
    made = ada.post(reverse("advertiser:ad_appeal_make", args=[ad_id]), {"text": "Only bread."}, follow=True)
    assert (empty.status_code, "Your appeal is made." in text_of(made)) == (422, True)
    (row,) = olu.get("/console/appeals/").context["page"].rows
    own = text_of(olu.get(reverse("operator:appeal", args=[row.id])))
    assert "Only bread." in own
    assert "You rejected this ad: somebody else decides." in own
    decide = reverse("operator:appeal_decide", args=[row.id, "uphold"])
    assert "somebody else decides" in text_of(olu.post(decide, {"answer": "No."}, follow=True))
    appeals.uphold(other(stage), row.id, "The crust.", now=stage.now)
    assert "The answer The crust." in text_of(ada.get(reverse("advertiser:ad_appeal", args=[ad_id])))
    for browser in (stage.browser("Mallory"), stage.browser("Vik")):
        assert browser.get(reverse("advertiser:ad_appeal", args=[ad_id])).status_code in {302, 404}
    assert Review.objects.get(ad_id=ad_id).verdict == "rejected"


def test_a_report_is_judged_and_the_creator_appeals(stage: Stage) -> None:
    post_id = stage.town.world.ready_post()
    with transaction.atomic():
        judging.add_reports({(post_id, 1): Reports(2, 0, stage.now)})
    olu, cleo = stage.browser("Olu"), stage.browser("Cleo")
    assert "Misleading or a scam (2)" in text_of(olu.get("/console/reports/"))
    judge = reverse("operator:judge", args=[post_id])
    assert olu.post(judge, {"judgement": "remove"}).status_code == 422
    assert Post.objects.get(pk=post_id).removed_at is None
    done = olu.post(judge, {"judgement": "remove", "reason": "deceives", "note": "No such price."}, follow=True)
    assert done.redirect_chain == [("/console/reports/", 302)]
    page = text_of(cleo.get("/studio/decisions/"))
    assert "It deceives: a scam, or what is not so." in page
    assert "No such price." in page
    judgement_id = PostJudgement.objects.get(post_id=post_id).pk
    cleo.post(reverse("creator:decision_appeal", args=[judgement_id]), {"text": "There is."})
    assert "(you: somebody else answers)" in text_of(olu.get("/console/reports/?tab=appeals"))
    judging.answer(other(stage), judgement_id, "There is, indeed.", overturn=True, now=stage.now)
    assert "There is, indeed." in text_of(cleo.get("/studio/decisions/"))
    stranger = stage.browser("Vik").post(reverse("creator:decision_appeal", args=[judgement_id]), {"text": "Mine."})
    assert stranger.status_code in {302, 404}


def test_a_policy_is_set_and_set_back(stage: Stage) -> None:
    olu = stage.browser("Olu")
    name = TWO_PEOPLE_FIRST_ADS.name
    assert olu.post(reverse("operator:policy_change", args=[name]), {"value": "101"}).status_code == 422
    olu.post(reverse("operator:policy_change", args=[name]), {"value": "3", "note": "New here."})
    page = olu.get(reverse("operator:policy", args=[name]))
    (change,) = page.context["page"].changes
    assert (change.was, change.value, change.note, change.who) == ("0", "3", "New here.", "Olu")
    olu.post(reverse("operator:policy_revert", args=[name, change.id]))
    assert policies.number(TWO_PEOPLE_FIRST_ADS, now=stage.now) == 0
    settings = olu.get("/console/policies/").context["page"].settings
    assert {"reserve_cpm_units", "ad_places"} <= {one.name for one in settings}


def test_health_says_what_to_do(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ad_server, "readings", lambda: None)
    monkeypatch.setattr(health, "storage", lambda _scope: Storage((), 5, 100))
    page = stage.browser("Olu").get("/console/health/").context["page"]
    rows = {row.name: (row.state.tone, bool(row.remedy)) for row in page.rows}
    assert (rows["Ad server"], rows["Disk"], rows["Jobs"]) == ((Tone.BAD, True), (Tone.BAD, True), (Tone.GOOD, False))
    assert page.headline.tone is Tone.BAD
    told = {"vonk_decide_seconds_count": 50.0, "vonk_ads": 1.0, "vonk_publication_lag_seconds": 5.0}
    monkeypatch.setattr(ad_server, "readings", lambda: told)
    sample = f"20:{page.sample.partition(':')[2]}"
    part = stage.browser("Olu").get("/console/health/", {"sample": sample}, headers={"HX-Request": "true"})
    tones = [row.state.tone for row in part.context["page"].rows if "ad server" in row.name.lower()]
    assert tones == [Tone.GOOD, Tone.WARN]
    assert (part.context["page"].rate != "", b"<html" in part.content) == (True, False)
    assert Client().get("/console/health/").status_code == 302


def test_a_log_that_lags_turns_red() -> None:
    seconds = (0.0, health_checks.LAG_WARN_SECONDS, health_checks.LAG_BAD_SECONDS)
    found = [health_checks._consumer("settle", Lag(1, one)) for one in seconds]  # noqa: SLF001 - its grades.
    assert [(one.tone, bool(one.remedy)) for one in found] == [(Tone.GOOD, False), (Tone.WARN, True), (Tone.BAD, True)]
    assert timedelta(minutes=2) < health_checks.SERVER_SILENT
