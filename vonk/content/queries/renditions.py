"""What plays of a video, in figures."""

from collections.abc import Iterable

import msgspec

from vonk.content.models import Video


class RenditionFacts(msgspec.Struct, frozen=True):
    """What plays of a video: its bytes, and how many a second in bits; 0 until it is ready."""

    bytes: int
    bits_per_second: int


def renditions(video_ids: Iterable[int]) -> dict[int, RenditionFacts]:
    """Return what plays of each video, for whoever has its post inside their scope already."""
    rows = Video.objects.filter(pk__in=set(video_ids)).values_list("pk", "rendition_bytes", "duration_ms")
    return {
        video_id: RenditionFacts(size or 0, (size or 0) * 8_000 // duration_ms if duration_ms else 0)
        for video_id, size, duration_ms in rows
    }
