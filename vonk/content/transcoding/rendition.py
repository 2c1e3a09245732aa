"""Look at what we encoded ourselves: its measures, whether it is whole, and a picture of it."""

from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import msgspec

from vonk.content.errors import VideoDamaged
from vonk.content.transcoding.probe import Source, falls_short

POSTER_LONG_SIDE_MAX: Final = 1_080
POSTER_QUALITY: Final = 82


class Rendition(msgspec.Struct, frozen=True):
    """The measures of a playable file, as shown."""

    width: int
    height: int
    duration_ms: int
    has_sound: bool


def inspect(file: Path, source: Source) -> Rendition:
    """Return the rendition's measures; VideoDamaged when it shows less than its source promised."""
    try:
        with av.open(str(file)) as container:
            video = container.streams.video[0]
            base = video.time_base or Fraction(0)
            frames = end = 0
            for packet in container.demux(video):
                if packet.size and packet.pts is not None:
                    frames += 1
                    end = max(end, packet.pts + (packet.duration or 0))
            duration_ms = round(end * base * 1000)
            found = Rendition(video.width, video.height, duration_ms, bool(container.streams.audio))
    except (av.error.FFmpegError, IndexError) as error:
        raise VideoDamaged from error
    if frames == 0 or falls_short(duration_ms, source.duration_ms):
        raise VideoDamaged
    return found


def draw_poster(file: Path, duration_ms: int, target: Path) -> None:
    """Write a JPEG of the picture at about a third of the rendition; VideoDamaged when there is none."""
    wanted_us = duration_ms * 1000 // 3
    try:
        with av.open(str(file)) as container:
            video = container.streams.video[0]
            container.seek(wanted_us)
            picture = None
            for picture in container.decode(video):
                if picture.time is None or picture.time * 1_000_000 >= wanted_us:
                    break
            if picture is None:
                raise VideoDamaged
            image = picture.to_image()  # type: ignore[no-untyped-call]  # PyAV leaves out Pillow's type.
    except (av.error.FFmpegError, IndexError) as error:
        raise VideoDamaged from error
    image.thumbnail((POSTER_LONG_SIDE_MAX, POSTER_LONG_SIDE_MAX))
    image.save(target, "JPEG", quality=POSTER_QUALITY, optimize=True, progressive=True)
