"""What a creator says of a post in ads: new captions, disclosure, privacy; and which ads stop before they do."""

import pytest

from tests.area.advertising.test_pushes import access, push
from tests.web.creator.stage import CAST, Stage, text_of
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import AccessScope
from vonk.content import queries as content
from vonk.content.actions import disclosures
from vonk.content.models import CaptionVersion, Post, Profile
from vonk.content.rules import CaptionState, Disclosure, Visibility


def in_ads(stage: Stage) -> Post:
    """Have one of Cleo's posts in an approved ad of Ada's."""
    ad_id = stage.town.approved_ad()
    return Post.objects.get(ads__pk=ad_id)


def test_a_new_caption_is_proposed_and_judged(stage: Stage) -> None:
    post = in_ads(stage)
    cleo, olu = stage.browser("Cleo"), stage.browser("Olu")
    address = f"/studio/posts/{post.pk}/captions/"
    assert "New caption" in text_of(cleo.get(f"/studio/posts/{post.pk}/"))
    same = cleo.post(address, {"caption": post.caption})
    assert (same.status_code, "The post has this caption already." in text_of(same)) == (422, True)
    assert cleo.post(address, {"caption": "A loaf, slowly"}).status_code == 302
    version = CaptionVersion.objects.get()
    queue = olu.get("/console/captions/")
    assert "A loaf, slowly" in text_of(queue)
    page = text_of(olu.get(f"/console/captions/{version.pk}/"))
    assert "A loaf, slowly" in page
    assert post.caption in page
    unsaid = olu.post(f"/console/captions/{version.pk}/reject/", {})
    assert (unsaid.status_code, CaptionVersion.objects.get().state) == (422, CaptionState.IN_REVIEW)
    refused = {"reasons": ["offensive"], "note": "Rude"}
    assert olu.post(f"/console/captions/{version.pk}/reject/", refused).status_code == 302
    assert "Rude" in text_of(cleo.get(address))
    late = olu.post(f"/console/captions/{version.pk}/approve/", follow=True)
    assert "This caption was decided already." in text_of(late)
    cleo.post(address, {"caption": "A loaf, gently"})
    second = CaptionVersion.objects.latest("pk")
    olu.post(f"/console/captions/{second.pk}/approve/")
    assert content.post_facts([post.pk])[post.pk].caption == "A loaf, gently"
    assert "The post says this" in text_of(cleo.get(address))
    cleo.post(address, {"caption": "A loaf, at last"})
    third = CaptionVersion.objects.latest("pk")
    assert cleo.post(f"{address}{third.pk}/withdraw/").status_code == 302
    assert CaptionVersion.objects.get(pk=third.pk).state == CaptionState.WITHDRAWN


@pytest.mark.parametrize("name", [None, *CAST])
def test_captions_are_their_creators(stage: Stage, name: str | None) -> None:
    post = in_ads(stage)
    browser = stage.browser(name)
    address = f"/studio/posts/{post.pk}/captions/"
    codes = (browser.get(address).status_code, browser.post(address, {"caption": "Mine"}).status_code)
    assert codes == {None: (302, 401), "Cleo": (200, 302)}.get(name, (404, 404))
    assert CaptionVersion.objects.count() == (1 if name == "Cleo" else 0)


def test_hiding_or_deleting_says_which_ads_stop(stage: Stage) -> None:
    post = in_ads(stage)
    cleo = stage.browser("Cleo")
    hide = f"/studio/posts/{post.pk}/visibility/"
    asked = cleo.post(hide, {"visibility": "friends"})
    assert asked.status_code == 200
    assert "Ada's bread" in text_of(asked)
    assert "A loaf rises" in text_of(asked)
    assert Post.objects.get(pk=post.pk).visibility == Visibility.PUBLIC
    assert 'name="visibility" value="friends"' in asked.content.decode()
    assert cleo.post(hide, {"visibility": "friends", "confirmed": "1"}).status_code == 302
    assert content.post_facts([post.pk])[post.pk].unavailable_reason == "private"
    assert cleo.post(hide, {"visibility": "private"}).status_code == 302, "Nothing stops any more."
    assert cleo.post(hide, {"visibility": "public"}).status_code == 302
    assert content.post_facts([post.pk])[post.pk].available is True, "Restoring brings the ads back."
    privacy = "/studio/profile/privacy/"
    asked = cleo.post(privacy, {"private": "on"})
    assert "Ada's bread" in text_of(asked)
    assert Profile.objects.get(handle="cleo").private is False
    assert cleo.post(privacy, {"private": "on", "confirmed": "1"}).status_code == 302
    assert content.post_facts([post.pk])[post.pk].unavailable_reason == "account_private"
    assert "This profile is private" in text_of(stage.browser("Vik").get("/@cleo/"))
    assert "No videos yet" not in text_of(stage.browser("Cleo").get("/@cleo/"))
    assert cleo.post(privacy, {}).status_code == 302
    assert content.post_facts([post.pk])[post.pk].available is True
    delete = f"/studio/posts/{post.pk}/delete/"
    asked = cleo.post(delete)
    assert (asked.status_code, "Ada's bread" in text_of(asked)) == (200, True)
    assert Post.objects.get(pk=post.pk).deleted_at is None
    assert cleo.post(delete, {"confirmed": "1"}).status_code == 302
    assert Post.objects.get(pk=post.pk).deleted_at is not None


def test_disclosure_stands_above_the_caption(stage: Stage) -> None:
    post = in_ads(stage)
    cleo = stage.browser("Cleo")
    address = f"/studio/posts/{post.pk}/disclosure/"
    assert cleo.post(address, {"own_brand": "on"}).status_code == 302
    assert "Promotional content" in text_of(stage.browser("Vik").get(f"/posts/{post.pk}/"))
    assert cleo.post(address, {"own_brand": "on", "branded": "on"}).status_code == 302
    assert Post.objects.get(pk=post.pk).disclosure == Disclosure.BRANDED, "The paid partnership wins."
    assert "Paid partnership" in text_of(stage.browser("Vik").get(f"/posts/{post.pk}/"))
    refused = cleo.post(address, {})
    assert (refused.status_code, Post.objects.get(pk=post.pk).disclosure) == (422, Disclosure.BRANDED)
    assert stage.browser("Vik").post(address, {"own_brand": "on"}).status_code == 404
    assert cleo.post(f"/studio/posts/{post.pk}/ai-label/").status_code == 302
    disclosures.set_ai_generated(stage.cleo, post.pk, now=stage.now)
    assert "Made with AI" in text_of(stage.browser("Vik").get(f"/posts/{post.pk}/"))
    item = stage.browser("Vik").get("/feed/next").json()["items"][0]
    assert (item["disclosure"], item["ai_generated"]) == ("branded", True)


def test_a_draft_is_labelled_and_refused(stage: Stage) -> None:
    town, cleo = stage.town, stage.browser("Cleo")
    access(town, town.ada, *AccessScope)
    pushed = push(town)
    address = f"/studio/posts/{pushed.post_id}/"
    assert "Draft pushed by an advertiser" in text_of(cleo.get("/studio/"))
    page = text_of(cleo.get(address))
    assert "A draft pushed by Ada's bread" in page
    assert "In ads alone, not on your profile." in page
    assert "Who can watch" not in page
    assert cleo.post(f"{address}visibility/", {"visibility": "public"}).status_code == 422
    assert cleo.post(f"{address}captions/", {"caption": "Mine"}).status_code == 422
    for name in ("Vik", "Mallory", "Ada"):
        assert stage.browser(name).get(address).status_code == 404
        assert stage.browser(name).post(f"{address}refuse/").status_code == 404
    assert cleo.post(f"{address}refuse/").status_code == 302
    assert content.post_facts([pushed.post_id])[pushed.post_id].unavailable_reason == "deleted"
    assert Consent.objects.get(pk=pushed.consent_id).revoked_at is not None
