"""Ads made together with what they show, and lists of them for outside tools."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.area.advertising.test_pushes import access, clip
from tests.area.advertising.town import DAY, Town, everything, open_review
from vonk.advertising.actions import ads, making, reviews
from vonk.advertising.actions.making import ChangedAd, NewAd, Own, Push
from vonk.advertising.creatives import profile_page
from vonk.advertising.drafts import AdChanges, AdDraft
from vonk.advertising.models import Ad
from vonk.advertising.queries.ad_pages import ListedAd, WantedAds, ad_ids, listed_ads, living_ad_groups, numbered_ads
from vonk.advertising.rules import Objective
from vonk.authorisation.actions.pushes import Draft
from vonk.authorisation.errors.access import AccountAccessMissing
from vonk.authorisation.rules.access import AccessScope
from vonk.authorisation.speaker_reach import Speaker, SpeakerKind
from vonk.content.models import Post, Video
from vonk.content.queries import post_facts
from vonk.content.rules import Disclosure, PublishAs
from vonk.control.paging import Numbering
from vonk.core.errors import FieldInvalid, NotFound, Problem
from vonk.reporting import ad_pages, diagnoses


def bare(**changed: Any) -> AdDraft:
    """An ad that does not say yet what it shows."""
    values: dict[str, Any] = {"name": None, "call_to_action": "learn_more", "landing_url": "https://bread.example/"}
    return AdDraft(**{**values, **changed})


def pushed(town: Town, **changed: Any) -> Push:
    values: dict[str, Any] = {
        "video_id": clip(town, town.ada),
        "caption": "Warm bread",
        "publish_as": PublishAs.ADS_ONLY,
        "disclosure": Disclosure.BRANDED,
    }
    return Push(Speaker(SpeakerKind.LINKED, town.world.profiles["Cleo"]), Draft(**{**values, **changed}))


def test_everything_is_made_or_nothing(town: Town) -> None:
    access(town, town.ada, AccessScope.PUBLISH_ADS_ONLY)
    ad_group_id, identity_id = town.ad_group(), town.identity(town.ada)
    own = Own(identity_id=identity_id, video_id=clip(town, town.ada), text="From our oven")
    wanted: Sequence[NewAd] = [
        NewAd(bare(), pushed(town, may_duet=False)),
        NewAd(bare(name="Ours", kept={"deeplink": "app://x"}), own),
        NewAd(town.spark_draft()),
    ]
    made = making.create(town.ada, ad_group_id, wanted, now=town.now)
    push, plain, pull = (Ad.objects.get(pk=ad_id) for ad_id in made)
    facts = post_facts([push.post_id])[push.post_id]
    assert (facts.draft, facts.pushed_for, facts.may_duet, facts.may_stitch) == (True, town.ada.account, False, True)
    assert (push.name, push.consent_id is not None) == (str(push.pk), True)
    assert (plain.consent_id, plain.identity_id, plain.kept) == (None, identity_id, {"deeplink": "app://x"})
    assert pull.consent_id is not None

    before = (everything(), Post.objects.count())
    refused: list[tuple[NewAd, type[Problem], str | None]] = [
        (NewAd(bare(), Own(identity_id=identity_id, video_id=own.video_id, text="")), FieldInvalid, "ads.1.text"),
        (NewAd(bare(), Own(identity_id=town.identity(town.mallory), video_id=own.video_id, text="Bread")), NotFound, None),
        (NewAd(bare(landing_url="bread"), own), FieldInvalid, "ads.1.landing_url"),
        (NewAd(bare(), Push(Speaker(SpeakerKind.BUSINESS, push.identity_id, 7), pushed(town).draft)), AccountAccessMissing, None),
    ]  # fmt: skip
    for one, kind, field in refused:
        with pytest.raises(kind) as caught:
            making.create(town.ada, ad_group_id, [NewAd(bare(), pushed(town)), one], now=town.now)
        assert caught.value.field == field or field is None
        assert (everything(), Post.objects.count()) == before
    for count in (0, 21):
        with pytest.raises(FieldInvalid):
            making.create(town.ada, ad_group_id, [NewAd(bare(), own)] * count, now=town.now)
    with pytest.raises(NotFound):
        making.create(town.mallory, ad_group_id, [NewAd(bare(), own)], now=town.now)


def test_a_draft_is_edited_and_what_was_published_is_left_alone(town: Town) -> None:
    access(town, town.ada, AccessScope.PUBLISH_ADS_ONLY)
    ad_group_id = town.ad_group()
    (ad_id,) = making.create(town.ada, ad_group_id, [NewAd(bare(), pushed(town))], now=town.now)
    first = Ad.objects.get(pk=ad_id).post_id
    video_id = Video.objects.latest("pk").pk

    def say(caption: str) -> Ad:
        change = ChangedAd(ad_id, AdChanges(kept={"n": caption}), pushed(town, caption=caption, video_id=video_id))
        assert making.update(town.ada, ad_group_id, [change], now=town.now) == (ad_id,)
        return Ad.objects.get(pk=ad_id)

    edited = say("Warmer")
    assert (edited.post_id, post_facts([first])[first].caption, edited.kept) == (first, "Warmer", {"n": "Warmer"})
    reviews.approve(town.olu, open_review(ad_id), now=town.now)
    anew = say("Warmest")
    assert anew.post_id != first
    assert (post_facts([first])[first].caption, post_facts([first])[first].draft) == ("Warmer", False)
    assert post_facts([anew.post_id])[anew.post_id].draft
    other = town.ad_group()
    before = everything()
    for scope, where in ((town.ada, other), (town.mallory, ad_group_id)):
        with pytest.raises(NotFound):
            making.update(scope, where, [ChangedAd(ad_id, AdChanges(name="Mine"))], now=town.now)
    assert everything() == before


def test_an_ad_without_an_address_leads_to_its_creator(town: Town) -> None:
    seen = town.ad_group(town.campaign(objective="reach"), billing="cpm")
    ad_id = town.ad(seen, town.spark_draft(landing_url=""))
    ad = Ad.objects.get(pk=ad_id)
    page = profile_page(post_facts([ad.post_id])[ad.post_id])
    assert page.endswith("/@cleo/")
    assert ad.landing_url == page
    ads.update(town.ada, ad_id, AdChanges(landing_url="https://bread.example/"), now=town.now)
    assert Ad.objects.get(pk=ad_id).landing_url == "https://bread.example/"
    ads.update(town.ada, ad_id, AdChanges(landing_url=""), now=town.now)
    assert Ad.objects.get(pk=ad_id).landing_url == page
    ads.update(town.ada, ad_id, AdChanges(consent_id=town.consent(caption="Another")), now=town.now)
    assert Ad.objects.get(pk=ad_id).landing_url == page
    for ad_group_id, draft in (
        (town.ad_group(), town.spark_draft(landing_url="")),
        (seen, town.own_draft(landing_url="")),
    ):
        with pytest.raises(FieldInvalid) as caught:
            town.ad(ad_group_id, draft)
        assert caught.value.field == "landing_url"


def test_lists_hold_what_is_wanted_of_the_account_alone(town: Town) -> None:
    first, second = town.ad_group(), town.ad_group(town.campaign(objective="reach"), billing="cpm")
    loaf = town.ad(first, town.spark_draft(name="A loaf"))
    roll = town.ad(second, town.own_draft(name="A roll", kept={"cpp_url": "x"}))
    gone = town.ad(first)
    ads.delete(town.ada, [gone], now=town.now + DAY)

    def wanted(**asked: Any) -> list[int]:
        return ad_ids(town.ada, WantedAds(**asked))

    assert wanted() == [roll, loaf]
    assert wanted(deleted=True) == [gone]
    assert wanted(deleted=None) == [gone, roll, loaf]
    assert wanted(ids=[gone, loaf]) == [loaf]
    assert wanted(ad_group_ids=[second]) == [roll]
    assert wanted(name_contains="LOAF") == [loaf]
    assert wanted(objectives=[Objective.REACH]) == [roll]
    assert wanted(objectives=[]) == []
    assert wanted(modified_from=town.now + DAY, deleted=None) == [gone]
    assert wanted(created_until=town.now - DAY) == []
    assert ad_ids(town.mallory, WantedAds(deleted=None)) == []
    assert listed_ads(town.mallory, [loaf]) == ()
    assert living_ad_groups(town.mallory) == ()
    assert [one.id for one in living_ad_groups(town.ada, [first])] == [first]
    page = numbered_ads(town.ada, WantedAds(), Numbering(1, 1))
    (listed,) = page.items
    assert isinstance(listed, ListedAd)
    assert (listed.id, listed.kept, listed.consent_id, page.total) == (roll, {"cpp_url": "x"}, None, 2)

    every = ad_pages.numbered_ads(town.ada, WantedAds(), Numbering(1, 10), now=town.now)
    held = ad_pages.numbered_ads(
        town.ada, WantedAds(), Numbering(2, 1), fulfils=lambda status: bool(status.causes), now=town.now
    )
    assert (held.items, held.total) == (every.items[1:], 2)
    untold = ad_pages.numbered_ads(town.ada, WantedAds(), Numbering(1, 10), told=False, now=town.now)
    assert [one.status for one in untold.items] == [None, None]
    assert diagnoses.diagnoses(town.mallory, [first], now=town.now) == ()
    (found,) = diagnoses.diagnoses(town.ada, [first], now=town.now)
    assert [one.ad.id for one in found.ads] == [loaf]
