"""What a video must be to be published under a creator's profile (reference §4, “Spark push”); pure."""

from pathlib import PurePath
from typing import Final

import msgspec

from vonk.content.errors import (
    PushBitRateTooLow,
    PushDurationNotSupported,
    PushFormatNotSupported,
    PushResolutionTooLow,
    PushTooLarge,
)
from vonk.core.errors import Problem

SUFFIXES: Final = frozenset({".mp4", ".mov", ".mpeg", ".mpg", ".3gp"})
CONTAINERS: Final = frozenset({"mov", "mpeg", "mpegvideo"})  # As ffmpeg names them: MP4, MOV and 3GP are one.
BYTES_MAX: Final = 500_000_000
SECONDS_MIN: Final = 5
SECONDS_MAX: Final = 60
KBPS_MIN: Final = 2_500
SECONDS_GRACE: Final = 0.1  # Of a clip cut to the second: containers round.


class Measures(msgspec.Struct, frozen=True):
    """A processed upload. ``container`` is ffmpeg's first name of it; "" for one from before it was kept.

    Width and height are the rendition's: it is never larger than its source, and only smaller above 1,920 pixels, which
    is above every floor.
    """

    name: str
    container: str
    source_bytes: int
    duration_ms: int
    width: int
    height: int


def refusal(video: Measures) -> Problem | None:
    """Return why the video cannot be pushed, None when it can."""
    suffix = PurePath(video.name).suffix.lower()
    if (video.container not in CONTAINERS) if video.container else (suffix not in SUFFIXES):
        return PushFormatNotSupported()
    if video.source_bytes > BYTES_MAX:
        return PushTooLarge(megabytes=-(-video.source_bytes // 1_000_000), megabytes_max=BYTES_MAX // 1_000_000)
    seconds = video.duration_ms / 1000
    if not SECONDS_MIN - SECONDS_GRACE <= seconds <= SECONDS_MAX + SECONDS_GRACE:
        return PushDurationNotSupported(seconds=seconds, seconds_min=SECONDS_MIN, seconds_max=SECONDS_MAX)
    kbps = video.source_bytes * 8 // video.duration_ms  # Bits in a millisecond are thousands in a second.
    if kbps < KBPS_MIN:
        return PushBitRateTooLow(kbps=kbps, kbps_min=KBPS_MIN)
    width_min, height_min = floor_of(video.width, video.height)
    if video.width < width_min or video.height < height_min:
        return PushResolutionTooLow(width=video.width, height=video.height, width_min=width_min, height_min=height_min)
    return None


def floor_of(width: int, height: int) -> tuple[int, int]:
    """Return the least width and height for the shape: those of 9:16 upright, of 16:9 lying, of 1:1 square.

    The reference names three ratios; what lies between is held to the short side of its kind, so that 4:5 is fine.
    """
    if width == height:
        return 640, 640
    if width < height:
        return 540, min(960, max(540, 540 * height // width))
    return min(960, max(540, 540 * width // height)), 540
