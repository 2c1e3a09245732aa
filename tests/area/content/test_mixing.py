"""Duet and Stitch: two videos become one, and only where the creator lets them; large videos get a smaller file."""

import subprocess
from datetime import datetime
from pathlib import Path

import imageio_ffmpeg
import pytest

from tests.area.content import cast
from tests.area.content.clips import Clips
from tests.area.content.test_videos import files, process
from vonk.content import queries
from vonk.content.actions import mixing, posts, processing
from vonk.content.errors import DuetNotAllowed, StitchNotAllowed, VideoOriginalGone
from vonk.content.models import Post, SmallRendition, Video, VideoMix
from vonk.content.rules import MixKind, Visibility
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound, Problem

pytestmark = pytest.mark.django_db


def original(cleo: Scope, clips: Clips, now: datetime, name: str = "late_index.mp4") -> int:
    """Three seconds with sound, as a post of Cleo's."""
    return posts.publish(cleo, video_id=process(cleo, clips.path(name), now).id, caption="Bread", now=now)


def answered(
    vik: Scope, file: Path, kind: MixKind, post_id: int, now: datetime, *, start_ms: int = 0
) -> queries.VideoView:
    with file.open("rb") as opened:
        video_id = mixing.receive(
            vik, opened, name=file.name, kind=kind, original_id=post_id, start_ms=start_ms, now=now
        )
    processing.process(video_id, now_source=lambda: now)
    return queries.video(vik, video_id)


def test_a_duet_stands_beside_and_ends_with_the_shorter(cleo: Scope, vik: Scope, clips: Clips, now: datetime) -> None:
    post_id = original(cleo, clips, now)

    view = answered(vik, clips.path("portrait.mp4"), MixKind.DUET, post_id, now)

    row = Video.objects.get(pk=view.id)
    assert (view.failure, row.width, row.height, row.has_sound) == (None, 1080, 1920, True)
    assert row.duration_ms == pytest.approx(1_200, abs=100)
    duet = posts.publish(vik, video_id=view.id, caption="Me too", duet_of=post_id, now=now)
    assert Post.objects.get(pk=duet).duet_of_id == post_id
    assert SmallRendition.objects.filter(video_id=view.id).exists()  # For it is large.


def test_a_stitch_comes_after_and_silence_fills_what_has_no_sound(
    cleo: Scope, vik: Scope, clips: Clips, now: datetime
) -> None:
    post_id = original(cleo, clips, now)

    view = answered(vik, clips.path("landscape.mp4"), MixKind.STITCH, post_id, now, start_ms=1_000)

    row = Video.objects.get(pk=view.id)
    assert (view.failure, row.width, row.height, row.has_sound) == (None, 1080, 1920, True)
    assert row.duration_ms == pytest.approx(2_000 + 1_200, abs=150)


def test_what_may_not_be_answered_keeps_nothing(
    cleo: Scope, vik: Scope, clips: Clips, now: datetime, folder: Path
) -> None:
    shut = cast.post(cleo, now, may_duet=False, may_stitch=False)
    private = cast.post(cleo, now, visibility=Visibility.PRIVATE)
    open_post = cast.post(cleo, now)
    asked: list[tuple[MixKind, int, int, type[Problem]]] = [
        (MixKind.DUET, shut, 0, DuetNotAllowed),
        (MixKind.STITCH, shut, 0, StitchNotAllowed),
        (MixKind.DUET, private, 0, NotFound),
        (MixKind.DUET, 77, 0, NotFound),
        (MixKind.STITCH, open_post, 4_600, FieldInvalid),
        (MixKind.STITCH, open_post, -1, FieldInvalid),
    ]
    clip = clips.path("portrait.mp4")

    for kind, post_id, start_ms, expected in asked:
        with pytest.raises(expected):
            answered(vik, clip, kind, post_id, now, start_ms=start_ms)

    assert (Video.objects.filter(uploader_id=vik.person).count(), VideoMix.objects.count()) == (0, 0)
    assert files(folder / "media") == []


def test_an_original_that_goes_meanwhile_is_told_of(cleo: Scope, vik: Scope, clips: Clips, now: datetime) -> None:
    post_id = original(cleo, clips, now)
    with clips.path("portrait.mp4").open("rb") as opened:
        video_id = mixing.receive(vik, opened, name="me.mp4", kind=MixKind.DUET, original_id=post_id, now=now)
    posts.delete(cleo, post_id, now)

    processing.process(video_id, now_source=lambda: now)

    assert queries.video(vik, video_id).failure == VideoOriginalGone.code


def test_a_large_video_has_a_smaller_file_which_goes_with_it(
    cleo: Scope, tmp_path: Path, folder: Path, now: datetime
) -> None:
    clip = tmp_path / "large.mp4"
    subprocess.run(  # noqa: S603 - the program is ours.
        [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=720x1280:rate=10:duration=1",
         "-pix_fmt", "yuv420p", str(clip)],
        check=True,
    )  # fmt: skip
    view = process(cleo, clip, now)
    small = SmallRendition.objects.get(video_id=view.id)
    kept = folder / "media"
    assert small.bytes < (Video.objects.get(pk=view.id).rendition_bytes or 0)
    assert len([path for path in files(kept) if small.key in path.name]) == 1

    post_id = posts.publish(cleo, video_id=view.id, caption="", now=now)
    posts.delete(cleo, post_id, now)

    assert SmallRendition.objects.count() == 0
