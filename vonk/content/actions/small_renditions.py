"""The smaller file of a video: it comes with the video and goes with its other files."""

from collections.abc import Collection

from vonk.content.models import SmallRendition


def forget(video_ids: Collection[int]) -> list[str]:
    """Let go of the smaller files of these videos; return their keys, to be deleted after the commit."""
    rows = SmallRendition.objects.filter(video_id__in=video_ids)
    keys = list(rows.values_list("key", flat=True))
    rows.delete()
    return keys


def known(keys: Collection[str]) -> set[str]:
    """Return those of the keys that are smaller files of videos."""
    return set(SmallRendition.objects.filter(key__in=keys).values_list("key", flat=True))
