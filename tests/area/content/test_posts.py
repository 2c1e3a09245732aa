from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.area.content import cast
from vonk.content import media, queries
from vonk.content.actions import posts, profiles, sounds
from vonk.content.errors import (
    CaptionLocked,
    DuetNotAllowed,
    StitchNotAllowed,
    VideoFailed,
    VideoNotReady,
)
from vonk.content.models import Post, PostMention, PostTag, Profile, Video
from vonk.content.rules import Visibility
from vonk.control.models import AuditEntry, Publication
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound, RightMissing
from vonk.delivery.snapshot import DocumentKind, PostDocument, decode_document

pytestmark = pytest.mark.django_db


def published(post_id: int) -> PostDocument | None:
    """What ad servers know of the post."""
    row = Publication.objects.filter(kind="post", object_id=post_id).first()
    if row is None or row.document is None:
        return None
    document = decode_document(DocumentKind.POST, row.document)
    assert isinstance(document, PostDocument)
    return document


def test_publishing(cleo: Scope, vik: Scope, now: datetime) -> None:
    video_id = cast.video(cleo, now, has_sound=True)
    post_id = posts.publish(
        cleo,
        video_id=video_id,
        caption=" Fresh #Bread 🥐 with @vik and @nobody ",
        visibility=Visibility.FRIENDS,
        may_duet=False,
        now=now,
    )
    facts = queries.post_facts([post_id, 1])[post_id]
    video = Video.objects.get(pk=video_id)
    assert facts == queries.PostFacts(
        id=post_id,
        profile_id=Profile.objects.get(handle="cleo").pk,
        owner_id=cleo.person,
        account_id=None,
        handle="cleo",
        display_name="Cleo",
        avatar_url="",
        caption="Fresh #Bread 🥐 with @vik and @nobody",
        caption_locked=False,
        visibility=Visibility.FRIENDS,
        ads_only=False,
        in_ads=False,
        available=False,
        unavailable_reason="private",
        removed_reason=None,
        origin=facts.origin.ORGANIC,
        format=facts.format.VIDEO,
        disclosure=facts.disclosure.NONE,
        ai_generated=False,
        draft=False,
        profile_private=False,
        pushed_for=0,
        publish_as=None,
        video_id=video_id,
        video_state=facts.video_state.READY,
        duration_ms=5000,
        width=360,
        height=640,
        duet_of=None,
        stitch_of=None,
        mentions_posts=(),
        may_duet=False,
        may_stitch=True,
        sound_id=facts.sound_id,
        sound_title="original sound – cleo",
        sound_commercial=True,
        sound_countries=(),
        sound_profile_id=facts.profile_id,
        poster_url=f"/media/{video.poster_key}",
        video_url=f"/media/{video.rendition_key}",
        created_at=now,
    )
    assert list(PostTag.objects.values_list("tag", flat=True)) == ["bread"]
    assert list(PostMention.objects.values_list("profile__handle", flat=True)) == ["vik"]
    assert queries.sound(facts.sound_id) == queries.SoundView(facts.sound_id, "original sound – cleo", "cleo")
    entry = AuditEntry.objects.get(action="post.published")
    assert (entry.person_id, entry.object_id, entry.detail) == (cleo.person, post_id, {"visibility": "friends"})


def test_a_silent_video_has_no_sound_of_its_own_and_may_use_one(
    cleo: Scope, vik: Scope, olu: Scope, now: datetime
) -> None:
    silent = cast.post(cleo, now)
    assert queries.post_facts([silent])[silent].sound_id == 0
    sound_id = sounds.add_to_library(olu, title="Rain on a tin roof", now=now)
    chosen = cast.post(cleo, now, sound_id=sound_id)
    assert queries.post_facts([chosen])[chosen].sound_title == "Rain on a tin roof"
    assert queries.library(Paging()).items == (queries.SoundView(sound_id, "Rain on a tin roof", ""),)
    with pytest.raises(NotFound):
        cast.post(cleo, now, sound_id=1)
    with pytest.raises(RightMissing):
        sounds.add_to_library(cleo, title="Mine", now=now)


def test_only_ones_own_ready_video_is_published(cleo: Scope, mallory: Scope, ada: Scope, now: datetime) -> None:
    mine = cast.video(cleo, now)
    refused: list[tuple[Scope, int, type[Exception]]] = [
        (mallory, mine, NotFound),
        (cleo, cast.video(ada, now), NotFound),
        (cleo, 1, NotFound),
        (cleo, cast.video(cleo, now, state="processing"), VideoNotReady),
        (cleo, cast.video(cleo, now, state="uploaded"), VideoNotReady),
        (cleo, cast.video(cleo, now, state="failed", failure="video_damaged"), VideoFailed),
    ]
    for scope, video_id, error in refused:
        with pytest.raises(error):
            posts.publish(scope, video_id=video_id, caption="", now=now)
    assert Post.objects.count() == 0
    posts.publish(cleo, video_id=mine, caption="", now=now)


def test_duets_and_stitches_need_leave_and_credit_the_original(cleo: Scope, vik: Scope, now: datetime) -> None:
    open_post = cast.post(cleo, now)
    shut = cast.post(cleo, now, may_duet=False, may_stitch=False)
    private = cast.post(cleo, now, visibility=Visibility.PRIVATE)
    duet = cast.post(vik, now, duet_of=open_post)
    stitch = cast.post(vik, now, stitch_of=open_post)
    facts = queries.post_facts([duet, stitch])
    assert (facts[duet].duet_of, facts[stitch].stitch_of) == (open_post, open_post)
    with pytest.raises(DuetNotAllowed):
        cast.post(vik, now, duet_of=shut)
    with pytest.raises(StitchNotAllowed):
        cast.post(vik, now, stitch_of=shut)
    for hidden in (private, 1):
        with pytest.raises(NotFound):
            cast.post(vik, now, duet_of=hidden)
    with pytest.raises(FieldInvalid):
        cast.post(vik, now, duet_of=open_post, stitch_of=open_post)
    cast.post(cleo, now, duet_of=shut)  # Her own.
    posts.set_reuse(cleo, open_post, may_duet=False, may_stitch=True, now=now)
    with pytest.raises(DuetNotAllowed):
        cast.post(vik, now, duet_of=open_post)


def test_a_caption_is_edited_until_it_is_locked(cleo: Scope, now: datetime) -> None:
    post_id = cast.post(cleo, now, "#one @cleo")
    posts.edit_caption(cleo, post_id, "#two", now)
    assert list(PostTag.objects.values_list("tag", flat=True)) == ["two"]
    assert PostMention.objects.count() == 0
    posts.authorise(post_id, ads_only=False, now=now)
    with pytest.raises(CaptionLocked):
        posts.edit_caption(cleo, post_id, "#three", now)
    assert queries.post_facts([post_id])[post_id].caption == "#two"


def test_a_caption_that_points_to_posts(cleo: Scope, now: datetime) -> None:
    post_id = cast.post(cleo, now, "like /@vik/video/123 and /posts/456")
    assert queries.post_facts([post_id])[post_id].mentions_posts == (123, 456)


def test_a_post_obeys_its_owner_alone(cleo: Scope, mallory: Scope, ada: Scope, olu: Scope, now: datetime) -> None:
    post_id = cast.post(cleo, now)
    before = queries.post_facts([post_id])
    acts: list[Callable[[Scope], None]] = [
        lambda scope: posts.set_visibility(scope, post_id, Visibility.PRIVATE, now),
        lambda scope: posts.set_reuse(scope, post_id, may_duet=False, may_stitch=False, now=now),
        lambda scope: posts.edit_caption(scope, post_id, "mine now", now),
        lambda scope: posts.delete(scope, post_id, now),
    ]
    for scope in (mallory, ada, olu):
        for act in acts:
            with pytest.raises(NotFound):
                act(scope)
        with pytest.raises(NotFound):
            queries.own_post(scope, post_id)
    for scope in (mallory, ada, cleo):
        with pytest.raises(RightMissing):
            posts.remove(scope, post_id, "envy", now)
        with pytest.raises(RightMissing):
            posts.restore(scope, post_id, now)
        with pytest.raises(RightMissing):
            queries.all_posts(scope, Paging())
    assert queries.post_facts([post_id]) == before


def test_what_ad_servers_know_of_a_post_stays_true(cleo: Scope, olu: Scope, now: datetime) -> None:
    post_id = cast.post(cleo, now, "#bread", video_id=cast.video(cleo, now, has_sound=True))
    profile_id = Profile.objects.get(handle="cleo").pk
    posts.set_visibility(cleo, post_id, Visibility.PUBLIC, now)
    assert published(post_id) is None  # Nobody asked for it in ads.
    posts.show_in_ads(post_id, now=now)
    facts = queries.post_facts([post_id])[post_id]
    document = PostDocument(
        id=post_id,
        profile_id=profile_id,
        handle="cleo",
        display_name="Cleo",
        avatar_url="",
        caption="#bread",
        sound_id=facts.sound_id,
        sound_title="original sound – cleo",
        video_url=facts.video_url,
        poster_url=facts.poster_url,
        duration_ms=5000,
        width=360,
        height=640,
        may_duet=True,
        may_stitch=True,
    )
    assert published(post_id) == document

    for visibility in (Visibility.PRIVATE, Visibility.FRIENDS):
        posts.set_visibility(cleo, post_id, visibility, now)
        assert published(post_id) is None
    posts.authorise(post_id, ads_only=True, now=now)
    assert published(post_id) == document  # Only shown in ads: privacy does not matter.
    posts.authorise(post_id, ads_only=False, now=now)
    assert published(post_id) is None
    posts.set_visibility(cleo, post_id, Visibility.PUBLIC, now)
    assert published(post_id) == document

    posts.remove(olu, post_id, "not bread", now)
    posts.set_visibility(cleo, post_id, Visibility.PUBLIC, now)
    assert published(post_id) is None
    facts = queries.post_facts([post_id])[post_id]
    assert (facts.unavailable_reason, facts.removed_reason) == ("removed", "not bread")
    posts.restore(olu, post_id, now)
    assert published(post_id) == document

    profiles.ban(olu, profile_id, reason="fake", now=now)
    posts.set_reuse(cleo, post_id, may_duet=False, may_stitch=True, now=now)
    assert published(post_id) is None
    profiles.unban(olu, profile_id, now=now)
    assert published(post_id) == msgspec.structs.replace(document, may_duet=False)

    profiles.update(cleo, display_name="Cleo Bakes", bio="", handle="cleo2", now=now)
    renamed = msgspec.structs.replace(document, may_duet=False, display_name="Cleo Bakes", handle="cleo2")
    assert published(post_id) == renamed

    posts.delete(cleo, post_id, now)
    assert published(post_id) is None
    posts.restore(olu, post_id, now)
    posts.show_in_ads(post_id, now=now)
    assert published(post_id) is None
    assert queries.post_facts([post_id])[post_id].unavailable_reason == "deleted"


def test_a_deleted_post_takes_its_files_along(
    cleo: Scope, now: datetime, folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    video_id = cast.video(cleo, now)
    row = Video.objects.get(pk=video_id)
    keys = [row.rendition_key or "", row.poster_key or ""]
    for key in keys:
        (folder / "draft").write_bytes(b"x")
        media.store().put(key, folder / "draft")
    first, second = cast.post(cleo, now, video_id=video_id), cast.post(cleo, now, video_id=video_id)
    with django_capture_on_commit_callbacks(execute=True):
        posts.delete(cleo, first, now)
    assert [media.store().exists(key) for key in keys] == [True, True]
    with django_capture_on_commit_callbacks(execute=True):
        posts.delete(cleo, second, now)
    assert [media.store().exists(key) for key in keys] == [False, False]
    facts = queries.post_facts([second])[second]
    assert (facts.video_url, facts.poster_url, facts.available) == ("", "", False)
    with pytest.raises(NotFound):
        posts.delete(cleo, second, now)
    with pytest.raises(NotFound):
        posts.publish(cleo, video_id=video_id, caption="", now=now)


def test_the_creative_of_an_advertiser(ada: Scope, cleo: Scope, vik: Scope, now: datetime) -> None:
    identity_id = profiles.create_identity(ada, display_name="Ada's Shop", avatar=None, now=now)
    video_id = cast.video(ada, now)
    post_id = posts.publish_for_advertiser(
        ada, video_id=video_id, identity_id=identity_id, caption="Buy #bread", now=now
    )
    facts = queries.post_facts([post_id])[post_id]
    assert (facts.owner_id, facts.account_id, facts.handle) == (None, ada.account, "")
    assert (facts.available, facts.may_duet, facts.may_stitch, facts.sound_id) == (True, False, False, 0)
    assert published(post_id) is None
    posts.show_in_ads(post_id, now=now)
    document = published(post_id)
    assert document is not None
    assert (document.display_name, document.handle, document.caption) == ("Ada's Shop", "", "Buy #bread")
    assert [own.id for own in queries.own_posts(ada, Paging()).items] == [post_id]
    with pytest.raises(RightMissing):
        posts.publish_for_advertiser(cleo, video_id=video_id, identity_id=identity_id, caption="", now=now)
    for video, identity in [(cast.video(vik, now), identity_id), (video_id, Profile.objects.get(handle="cleo").pk)]:
        with pytest.raises(NotFound):
            posts.publish_for_advertiser(ada, video_id=video, identity_id=identity, caption="", now=now)


def test_a_creators_own_list(cleo: Scope, olu: Scope, now: datetime) -> None:
    shown, private, removed, deleted = (cast.post(cleo, now) for _ in range(4))
    posts.set_visibility(cleo, private, Visibility.PRIVATE, now)
    posts.remove(olu, removed, "not bread", now)
    posts.delete(cleo, deleted, now)
    assert [own.id for own in queries.own_posts(cleo, Paging()).items] == [removed, private, shown]
    assert [own.id for own in queries.all_posts(olu, Paging()).items] == [removed, private, shown]
    assert queries.own_post(cleo, removed).removed_reason == "not bread"
