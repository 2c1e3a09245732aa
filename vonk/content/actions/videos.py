"""Take uploads in, and take up again what a dead worker left."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from typing import IO, Final

import msgspec
import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from vonk.content import library, media
from vonk.content.actions import small_renditions
from vonk.content.actions.hosting import telling
from vonk.content.errors import MaterialNameTaken, UploadsWaiting, VideoEmpty, VideoProcessingFailed, VideoTooLarge
from vonk.content.library import FileKind
from vonk.content.models import Image, LibraryFile, LibraryPiece, Picture, Profile, Sound, Video
from vonk.content.rules import VideoState
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import Phrase
from vonk.core.ids import new_id

PROCESS_JOB: Final = "vonk.content.jobs.process_video"  # By name: jobs call actions.
CHUNK_BYTES: Final = 1_048_576
NAME_CHARS_MAX: Final = 200
WAITING_MAX: Final = 50  # Unprocessed uploads of one person.
ATTEMPTS_MAX: Final = 3
SILENT_SECONDS: Final = 60  # A worker says twice a second that it is alive.
QUEUED_SECONDS: Final = 3_600  # Longer than a queue lasts; asking twice does no harm.
RETAKEN_MAX: Final = 200  # In one round.
ORPHAN_SECONDS: Final = 86_400  # No upload and no transaction lasts a day.

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Written(msgspec.Struct, frozen=True):
    """An upload on disk."""

    bytes: int
    sha256: str
    md5: str


def receive(scope: Scope, file: IO[bytes], *, name: str, now: datetime) -> int:
    """Keep an upload and enqueue its processing; return the video's id.

    With a scope over an ad account the video is the account's, and called so in its library, or nearly so. The file is
    streamed to disk, never held in memory, and no transaction is open meanwhile. Raises VideoEmpty, VideoTooLarge or
    UploadsWaiting; then nothing is kept.
    """
    require(scope)
    with media.scratch("upload") as folder:
        draft = folder / "source"
        written = write(file, draft)
        video = Video(id=new_id(), original_name=_plain_name(name))
        return keep(scope, video, draft, written, now=now)


def require(scope: Scope) -> None:
    """Raise RightMissing or UploadsWaiting when the scope may not upload, or not now."""
    scope.require(Right.CREATE if scope.account_id is None else Right.CAMPAIGN_EDIT)
    unfinished = [VideoState.UPLOADED.value, VideoState.PROCESSING.value]
    if Video.objects.filter(uploader_id=scope.person, state__in=unfinished).count() >= WAITING_MAX:
        raise UploadsWaiting(most=WAITING_MAX)


def write(file: IO[bytes], draft: Path) -> Written:
    """Stream an upload to disk. VideoTooLarge as soon as it passes the ceiling, VideoEmpty when nothing came."""
    bytes_max: int = settings.VONK.upload_bytes_max
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    size = 0
    with draft.open("wb") as target:
        while chunk := file.read(CHUNK_BYTES):
            size += len(chunk)
            if bytes_max and size > bytes_max:
                raise VideoTooLarge(bytes_max=bytes_max)
            sha256.update(chunk)
            md5.update(chunk)
            target.write(chunk)
    if size == 0:
        raise VideoEmpty
    return Written(size, sha256.hexdigest(), md5.hexdigest())


def keep(
    scope: Scope, video: Video, draft: Path, written: Written, *, now: datetime, library_name: str | None = None
) -> int:
    """Take a written upload into the store, record it and enqueue its processing; return its id.

    ``library_name`` is what it is to be called in the account's library: MaterialNameTaken when another one is. None
    leaves it its own name, with a mark when that is taken.
    """
    video.source_key = media.new_key("src")
    video.source_bytes, video.source_sha256, video.source_md5 = written.bytes, written.sha256, written.md5
    video.account_id = scope.account_id
    media.store().put(video.source_key, draft)  # Before the transaction: syncing a large file takes a while.
    try:
        for candidate in _names(video, library_name):
            if _recorded(scope, video, candidate, now):
                return video.pk
        raise MaterialNameTaken(noun=Phrase("video"), name=library_name)
    except BaseException:
        media.store().delete(video.source_key)
        raise


def _names(video: Video, asked: str | None) -> tuple[str | None, ...]:
    if video.account_id is None:
        return (None,)
    if asked is not None:
        return (asked,)
    own = library.found_name(video.original_name, FileKind.VIDEO)
    return own, library.told_apart(own, video.pk)


def _recorded(scope: Scope, video: Video, library_name: str | None, now: datetime) -> bool:
    """Record the video under the name; False when it is taken."""
    account_id = video.account_id
    if account_id is not None and library_name is not None and is_named(account_id, library_name):
        return False
    try:
        _record(scope, video, library_name, now)
    except IntegrityError:
        if account_id is None or library_name is None or not is_named(account_id, library_name):
            raise
        return False  # Another upload took it meanwhile.
    return True


def is_named(account_id: int, name: str, *, but: int | None = None) -> bool:
    """Say whether a video of the account's library has the name; ``but`` is one that may."""
    same = Q(library_name=name) | Q(library_name=None, original_name=name)
    there = Video.objects.exclude(state=VideoState.READY.value, rendition_key=None)  # Not deleted.
    named = there.filter(same, account_id=account_id)
    return (named if but is None else named.exclude(pk=but)).exists()


@transaction.atomic
def _record(scope: Scope, video: Video, library_name: str | None, now: datetime) -> None:
    video.uploader_id = scope.person
    video.library_name = library_name
    video.state = VideoState.UPLOADED.value
    video.created_at = now
    video.save(force_insert=True)
    detail = {"bytes": video.source_bytes, "sha256": video.source_sha256}
    audit.record(scope, "video.received", "video", video.pk, at=now, detail=detail)
    import_string(PROCESS_JOB).enqueue(video.pk)


def retake_abandoned(now: datetime, *, silent_seconds: float = SILENT_SECONDS) -> int:
    """Enqueue again the videos whose worker died; clear away what it left; return how many there were.

    A worker is dead when nothing was heard of it for ``silent_seconds``: 0 when the one process of work has just
    started. After ATTEMPTS_MAX a video fails for good. Safe to call at any time, also twice at once.
    """
    silent = Video.objects.filter(state=VideoState.PROCESSING.value).filter(
        Q(claimed_at=None) | Q(claimed_at__lte=now - timedelta(seconds=silent_seconds))
    )
    retaken = 0
    for video in silent.order_by("pk")[:RETAKEN_MAX]:
        retaken += _retake(video, now)
    long_ago = now - timedelta(seconds=QUEUED_SECONDS)
    forgotten = Video.objects.filter(state=VideoState.UPLOADED.value).filter(
        Q(claimed_at=None, created_at__lte=long_ago) | Q(claimed_at__lte=long_ago)
    )
    for video in forgotten.order_by("pk")[:RETAKEN_MAX]:
        with transaction.atomic():
            same = Video.objects.filter(pk=video.pk, state=VideoState.UPLOADED.value, claimed_at=video.claimed_at)
            if same.update(claimed_at=now):
                import_string(PROCESS_JOB).enqueue(video.pk)
                retaken += 1
    finished = Video.objects.filter(state__in=[VideoState.READY.value, VideoState.FAILED.value])
    for video in finished.exclude(source_key=None).order_by("pk")[:RETAKEN_MAX]:
        drop_source(video.pk, video.source_key)
    media.clear_abandoned()
    return retaken


def sweep(*, older_than_seconds: float = ORPHAN_SECONDS) -> int:
    """Delete media that no row names; return how many there were.

    They come from processes that died between the disk and the database. Age is by the machine's clock.
    """
    removed = 0
    for keys in _batches(media.store().keys(older_than_seconds=older_than_seconds)):
        known: set[str] = set()
        for field in ("source_key", "rendition_key", "poster_key"):
            known.update(Video.objects.filter(**{f"{field}__in": keys}).values_list(field, flat=True))
        known.update(Profile.objects.filter(avatar__in=keys).values_list("avatar", flat=True))
        known.update(_library_keys(keys))
        known.update(_picture_keys(keys))
        known.update(small_renditions.known(keys))
        for key in set(keys) - known:
            media.store().delete(key)
            removed += 1
    if removed:
        _log.info("media.swept", removed=removed)
    return removed


def _library_keys(keys: list[str]) -> set[str]:
    """Return those of the keys that a library holds."""
    images = Image.objects.filter(key__in=keys).values_list("key", flat=True)
    waiting = LibraryFile.objects.filter(key__in=keys).values_list("key", flat=True)
    pieces = LibraryPiece.objects.filter(key__in=keys).values_list("key", flat=True)
    return {*images, *pieces, *(key for key in waiting if key is not None)}


def _picture_keys(keys: list[str]) -> set[str]:
    """Return those of the keys that posts of pictures, and sounds, hold."""
    known: set[str] = set()
    for field in ("key", "small_key"):
        known.update(Picture.objects.filter(**{f"{field}__in": keys}).values_list(field, flat=True))
    heard = Sound.objects.filter(audio_key__in=keys).values_list("audio_key", flat=True)
    return known.union(key for key in heard if key is not None)


def drop_source(video_id: int, source_key: str | None) -> None:
    """Delete the uploaded file of a finished video, then say so; a crash in between is made good by the next round."""
    if source_key is not None:
        media.store().delete(source_key)
        Video.objects.filter(pk=video_id, source_key=source_key).update(source_key=None)


def _retake(video: Video, now: datetime) -> int:
    """Take one video from a silent worker; 0 when it spoke or finished meanwhile."""
    given_up = video.attempts >= ATTEMPTS_MAX
    with transaction.atomic():
        claim = Video.objects.filter(
            pk=video.pk,
            state=VideoState.PROCESSING.value,
            rendition_key=video.rendition_key,
            claimed_at=video.claimed_at,
        )
        taken = claim.update(
            state=(VideoState.FAILED if given_up else VideoState.UPLOADED).value,
            failure=VideoProcessingFailed.code if given_up else None,
            progress_percent=0,
            rendition_key=None,
            poster_key=None,
            claimed_at=now,
        )
        if taken and not given_up:
            import_string(PROCESS_JOB).enqueue(video.pk)
        elif taken:
            telling.tell(video.pk, now=now)
    if not taken:
        return 0
    _log.warning("video.retaken", video_id=video.pk, attempts=video.attempts, given_up=given_up)
    for key in (video.rendition_key, video.poster_key):
        if key is not None:
            media.store().delete(key)
    if given_up:
        drop_source(video.pk, video.source_key)
    return 1


def _plain_name(name: str) -> str:
    """Return the last part of the name, for people to recognise; it never becomes a path."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(character for character in last if character.isprintable())[:NAME_CHARS_MAX] or "video"


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for key in keys:
        batch.append(key)
        if len(batch) == 500:
            yield batch
            batch = []
    if batch:
        yield batch
