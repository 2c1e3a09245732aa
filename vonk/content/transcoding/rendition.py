"""Look at what we encoded ourselves: its measures, whether it is whole, and a picture of it."""

from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import msgspec
from av.container import InputContainer
from PIL import Image

from vonk.content.errors import SoundUnreadable, VideoDamaged
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


def sound_ms(file: Path) -> int:
    """Return how long a sound that we encoded is; SoundUnreadable when there is nothing in it."""
    try:
        with av.open(str(file)) as container:
            duration = container.duration
    except (av.error.FFmpegError, IndexError) as error:
        raise SoundUnreadable from error
    if not duration or duration <= 0:
        raise SoundUnreadable
    return round(duration / 1000)


class Frame(msgspec.Struct, frozen=True):
    """A picture out of a rendition, as a JPEG."""

    file: Path
    at_ms: int
    width: int
    height: int


def draw_poster(file: Path, duration_ms: int, target: Path) -> None:
    """Write a JPEG of the picture at about a third of the rendition; VideoDamaged when there is none."""
    try:
        with av.open(str(file)) as container:
            _, image = _picture_at(container, duration_ms * 1000 // 3)
    except (av.error.FFmpegError, IndexError) as error:
        raise VideoDamaged from error
    image.thumbnail((POSTER_LONG_SIDE_MAX, POSTER_LONG_SIDE_MAX))
    image.save(target, "JPEG", quality=POSTER_QUALITY, optimize=True, progressive=True)


def draw_frames(file: Path, duration_ms: int, at_most: int, folder: Path) -> list[Frame]:
    """Write JPEGs of pictures from all over the rendition into the folder, each picture once; VideoDamaged for none."""
    frames: dict[int, Frame] = {}
    try:
        with av.open(str(file)) as container:
            for number in range(at_most):
                at_ms, image = _picture_at(container, duration_ms * 1000 * (2 * number + 1) // (2 * at_most))
                if at_ms not in frames:
                    target = folder / f"{at_ms}.jpg"
                    image.save(target, "JPEG", quality=POSTER_QUALITY, optimize=True, progressive=True)
                    frames[at_ms] = Frame(target, at_ms, image.width, image.height)
    except (av.error.FFmpegError, IndexError) as error:
        raise VideoDamaged from error
    return list(frames.values())


def _picture_at(container: InputContainer, wanted_us: int) -> tuple[int, Image.Image]:
    """Return the first picture from then on, or the last one, and when it is shown."""
    container.seek(wanted_us)
    picture = None
    for picture in container.decode(container.streams.video[0]):
        if picture.time is None or picture.time * 1_000_000 >= wanted_us:
            break
    if picture is None:
        raise VideoDamaged
    image: Image.Image = picture.to_image()  # type: ignore[no-untyped-call]  # PyAV leaves out Pillow's type.
    return round((picture.time or 0) * 1000), image
