"""Drafts: every upload that stands in no post yet, what was written about it, and when it is to be published."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.content import queries as content
from vonk.content.queries import VideoView
from vonk.content.queries.drafts import DraftFacts
from vonk.content.queries.drafts import drafts as drafts_of
from vonk.control.scope import Scope
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, paging_of
from vonk.web.creator import planning, words
from vonk.web.creator.access import for_creators
from vonk.web.creator.analytics import zone_of
from vonk.web.creator.uploads import UploadView, upload_view

FAILED_SHOWN_FOR: Final = timedelta(days=30)  # A refused file is of no use to anybody.


class DraftRow(msgspec.Struct, frozen=True):
    """An upload and its draft; ``title`` is its caption's beginning, or else the file's name."""

    video: UploadView
    title: str
    badge: Badge
    saved_at: datetime | None


class DraftsPage(msgspec.Struct, frozen=True):
    """The page."""

    rows: tuple[DraftRow, ...]
    next_cursor: str | None


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the uploads that are in no post."""
    found = content.waiting(scope, paging_of(request), failed_since=now_of(request) - FAILED_SHOWN_FOR)
    kept = drafts_of(scope, [video.id for video in found.items])
    zone = zone_of(scope)
    rows = tuple(_row(video, kept.get(video.id), zone) for video in found.items)
    return render(request, "creator/drafts.html", {"page": DraftsPage(rows, found.next_cursor)})


def _row(video: VideoView, draft: DraftFacts | None, zone: ZoneInfo) -> DraftRow:
    caption = draft.caption if draft is not None else ""
    return DraftRow(
        video=upload_view(video),
        title=words.short(caption) if caption else video.original_name,
        badge=_badge(draft, zone),
        saved_at=draft.saved_at if draft is not None else None,
    )


def _badge(draft: DraftFacts | None, zone: ZoneInfo) -> Badge:
    if draft is None:
        return Badge(_("Nothing written yet"), Tone.CALM)
    if draft.failure:
        return Badge(_("Could not be published"), Tone.BAD)
    if draft.publish_at is not None:
        return Badge(_("Planned: %(moment)s") % {"moment": planning.words(draft.publish_at, zone)}, Tone.BUSY)
    return Badge(_("Draft"), Tone.WARN)
