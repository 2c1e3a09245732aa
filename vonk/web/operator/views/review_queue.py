"""The ads that wait for a decision, the longest waiting first."""

from datetime import datetime

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.advertising.actions import review_claims
from vonk.advertising.queries import ReviewItem
from vonk.advertising.queries.appeals import appeals_waiting
from vonk.advertising.queries.reviewing import Standing, narrowed_queue, standings
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, paging_of, wants_json
from vonk.web.operator.access import for_platform
from vonk.web.operator.review_forms import QueueForm


class QueueRow(msgspec.Struct, frozen=True):
    """An ad that waits."""

    review_id: int
    ad_name: str
    advertiser: str
    speaks_as: str
    poster_url: str
    kind: Badge
    marks: tuple[Badge, ...]
    waited: str
    submitted_at: datetime


class Queue(msgspec.Struct, frozen=True):
    """The page. ``query`` narrows the pages of single ads as it does this one."""

    count: int
    rows: tuple[QueueRow, ...]
    next_cursor: str | None
    query: str
    appeals: int


@require_safe
@for_platform(Right.REVIEW)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the queue, narrowed as asked."""
    now = now_of(request)
    form = QueueForm(request.GET)
    found = narrowed_queue(scope, form.wanted, paging_of(request), now=now)
    whose = standings(scope, [item.review.id for item in found.items], now=now)
    rows = tuple(_row(item, whose.get(item.review.id, Standing()), now) for item in found.items)
    count = advertising.queue_length(scope)
    record = Queue(count, rows, found.next_cursor, form.query, appeals_waiting(scope))
    return render(request, "operator/review_queue.html", {"page": record, "form": form})


@require_POST
@for_platform(Right.REVIEW)
def claim(request: HttpRequest, scope: Scope, review_id: int) -> HttpResponse:
    """Say that one looks at an ad; tells whose it is. With ``take_over`` it becomes one's own."""
    try:
        found = review_claims.claim(scope, review_id, take_over="take_over" in request.POST, now=now_of(request))
    except NotFound:
        if not wants_json(request):
            return redirect("operator:review", review_id)
        return JsonResponse({"open": False})
    if not wants_json(request):
        return redirect("operator:review", review_id)
    words = _("%(name)s is looking at this ad.") % {"name": found.by} if not found.mine else ""
    return JsonResponse({"open": True, "mine": found.mine, "words": words})


@require_POST
@for_platform(Right.REVIEW)
def release(request: HttpRequest, scope: Scope, review_id: int) -> HttpResponse:
    """Stop looking at an ad: what a page says as it closes."""
    assert request.method == "POST"
    review_claims.release(scope, review_id)
    return HttpResponse(status=204)


def _row(item: ReviewItem, standing: Standing, now: datetime) -> QueueRow:
    preview = item.preview
    return QueueRow(
        review_id=item.review.id,
        ad_name=item.ad_name,
        advertiser=item.advertiser_name,
        speaks_as=f"@{preview.handle}" if preview.handle else preview.display_name,
        poster_url=preview.poster_url,
        kind=kind_badge(item),
        marks=marks_of(standing),
        waited=timesince(item.review.submitted_at, now),
        submitted_at=item.review.submitted_at,
    )


def marks_of(standing: Standing) -> tuple[Badge, ...]:
    """Return what is said of whose an ad is."""
    marks: list[Badge] = []
    if standing.claimed_by:
        marks.append(Badge(_("%(name)s looks at it") % {"name": standing.claimed_by}, Tone.WARN))
    if standing.first_by:
        marks.append(Badge(_("Approved by %(name)s, needs another") % {"name": standing.first_by}, Tone.BUSY))
    elif standing.two_people:
        marks.append(Badge(_("Two people approve"), Tone.CALM))
    if standing.forbidden:
        marks.append(Badge(_("Forbidden category"), Tone.BAD))
    return tuple(marks)


def kind_badge(item: ReviewItem) -> Badge:
    """Return what sort of ad it is."""
    if item.approved_before:
        return Badge(_("Changed since its approval"), Tone.WARN)
    return Badge(_("Spark Ad"), Tone.GOOD) if item.preview.consent_id is not None else Badge(_("Non-Spark"), Tone.CALM)
