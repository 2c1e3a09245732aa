"""Joins pictures and sound into the town's video files: H.264 and AAC in MP4, ready to be streamed."""

import io
import multiprocessing
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import imageio_ffmpeg
from PIL import Image

from vonk.simulation.cast import SOUNDS
from vonk.simulation.plans import ClipPlan, PostPlan, SoundPlan
from vonk.simulation.scenes.canvas import Canvas, text_width
from vonk.simulation.scenes.catalogue import SCENES
from vonk.simulation.scenes.motion import there_and_back
from vonk.simulation.scenes.palettes import Palette
from vonk.simulation.sounds import render_sound

FRAMES_PER_SECOND: Final = 20
TITLE_SIZE: Final = 27.0
TITLE_WIDTH_SHARE: Final = 0.82  # Of the frame's width: room on both sides.
DARK_SKY_BELOW: Final = 320  # Red, green and blue together: on such a sky a label is light, elsewhere dark.
STILL_QUALITY: Final = 88
ENCODE_SECONDS_MAX: Final = 120  # An encoder that has not finished a clip of six seconds by then never will.
SOUND_BY_SLUG: Final[dict[str, SoundPlan]] = {sound.slug: sound for sound in SOUNDS}


class ClipFailed(Exception):  # noqa: N818 - says what happened to the clip.
    """The encoder refused a clip; the message is its own."""


def frame_count(plan: ClipPlan) -> int:
    """Return how many frames a clip has: it is as long as its sound."""
    return round(SOUND_BY_SLUG[plan.sound].seconds * FRAMES_PER_SECOND)


def frames(plan: ClipPlan) -> Iterator[Image.Image]:
    """Draw the clip's frames in order, at their final size; the same plan gives the same frames."""
    scene = SCENES[plan.scene](plan.width, plan.height, plan.palette, plan.seed)
    count = frame_count(plan)
    for index in range(count):
        phase = index / count
        canvas = scene.frame(phase)
        if plan.title:
            _title(canvas, plan.title, scene.palette, phase)
        yield canvas.picture()


def stills(plan: PostPlan) -> list[bytes]:
    """Draw the pictures of a post that has some, as JPEGs twice as fine as clips: its scene, each time another one."""
    drawn = []
    for number in range(plan.stills):
        scene = SCENES[plan.scene](2 * plan.width, 2 * plan.height, plan.palette, plan.seed + number)
        file = io.BytesIO()
        scene.frame(number / plan.stills).picture().convert("RGB").save(file, "JPEG", quality=STILL_QUALITY)
        drawn.append(file.getvalue())
    return drawn


def render_post(plan: ClipPlan, target: Path, *, sound_path: Path | None = None) -> None:
    """Write the clip to ``target`` (.mp4), over what is there.

    ``sound_path`` is the clip's sound, already rendered; without it the sound is made for this clip alone.
    Raises ClipFailed when the encoder does not accept it; nothing is left at ``target`` then.
    """
    if sound_path is None:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "sound.wav"
            render_sound(SOUND_BY_SLUG[plan.sound], made)
            render_post(plan, target, sound_path=made)
        return
    # A name of its own until it is whole: a reader never meets half a clip.
    unfinished = target.with_suffix(".part")
    try:
        _encode(plan, sound_path, unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def rendering(
    target_dir: Path, plans: Sequence[ClipPlan], workers: int = 2, pictured: Sequence[PostPlan] = ()
) -> Iterator[tuple[dict[str, Future[None]], dict[str, Future[list[bytes]]]]]:
    """Render clips into ``target_dir`` as KEY.mp4 beside the caller's own work; gives a future for each key.

    After them the pictures of the ``pictured``, as futures of JPEGs by key.

    The futures raise ClipFailed when a clip cannot be made. Leaving the block early gives up what is not yet begun.
    """
    target_dir.mkdir(parents=True, exist_ok=True)
    sounds = sorted({plan.sound for plan in plans})
    # Fresh processes: a caller with threads cannot be forked safely.
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(workers, mp_context=context) as pool:
        loops = {slug: Path(folder) / f"{slug}.wav" for slug in sounds}
        try:
            for made in [pool.submit(render_sound, SOUND_BY_SLUG[slug], loops[slug]) for slug in sounds]:
                made.result()
            begun = {
                plan.key: pool.submit(render_post, plan, target_dir / f"{plan.key}.mp4", sound_path=loops[plan.sound])
                for plan in plans
            }
            yield begun, {post.key: pool.submit(stills, post) for post in pictured}
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _encode(plan: ClipPlan, sound_path: Path, target: Path) -> None:
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y",
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{plan.width}x{plan.height}", "-r", str(FRAMES_PER_SECOND), "-i", "pipe:0",
        "-i", str(sound_path),
        # Quick and large: the platform encodes it once more, for good.
        # One thread: the pool already keeps the cores busy, and one thread's output never varies.
        "-c:v", "libx264", "-preset", "ultrafast", *_rate(plan), "-threads", "1", "-pix_fmt", "yuv420p",
        "-c:a", "aac", "-b:a", "80k", "-ar", "44100", "-ac", "2",
        "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
        "-movflags", "+faststart", "-f", "mp4", str(target),
    ]  # fmt: skip
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=complaints) as encoder,  # noqa: S603 - our own arguments.
    ):
        assert encoder.stdin is not None, "The encoder reads frames from us."
        try:
            _feed(plan, encoder.stdin)
            encoder.wait(ENCODE_SECONDS_MAX)
        except BaseException:
            encoder.kill()
            raise
        if encoder.returncode != 0:
            complaints.seek(0)
            raise ClipFailed(f"{plan.key}: {complaints.read().decode(errors='replace').strip()}")


def _rate(plan: ClipPlan) -> list[str]:
    if not plan.kilobits:
        return ["-crf", "20"]
    rate = f"{plan.kilobits}k"
    return ["-x264-params", "nal-hrd=cbr", "-b:v", rate, "-minrate", rate, "-maxrate", rate, "-bufsize", rate]


def _feed(plan: ClipPlan, pipe: IO[bytes]) -> None:
    try:
        for frame in frames(plan):
            pipe.write(frame.tobytes())
        pipe.close()
    except BrokenPipeError:
        # The encoder has gone; its exit code and its complaint tell why, and they are read next.
        return


def _title(canvas: Canvas, text: str, palette: Palette, phase: float) -> None:
    """Lay the title over the picture on a label of its own, readable on any background; it slides in and out."""
    here = there_and_back(phase, 0.04, 0.14, 0.88, 0.97)
    if here <= 0.01:
        return
    dark = sum(palette.sky[:3]) < DARK_SKY_BELOW
    label, ink = (palette.paper, palette.ink) if dark else (palette.ink, palette.paper)
    lines = title_lines(text, canvas.width * TITLE_WIDTH_SHARE)
    for index, line in enumerate(lines):
        half = text_width(line, TITLE_SIZE) / 2 + 16
        x = canvas.width / 2 - (1 - here) * (canvas.width / 2 + half + 8) * (1 if index % 2 == 0 else -1)
        y = canvas.height * 0.115 + index * 46
        canvas.rect(x - half, y - 21, x + half, y + 21, label, 11)
        canvas.text(x, y, line, TITLE_SIZE, ink, 0.5)


def title_lines(text: str, width: float) -> list[str]:
    """Break a title at its spaces into lines no wider than ``width`` design pixels."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, TITLE_SIZE) + 32 <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
