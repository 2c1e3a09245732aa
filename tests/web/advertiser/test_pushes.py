"""Pushed posts and captions in the ads manager: from the upload to the draft, its change and its end."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.area.advertising.test_pushes import access, clip, draft, push
from tests.area.advertising.town import open_review
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.advertising.actions import reviews
from vonk.authorisation.actions import captions
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import AccessScope
from vonk.content import queries as content
from vonk.content.models import CaptionVersion, Post, Video
from vonk.content.rules import CaptionState, PublishAs

PUSHED = "/advertiser/pushed/"
ASKED = {"caption": "Warm #bread", "publish_as": "public", "disclosure": "branded"}


def test_from_the_upload_to_the_published_post(stage: Stage) -> None:
    town, ada = stage.town, stage.browser("Ada")
    assert "No creator lets you publish yet" in text_of(ada.get(PUSHED))
    access_id = access(town, town.ada, *AccessScope)
    assert "Nothing pushed yet" in text_of(ada.get(PUSHED))
    sent = ada.post(f"{PUSHED}new/", {"video": SimpleUploadedFile("oven.mp4", b"0123")})
    upload = Video.objects.get()
    assert (sent.status_code, sent.headers["Location"]) == (302, f"{PUSHED}videos/{upload.pk}/")
    assert "Waiting its turn" in text_of(ada.get(sent.headers["Location"]))
    early = ada.post(sent.headers["Location"], {**ASKED, "access_id": access_id})
    assert (early.status_code, Post.objects.count()) == (422, 0)
    small = ada.post(
        f"{PUSHED}videos/{clip(town, town.ada, width=360, height=640)}/", {**ASKED, "access_id": access_id}
    )
    assert (small.status_code, Post.objects.count()) == (422, 0)
    assert "The picture is 360 × 640; at least 540 × 960 are needed" in text_of(small)

    made = ada.post(f"{PUSHED}videos/{clip(town, town.ada)}/", {**ASKED, "access_id": access_id})

    post = Post.objects.get()
    assert (made.status_code, made.headers["Location"]) == (302, f"{PUSHED}{post.pk}/")
    assert (post.draft, post.publish_as, post.disclosure, post.profile_id) == (
        True,
        "public",
        "branded",
        town.world.profiles["Cleo"],
    )
    shown = text_of(ada.get(made.headers["Location"]))
    assert "Draft: published with the approval of an ad" in shown
    consent = Consent.objects.get()
    assert f"?consent={consent.pk}" in ada.get(PUSHED).content.decode()
    ad_id = town.ad(draft=town.spark_draft(consent.pk))
    edited = ada.post(f"{PUSHED}{post.pk}/", {**ASKED, "caption": "Warmer #bread"}, follow=True)
    assert "Saved, and its ads are in review again." in text_of(edited)
    reviews.approve(town.olu, open_review(ad_id), now=stage.now)
    after = ada.get(f"{PUSHED}{post.pk}/")
    assert "Warmer #bread" in text_of(after)
    assert "Save and submit" not in text_of(after)
    refused = ada.post(f"{PUSHED}{post.pk}/", ASKED)
    assert (refused.status_code, Post.objects.get().caption) == (422, "Warmer #bread")


@pytest.mark.parametrize("name", [None, *CAST])
def test_a_draft_is_its_accounts(stage: Stage, name: str | None) -> None:
    town = stage.town
    access(town, town.ada, *AccessScope)
    pushed = push(town)
    browser = stage.browser(name)
    address = f"{PUSHED}{pushed.post_id}/"

    codes = (
        browser.get(address).status_code,
        browser.post(address, {**ASKED, "caption": "Mine"}).status_code,
        browser.post(f"{address}delete/").status_code,
    )

    facts = content.post_facts([pushed.post_id])[pushed.post_id]
    if name == "Ada":
        assert codes == (200, 302, 302)
        assert (facts.caption, facts.unavailable_reason) == ("Mine", "deleted")
        return
    expected = {None: (302, 401, 401), "Mallory": (404, 404, 404)}
    assert codes == expected.get(name, (302, 302, 302)), "Who has no account opens one first."
    assert (facts.caption, facts.unavailable_reason) == ("Warm from the oven", "draft")


def test_captions_are_proposed_where_it_was_agreed(stage: Stage) -> None:
    town, ada = stage.town, stage.browser("Ada")
    consent = Consent.objects.get(pk=town.consent())
    address = f"/advertiser/posts/{consent.post_id}/captions/"
    assert "is not part of what @cleo agreed to" in text_of(ada.get(address))
    assert ada.post(address, {"caption": "Buy"}).status_code == 422
    assert stage.browser("Mallory").get(address).status_code == 404
    Consent.objects.update(road="push")
    assert ada.post(address, {"caption": "Buy"}).status_code == 302
    version = CaptionVersion.objects.get()
    assert (version.state, version.account_id) == (CaptionState.PROPOSED, town.ada.account)
    assert "Waits for the creator" in text_of(ada.get(address))
    assert stage.browser("Mallory").post(f"{address}{version.pk}/withdraw/").status_code == 404
    captions.agree(stage.cleo, version.pk, now=stage.now)
    captions.approve(town.olu, version.pk, now=stage.now)
    late = ada.post(f"{address}{version.pk}/withdraw/", follow=True)
    assert "This caption was decided already." in text_of(late)
    assert "The post says this" in text_of(ada.get(address))
    again = ada.post(address, {"caption": "Buy two"}, follow=True)
    assert "Sent to the creator." in text_of(again)
    assert ada.post(f"{address}{CaptionVersion.objects.latest('pk').pk}/withdraw/").status_code == 302
    assert CaptionVersion.objects.latest("pk").state == CaptionState.WITHDRAWN


def test_the_picker_offers_drafts(stage: Stage) -> None:
    town = stage.town
    access(town, town.ada, *AccessScope)
    pushed = push(town, caption="Not there yet", publish_as=PublishAs.ADS_ONLY)
    page = stage.browser("Ada").get(f"/advertiser/campaigns/new/?consent={pushed.consent_id}")
    assert "Not there yet" in text_of(page)
    assert draft(town).publish_as is PublishAs.ADS_ONLY
