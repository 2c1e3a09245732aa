"""Videos of an ad account's library, with the measures of what was uploaded."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import PurePath

import msgspec
from django.db.models import ExpressionWrapper, F, FloatField, Q, QuerySet
from django.db.models.functions import Coalesce

from vonk.content import media
from vonk.content.models import Video
from vonk.content.queries.library_images import RATIO_GRACE
from vonk.content.rules import VideoState
from vonk.control.paging import Numbered, Numbering, numbered
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


class LibraryVideo(msgspec.Struct, frozen=True):
    """A video. Measures are of the file as it was uploaded, known at once; of one from before they were kept, of what plays.

    ``md5`` is None for one from before it was kept. The addresses are "" until it plays.
    """

    id: int
    name: str
    state: VideoState
    format: str
    width: int
    height: int
    duration_ms: int
    bytes: int
    md5: str | None
    video_url: str
    poster_url: str
    created_at: datetime
    modified_at: datetime

    @property
    def bits_per_second(self) -> int:
        """The mean bit rate of the file, 0 while its duration is not known."""
        return self.bytes * 8_000 // self.duration_ms if self.duration_ms else 0


class VideosWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which videos a list holds; None of a filter means any. ``name_contains`` whatever its case; ``ready`` only those that play."""

    ids: Collection[int] | None = None
    name_contains: str | None = None
    ready: bool = False
    width: int | None = None
    height: int | None = None
    ratios: Sequence[float] | None = None


def library_video(scope: Scope, video_id: int) -> LibraryVideo:
    """Return a video of the account; NotFound when there is none."""
    row = _own(scope).filter(pk=video_id).first()
    if row is None:
        raise NotFound(noun="video")
    return _view(row)


def library_videos(scope: Scope, video_ids: Collection[int]) -> tuple[LibraryVideo, ...]:
    """Return those of the videos that are the account's, in the order of the ids."""
    found = {row.pk: _view(row) for row in _own(scope).filter(pk__in=set(video_ids))}
    return tuple(found[video_id] for video_id in dict.fromkeys(video_ids) if video_id in found)


def numbered_library_videos(scope: Scope, wanted: VideosWanted, numbering: Numbering) -> Numbered[LibraryVideo]:
    """Return a numbered page of the account's videos, newest first; those whose posts and files are gone are not there."""
    rows = _own(scope)
    if wanted.ids is not None:
        rows = rows.filter(pk__in=wanted.ids)
    if wanted.name_contains is not None:
        named = Q(library_name__icontains=wanted.name_contains)
        rows = rows.filter(named | Q(library_name=None, original_name__icontains=wanted.name_contains))
    if wanted.ready:
        rows = rows.filter(state=VideoState.READY.value)
    rows = rows.annotate(wide=Coalesce("source_width", "width"), high=Coalesce("source_height", "height"))
    if wanted.width is not None:
        rows = rows.filter(wide=wanted.width)
    if wanted.height is not None:
        rows = rows.filter(high=wanted.height)
    if wanted.ratios:
        close = Q()
        for ratio in wanted.ratios:
            close |= Q(ratio__gte=ratio - RATIO_GRACE, ratio__lte=ratio + RATIO_GRACE)
        rows = rows.filter(high__gt=0)
        rows = rows.annotate(ratio=ExpressionWrapper(F("wide") * 1.0 / F("high"), FloatField())).filter(close)
    return numbered(rows, numbering, _view)


def video_named(scope: Scope, name: str) -> int | None:
    """Return the account's video of that name, None when there is none."""
    same = Q(library_name=name) | Q(library_name=None, original_name=name)
    return _own(scope).filter(same).values_list("pk", flat=True).first()


def _own(scope: Scope) -> QuerySet[Video]:
    scope.require(Right.ACCOUNT_VIEW)
    own = Video.objects.filter(account_id=scope.account)
    return own.exclude(state=VideoState.READY.value, rendition_key=None)


def _view(row: Video) -> LibraryVideo:
    ready = row.state == VideoState.READY.value
    return LibraryVideo(
        id=row.pk,
        name=row.original_name if row.library_name is None else row.library_name,
        state=VideoState(row.state),
        format=row.source_format or PurePath(row.original_name).suffix[1:].lower() or "mp4",
        width=row.source_width or row.width or 0,
        height=row.source_height or row.height or 0,
        duration_ms=row.source_duration_ms or row.duration_ms or 0,
        bytes=row.source_bytes,
        md5=row.source_md5,
        video_url=media.url_of(row.rendition_key) if ready else "",
        poster_url=media.url_of(row.poster_key) if ready else "",
        created_at=row.created_at,
        modified_at=row.modified_at or row.created_at,
    )
