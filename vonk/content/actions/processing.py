"""Turn an upload into something that plays. One worker at a time has a video; it may be killed at any moment."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string

from vonk.content import media
from vonk.content.actions import mixing, videos
from vonk.content.actions.hosting import telling
from vonk.content.errors import VIDEO_FAILURES
from vonk.content.models import SmallRendition, Video
from vonk.content.rules import VideoState
from vonk.content.transcoding import rendition, run
from vonk.content.transcoding.probe import Bounds
from vonk.content.transcoding.rendition import Rendition
from vonk.core.errors import Problem

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

CONTAINER_CHARS_MAX: Final = 40
SMALL_WORTH: Final = 1.2  # A video must be so much larger than its smaller file, for it to be made.
_PROBED_PERCENT = 5
_ENCODED_PERCENT = 95


class ClaimLost(Exception):
    """Another worker has the video: this one was silent for too long."""


class _Claim(msgspec.Struct, frozen=True):
    """A worker's hold on a video. The rendition's key is new with every claim, so it tells claims apart."""

    video_id: int
    source_key: str
    rendition_key: str
    poster_key: str


def process(video_id: int, *, now_source: Callable[[], datetime]) -> None:
    """Probe, transcode and draw the poster of an upload, or mark it failed with the code that says why.

    Does nothing for a video that another worker has or had. What goes wrong on our side (a full disk) is raised; the
    video is then retaken like one whose worker died.
    """
    claim = _claim(video_id, now_source())
    if claim is None:
        return
    try:
        _work(claim, now_source)
    except ClaimLost:
        _log.warning("video.claim_lost", video_id=video_id)
    except run.Stopped:
        _give_back(claim, now_source())
    except Problem as problem:
        if problem.code not in VIDEO_FAILURES:
            raise
        _fail(claim, problem.code, now_source())


def _claim(video_id: int, now: datetime) -> _Claim | None:
    rendition_key, poster_key = media.new_key("mp4"), media.new_key("jpg")
    claimed = Video.objects.filter(pk=video_id, state=VideoState.UPLOADED.value, source_key__isnull=False).update(
        state=VideoState.PROCESSING.value,
        rendition_key=rendition_key,  # Named before they exist, so that whoever retakes the video finds them.
        poster_key=poster_key,
        progress_percent=0,
        attempts=F("attempts") + 1,
        claimed_at=now,
    )
    if claimed == 0:
        return None  # Another worker was first, or it is done.
    source_key = Video.objects.values_list("source_key", flat=True).get(pk=video_id)
    assert source_key is not None, "The claim demanded it."
    return _Claim(video_id, source_key, rendition_key, poster_key)


def _work(claim: _Claim, now_source: Callable[[], datetime]) -> None:
    bounds = Bounds(settings.VONK.video_pixels_max, settings.VONK.video_seconds_max)
    store = media.store()

    def say(percent: int) -> None:
        held = Video.objects.filter(
            pk=claim.video_id, state=VideoState.PROCESSING.value, rendition_key=claim.rendition_key
        )
        if not held.update(progress_percent=percent, claimed_at=now_source()):
            raise ClaimLost

    def say_share(done: float) -> None:
        say(_PROBED_PERCENT + round((_ENCODED_PERCENT - _PROBED_PERCENT) * done))

    with media.scratch(f"video-{claim.video_id}") as folder, store.local(claim.source_key) as file:
        source = run.probe(file, bounds, lambda: say(0))
        say(_PROBED_PERCENT)
        target, poster = folder / "rendition.mp4", folder / "poster.jpg"
        run.encode(file, source, target, bounds, say_share)
        measures = rendition.inspect(target, source)
        made, lasts_ms = mixing.composed(claim.video_id, target, measures, folder, lambda: say(_ENCODED_PERCENT))
        if made != target:
            target = made
            measures = rendition.inspect(target, msgspec.structs.replace(source, duration_ms=lasts_ms))
        rendition.draw_poster(target, measures.duration_ms, poster)
        say(_ENCODED_PERCENT)
        rendition_bytes = target.stat().st_size
        small_key, small_bytes = _small(target, measures, folder, lambda: say(_ENCODED_PERCENT))
        store.put(claim.rendition_key, target)
        store.put(claim.poster_key, poster)
    with transaction.atomic():
        ready = Video.objects.filter(
            pk=claim.video_id, state=VideoState.PROCESSING.value, rendition_key=claim.rendition_key
        ).update(
            state=VideoState.READY.value,
            progress_percent=100,
            failure=None,
            source_container=source.format.split(",")[0][:CONTAINER_CHARS_MAX],
            rendition_bytes=rendition_bytes,
            width=measures.width,
            height=measures.height,
            duration_ms=measures.duration_ms,
            has_sound=measures.has_sound,
        )
        if ready:
            if small_key is not None:
                kept = {"key": small_key, "bytes": small_bytes}
                SmallRendition.objects.update_or_create(video_id=claim.video_id, defaults=kept)
            telling.tell(claim.video_id, now=now_source())
    if not ready:
        store.delete(claim.rendition_key)
        store.delete(claim.poster_key)
        if small_key is not None:
            store.delete(small_key)
        raise ClaimLost
    videos.drop_source(claim.video_id, claim.source_key)


def _small(target: Path, measures: Rendition, folder: Path, beat: Callable[[], None]) -> tuple[str | None, int]:
    """Put the smaller file of a large video into the store; return its key, None for a video that is small itself."""
    if min(measures.width, measures.height) <= run.SMALL_SHORT_SIDE * SMALL_WORTH:
        return None, 0
    small = folder / "small.mp4"
    run.encode_small(target, measures.duration_ms, small, beat)
    small_bytes = small.stat().st_size
    if small_bytes >= target.stat().st_size:
        return None, 0  # Nothing is saved by it.
    key = media.new_key("mp4")
    media.store().put(key, small)
    return key, small_bytes


@transaction.atomic
def _give_back(claim: _Claim, now: datetime) -> None:
    """Leave the video to the next worker, as if this one had never had it: an orderly end is no failed attempt."""
    given = Video.objects.filter(
        pk=claim.video_id, state=VideoState.PROCESSING.value, rendition_key=claim.rendition_key
    ).update(
        state=VideoState.UPLOADED.value,
        progress_percent=0,
        rendition_key=None,
        poster_key=None,
        attempts=F("attempts") - 1,
        claimed_at=now,
    )
    if given:
        import_string(videos.PROCESS_JOB).enqueue(claim.video_id)
        _log.info("video.given_back", video_id=claim.video_id)


def _fail(claim: _Claim, code: str, now: datetime) -> None:
    with transaction.atomic():
        failed = Video.objects.filter(
            pk=claim.video_id, state=VideoState.PROCESSING.value, rendition_key=claim.rendition_key
        ).update(state=VideoState.FAILED.value, failure=code, progress_percent=0, rendition_key=None, poster_key=None)
        if failed:
            telling.tell(claim.video_id, now=now)
    if not failed:
        return  # Another worker has it and will see for itself.
    _log.info("video.failed", video_id=claim.video_id, code=code)
    videos.drop_source(claim.video_id, claim.source_key)
