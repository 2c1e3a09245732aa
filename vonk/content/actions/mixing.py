"""Duet and Stitch: an upload that processing puts beside a post, or after its beginning."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePath
from typing import IO, Final

from django.db import transaction

from vonk.content import hosted, media
from vonk.content.actions import videos
from vonk.content.actions.posts import may_build_on
from vonk.content.errors import MediaMissing, VideoOriginalGone
from vonk.content.models import Post, Video, VideoMix
from vonk.content.queries import visibility
from vonk.content.rules import MixKind
from vonk.content.transcoding import mixing
from vonk.content.transcoding.mixing import Cut, Mix, Piece
from vonk.content.transcoding.rendition import Rendition
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid
from vonk.core.ids import new_id

STITCH_MS_MAX: Final = 5_000  # Of the original; the rest is one's own.
STITCH_MS_MIN: Final = 500


def receive(
    scope: Scope, file: IO[bytes], *, name: str, kind: MixKind, original_id: int, start_ms: int = 0, now: datetime
) -> int:
    """Keep an upload that is to become a Duet with a post, or a Stitch of it; return the video's id.

    A Stitch begins with at most STITCH_MS_MAX of the original from ``start_ms`` on. Raises as ``videos.receive``, and
    NotFound, DuetNotAllowed, StitchNotAllowed, PicturesNotReusable, VideoOriginalGone, FieldInvalid; then nothing is kept.
    """
    cut = _cut(scope, kind, original_id, start_ms)
    videos.require(scope)
    with media.scratch("upload") as folder:
        draft = folder / "source"
        written = videos.write(file, draft)
        video = Video(id=new_id(), original_name=PurePath(name).name[: videos.NAME_CHARS_MAX] or "video")
        with transaction.atomic():  # Whoever takes the video up finds what it is to become.
            video_id = videos.keep(scope, video, draft, written, now=now)
            VideoMix.objects.create(
                video_id=video_id,
                original_id=original_id,
                kind=kind.value,
                start_ms=cut.start_ms,
                length_ms=cut.length_ms,
            )
    return video_id


def may_begin(scope: Scope, kind: MixKind, original_id: int) -> None:
    """Raise what ``receive`` would of the post."""
    _cut(scope, kind, original_id, 0)


def composed(video_id: int, own: Path, measures: Rendition, folder: Path, beat: Callable[[], None]) -> tuple[Path, int]:
    """Return the file that the upload becomes and how long it is to be: the upload itself where it is to be neither.

    Raises VideoOriginalGone when the original is not there any more.
    """
    row = VideoMix.objects.select_related("original__video").filter(video_id=video_id).first()
    if row is None:
        return own, measures.duration_ms
    target = folder / "mix.mp4"
    mine = Piece(own, measures.duration_ms, measures.has_sound)
    with _file_of(row.original) as file:
        video = row.original.video
        theirs = Piece(file, video.duration_ms or 0, bool(video.has_sound))
        mix = Mix(MixKind(row.kind), mine, theirs, Cut(row.start_ms, row.length_ms))
        mixing.compose(mix, target, beat)
    return target, mix.length_ms


@contextmanager
def _file_of(original: Post) -> Iterator[Path]:
    there = Post.objects.filter(visibility.ORGANIC, pk=original.pk).exists()
    key = original.video.rendition_key
    if not there or not key or hosted.is_remote(key):
        raise VideoOriginalGone
    try:
        with media.store().local(key) as file:
            yield file
    except MediaMissing as error:
        raise VideoOriginalGone from error


def _cut(scope: Scope, kind: MixKind, original_id: int, start_ms: int) -> Cut:
    duet = kind is MixKind.DUET
    may_build_on(scope, original_id if duet else None, None if duet else original_id)
    key, duration_ms = Post.objects.values_list("video__rendition_key", "video__duration_ms").get(pk=original_id)
    if not key or hosted.is_remote(key):
        raise VideoOriginalGone
    if duet:
        return Cut()
    last = max(0, (duration_ms or 0) - STITCH_MS_MIN)
    if not 0 <= start_ms <= last:
        raise FieldInvalid("start", "from 0 to %(most).1f seconds", most=last / 1000)
    return Cut(start_ms, min(STITCH_MS_MAX, (duration_ms or 0) - start_ms))
