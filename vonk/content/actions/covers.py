"""The still picture of a video before it plays: a frame of it, or a picture of its creator's."""

from datetime import datetime
from pathlib import Path
from typing import IO, Final

from django.db import transaction

from vonk.content import media, pictures
from vonk.content.actions import publishing
from vonk.content.actions.making import ready_video
from vonk.content.errors.drafts import CoverEmpty, CoverLocked, CoverTooLarge
from vonk.content.hosted import is_remote
from vonk.content.models import Post, Video
from vonk.content.pictures import EDITED_SIDE_MAX, EDITED_SIDE_MIN, Drawn, Edit
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound

BYTES_MAX: Final = 10_000_000
SIDE_MAX: Final = 2_048  # Before it is cut to the video's own shape.


def set_cover(scope: Scope, video_id: int, picture: IO[bytes], *, now: datetime) -> None:
    """Give the acting person's video this cover, cut to its shape, in the posts that show it too.

    Raises NotFound, VideoNotReady, VideoFailed, CoverLocked once one of its posts was authorised for ads, CoverEmpty,
    CoverTooLarge, ImageTooManyPixels, ImageUnknown or ImageDamaged; then nothing is kept.
    """
    video = _own(scope, video_id)
    with media.scratch("cover") as folder:
        drawn = _draw(picture, video, folder)
        key = media.new_key(drawn.format)
        media.store().put(key, folder / "cover")
    try:
        _record(scope, video_id, key, now)
    except BaseException:
        media.store().delete(key)
        raise


def _own(scope: Scope, video_id: int) -> Video:
    scope.require(Right.CREATE)
    video = ready_video(Video.objects.filter(pk=video_id, uploader_id=scope.person, account=None, pictures=0).first())
    if is_remote(video.rendition_key or ""):
        raise NotFound(noun="video")  # It stays at its host, and so does its cover.
    return video


def _draw(picture: IO[bytes], video: Video, folder: Path) -> Drawn:
    source, drawn, cover = folder / "source", folder / "drawn", folder / "cover"
    given = picture.read(BYTES_MAX + 1)
    if not given:
        raise CoverEmpty
    if len(given) > BYTES_MAX:
        raise CoverTooLarge(megabytes=BYTES_MAX // 1_000_000)
    source.write_bytes(given)
    pictures.draw_sizes(source, [(drawn, SIDE_MAX)])
    width, height = (min(max(side or 0, EDITED_SIDE_MIN), EDITED_SIDE_MAX) for side in (video.width, video.height))
    return pictures.reshape(drawn, cover, Edit.CROP, width=width, height=height)


@transaction.atomic
def _record(scope: Scope, video_id: int, key: str, now: datetime) -> None:
    """Name the new cover, and drop the old one after the commit."""
    post_ids = list(Post.objects.filter(video_id=video_id, deleted_at=None).values_list("pk", flat=True))
    found = [publishing.lock(post_id) for post_id in sorted(post_ids)]
    if any(post is not None and post.caption_locked for post in found):
        raise CoverLocked
    video = Video.objects.select_for_update(no_key=True).get(pk=video_id)
    ready_video(video)
    before, video.poster_key = video.poster_key, key
    video.save(update_fields=["poster_key"])
    audit.record(scope, "video.cover_set", "video", video_id, at=now)
    publishing.sync(post_ids, now=now)
    if before:
        transaction.on_commit(lambda: media.store().delete(before))
