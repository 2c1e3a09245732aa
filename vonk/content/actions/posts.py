"""Publish posts, and change where they may be seen."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from vonk.content import captions, media
from vonk.content.actions import making, post_pictures, publishing, small_renditions, sound_files
from vonk.content.errors import (
    CaptionLocked,
    DuetNotAllowed,
    PicturesDiffer,
    PicturesNotReusable,
    PostIsDraft,
    StitchNotAllowed,
)
from vonk.content.models import CaptionVersion, Post, PostMention, PostTag, Profile, Sticker, Subtitles, Video
from vonk.content.picture_sets import Chosen
from vonk.content.queries import visibility as seeing
from vonk.content.rules import Disclosure, Format, Origin, Visibility
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound

REASON_CHARS_MAX: Final = 60


@transaction.atomic
def publish(
    scope: Scope,
    *,
    video_id: int | None = None,
    pictures: Sequence[Chosen] = (),
    caption: str,
    sound_id: int | None = None,
    visibility: Visibility = Visibility.PUBLIC,
    may_duet: bool = True,
    may_stitch: bool = True,
    duet_of: int | None = None,
    stitch_of: int | None = None,
    format: Format = Format.VIDEO,  # noqa: A002 - the reference's word for it.
    disclosure: Disclosure = Disclosure.NONE,
    ai_generated: bool = False,
    now: datetime,
) -> int:
    """Publish the person's own, processed video, or 1 to 35 of their pictures; return the post's id.

    ``format`` is what the host's app calls a video; pictures are a carousel, and nobody duets or stitches them. Without a
    sound from elsewhere, a video that has sound makes the profile's original sound. Raises NotFound for a video, picture,
    sound or post that is not there for the person, PicturesDiffer, VideoNotReady, VideoFailed, CaptionTooLong,
    MentionsTooMany, DuetNotAllowed, StitchNotAllowed, SoundUnreadable or FieldInvalid.
    """
    scope.require(Right.CREATE)
    profile = Profile.objects.filter(owner_id=scope.person, deleted_at=None, banned_at=None).first()
    if profile is None:
        raise NotFound(noun="profile")
    if duet_of is not None and stitch_of is not None:
        raise FieldInvalid("stitch_of", "a post is a Duet or a Stitch, not both")
    may_build_on(scope, duet_of, stitch_of)
    said = captions.read(caption)
    if pictures and (duet_of is not None or stitch_of is not None):
        raise PicturesNotReusable(field="duet_of" if duet_of is not None else "stitch_of")
    if pictures and sound_id is not None:
        making.make_audible(sound_id)  # It takes a while: before anything is written.
    video = _shown(scope, video_id, pictures, now)
    post = Post.objects.create(
        profile=profile,
        video=video,
        sound=making.sound_of(profile, video, sound_id, now),
        caption=said.text,
        visibility=Visibility(visibility).value,
        origin=Origin.ORGANIC.value,
        may_duet=may_duet and not pictures,
        may_stitch=may_stitch and not pictures,
        duet_of_id=duet_of,
        stitch_of_id=stitch_of,
        format=(Format.CAROUSEL if pictures else Format(format)).value,
        disclosure=Disclosure(disclosure).value,
        ai_generated=ai_generated,
        created_at=now,
    )
    making.index_caption(post, said)
    audit.record(scope, "post.published", "post", post.pk, at=now, detail={"visibility": post.visibility})
    return post.pk


def _shown(scope: Scope, video_id: int | None, pictures: Sequence[Chosen], now: datetime) -> Video:
    if pictures and video_id is None:
        return post_pictures.together(scope, pictures, now=now)
    if pictures or video_id is None:
        raise PicturesDiffer
    return making.ready_video(Video.objects.filter(pk=video_id, uploader_id=scope.person, account=None).first())


@transaction.atomic
def publish_for_advertiser(
    scope: Scope,
    *,
    video_id: int | None = None,
    image_ids: Sequence[int] = (),
    image_alts: Sequence[str] = (),
    sound_id: int | None = None,
    identity_id: int,
    caption: str,
    now: datetime,
) -> int:
    """Make the creative of a non-Spark ad from the account's video or pictures, under its identity; return the post's id.

    It is in no feed and on no profile; only ads show it. ``image_alts`` say in words what each picture shows, ``sound_id`` is
    what is heard with them. Raises as
    ``publish`` does, SoundTooShort, and NotFound for a sound that ads may not use.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    identity = Profile.objects.filter(pk=identity_id, account_id=scope.account, deleted_at=None, banned_at=None).first()
    if identity is None:
        raise NotFound(noun="identity")
    said = captions.read(caption)
    sound = sound_files.under_pictures(sound_id)
    video = making.of_account(scope, video_id, image_ids, image_alts, now=now)
    post = Post.objects.create(
        profile=identity,
        video=video,
        sound=sound,
        format=(Format.CAROUSEL if image_ids else Format.VIDEO).value,
        caption=said.text,
        visibility=Visibility.PUBLIC.value,
        ads_only=True,
        origin=Origin.ADVERTISER.value,
        may_duet=False,
        may_stitch=False,
        created_at=now,
    )
    making.index_caption(post, said)
    audit.record(scope, "post.published", "post", post.pk, at=now, detail={"origin": post.origin})
    return post.pk


@transaction.atomic
def set_visibility(scope: Scope, post_id: int, visibility: Visibility, now: datetime) -> None:
    """Say who may see the post. Never refused because of ads: they stop at once (reference §3 c).

    PostIsDraft for what an advertiser pushed and no review has approved: how it is published was part of its consent.
    """
    post = lock_own(scope, post_id)
    if post.draft:
        raise PostIsDraft
    post.visibility = Visibility(visibility).value
    save_change(scope, post, "post.visibility_set", now, fields=["visibility"], detail={"visibility": post.visibility})


@transaction.atomic
def set_reuse(scope: Scope, post_id: int, *, may_duet: bool, may_stitch: bool, now: datetime) -> None:
    """Say whether others may build on the post from now on."""
    post = lock_own(scope, post_id)
    if post.video.pictures and (may_duet or may_stitch):
        raise PicturesNotReusable
    post.may_duet, post.may_stitch = may_duet, may_stitch
    detail: dict[str, object] = {"may_duet": may_duet, "may_stitch": may_stitch}
    save_change(scope, post, "post.reuse_set", now, fields=["may_duet", "may_stitch"], detail=detail)


@transaction.atomic
def edit_caption(scope: Scope, post_id: int, caption: str, now: datetime) -> None:
    """Change the caption, until the post was authorised for ads (CaptionLocked, S3)."""
    post = lock_own(scope, post_id)
    if post.caption_locked:
        raise CaptionLocked
    said = captions.read(caption)
    post.caption = said.text
    making.index_caption(post, said)
    save_change(scope, post, "post.caption_edited", now, fields=["caption"])


@transaction.atomic
def delete(scope: Scope, post_id: int, now: datetime) -> None:
    """Delete the person's post, for good: its files go with the commit. Never refused because of ads."""
    post = lock_own(scope, post_id)
    post.deleted_at = now
    save_change(scope, post, "post.deleted", now, fields=["deleted_at"])
    # The video of a draft that its creator does not want is still the advertiser's; pictures are copies.
    if not post.draft or post.video.pictures:
        drop_files(post)


@transaction.atomic
def erase(post_id: int, *, now: datetime) -> None:
    """Delete the post and its words for good, deleted before or not. Its row stays: consents and money lead to it.

    ``erasing`` calls this in the transaction in which its creator is erased, which holds the audit row.
    """
    post = _lock_any(post_id)
    post.deleted_at = post.deleted_at or now
    post.caption = post.external_id = ""
    Sticker.objects.filter(post=post).delete()
    Subtitles.objects.filter(post=post).delete()
    post.save(update_fields=["deleted_at", "caption", "external_id"])
    PostTag.objects.filter(post=post).delete()
    PostMention.objects.filter(post=post).delete()
    CaptionVersion.objects.filter(post=post).update(text="", replaces="", note="")
    publishing.sync([post.pk], now=now)
    if not post.draft or post.video.pictures:
        drop_files(post)


@transaction.atomic
def remove(scope: Scope, post_id: int, reason: str, now: datetime) -> None:
    """Take the post out of sight, as a moderator; ``restore`` takes it back. Removing twice is removing once."""
    scope.require(Right.REVIEW)
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= REASON_CHARS_MAX:
        raise FieldInvalid("reason", "1 to %(most)s characters", most=REASON_CHARS_MAX)
    post = _lock_any(post_id)
    if post.removed_at is None:
        post.removed_at, post.removed_reason = now, reason
        fields = ["removed_at", "removed_reason"]
        save_change(scope, post, "post.removed", now, fields=fields, detail={"reason": reason})


@transaction.atomic
def restore(scope: Scope, post_id: int, now: datetime) -> None:
    """Show a removed post again, in the ads that use it too."""
    scope.require(Right.REVIEW)
    post = _lock_any(post_id)
    if post.removed_at is not None:
        post.removed_at = post.removed_reason = None
        save_change(scope, post, "post.restored", now, fields=["removed_at", "removed_reason"])


def hold(post_ids: Collection[int]) -> None:
    """Lock the posts and their profiles until commit, before anything of them is published.

    Publishing is one queue: who waited in it for a profile would wait for whoever holds that one and waits behind them.
    """
    rows = Post.objects.filter(pk__in=post_ids).order_by("profile_id", "pk")
    for post_id in list(rows.values_list("pk", flat=True)):
        publishing.lock(post_id)


@transaction.atomic
def authorise(post_id: int, *, ads_only: bool, now: datetime) -> None:
    """Note that the post was authorised for ads: its caption stays, and it is shown in ads alone or organically too.

    Authorisation calls this in the transaction of the creator's consent, which holds the audit row.
    """
    post = _lock_any(post_id)
    post.ads_only, post.caption_locked = ads_only, True
    post.save(update_fields=["ads_only", "caption_locked"])
    publishing.sync([post_id], now=now)


@transaction.atomic
def show_in_ads(post_id: int, *, now: datetime) -> None:
    """Publish the post's document to the ad servers, and keep it true from now on. Twice is once.

    Authorisation calls this on redemption, advertising for a creative of its own, in their transactions.
    """
    post = _lock_any(post_id)
    post.in_ads = True
    post.save(update_fields=["in_ads"])
    publishing.sync([post_id], now=now)


def _lock_any(post_id: int) -> Post:
    post = publishing.lock(post_id)
    if post is None:
        raise NotFound(noun="post")
    return post


def lock_own(scope: Scope, post_id: int) -> Post:
    """Return the person's (or, with a scope over an account, the account's) post, not deleted, locked until commit."""
    post = _lock_any(post_id)
    profile = post.profile
    scope.require(Right.CREATE if profile.account_id is None else Right.CAMPAIGN_EDIT)
    own = profile.owner_id == scope.person if profile.account_id is None else profile.account_id == scope.account
    if not own or post.deleted_at is not None:
        raise NotFound(noun="post")
    return post


def save_change(
    scope: Scope, post: Post, act: str, now: datetime, *, fields: list[str], detail: dict[str, object] | None = None
) -> None:
    """Save a change of a locked post, with its audit row, and keep the ad servers' document true."""
    post.save(update_fields=fields)
    audit.record(scope, act, "post", post.pk, at=now, detail=detail)
    publishing.sync([post.pk], now=now)


def may_build_on(scope: Scope, duet_of: int | None, stitch_of: int | None) -> None:
    """Raise NotFound, PicturesNotReusable, DuetNotAllowed or StitchNotAllowed when the person may not answer the post."""
    original = duet_of if duet_of is not None else stitch_of
    if original is None:
        return
    row = (
        Post.objects.filter(seeing.visible_to(scope.person), pk=original)
        .values_list("may_duet", "may_stitch", "profile__owner_id", "video__pictures")
        .first()
    )
    if row is None:
        raise NotFound(noun="post")
    may_duet, may_stitch, owner_id, pictures = row
    if pictures:
        raise PicturesNotReusable(field="duet_of" if duet_of is not None else "stitch_of")
    if owner_id == scope.person:
        return  # One's own post needs nobody's leave.
    if duet_of is not None and not may_duet:
        raise DuetNotAllowed
    if stitch_of is not None and not may_stitch:
        raise StitchNotAllowed


def drop_set(video: Video) -> None:
    """Forget the pictures of a set that no post shows; their files are deleted after the commit."""
    keys = post_pictures.forget(video)
    video.poster_key = None
    video.save(update_fields=["poster_key"])
    transaction.on_commit(lambda: _drop(keys))


def drop_files(post: Post) -> None:
    """Forget the video's files once no post shows it; they are deleted after the commit, or by ``videos.sweep``."""
    if Post.objects.filter(video_id=post.video_id, deleted_at=None).exists():
        return
    video = Video.objects.select_for_update(no_key=True).get(pk=post.video_id)
    if video.pictures:
        drop_set(video)
        return
    keys = [key for key in (video.rendition_key, video.poster_key) if key is not None]
    keys += small_renditions.forget([video.pk])
    video.rendition_key = video.poster_key = None
    video.save(update_fields=["rendition_key", "poster_key"])
    transaction.on_commit(lambda: _drop(keys))


def _drop(keys: Sequence[str]) -> None:
    for key in keys:
        media.store().delete(key)
