"""What becomes of an upload."""

from datetime import datetime

import msgspec
from django.db.models import QuerySet

from vonk.content import media
from vonk.content.errors import VIDEO_FAILURES
from vonk.content.models import Video
from vonk.content.rules import VideoState
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, Problem


class VideoView(msgspec.Struct, frozen=True):
    """An upload as its owner sees it. Measures are those of the rendition, 0 until it is ready; ``failure`` is a code."""

    id: int
    state: VideoState
    progress_percent: int
    failure: str | None
    original_name: str
    source_bytes: int
    video_url: str
    poster_url: str
    duration_ms: int
    width: int
    height: int
    has_sound: bool
    created_at: datetime

    @property
    def problem(self) -> Problem | None:
        """The problem that stopped it, to be shown with its cause and remedy."""
        return VIDEO_FAILURES[self.failure]() if self.failure else None


def video(scope: Scope, video_id: int) -> VideoView:
    """Return one upload of the person, or of the scope's ad account; NotFound for all others."""
    row = _own(scope).filter(pk=video_id).first()
    if row is None:
        raise NotFound(noun="video")
    return _view(row)


def videos(scope: Scope, paging: Paging) -> Page[VideoView]:
    """Return the uploads of the person, or of the scope's ad account."""
    return page_of(_own(scope), paging, _view)


def waiting(scope: Scope, paging: Paging, *, failed_since: datetime) -> Page[VideoView]:
    """Return the uploads that stand in no post yet, and those refused since then, newest first."""
    rows = _own(scope).filter(posts=None)
    rows = rows.exclude(state=VideoState.READY.value, rendition_key=None)
    return page_of(rows.exclude(state=VideoState.FAILED.value, created_at__lt=failed_since), paging, _view)


def _own(scope: Scope) -> QuerySet[Video]:
    if scope.account_id is not None:
        return Video.objects.filter(account_id=scope.account_id, pictures=0)
    return Video.objects.filter(uploader_id=scope.person, account=None, pictures=0)


def _view(row: Video) -> VideoView:
    ready = row.state == VideoState.READY.value
    return VideoView(
        id=row.pk,
        state=VideoState(row.state),
        progress_percent=row.progress_percent,
        failure=row.failure,
        original_name=row.original_name,
        source_bytes=row.source_bytes,
        video_url=media.url_of(row.rendition_key) if ready else "",
        poster_url=media.url_of(row.poster_key) if ready else "",
        duration_ms=row.duration_ms or 0,
        width=row.width or 0,
        height=row.height or 0,
        has_sound=bool(row.has_sound),
        created_at=row.created_at,
    )
