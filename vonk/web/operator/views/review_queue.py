"""The ads that wait for a decision, the longest waiting first."""

from datetime import datetime

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.queries import ReviewItem
from vonk.control.scope import Right, Scope
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, paging_of
from vonk.web.operator.access import for_platform


class QueueRow(msgspec.Struct, frozen=True):
    """An ad that waits."""

    review_id: int
    ad_name: str
    advertiser: str
    speaks_as: str
    poster_url: str
    kind: Badge
    waited: str
    submitted_at: datetime


class Queue(msgspec.Struct, frozen=True):
    """The page."""

    count: int
    rows: tuple[QueueRow, ...]
    next_cursor: str | None


@require_safe
@for_platform(Right.REVIEW)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the queue."""
    now = now_of(request)
    found = advertising.review_queue(scope, paging_of(request))
    rows = tuple(_row(item, now) for item in found.items)
    record = Queue(advertising.queue_length(scope), rows, found.next_cursor)
    return render(request, "operator/review_queue.html", {"page": record})


def _row(item: ReviewItem, now: datetime) -> QueueRow:
    preview = item.preview
    return QueueRow(
        review_id=item.review.id,
        ad_name=item.ad_name,
        advertiser=item.advertiser_name,
        speaks_as=f"@{preview.handle}" if preview.consent_id is not None else preview.display_name,
        poster_url=preview.poster_url,
        kind=kind_badge(item),
        waited=timesince(item.review.submitted_at, now),
        submitted_at=item.review.submitted_at,
    )


def kind_badge(item: ReviewItem) -> Badge:
    """Return what sort of ad it is."""
    if item.approved_before:
        return Badge(_("Changed since its approval"), Tone.WARN)
    return Badge(_("Spark Ad"), Tone.GOOD) if item.preview.consent_id is not None else Badge(_("Non-Spark"), Tone.CALM)
