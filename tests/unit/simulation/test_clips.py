"""Pictures and sounds: the same plan always gives the same, and a clip is what a player expects."""

import wave
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from PIL import Image, ImageChops

from vonk.simulation import clips, sounds
from vonk.simulation.avatars import EMBLEMS, render_avatar, render_avatars
from vonk.simulation.brands import BRANDS
from vonk.simulation.cast import POSTS, SHOPS, SOUNDS
from vonk.simulation.plans import ClipPlan
from vonk.simulation.scenes.catalogue import SCENES
from vonk.simulation.scenes.palettes import PALETTES

SHORTEST = min(SOUNDS, key=lambda sound: sound.seconds)


def a_clip(**changes: object) -> ClipPlan:
    return msgspec.structs.replace(
        ClipPlan(key="clip", scene="pottery", seed=1, palette="sea", sound=SHORTEST.slug), **changes
    )


@pytest.mark.parametrize("name", sorted(SCENES))
def test_a_scene_is_decided_by_its_seed(name: str) -> None:
    first, second = (SCENES[name](360, 640, "dawn", 7).frame(0.4).picture() for _ in range(2))
    assert first.size == (360, 640)
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("name", sorted(SCENES))
def test_a_scene_moves_and_loops_without_a_seam(name: str) -> None:
    scene = SCENES[name](360, 640, "sea", 4)
    start, later, end = (scene.frame(phase).picture() for phase in (0.0, 0.37, 1.0))
    assert np.abs(np.asarray(start, float) - np.asarray(later, float)).mean() > 0.1
    assert np.abs(np.asarray(start, float) - np.asarray(end, float)).mean() < 0.35


@pytest.mark.parametrize("palette", sorted(PALETTES))
def test_palettes_keep_light_and_dark_apart(palette: str) -> None:
    colours = PALETTES[palette]
    assert sum(colours.paper[:3]) - sum(colours.ink[:3]) > 450


def test_a_title_changes_the_top_of_the_picture_only() -> None:
    plain, titled = (list(clips.frames(a_clip(title=title)))[50] for title in ("", "Kiln open"))
    box = ImageChops.difference(plain, titled).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert left >= 18
    assert right <= 342
    assert top >= 40
    assert bottom <= 110


def test_a_long_title_breaks_at_its_spaces() -> None:
    assert clips.title_lines("Everything we baked this morning", 295) == ["Everything we baked", "this morning"]


@pytest.mark.parametrize(("width", "height"), [(360, 640), (640, 360), (480, 480)])
def test_a_rendered_clip_is_h264_and_aac_as_long_as_its_sound(tmp_path: Path, width: int, height: int) -> None:
    target = tmp_path / "clip.mp4"
    clips.render_post(a_clip(scene="vinyl", width=width, height=height), target)
    with av.open(str(target)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (audio.codec_context.name, audio.codec_context.sample_rate) == ("aac", 44_100)
        assert (video.width, video.height) == (width, height)
        assert video.average_rate == clips.FRAMES_PER_SECOND
        assert container.duration is not None
        assert 4.0 <= container.duration / av.time_base <= 6.0
        assert sum(1 for _ in container.decode(video=0)) == clips.frame_count(a_clip()) == 85
    head = target.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")  # Plays before it is all there.
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_the_same_plan_gives_the_same_file(tmp_path: Path) -> None:
    first, second = tmp_path / "first.mp4", tmp_path / "second.mp4"
    for target in (first, second):
        clips.render_post(a_clip(), target)
    assert first.read_bytes() == second.read_bytes()


def test_a_refused_clip_leaves_nothing_behind(tmp_path: Path) -> None:
    silence = tmp_path / "missing.wav"
    with pytest.raises(clips.ClipFailed, match=r"missing\.wav"):
        clips.render_post(a_clip(), tmp_path / "clip.mp4", sound_path=silence)
    assert list(tmp_path.iterdir()) == []


def test_every_post_lasts_four_to_six_seconds() -> None:
    assert all(4.0 <= clips.frame_count(post) / clips.FRAMES_PER_SECOND <= 6.0 for post in POSTS)


def test_a_sound_file_is_as_long_as_declared_and_neither_silent_nor_clipped(tmp_path: Path) -> None:
    target = tmp_path / "sound.wav"
    sounds.render_sound(SHORTEST, target)
    with wave.open(str(target)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, sounds.SAMPLE_RATE)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert len(samples) == round(SHORTEST.seconds * sounds.SAMPLE_RATE)
    assert np.abs(samples).max() == round(32_767 * sounds.PEAK)
    assert np.sqrt((samples.astype(float) ** 2).mean()) > 1_000


def test_the_same_sound_is_played_twice_alike() -> None:
    assert sounds.loop(SHORTEST) == sounds.loop(SHORTEST)


def test_every_score_uses_known_voices_and_stays_in_its_loop() -> None:
    for sound in SOUNDS:
        notes = sounds.score(sound)
        assert {note.voice for note in notes} <= set(sounds.VOICES)
        assert all(0 <= note.beat < sound.beats for note in notes)


@pytest.mark.parametrize("emblem", sorted(EMBLEMS))
def test_an_avatar_is_a_square_of_256(tmp_path: Path, emblem: str) -> None:
    target = tmp_path / "avatar.png"
    render_avatar(emblem, "sea", target)
    with Image.open(target) as picture:
        assert (picture.format, picture.size, picture.mode) == ("PNG", (256, 256), "RGB")


def test_every_shop_and_identity_has_an_avatar(tmp_path: Path) -> None:
    files = render_avatars(tmp_path, SHOPS, BRANDS)
    assert set(files) == {shop.handle for shop in SHOPS} | {brand.slug for brand in BRANDS if brand.identity}
    assert len({path.read_bytes() for path in files.values()}) == len(files)
