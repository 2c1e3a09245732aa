"""A host's posts. What a creator agreed to with a consent stays as it is, whatever the host tells later; the rest follows."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.conf import settings

from vonk.content import captions, hosted
from vonk.content.actions import making, post_pictures, posts, publishing
from vonk.content.actions.hosting import items
from vonk.content.actions.hosting.items import Done
from vonk.content.captions import Caption
from vonk.content.errors import AccountUnknown, AuthorKept, ItemDeleted, MediaUnclear, SoundUnknown
from vonk.content.hosted import Deletion, ItemKind, Judged, PostItem
from vonk.content.models import HostItem, Post, Profile, Sound, Video
from vonk.content.queries import hosting
from vonk.content.rules import Disclosure, Format, Origin, VideoState
from vonk.control import audit
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.core.ids import parse_id


def sync(scope: Scope, given: Sequence[PostItem], *, now: datetime) -> tuple[Judged, ...]:
    """Publish a host's posts, or change them; ads follow with the commit. Raises what ``items.take`` raises."""
    return items.take(scope, ItemKind.POST, given, partial(_apply, scope, now), hold=posts.hold, now=now)


def delete(scope: Scope, given: Sequence[Deletion], *, now: datetime) -> tuple[Judged, ...]:
    """Delete posts for good. Never refused because of ads: they stop with the commit."""
    return items.remove(scope, ItemKind.POST, given, partial(_delete, scope, now), hold=posts.hold, now=now)


def _apply(scope: Scope, now: datetime, row: HostItem, item: PostItem) -> Done:
    said = captions.read(item.caption)
    if [item.media is None, item.video_id is None, not item.pictures].count(False) != 1:
        raise MediaUnclear
    if item.pictures:
        hosted.require_pictures(item.pictures, settings.VONK.host_media_origins)
    if item.media is not None:
        hosted.require_media(item.media, settings.VONK.host_media_origins)
    if not hosted.EARLIEST <= item.created_at <= now:
        raise FieldInvalid("created_at", "from %(year)s on, and not later than now", year=hosted.EARLIEST.year)
    try:
        profile = hosting.profile_of(scope, item.account, field="account")
    except NotFound as error:
        raise AccountUnknown(external_id=item.account, field="account") from error
    if row.object_id is None:
        return _publish(scope, profile, item, said, now)
    post = publishing.lock(row.object_id)
    if post is None or post.deleted_at is not None:
        raise ItemDeleted
    if post.profile_id != profile.pk:
        raise AuthorKept
    return _change(scope, post, item, said, now)


def _publish(scope: Scope, profile: Profile, item: PostItem, said: Caption, now: datetime) -> Done:
    video = _video(profile, item, now)
    post = Post.objects.create(
        profile=profile,
        video=video,
        sound=_sound(scope, profile, video, item, now),
        caption=said.text,
        visibility=item.visibility.value,
        origin=Origin.ORGANIC.value,
        may_duet=item.may_duet and not item.pictures,
        may_stitch=item.may_stitch and not item.pictures,
        format=_format(item).value,
        disclosure=item.disclosure.value,
        ai_generated=item.ai_generated,
        external_id=item.external_id,
        created_at=item.created_at,
    )
    making.index_caption(post, said)
    detail = {"visibility": post.visibility, "version": item.version}
    audit.record(scope, "post.published", "post", post.pk, at=now, detail=detail)
    return Done(post.pk)


def _change(scope: Scope, post: Post, item: PostItem, said: Caption, now: datetime) -> Done:
    profile = post.profile
    kept = _kept(post, item, said)
    if "caption" not in kept and post.caption != said.text:
        post.caption = said.text
        making.index_caption(post, said)
    if "media" not in kept:
        _replace_film(post, profile, item, now)
    if "disclosure" not in kept:
        post.disclosure = item.disclosure.value
    if "format" not in kept:
        post.format = (Format.CAROUSEL if post.video.pictures else item.format).value
    if "sound" not in kept and item.sound is not None:
        post.sound = _sound(scope, profile, post.video, item, now)
    post.visibility = item.visibility.value
    filmed = not post.video.pictures
    post.may_duet, post.may_stitch = item.may_duet and filmed, item.may_stitch and filmed
    post.ai_generated = post.ai_generated or item.ai_generated  # Said once, it is never unsaid.
    fields = [
        "caption",
        "video",
        "sound",
        "visibility",
        "may_duet",
        "may_stitch",
        "format",
        "disclosure",
        "ai_generated",
    ]
    detail: dict[str, object] = {"visibility": post.visibility, "version": item.version, "kept": list(kept)}
    posts.save_change(scope, post, "post.synced", now, fields=fields, detail=detail)
    return Done(post.pk, kept)


def _kept(post: Post, item: PostItem, said: Caption) -> tuple[str, ...]:
    """Return what stays of a post that was authorised for ads, because the consent was to that."""
    kept = []
    if post.caption_locked:
        if said.text != post.caption:
            kept.append("caption")
        if not _same_film(post.video, item):
            kept.append("media")
        if item.disclosure is Disclosure.NONE and post.disclosure != Disclosure.NONE.value:
            kept.append("disclosure")
        if item.sound is not None:
            kept.append("sound")
    if post.in_ads and _format(item).value != post.format:
        kept.append("format")
    if post.ai_generated and not item.ai_generated:
        kept.append("ai_generated")
    return tuple(kept)


def _format(item: PostItem) -> Format:
    return Format.CAROUSEL if item.pictures else item.format


def _same_film(video: Video, item: PostItem) -> bool:
    if item.pictures or video.pictures:
        shown = video.picture_rows.order_by("place").values_list("key", "small_key", "width", "height", "alt")
        given = [(one.url, one.small_url or one.url, one.width, one.height, one.alt) for one in item.pictures]
        return list(shown) == given
    if item.media is None:
        return str(video.pk) == item.video_id
    film = item.media
    return (video.rendition_key, video.poster_key) == (film.video_url, film.poster_url) and (
        video.width, video.height, video.duration_ms
    ) == (film.width, film.height, film.duration_ms)  # fmt: skip


def _replace_film(post: Post, profile: Profile, item: PostItem, now: datetime) -> None:
    if not _same_film(post.video, item):
        post.video = _video(profile, item, now)


def _video(profile: Profile, item: PostItem, now: datetime) -> Video:
    """Return what a post shows: a film uploaded here for the account, or a row for what stays at the host."""
    if item.pictures:
        assert profile.owner_id is not None, "A host's accounts are people's."
        return post_pictures.at_host(profile.owner_id, item.pictures, now=now)
    if item.media is None:
        uploaded = Video.objects.filter(pk=_id(item.video_id), uploader_id=profile.owner_id, account=None)
        return making.ready_video(uploaded.first())
    film = item.media
    assert profile.owner_id is not None, "A host's accounts are people's."
    return Video.objects.create(
        uploader_id=profile.owner_id,
        state=VideoState.READY.value,
        progress_percent=100,
        original_name="",
        rendition_key=film.video_url,
        poster_key=film.poster_url,
        source_bytes=0,
        source_sha256="",
        width=film.width,
        height=film.height,
        duration_ms=film.duration_ms,
        has_sound=film.has_sound,
        created_at=now,
    )


def _id(text: str | None) -> int:
    try:
        return parse_id(text or "")
    except ValueError as error:
        raise NotFound(noun="video") from error


def _sound(scope: Scope, profile: Profile, video: Video, item: PostItem, now: datetime) -> Sound | None:
    if item.sound is None:
        return making.sound_of(profile, video, None, now)
    try:
        sound_id = hosting.object_id(scope, ItemKind.SOUND, item.sound)
    except NotFound as error:
        raise SoundUnknown(external_id=item.sound, field="sound") from error
    return making.sound_of(profile, video, sound_id, now)


def _delete(scope: Scope, now: datetime, row: HostItem) -> None:
    assert row.object_id is not None, "There is something to delete."
    post = publishing.lock(row.object_id)
    if post is None or post.deleted_at is not None:
        return
    post.deleted_at = now
    posts.save_change(scope, post, "post.deleted", now, fields=["deleted_at"])
    posts.drop_files(post)
