"""A post pushed under a creator's name: from the draft over its ad's review to its publication, or its refusal."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.area.advertising.town import DAY, Town, open_review
from tests.area.authorisation.world import grant, subjects
from vonk.advertising import queries
from vonk.advertising.actions import ads, creator_verdicts, reviews
from vonk.advertising.actions import pushes as drafts
from vonk.advertising.errors import ReviewStale
from vonk.authorisation.actions import pushes, switches
from vonk.authorisation.actions.notices import notice_ended
from vonk.authorisation.errors.access import AccountAccessMissing, AccountAccessScopeMissing
from vonk.authorisation.errors.consents import DisclosureMissing, SparkTermsRequired
from vonk.authorisation.errors.pushes import OriginalsFixed
from vonk.authorisation.models import AccountAccess, AdSettings, Consent, ConsentRecord
from vonk.authorisation.rules import NO_END, AccessKind, AccessScope, Road
from vonk.content import queries as content
from vonk.content.actions.pushes import Draft
from vonk.content.errors import PostIsPublished, PushResolutionTooLow
from vonk.content.models import Post, Video
from vonk.content.rules import Disclosure, PublishAs, VideoState, Visibility
from vonk.control.models import Publication
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, Problem

ALL = tuple(AccessScope)


@pytest.fixture
def cleo_profile(town: Town) -> int:
    return town.world.profiles["Cleo"]


def access(town: Town, scope: Scope, *scopes: AccessScope) -> int:
    """Give the scope's ad account access to Cleo's profile, as a link of her own would."""
    profile_id = town.world.profiles["Cleo"]
    AdSettings.objects.get_or_create(profile_id=profile_id, defaults={"on": True, "changed_at": town.now})
    return AccountAccess.objects.create(
        kind=AccessKind.OWN.value,
        account_id=scope.account,
        profile_id=profile_id,
        asked_by_id=scope.person,
        asked_at=town.now,
        lapses_at=town.now,
        scopes=[one.value for one in scopes],
        granted_at=town.now,
        ends_at=NO_END,
    ).pk


def clip(town: Town, scope: Scope, **changed: Any) -> int:
    values: dict[str, Any] = {"width": 1080, "height": 1920, **changed}
    return Video.objects.create(
        uploader_id=scope.person,
        account_id=scope.account,
        state=VideoState.READY.value,
        original_name="oven.mp4",
        source_container="mov",
        rendition_key="oven/video.mp4",
        poster_key="oven/poster.jpg",
        source_bytes=4_000_000,
        source_sha256="1" * 64,
        duration_ms=10_000,
        has_sound=True,
        created_at=town.now,
        **values,
    ).pk


def draft(town: Town, **changed: Any) -> Draft:
    values: dict[str, Any] = {
        "video_id": changed.pop("video_id", None) or clip(town, town.ada),
        "caption": "Warm from the oven",
        "publish_as": PublishAs.ADS_ONLY,
        "disclosure": Disclosure.BRANDED,
    }
    return Draft(**{**values, **changed})


def push(town: Town, **changed: Any) -> pushes.Pushed:
    return pushes.push(town.ada, town.world.profiles["Cleo"], draft(town, **changed), now=town.now)


def pushed_ad(town: Town, pushed: pushes.Pushed) -> int:
    return town.ad(draft=town.spark_draft(pushed.consent_id))


def facts(post_id: int) -> content.PostFacts:
    return content.post_facts([post_id])[post_id]


def acts() -> list[str]:
    return list(ConsentRecord.objects.order_by("sequence").values_list("act", flat=True))


def shown(post_id: int) -> bool:
    row = Publication.objects.filter(kind="post", object_id=post_id).first()
    return row is not None and bool(row.document)


@pytest.mark.parametrize("publish_as", list(PublishAs))
def test_the_approval_of_its_first_ad_publishes_it(town: Town, publish_as: PublishAs) -> None:
    access(town, town.ada, *ALL)
    pushed = push(town, publish_as=publish_as)
    consent = Consent.objects.get(pk=pushed.consent_id)
    assert (consent.road, consent.ads_only, consent.ends_at) == (Road.PUSH, publish_as is PublishAs.ADS_ONLY, NO_END)
    document = grant(pushed.consent_id)
    assert document is not None
    assert (document.post_id, document.account_id) == (pushed.post_id, town.ada.account)
    assert subjects(town.world.cleo)[-1] == "Ada's bread made a post for your profile"
    ad_id, second = pushed_ad(town, pushed), pushed_ad(town, pushed)
    assert queries.review(town.olu, open_review(ad_id)).preview.caption == "Warm from the oven"
    assert notice_ended(town.now).gone == 0, "A draft is not gone: it is not there yet."
    assert (facts(pushed.post_id).draft, shown(pushed.post_id)) == (True, False)
    town.now += DAY
    reviews.approve(town.olu, open_review(ad_id), now=town.now)
    post = facts(pushed.post_id)
    assert (post.draft, post.ads_only, post.created_at) == (False, publish_as is PublishAs.ADS_ONLY, town.now)
    public = publish_as is PublishAs.PUBLIC
    assert post.visibility is (Visibility.PUBLIC if public else Visibility.PRIVATE)
    assert shown(pushed.post_id) is (publish_as is not PublishAs.PRIVATE)
    assert subjects(town.world.cleo)[-1] == "A post by Ada's bread is published under your name"
    assert acts()[-2:] == ["taken", "published"]
    reviews.approve(town.olu, open_review(second), now=town.now)
    assert acts()[-1] == "published"
    assert acts().count("published") == 1, "Another ad with it finds it published."
    with pytest.raises(PostIsPublished):
        drafts.edit(town.ada, pushed.post_id, draft(town), now=town.now)
    with pytest.raises(PostIsPublished):
        pushes.discard(town.ada, pushed.post_id, now=town.now)


def test_a_rejected_one_stays_a_draft_and_is_submitted_again(town: Town) -> None:
    access(town, town.ada, *ALL)
    pushed = push(town)
    ad_id, waiting = pushed_ad(town, pushed), pushed_ad(town, pushed)
    stale = open_review(waiting)
    reviews.reject(town.olu, open_review(ad_id), ["misleading_claim"], now=town.now)
    assert facts(pushed.post_id).draft is True
    town.now += DAY
    changed = draft(town, caption="Warm, most days", publish_as=PublishAs.PUBLIC)
    assert drafts.edit(town.ada, pushed.post_id, changed, now=town.now) == 2
    with pytest.raises(ReviewStale):
        reviews.approve(town.olu, stale, now=town.now)
    assert facts(pushed.post_id).draft is True, "What a reviewer has not seen is not published."
    assert Consent.objects.get(pk=pushed.consent_id).ads_only is False
    item = queries.review(town.olu, open_review(ad_id))
    assert (item.preview.caption, len(item.previous)) == ("Warm, most days", 1)
    reviews.approve(town.olu, open_review(ad_id), now=town.now)
    post = facts(pushed.post_id)
    assert (post.caption, post.draft, post.visibility) == ("Warm, most days", False, Visibility.PUBLIC)


def test_the_creator_refuses_a_draft_or_deletes_what_was_published(town: Town) -> None:
    access(town, town.ada, *ALL)
    first, second = push(town), push(town)
    ad_id = pushed_ad(town, first)
    for pushed in (first, second):
        with pytest.raises(NotFound):
            pushes.refuse(town.world.people["Vik"], pushed.post_id, now=town.now)
    pushes.refuse(town.world.cleo, first.post_id, now=town.now)
    assert Consent.objects.get(pk=first.consent_id).revoked_at == town.now
    assert grant(first.consent_id) is None
    reviews.approve(town.olu, open_review(ad_id), now=town.now)
    assert (facts(first.post_id).draft, shown(first.post_id)) == (True, False), "A refused one is never published."
    reviews.approve(town.olu, open_review(pushed_ad(town, second)), now=town.now)
    assert shown(second.post_id) is True
    pushes.refuse(town.world.cleo, second.post_id, now=town.now)
    assert shown(second.post_id) is False
    with pytest.raises(NotFound):
        pushes.refuse(town.world.cleo, town.world.post(), now=town.now)
    third = push(town)
    pushes.discard(town.ada, third.post_id, now=town.now)
    assert Consent.objects.get(pk=third.consent_id).released_at == town.now
    assert acts()[-1] == "released"
    assert subjects(town.world.cleo)[-1] == "Ada's bread took a draft back"


@pytest.mark.parametrize(
    ("scopes", "publish_as", "problem"),
    [
        ((), PublishAs.ADS_ONLY, AccountAccessMissing),
        ((AccessScope.EXISTING_POSTS,), PublishAs.ADS_ONLY, AccountAccessScopeMissing),
        ((AccessScope.PUBLISH_ADS_ONLY,), PublishAs.ADS_ONLY, None),
        ((AccessScope.PUBLISH_ADS_ONLY,), PublishAs.PUBLIC, AccountAccessScopeMissing),
        ((AccessScope.PUBLISH_ADS_ONLY,), PublishAs.PRIVATE, AccountAccessScopeMissing),
        ((AccessScope.PUBLISH_PROFILE,), PublishAs.ADS_ONLY, None),
        ((AccessScope.PUBLISH_PROFILE,), PublishAs.PUBLIC, None),
    ],
)
def test_what_the_access_covers(
    town: Town, scopes: tuple[AccessScope, ...], publish_as: PublishAs, problem: type[Problem] | None
) -> None:
    if scopes:
        access(town, town.ada, *scopes)
    if problem is None:
        assert facts(push(town, publish_as=publish_as).post_id).publish_as is publish_as
        return
    with pytest.raises(problem):
        push(town, publish_as=publish_as)
    assert (Post.objects.count(), Consent.objects.count()) == (0, 0)


def test_what_is_refused_leaves_nothing(town: Town, cleo_profile: int) -> None:
    access(town, town.ada, *ALL)
    mallorys = access(town, town.mallory, *ALL)
    original = town.world.post("Vik")
    link = f"/posts/{original}"
    refused: list[tuple[type[Problem], Callable[[], object]]] = [
        (DisclosureMissing, lambda: push(town, disclosure=Disclosure.NONE)),
        (PushResolutionTooLow, lambda: push(town, video_id=clip(town, town.ada, width=360, height=640))),
        (NotFound, lambda: push(town, video_id=clip(town, town.mallory))),
        (NotFound, lambda: pushes.push(town.ada, 1, draft(town), now=town.now)),
        (NotFound, lambda: pushes.push(town.ada, cleo_profile, draft(town), access_id=mallorys, now=town.now)),
    ]
    for problem, act in refused:
        with pytest.raises(problem):
            act()
    assert (Post.objects.count(), Consent.objects.count()) == (1, 0)
    bare = town.world.account("Ada", "No terms", terms=False)
    access(town, bare, *ALL)
    with pytest.raises(SparkTermsRequired):
        pushes.push(bare, cleo_profile, draft(town, video_id=clip(town, bare)), now=town.now)
    pushed = push(town)
    before = facts(pushed.post_id)
    with pytest.raises(OriginalsFixed):
        drafts.edit(town.ada, pushed.post_id, draft(town, caption=f"As in {link}"), now=town.now)
    with pytest.raises(NotFound):
        drafts.edit(town.mallory, pushed.post_id, draft(town), now=town.now)
    assert facts(pushed.post_id) == before
    with pytest.raises(NotFound):
        ads.create_one(town.mallory, town.ad_group(), town.spark_draft(pushed.consent_id), now=town.now)


def test_a_creator_who_looks_at_ads_first_is_waited_for(town: Town) -> None:
    access_id = access(town, town.ada, *ALL)
    AccountAccess.objects.filter(pk=access_id).update(preview_required=True)
    pushed = push(town)
    ad_id, other = pushed_ad(town, pushed), pushed_ad(town, pushed)
    reviews.approve(town.olu, open_review(ad_id), now=town.now)
    assert facts(pushed.post_id).draft is True, "Approved, and not accepted."
    creator_verdicts.accept(town.world.cleo, other, now=town.now)
    assert facts(pushed.post_id).draft is True, "Accepted, and not approved."
    creator_verdicts.refuse(town.world.cleo, ad_id, now=town.now)
    assert facts(pushed.post_id).draft is True
    creator_verdicts.accept(town.world.cleo, ad_id, now=town.now)
    assert (facts(pushed.post_id).draft, shown(pushed.post_id)) == (False, True)


def test_nothing_is_published_after_the_consent_has_ended(town: Town) -> None:
    access(town, town.ada, *ALL)
    pushed = push(town)
    ad_id = pushed_ad(town, pushed)
    switches.set_ad_settings(town.world.cleo, on=False, now=town.now)
    reviews.approve(town.olu, open_review(ad_id), now=town.now)
    assert (facts(pushed.post_id).draft, shown(pushed.post_id)) == (True, False)
    assert "published" not in acts()


def test_nothing_is_published_on_a_profile_that_the_access_no_longer_covers(town: Town) -> None:
    access_id = access(town, town.ada, *ALL)
    pushed = push(town, publish_as=PublishAs.PUBLIC)
    ad_id = pushed_ad(town, pushed)
    AccountAccess.objects.filter(pk=access_id).update(scopes=[AccessScope.PUBLISH_ADS_ONLY.value])
    reviews.approve(town.olu, open_review(ad_id), now=town.now)
    assert (facts(pushed.post_id).draft, shown(pushed.post_id)) == (True, False)
    with pytest.raises(AccountAccessScopeMissing):
        drafts.edit(town.ada, pushed.post_id, draft(town, publish_as=PublishAs.PUBLIC), now=town.now)
    drafts.edit(town.ada, pushed.post_id, draft(town), now=town.now)
    reviews.approve(town.olu, open_review(ad_id), now=town.now)
    assert (facts(pushed.post_id).draft, shown(pushed.post_id)) == (False, True)
    assert facts(pushed.post_id).ads_only
