"""What plays of a video, in figures."""

from collections.abc import Iterable

import msgspec

from vonk.content.models import Video


class RenditionFacts(msgspec.Struct, frozen=True):
    """What plays of a video: its bytes, and how many a second in bits; 0 until it is ready.

    ``source_md5`` is of the file as it was uploaded, "" for one from before it was kept.
    """

    bytes: int
    bits_per_second: int
    source_md5: str


def renditions(video_ids: Iterable[int]) -> dict[int, RenditionFacts]:
    """Return what plays of each video, for whoever has its post inside their scope already."""
    rows = Video.objects.filter(pk__in=set(video_ids)).values_list("pk", "rendition_bytes", "duration_ms", "source_md5")
    return {
        video_id: RenditionFacts(size or 0, (size or 0) * 8_000 // duration_ms if duration_ms else 0, md5 or "")
        for video_id, size, duration_ms, md5 in rows
    }
