"""Run the tools: each in a process of its own, gently, with bounds on time and memory, and never asking anybody."""

import os
import resource
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import imageio_ffmpeg
import msgspec

from vonk.content.errors import VIDEO_FAILURES, SoundUnreadable, VideoDamaged, VideoProcessingFailed
from vonk.content.transcoding import containers
from vonk.content.transcoding.probe import Bounds, Found, Source

LONG_SIDE_MAX: Final = 1_920
FRAMES_PER_SECOND_MAX: Final = 60
NICENESS: Final = 10  # The site answers first.
MEMORY_BYTES_MAX: Final = 6 << 30  # ffmpeg with 8K pictures; a bomb ends here.
THREADS: Final = 2
PROBE_SECONDS: Final = 60
PROBE_BYTES_PER_SECOND: Final = 5_000_000  # A slow disk.
ENCODE_SECONDS: Final = 120
ENCODE_SECONDS_PER_SECOND: Final = 30  # 4K on one slow core takes about ten.
SOUND_SECONDS: Final = 30  # A minute of sound takes a second.
ERRORS_SHARE_MAX: Final = 0.1  # Above this share of undecodable frames the file is damaged.
STEP_SECONDS: Final = 0.5

Beat = Callable[[], None]
Progress = Callable[[float], None]

# Square pixels, even sides, the long one at most 1,920, the ratio kept.
_FIT: Final = f"min(1,{LONG_SIDE_MAX}/max(iw*sar,ih))"
_SCALE: Final = (
    f"scale=w='max(2,round(iw*sar*{_FIT}/2)*2)':h='max(2,round(ih*{_FIT}/2)*2)':flags=bicubic,setsar=1,format=yuv420p"
)
SMALL_SHORT_SIDE: Final = 480  # What a phone shows of it is hardly worse, at a third of the bytes.
_SMALL: Final = f"scale=w='if(gt(iw,ih),-2,{SMALL_SHORT_SIDE})':h='if(gt(iw,ih),{SMALL_SHORT_SIDE},-2)':flags=bicubic"


class TookTooLong(Exception):
    """A tool passed its bound and was stopped."""


class Stopped(Exception):
    """Our own process ends: the tool was stopped, and nothing is known of the file."""


_stopping: Final = threading.Event()


def stop_all() -> None:
    """End every tool that runs and that is still asked for, within STEP_SECONDS: none outlives this process."""
    _stopping.set()


def probe(file: Path, bounds: Bounds, beat: Beat) -> Source:
    """Return what the file holds; ``beat`` is called about twice a second. Raises as probe.examine does."""
    command = [sys.executable, "-m", "vonk.content.transcoding.probe", str(file)]
    command += [str(bounds.pixels_max), str(bounds.seconds_max)]
    seconds = PROBE_SECONDS + file.stat().st_size / PROBE_BYTES_PER_SECOND
    answer = bytearray()

    def take(output: bytes) -> None:
        answer.extend(output)

    try:
        code = _run(command, seconds, take, beat)
    except TookTooLong as error:
        raise VideoProcessingFailed from error
    if code != 0:
        raise VideoDamaged  # The file took its reader down with it.
    found = msgspec.json.decode(bytes(answer), type=Found)
    if found.source is None:
        raise VIDEO_FAILURES[found.failure]
    return found.source


def encode(file: Path, source: Source, target: Path, bounds: Bounds, progress: Progress) -> None:
    """Write the rendition: H.264/AAC in MP4, upright, playable from its first bytes. ``progress`` gets 0 to 1.

    Raises VideoDamaged when the file cannot be decoded, VideoProcessingFailed when it takes too long.
    """
    done_share = 0.0

    def take(output: bytes) -> None:
        nonlocal done_share
        for line in output.splitlines():
            name, _, value = line.partition(b"=")
            if name == b"out_time_us" and value.strip().isdigit() and source.duration_ms:
                done_share = min(1.0, max(done_share, int(value) / 1000 / source.duration_ms))

    seconds = ENCODE_SECONDS + source.duration_ms / 1000 * ENCODE_SECONDS_PER_SECOND
    try:
        code = _run(_encode_command(file, source, target, bounds), seconds, take, lambda: progress(done_share))
    except TookTooLong as error:
        raise VideoProcessingFailed from error
    if code != 0 or not target.exists() or target.stat().st_size == 0:
        raise VideoDamaged


def _encode_command(file: Path, source: Source, target: Path, bounds: Bounds) -> list[str]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error"]
    command += ["-progress", "pipe:1", "-stats_period", str(STEP_SECONDS), "-max_error_rate", str(ERRORS_SHARE_MAX)]
    command += ["-protocol_whitelist", "file,pipe", "-format_whitelist", containers.format_whitelist()]
    if bounds.pixels_max:
        # The header was judged exactly; this is for pictures that grow on the way. Decoders count aligned buffers.
        command += ["-max_pixels", str(bounds.pixels_max * 2)]
    command += ["-threads", str(THREADS), "-f", source.format.split(",")[0], "-i", f"file:{file}"]
    command += ["-map", f"0:{source.video_index}"]
    if source.audio_index is not None:
        command += ["-map", f"0:{source.audio_index}", "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000"]
    command += ["-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"]
    command += ["-vf", _SCALE, "-fpsmax", str(FRAMES_PER_SECOND_MAX)]
    command += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v", "high", "-threads", str(THREADS)]
    return [*command, "-movflags", "+faststart", "-f", "mp4", f"file:{target}"]


def encode_small(file: Path, duration_ms: int, target: Path, beat: Beat) -> None:
    """Write a rendition of ours once more, its short side ``SMALL_SHORT_SIDE``. Raises as ``encode``; whatever ``beat`` raises."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error"]
    command += [
        "-protocol_whitelist",
        "file,pipe",
        "-f",
        "mp4",
        "-i",
        f"file:{file}",
        "-map",
        "0:v:0",
        "-map",
        "0:a:0?",
    ]
    command += ["-vf", _SMALL, "-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-profile:v", "main"]
    command += ["-threads", str(THREADS), "-c:a", "aac", "-b:a", "64k", "-ac", "2", "-map_metadata", "-1"]
    command += ["-movflags", "+faststart", "-f", "mp4", f"file:{target}"]
    seconds = ENCODE_SECONDS + duration_ms / 1000 * ENCODE_SECONDS_PER_SECOND
    try:
        code = _run(command, seconds, lambda _: None, beat)
    except TookTooLong as error:
        raise VideoProcessingFailed from error
    if code != 0 or not target.exists() or target.stat().st_size == 0:
        raise VideoDamaged


def encode_sound(file: Path, target: Path, milliseconds_max: int) -> None:
    """Write what is heard in the file as AAC in an M4A, cut to the bound; SoundUnreadable when nothing is."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error"]
    command += ["-protocol_whitelist", "file,pipe", "-format_whitelist", containers.format_whitelist()]
    command += ["-threads", str(THREADS), "-i", f"file:{file}", "-map", "0:a:0", "-vn", "-sn", "-dn"]
    command += ["-t", str(milliseconds_max / 1000), "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "44100"]
    command += ["-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart", "-f", "ipod"]
    try:
        code = _run([*command, f"file:{target}"], SOUND_SECONDS, lambda _: None, lambda: None)
    except TookTooLong as error:
        raise SoundUnreadable from error
    if code != 0 or not target.exists() or target.stat().st_size == 0:
        raise SoundUnreadable


def run(command: list[str], seconds: float, beat: Beat) -> int:
    """Run a tool that prints nothing, with the bounds of all: its exit code. Raises TookTooLong, Stopped, and as ``beat``."""
    return _run(command, seconds, lambda _: None, beat)


def _run(command: list[str], seconds: float, take: Callable[[bytes], None], beat: Beat) -> int:
    """Run the command to its end, hand on what it prints, and return its exit code; TookTooLong past its bound.

    Whatever ``beat`` raises stops the command too. Raises Stopped after ``stop_all``.
    """
    deadline = time.monotonic() + seconds
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path)}
    with (
        tempfile.TemporaryFile() as complaints,  # Never a pipe: nobody reads it, so it must not fill.
        subprocess.Popen(  # noqa: S603  # The program is ours; the file's name is one we made.
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, env=environment
        ) as process,
        selectors.DefaultSelector() as selector,
    ):
        assert process.stdout is not None, "It is a pipe."
        try:
            _be_gentle(process.pid)
            selector.register(process.stdout, selectors.EVENT_READ)
            while True:
                if selector.select(STEP_SECONDS):
                    output = os.read(process.stdout.fileno(), 65_536)
                    if not output:
                        return process.wait(timeout=max(1.0, deadline - time.monotonic()))
                    take(output)
                beat()
                if _stopping.is_set():
                    raise Stopped
                if time.monotonic() > deadline:
                    raise TookTooLong
        except subprocess.TimeoutExpired as error:
            raise TookTooLong from error
        finally:
            if process.poll() is None:
                process.kill()


def _be_gentle(process_id: int) -> None:
    try:
        os.setpriority(os.PRIO_PROCESS, process_id, NICENESS)
        if sys.platform == "linux":
            resource.prlimit(process_id, resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    except ProcessLookupError:
        return  # It has ended already.
