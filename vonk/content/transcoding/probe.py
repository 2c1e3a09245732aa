"""What is in a file. ``python -m vonk.content.transcoding.probe`` looks at one in a process of its own, because a
crafted file may take the memory of whoever opens it.
"""

import resource
import sys
from pathlib import Path
from typing import Final, NoReturn

import av
import msgspec
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from vonk.content.errors import (
    VideoDamaged,
    VideoMissing,
    VideoTooLargePicture,
    VideoTooLong,
)
from vonk.content.transcoding import containers
from vonk.core.errors import Problem

MEMORY_BYTES_MAX: Final = 2 << 30
FRAMES_MIN: Final = 2  # One frame is a still picture.
SHORTFALL_SHARE: Final = 0.1  # Containers round; what misses more than this and a second is cut off.
SHORTFALL_MS: Final = 1_000
_DECLARING: Final = frozenset({"mov", "matroska", "avi", "asf", "flv"})  # Formats whose header knows the duration.


class Bounds(msgspec.Struct, frozen=True):
    """The operator's ceilings; 0 is none."""

    pixels_max: int
    seconds_max: int


class Source(msgspec.Struct, frozen=True):
    """A file that holds a video. ``audio_index`` is None when there is no sound that can be decoded."""

    format: str
    video_index: int
    audio_index: int | None
    duration_ms: int
    frames: int
    width: int  # As shown: upright, with square pixels.
    height: int


class Found(msgspec.Struct, frozen=True):
    """What the probing process answers: a source, or the code of the problem."""

    source: Source | None = None
    failure: str = ""


def examine(file: Path, bounds: Bounds) -> Source:
    """Return what the file holds, without decoding it to its end.

    Raises VideoMissing, VideoDamaged, VideoTooLargePicture or VideoTooLong.
    """
    try:
        with file.open("rb") as opened:
            options = {
                "format_whitelist": containers.format_whitelist(),
                "protocol_whitelist": "pipe",  # The file itself comes through us; nothing else may be opened.
            }
            with av.open(opened, "r", options=options, io_open=_refuse) as container:
                return _examine(container, file, bounds)
    except (av.error.MemoryError, MemoryError) as error:
        raise VideoTooLargePicture from error
    except (av.error.FFmpegError, UnicodeDecodeError, ValueError) as error:
        raise (VideoDamaged if containers.looks_like_video(file) else VideoMissing) from error


def _refuse(url: str, *_: object) -> NoReturn:
    """Open no file but the one we were given."""
    raise PermissionError(url)


def _examine(container: InputContainer, file: Path, bounds: Bounds) -> Source:
    video = _video_of(container)
    if bounds.pixels_max and video.codec_context.width * video.codec_context.height > bounds.pixels_max:
        raise VideoTooLargePicture
    if containers.is_cut_off(file):
        raise VideoDamaged
    sounds = [stream for stream in container.streams.audio if stream.codec_context is not None]
    first = last = None
    frames = 0
    end_ms = 0.0
    for packet in container.demux():
        if packet.size == 0 or packet.is_discard:
            continue
        begins = packet.pts if packet.pts is not None else packet.dts
        if begins is not None and packet.time_base is not None:
            end_ms = max(end_ms, float((begins + (packet.duration or 0)) * packet.time_base * 1000))
        if packet.stream_index == video.index:
            frames += 1
            if begins is not None and packet.time_base is not None:
                at = float(begins * packet.time_base * 1000)
                first = at if first is None else min(first, at)
                last = max(last or 0.0, at + float((packet.duration or 0) * packet.time_base * 1000))
    if frames < FRAMES_MIN:
        raise VideoMissing
    declared_ms = (container.duration or 0) / 1000
    begin_ms = (container.start_time or 0) / 1000
    if _DECLARING.intersection(container.format.name.split(",")) and falls_short(end_ms - begin_ms, declared_ms):
        raise VideoDamaged
    duration_ms = round((last or 0) - (first or 0)) or round(declared_ms)
    if bounds.seconds_max and duration_ms > bounds.seconds_max * 1000:
        raise VideoTooLong
    sound_index = sounds[0].index if sounds else None
    return Source(container.format.name, video.index, sound_index, duration_ms, frames, *_shown(container, video))


def _shown(container: InputContainer, video: VideoStream) -> tuple[int, int]:
    """Return width and height as a viewer sees them; how it is turned is told with its first picture."""
    context = video.codec_context
    stretch = video.sample_aspect_ratio or context.sample_aspect_ratio or 1
    width, height = max(1, round(context.width * stretch)), context.height
    try:
        container.seek(0)
        picture = next(container.decode(video), None)
    except av.error.InvalidDataError:
        picture = None  # Some pictures may be lost: the encoder judges how many.
    turned = picture is not None and picture.rotation % 180 != 0
    return (height, width) if turned else (width, height)


def falls_short(found_ms: float, expected_ms: float) -> bool:
    """Tell whether what was found misses so much of what was expected that the rest is lost."""
    return found_ms + SHORTFALL_MS < expected_ms * (1 - SHORTFALL_SHARE)


def _video_of(container: InputContainer) -> VideoStream:
    """Return the moving picture: not the cover of a song, not a codec without pictures."""
    for stream in container.streams.video:
        cover = bool(stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails))
        if not cover and stream.codec_context is not None:
            if stream.codec_context.width == 0 or stream.codec_context.height == 0:
                raise VideoDamaged
            return stream
    raise VideoMissing


def main(arguments: list[str]) -> int:
    """Print what is in the file of the first argument, under the ceilings of the second and third."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    av.logging.set_level(None)
    try:
        found = Found(source=examine(Path(arguments[0]), Bounds(int(arguments[1]), int(arguments[2]))))
    except Problem as problem:
        found = Found(failure=problem.code)
    sys.stdout.buffer.write(msgspec.json.encode(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
