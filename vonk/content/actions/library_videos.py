"""Videos of an ad account's library: checked when they come, and called as their owner wants."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from django.conf import settings
from django.db import IntegrityError, transaction

from vonk.content import library, media
from vonk.content.actions import library_files, videos
from vonk.content.errors import MaterialNameTaken, SignatureWrong
from vonk.content.library import FileKind
from vonk.content.models import Video
from vonk.content.transcoding import containers, run
from vonk.content.transcoding.probe import Bounds
from vonk.control import audit, fetching
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, Phrase
from vonk.core.ids import new_id

FORMAT_CHARS_MAX: Final = 10
CONTAINER_CHARS_MAX: Final = 40


def add(scope: Scope, file: IO[bytes], *, name: str | None, own_name: str, md5: str | None, now: datetime) -> int:
    """Keep a video in the account's library and enqueue its processing; return its id.

    It is looked at before it is kept, so that its measures are known at once. ``name`` None: it is called ``own_name``,
    or nearly so. Raises SignatureWrong when ``md5`` is of other bytes, MaterialNameTaken, VideoEmpty, VideoTooLarge,
    UploadsWaiting, and for what is no video that can be shown what the prober raises; then nothing is kept.
    """
    return _add(scope, lambda draft: videos.write(file, draft), name=name, own_name=own_name, md5=md5, now=now)


def add_from_url(scope: Scope, url: str, *, name: str | None, now: datetime) -> int:
    """Fetch a video and keep it, as ``add``. Raises what ``fetching.fetch`` raises, too."""

    def write(draft: Path) -> videos.Written:
        fetched = draft.with_name("fetched")
        fetching.fetch(url, fetched, bytes_max=settings.VONK.upload_bytes_max, field="video_url")
        with fetched.open("rb") as file:
            written = videos.write(file, draft)
        fetched.unlink()
        return written

    return _add(scope, write, name=name, own_name=library.name_in_url(url), md5=None, now=now)


def add_from_file(scope: Scope, file_id: int, *, name: str | None, now: datetime) -> int:
    """Make a video of a waiting file. Raises what ``library_files.opened`` raises, too."""
    with library_files.opened(scope, file_id, FileKind.VIDEO, now=now) as waiting:
        return add(scope, waiting.file, name=name, own_name=waiting.name, md5=None, now=now)


def _add(
    scope: Scope,
    write: Callable[[Path], videos.Written],
    *,
    name: str | None,
    own_name: str,
    md5: str | None,
    now: datetime,
) -> int:
    videos.require(scope)
    asked = None if name is None else library.asked_name(name)
    if asked is not None and videos.is_named(scope.account, asked):
        raise MaterialNameTaken(noun=Phrase("video"), name=asked)  # Before anything is sent through.
    with media.scratch("upload") as folder:
        draft = folder / "source"
        written = write(draft)
        if md5 is not None and md5.lower() != written.md5:
            raise SignatureWrong(found=written.md5, announced=md5[:40], field="video_signature")
        bounds = Bounds(settings.VONK.video_pixels_max, settings.VONK.video_seconds_max)
        source = run.probe(draft, bounds, lambda: None)
        video = Video(
            id=new_id(),
            original_name=library.found_name(own_name, FileKind.VIDEO),
            source_container=source.format.split(",")[0][:CONTAINER_CHARS_MAX],
            source_format=containers.format_of(draft, source.format)[:FORMAT_CHARS_MAX],
            source_width=source.width,
            source_height=source.height,
            source_duration_ms=source.duration_ms,
        )
        return videos.keep(scope, video, draft, written, now=now, library_name=asked)


@transaction.atomic
def rename(scope: Scope, video_id: int, *, name: str, now: datetime) -> None:
    """Call a video of the account's library otherwise. Raises NotFound, MaterialNameTaken, FieldInvalid."""
    scope.require(Right.CAMPAIGN_EDIT)
    asked = library.asked_name(name)
    own = Video.objects.select_for_update(no_key=True).filter(account_id=scope.account, pictures=0)
    video = own.filter(pk=video_id).first()
    if video is None:
        raise NotFound(noun="video")
    if videos.is_named(scope.account, asked, but=video_id):
        raise MaterialNameTaken(noun=Phrase("video"), name=asked)
    if asked == video.library_name:
        return
    video.library_name, video.modified_at = asked, now
    try:
        with transaction.atomic():
            video.save(update_fields=["library_name", "modified_at"])
    except IntegrityError as error:  # Another took it meanwhile.
        raise MaterialNameTaken(noun=Phrase("video"), name=asked) from error
    audit.record(scope, "video.renamed", "video", video_id, at=now, detail={"name": asked})
