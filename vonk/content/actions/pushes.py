"""Posts that an advertiser makes under a creator's profile: drafts until an ad with them is approved."""

from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from vonk.content import captions, pushes
from vonk.content.actions import making, posts, publishing, sound_files
from vonk.content.errors import PostIsPublished
from vonk.content.models import Post, Profile, Sound, Video
from vonk.content.rules import Disclosure, Format, Origin, PublishAs, Visibility
from vonk.control import audit
from vonk.control.scope import PLATFORM, Right, Scope
from vonk.core.errors import NotFound

_NOUN: Final = "post"
_EDITED: Final = (
    "video", "sound", "format", "caption", "publish_as", "ads_only", "disclosure", "ai_generated", "may_duet", "may_stitch",
)  # fmt: skip


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What the advertiser pushes: a video of the account's, or pictures of its library with a sound, or none.

    Without a sound named, a video that has sound makes the profile's original sound.

    ``may_duet`` and ``may_stitch`` say what others may do with it once it is published, None what they may now
    (anything, at first); its creator may change that then.
    """

    video_id: int | None = None
    image_ids: tuple[int, ...] = ()
    caption: str
    publish_as: PublishAs
    disclosure: Disclosure
    sound_id: int | None = None
    ai_generated: bool = False
    may_duet: bool | None = None
    may_stitch: bool | None = None


@transaction.atomic
def push(scope: Scope, profile_id: int, draft: Draft, *, now: datetime) -> int:
    """Make a draft of the account's video or pictures under the creator's profile; return the post's id.

    Authorisation calls this: it knows that the creator granted it. Raises NotFound, VideoNotReady, VideoFailed, what
    ``pushes.refusal`` names, CaptionTooLong, MentionsTooMany or FieldInvalid.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    profile = Profile.objects.filter(pk=profile_id, owner__isnull=False, deleted_at=None, banned_at=None).first()
    if profile is None:
        raise NotFound(noun="profile")
    said = captions.read(draft.caption)
    video = _shown(scope, draft, now)
    post = Post.objects.create(
        profile=profile,
        video=video,
        sound=_sound(profile, video, draft, now),
        format=(Format.CAROUSEL if video.pictures else Format.VIDEO).value,
        caption=said.text,
        visibility=Visibility.PRIVATE.value,  # Whatever it becomes, nobody sees it by chance before.
        origin=Origin.PUSHED.value,
        draft=True,
        pushed_for_id=scope.account,
        publish_as=PublishAs(draft.publish_as).value,
        disclosure=Disclosure(draft.disclosure).value,
        ai_generated=draft.ai_generated,
        may_duet=draft.may_duet is not False and not video.pictures,
        may_stitch=draft.may_stitch is not False and not video.pictures,
        created_at=now,
    )
    making.index_caption(post, said)
    detail = {"profile_id": str(profile_id), "publish_as": post.publish_as}
    audit.record(scope, "post.pushed", _NOUN, post.pk, at=now, detail=detail)
    return post.pk


@transaction.atomic
def edit(scope: Scope, post_id: int, draft: Draft, *, now: datetime) -> None:
    """Change the account's draft; it is what its ad's next review sees. Raises as ``push`` does, and PostIsPublished."""
    post = _lock_draft(scope, post_id)
    said = captions.read(draft.caption)
    before = post.video
    if not _shows(before, draft):
        post.video = _shown(scope, draft, now)
    if draft.sound_id is not None or post.sound is None or not _is_original(post.sound, post.profile):
        post.sound = _sound(post.profile, post.video, draft, now)
    post.format = (Format.CAROUSEL if post.video.pictures else Format.VIDEO).value
    post.caption = said.text
    post.publish_as = PublishAs(draft.publish_as).value
    post.ads_only = draft.publish_as is PublishAs.ADS_ONLY
    post.disclosure = Disclosure(draft.disclosure).value
    post.ai_generated = post.ai_generated or draft.ai_generated
    post.may_duet = post.may_duet if draft.may_duet is None else draft.may_duet
    post.may_stitch = post.may_stitch if draft.may_stitch is None else draft.may_stitch
    if post.video.pictures:
        post.may_duet = post.may_stitch = False
    post.save(update_fields=_EDITED)
    if before.pictures and before.pk != post.video_id:
        posts.drop_set(before)
    making.index_caption(post, said)
    audit.record(scope, "post.push_edited", _NOUN, post.pk, at=now, detail={"publish_as": post.publish_as})


@transaction.atomic
def discard(scope: Scope, post_id: int, *, now: datetime) -> None:
    """Delete the account's draft; its video stays the account's. PostIsPublished for what is the creator's now."""
    post = _lock_draft(scope, post_id)
    post.deleted_at = now
    posts.save_change(scope, post, "post.push_discarded", now, fields=["deleted_at"])
    if post.video.pictures:
        posts.drop_files(post)


@transaction.atomic
def publish_pushed(post_id: int, *, now: datetime) -> bool:
    """Publish a draft as it was chosen, from this instant on; return whether this call did: anything else is left alone.

    Whoever approves an ad with it calls this in that transaction.
    """
    post = publishing.lock(post_id)
    if post is None or not post.draft or post.deleted_at is not None:
        return False
    as_chosen = PublishAs(post.publish_as or "")
    post.draft = False
    post.ads_only = as_chosen is PublishAs.ADS_ONLY
    post.visibility = (Visibility.PUBLIC if as_chosen is PublishAs.PUBLIC else Visibility.PRIVATE).value
    post.created_at = now  # A post is as old as its publication, not as its upload.
    fields = ["draft", "ads_only", "visibility", "created_at"]
    posts.save_change(PLATFORM, post, "post.push_published", now, fields=fields, detail={"publish_as": post.publish_as})
    return True


def _shows(video: Video, draft: Draft) -> bool:
    """Say whether the draft leaves what is shown as it is."""
    if video.pictures:
        return tuple(video.picture_rows.order_by("place").values_list("library_id", flat=True)) == draft.image_ids
    return video.pk == draft.video_id


def _sound(profile: Profile, video: Video, draft: Draft, now: datetime) -> Sound | None:
    if video.pictures:
        return sound_files.under_pictures(draft.sound_id)
    return making.sound_of(profile, video, draft.sound_id, now)


def _shown(scope: Scope, draft: Draft, now: datetime) -> Video:
    if draft.image_ids:
        sound_files.under_pictures(draft.sound_id)  # Judged before anything is drawn.
    video = making.of_account(scope, draft.video_id, draft.image_ids, now=now)
    if video.pictures:
        return video
    measures = pushes.Measures(
        name=video.original_name,
        container=video.source_container,
        source_bytes=video.source_bytes,
        duration_ms=video.duration_ms or 0,
        width=video.width or 0,
        height=video.height or 0,
    )
    refusal = pushes.refusal(measures)
    if refusal is not None:
        raise refusal
    return video


def _lock_draft(scope: Scope, post_id: int) -> Post:
    scope.require(Right.CAMPAIGN_EDIT)
    post = publishing.lock(post_id)
    if post is None or post.pushed_for_id != scope.account or post.deleted_at is not None:
        raise NotFound(noun=_NOUN)
    if not post.draft:
        raise PostIsPublished
    return post


def _is_original(sound: Sound, profile: Profile) -> bool:
    return sound.profile_id == profile.pk
