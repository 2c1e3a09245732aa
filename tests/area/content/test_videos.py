"""From an upload to something that plays, or to a clear error and nothing left."""

import io
import subprocess
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import av
import msgspec
import pytest
from django.conf import LazySettings
from django_tasks_db.models import DBTaskResult
from PIL import Image

from tests.area.content.clips import Clips
from tests.area.content.conftest import SHARED_CLIPS
from vonk.content import media, queries
from vonk.content.actions import processing, videos
from vonk.content.errors import (
    VIDEO_FAILURES,
    UploadsWaiting,
    VideoDamaged,
    VideoEmpty,
    VideoProcessingFailed,
    VideoTooLarge,
)
from vonk.content.models import SmallRendition, Video
from vonk.content.queries import VideoView
from vonk.content.rules import VideoState
from vonk.content.transcoding import run
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, RightMissing

pytestmark = pytest.mark.django_db


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def upload(scope: Scope, file: Path | bytes, now: datetime, name: str = "clip") -> int:
    if isinstance(file, bytes):
        return videos.receive(scope, io.BytesIO(file), name=name, now=now)
    with file.open("rb") as opened:
        return videos.receive(scope, opened, name=file.name, now=now)


def process(scope: Scope, file: Path | bytes, now: datetime) -> VideoView:
    video_id = upload(scope, file, now)
    processing.process(video_id, now_source=lambda: now)
    return queries.video(scope, video_id)


ACCEPTED: list[tuple[str, int, int, bool]] = [
    ("portrait.mp4", 180, 320, True),
    ("landscape.mp4", 320, 180, False),
    ("square.mp4", 200, 200, False),
    ("odd.mkv", 182, 102, False),
    ("vp9.webm", 180, 320, True),
    ("h264.mkv", 180, 320, True),
    ("prores.mov", 180, 320, True),
    ("mpeg4.avi", 180, 320, True),
    ("h263.3gp", 176, 144, True),
    ("mpeg2.ts", 180, 320, True),
    ("sorenson.flv", 180, 320, False),
    ("animated.gif", 90, 160, False),
    ("large.mp4", 1920, 960, False),
    ("fast.mp4", 160, 160, False),
    ("anamorphic.mp4", 360, 320, False),
]


@pytest.mark.parametrize(("name", "width", "height", "has_sound"), ACCEPTED)
def test_whatever_ffmpeg_reads_becomes_one_kind_of_mp4(
    name: str, width: int, height: int, *, has_sound: bool, clips: Clips, cleo: Scope, now: datetime, folder: Path
) -> None:
    view = process(cleo, clips.path(name), now)
    assert (view.state, view.failure, view.progress_percent) == (VideoState.READY, None, 100)
    assert (view.width, view.height, view.has_sound) == (width, height, has_sound)
    row = Video.objects.get(pk=view.id)
    assert row.rendition_key is not None
    assert row.poster_key is not None
    rendition = folder / "media" / row.rendition_key[:2] / row.rendition_key
    poster = folder / "media" / row.poster_key[:2] / row.poster_key
    small = [folder / "media" / one.key[:2] / one.key for one in SmallRendition.objects.filter(video=row)]
    assert len(small) == (name == "large.mp4")  # Only what is large itself has a smaller file.
    assert files(folder) == sorted(
        [rendition, poster, *small]
    )  # The source is gone, and so is all that was in between.
    assert (row.source_key, row.rendition_bytes) == (None, rendition.stat().st_size)
    head = rendition.read_bytes()[:64_000]
    assert head.index(b"moov") < head.index(b"mdat")  # Plays from its first bytes.
    with av.open(str(rendition)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate is not None
        assert stream.average_rate <= 61
        assert [sound.codec_context.name for sound in container.streams.audio] == ["aac"] * has_sound
    with Image.open(poster) as image:
        assert image.format == "JPEG"
        assert abs(image.width / image.height - width / height) < 0.02


def test_a_turned_recording_is_shown_upright(clips: Clips, cleo: Scope, now: datetime) -> None:
    view = process(cleo, clips.turned(), now)
    assert (view.state, view.width, view.height) == (VideoState.READY, 180, 320)


@pytest.mark.skipif(not SHARED_CLIPS.is_dir(), reason="the real clips are not beside the repository (VONK_TEST_CLIPS)")
def test_real_clips(cleo: Scope, now: datetime) -> None:
    found = {
        path.name: (view.state, view.width, view.height, view.has_sound)
        for path in sorted(SHARED_CLIPS.iterdir())
        if path.suffix in {".mp4", ".webm"} and (view := process(cleo, path, now))
    }
    assert found == {
        "bottle-detection.mp4": (VideoState.READY, 640, 360, False),
        "flower.mp4": (VideoState.READY, 960, 540, True),
        "flower.webm": (VideoState.READY, 960, 540, True),
        "friday.mp4": (VideoState.READY, 640, 480, True),
    }


def cut(name: str, share: float) -> Callable[[Clips], bytes]:
    def make(clips: Clips) -> bytes:
        whole = clips.path(name).read_bytes()
        return whole[: int(len(whole) * share)]

    return make


def whole(name: str) -> Callable[[Clips], bytes]:
    return lambda clips: clips.path(name).read_bytes()


def holed(clips: Clips) -> bytes:
    """An index with nothing behind it."""
    whole_file = clips.path("early_index.mp4").read_bytes()
    at = whole_file.index(b"mdat") + 4
    return whole_file[:at] + b"\x5a" * (len(whole_file) - at)


REFUSED: dict[str, tuple[Callable[[Clips], bytes], str]] = {
    "half of an index at the end": (cut("late_index.mp4", 0.5), "video_damaged"),
    "nearly all of one": (cut("late_index.mp4", 0.99), "video_damaged"),
    "half of an index at the front": (cut("early_index.mp4", 0.5), "video_damaged"),
    "nearly all of that": (cut("early_index.mp4", 0.99), "video_damaged"),
    "a tenth": (cut("early_index.mp4", 0.1), "video_damaged"),
    "half a webm": (cut("long.webm", 0.5), "video_damaged"),
    "half an avi": (cut("long.avi", 0.5), "video_damaged"),
    "rubbish behind the index": (holed, "video_damaged"),
    "text": (lambda _: b"I am no video.\n" * 500, "video_missing"),
    "one byte": (lambda _: b"\x00", "video_missing"),
    "a song": (whole("sound.m4a"), "video_missing"),
    "another": (whole("sound.mp3"), "video_missing"),
    "a song with its cover": (lambda clips: clips.cover().read_bytes(), "video_missing"),
    "a photograph": (whole("still.jpg"), "video_missing"),
    "a drawing": (whole("still.png"), "video_missing"),
    "a still gif": (whole("still.gif"), "video_missing"),
    "one frame": (whole("still.mp4"), "video_missing"),
    "a bomb": (whole("bomb.avi"), "video_too_large_picture"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_has_a_clear_error_and_leaves_nothing(
    name: str, clips: Clips, cleo: Scope, now: datetime, folder: Path
) -> None:
    make, code = REFUSED[name]
    view = process(cleo, make(clips), now)
    assert (view.state, view.failure, view.video_url, view.poster_url) == (VideoState.FAILED, code, "", "")
    assert isinstance(view.problem, VIDEO_FAILURES[code])
    assert files(folder) == []
    row = Video.objects.get(pk=view.id)
    assert (row.source_key, row.rendition_key, row.poster_key) == (None, None, None)


def lists(target: Path) -> dict[str, str]:
    return {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.2,\n{target}\n#EXT-X-ENDLIST\n",
        "hls by address": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.2,\nfile://{target}\n#EXT-X-ENDLIST\n",
        "concat": f"ffconcat version 1.0\nfile '{target}'\n",
        "dash": (
            '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
            'mediaPresentationDuration="PT1S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period>'
            f'<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{target}</BaseURL>'
            "</Representation></AdaptationSet></Period></MPD>"
        ),
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    }  # fmt: skip


@pytest.mark.parametrize("kind", lists(Path("x")))
def test_a_list_never_leads_to_another_file(kind: str, clips: Clips, cleo: Scope, now: datetime, folder: Path) -> None:
    view = process(cleo, lists(clips.path("portrait.mp4"))[kind].encode(), now)
    assert (view.state, view.failure) == (VideoState.FAILED, "video_missing")
    assert files(folder) == []


def test_an_empty_upload_is_refused_and_nothing_is_kept(cleo: Scope, now: datetime, folder: Path) -> None:
    with pytest.raises(VideoEmpty):
        upload(cleo, b"", now)
    assert (Video.objects.count(), DBTaskResult.objects.count(), files(folder)) == (0, 0, [])


def test_an_upload_above_the_ceiling_is_refused(
    cleo: Scope, now: datetime, folder: Path, settings: LazySettings
) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, upload_bytes_max=100)
    with pytest.raises(VideoTooLarge):
        upload(cleo, b"x" * 101, now)
    assert (Video.objects.count(), files(folder)) == (0, [])
    upload(cleo, b"x" * 100, now)
    settings.VONK = msgspec.structs.replace(settings.VONK, upload_bytes_max=0)
    upload(cleo, b"x" * 101, now)


def test_an_upload_is_recorded_with_its_job(cleo: Scope, now: datetime, folder: Path) -> None:
    video_id = upload(cleo, b"abc", now, name="..\\..\\etc/My \x00film.mp4")
    row = Video.objects.get(pk=video_id)
    assert row.source_key is not None
    assert (folder / "media" / row.source_key[:2] / row.source_key).read_bytes() == b"abc"
    assert (row.original_name, row.source_bytes) == ("My film.mp4", 3)
    assert row.source_sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    job = DBTaskResult.objects.get()
    assert (job.task_path, job.queue_name, job.args_kwargs) == (
        "vonk.content.jobs.process_video",
        "media",
        {"args": [video_id], "kwargs": {}},
    )


def test_one_person_does_not_fill_the_queue(
    cleo: Scope, vik: Scope, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(videos, "WAITING_MAX", 1)
    upload(cleo, b"abc", now)
    with pytest.raises(UploadsWaiting):
        upload(cleo, b"abc", now)
    upload(vik, b"abc", now)


def test_an_upload_is_its_owners_alone(cleo: Scope, mallory: Scope, ada: Scope, now: datetime) -> None:
    video_id = upload(cleo, b"abc", now)
    for other in (mallory, ada):
        with pytest.raises(NotFound):
            queries.video(other, video_id)
    analyst = Scope(person_id=ada.person, rights=mallory.rights, account_id=ada.account_id)
    with pytest.raises(RightMissing):
        upload(analyst, b"abc", now)
    assert queries.video(ada, upload(ada, b"abc", now)).state is VideoState.UPLOADED


def test_a_ceiling_on_pixels(clips: Clips, cleo: Scope, now: datetime, settings: LazySettings) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, video_pixels_max=2400 * 1200 - 1)
    assert process(cleo, clips.path("large.mp4"), now).failure == "video_too_large_picture"
    settings.VONK = msgspec.structs.replace(settings.VONK, video_pixels_max=2400 * 1200)
    assert process(cleo, clips.path("large.mp4"), now).failure is None


def test_a_ceiling_on_duration(clips: Clips, cleo: Scope, now: datetime, settings: LazySettings) -> None:
    settings.VONK = msgspec.structs.replace(settings.VONK, video_seconds_max=2)
    assert process(cleo, clips.path("late_index.mp4"), now).failure == "video_too_long"
    assert process(cleo, clips.path("portrait.mp4"), now).failure is None


def test_progress_grows_while_it_is_encoded(
    clips: Clips, cleo: Scope, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vonk.content.transcoding.run.STEP_SECONDS", 0.01)
    video_id = upload(cleo, clips.path("large.mp4"), now)
    seen: list[int] = []

    def tell() -> datetime:
        seen.append(Video.objects.values_list("progress_percent", flat=True).get(pk=video_id))
        return now

    processing.process(video_id, now_source=tell)
    assert seen == sorted(seen)
    assert {0, 5} <= set(seen)


def test_processing_twice_is_processing_once(clips: Clips, cleo: Scope, now: datetime, folder: Path) -> None:
    view = process(cleo, clips.path("portrait.mp4"), now)
    before = files(folder)
    processing.process(view.id, now_source=lambda: now)
    assert (files(folder), queries.video(cleo, view.id)) == (before, view)


def test_a_worker_that_lost_its_claim_stops_and_leaves_the_other_one_alone(
    clips: Clips, cleo: Scope, now: datetime, folder: Path
) -> None:
    video_id = upload(cleo, clips.path("portrait.mp4"), now)
    calls: list[int] = []

    def tell() -> datetime:
        calls.append(1)
        if len(calls) == 2:  # The first sign of life after the claim comes too late.
            Video.objects.filter(pk=video_id).update(rendition_key=media.new_key("mp4"), progress_percent=42)
        return now

    processing.process(video_id, now_source=tell)
    row = Video.objects.get(pk=video_id)
    assert (row.state, row.progress_percent, row.failure) == (VideoState.PROCESSING.value, 42, None)
    assert row.source_key is not None
    assert files(folder) == [folder / "media" / row.source_key[:2] / row.source_key]


def abandon(scope: Scope, clip: Path, now: datetime, folder: Path) -> int:
    """Leave what a killed worker leaves: a claim, a folder with half a file, and a rendition that nobody announced."""
    video_id = upload(scope, clip, now)
    rendition_key = media.new_key("mp4")
    Video.objects.filter(pk=video_id).update(
        state=VideoState.PROCESSING.value,
        rendition_key=rendition_key,
        poster_key=media.new_key("jpg"),
        progress_percent=60,
        claimed_at=now,
        attempts=1,
    )
    half = folder / "scratch" / f"video-{video_id}.dead" / "rendition.mp4"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    draft = folder / "draft"
    draft.write_bytes(b"whole")
    media.store().put(rendition_key, draft)
    return video_id


def test_an_abandoned_video_is_taken_up_again(clips: Clips, cleo: Scope, now: datetime, folder: Path) -> None:
    video_id = abandon(cleo, clips.path("portrait.mp4"), now, folder)
    assert videos.retake_abandoned(now + timedelta(seconds=59)) == 0
    assert videos.retake_abandoned(now + timedelta(seconds=60)) == 1
    assert videos.retake_abandoned(now + timedelta(seconds=60)) == 0
    row = Video.objects.get(pk=video_id)
    assert row.source_key is not None
    assert files(folder) == [folder / "media" / row.source_key[:2] / row.source_key]
    assert DBTaskResult.objects.count() == 2
    processing.process(video_id, now_source=lambda: now)
    assert queries.video(cleo, video_id).state is VideoState.READY
    assert len(files(folder)) == 2


def test_at_the_start_of_work_every_claim_is_abandoned(clips: Clips, cleo: Scope, now: datetime, folder: Path) -> None:
    abandon(cleo, clips.path("portrait.mp4"), now, folder)
    assert videos.retake_abandoned(now, silent_seconds=0) == 1


def test_a_video_that_kills_its_workers_fails_in_the_end(
    clips: Clips, cleo: Scope, now: datetime, folder: Path
) -> None:
    video_id = abandon(cleo, clips.path("portrait.mp4"), now, folder)
    Video.objects.filter(pk=video_id).update(attempts=videos.ATTEMPTS_MAX)
    assert videos.retake_abandoned(now, silent_seconds=0) == 1
    view = queries.video(cleo, video_id)
    assert (view.state, view.failure) == (VideoState.FAILED, VideoProcessingFailed.code)
    assert files(folder) == []


def test_a_job_that_was_lost_is_enqueued_again_once(cleo: Scope, now: datetime) -> None:
    upload(cleo, b"abc", now)
    later = now + timedelta(hours=1)
    assert [videos.retake_abandoned(later - timedelta(seconds=1)), videos.retake_abandoned(later)] == [0, 1]
    assert videos.retake_abandoned(later) == 0
    assert DBTaskResult.objects.count() == 2


def test_a_source_whose_deletion_was_interrupted_is_deleted_later(cleo: Scope, now: datetime, folder: Path) -> None:
    video_id = upload(cleo, b"abc", now)
    Video.objects.filter(pk=video_id).update(state=VideoState.FAILED.value, failure=VideoDamaged.code)
    videos.retake_abandoned(now)
    assert (files(folder), Video.objects.get(pk=video_id).source_key) == ([], None)


def test_sweeping_deletes_what_no_row_names(cleo: Scope, now: datetime, folder: Path) -> None:
    upload(cleo, b"abc", now)
    kept = files(folder)
    (folder / "draft").write_bytes(b"orphan")
    media.store().put(media.new_key("mp4"), folder / "draft")
    assert (videos.sweep(), len(files(folder))) == (0, 2)  # A day must pass: somebody may be at work.
    assert videos.sweep(older_than_seconds=0) == 1
    assert files(folder) == kept


def test_a_worker_that_ends_gives_its_video_back(
    clips: Clips, cleo: Scope, now: datetime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video_id = upload(cleo, clips.path("portrait.mp4"), now)
    with monkeypatch.context() as patch:
        patch.setattr(run, "_stopping", threading.Event())
        run.stop_all()
        processing.process(video_id, now_source=lambda: now)
    row = Video.objects.get(pk=video_id)
    assert (row.state, row.attempts, row.rendition_key, row.progress_percent) == (VideoState.UPLOADED.value, 0, None, 0)
    assert row.source_key is not None
    assert files(folder) == [folder / "media" / row.source_key[:2] / row.source_key]
    assert DBTaskResult.objects.count() == 2
    processing.process(video_id, now_source=lambda: now)
    assert queries.video(cleo, video_id).state is VideoState.READY


def test_unfinished_files_last_as_long_as_their_process(now: datetime, folder: Path) -> None:
    dead = folder / "scratch" / "upload-1.dead" / "source"
    dead.parent.mkdir(parents=True)
    dead.write_bytes(b"half")
    with media.scratch("upload-2") as living:
        (living / "source").write_bytes(b"half")
        videos.retake_abandoned(now)
        assert files(folder) == [living / "source"]
    assert list((folder / "scratch").iterdir()) == []


def test_our_own_failure_is_raised_and_the_video_is_retaken(
    clips: Clips, cleo: Scope, now: datetime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video_id = upload(cleo, clips.path("portrait.mp4"), now)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", full)
        with pytest.raises(OSError, match="No space left"):
            processing.process(video_id, now_source=lambda: now)
    assert not list((folder / "scratch").iterdir())
    assert videos.retake_abandoned(now, silent_seconds=0) == 1
    processing.process(video_id, now_source=lambda: now)
    assert queries.video(cleo, video_id).state is VideoState.READY
