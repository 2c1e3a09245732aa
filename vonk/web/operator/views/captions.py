"""New captions of posts that stand in ads: old and new words side by side, approved or rejected with reasons."""

from datetime import datetime
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.authorisation.actions import captions
from vonk.content import queries as content
from vonk.content.queries import CaptionReview, PostFacts
from vonk.content.rules import CAPTION_REASONS, CaptionState
from vonk.control.scope import Right, Scope
from vonk.core.errors import Conflict, Invalid
from vonk.identity.queries import account_facts
from vonk.web.common import problems
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, paging_of
from vonk.web.operator.access import for_platform
from vonk.web.operator.forms import RejectCaptionForm


class QueueRow(msgspec.Struct, frozen=True):
    """A caption that waits."""

    caption_id: int
    text: str
    speaks_as: str
    poster_url: str
    proposed_by: str
    waited: str
    proposed_at: datetime


class Queue(msgspec.Struct, frozen=True):
    """The page."""

    count: int
    rows: tuple[QueueRow, ...]
    next_cursor: str | None


class CaptionPage(msgspec.Struct, frozen=True, kw_only=True):
    """One caption, with the post that would say it."""

    id: int
    open: bool
    state: Badge
    old: str
    new: str
    proposed_by: str
    proposed_at: datetime
    reviewed_at: datetime | None
    reasons: tuple[str, ...]
    note: str
    post: PostFacts
    ads_count: int


@require_safe
@for_platform(Right.REVIEW)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the queue."""
    now = now_of(request)
    found = content.caption_reviews(scope, paging_of(request))
    rows = tuple(_row(item, now) for item in found.items)
    record = Queue(content.captions_waiting(scope), rows, found.next_cursor)
    return render(request, "operator/captions.html", {"page": record})


@require_safe
@for_platform(Right.REVIEW)
def caption(request: HttpRequest, scope: Scope, caption_id: int) -> HttpResponse:
    """Show one caption."""
    return _answer(request, scope, caption_id, RejectCaptionForm())


@require_POST
@for_platform(Right.REVIEW)
def approve(request: HttpRequest, scope: Scope, caption_id: int) -> HttpResponse:
    """Let the post say it."""
    try:
        captions.approve(scope, caption_id, now=now_of(request))
    except Conflict as problem:
        return _too_late(request, caption_id, problem)
    messages.success(request, _("Approved. The post and its ads say it from now on."))
    return redirect("operator:captions")


@require_POST
@for_platform(Right.REVIEW)
def reject(request: HttpRequest, scope: Scope, caption_id: int) -> HttpResponse:
    """Refuse it for at least one reason."""
    form = RejectCaptionForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            captions.reject(scope, caption_id, asked["reasons"], asked["note"], now=now_of(request))
        except Conflict as problem:
            return _too_late(request, caption_id, problem)
        except Invalid as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Rejected. Both sides read your reasons."))
            return redirect("operator:captions")
    return _answer(request, scope, caption_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _too_late(request: HttpRequest, caption_id: int, problem: Conflict) -> HttpResponse:
    view = problems.view_of(problem)
    messages.warning(request, " ".join(part for part in (view.message, view.remedy) if part))
    return redirect("operator:caption", caption_id)


def _row(item: CaptionReview, now: datetime) -> QueueRow:
    version = item.version
    return QueueRow(
        caption_id=version.id,
        text=version.text,
        speaks_as=f"@{item.post.handle}",
        poster_url=item.post.poster_url,
        proposed_by=_proposed_by(item),
        waited=timesince(version.agreed_at or version.proposed_at, now),
        proposed_at=version.proposed_at,
    )


def _answer(
    request: HttpRequest, scope: Scope, caption_id: int, form: RejectCaptionForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    item = content.caption_review(scope, caption_id)
    version = item.version
    record = CaptionPage(
        id=version.id,
        open=version.state is CaptionState.IN_REVIEW,
        state=_state(version.state),
        old=version.replaces,
        new=version.text,
        proposed_by=_proposed_by(item),
        proposed_at=version.proposed_at,
        reviewed_at=version.reviewed_at,
        reasons=tuple(_(CAPTION_REASONS[reason]) for reason in version.reasons),  # noqa: INT001 - a closed list.
        note=version.note,
        post=item.post,
        ads_count=len(advertising.spark_ads_using(item.post.id)),
    )
    return render(request, "operator/caption.html", {"page": record, "form": form}, status=status)


def _proposed_by(item: CaptionReview) -> str:
    account_id = item.version.account_id
    return account_facts(account_id).name if account_id else f"@{item.post.handle}"


def _state(state: CaptionState) -> Badge:
    return {
        CaptionState.PROPOSED: Badge(_("Waits for its creator"), Tone.BUSY),
        CaptionState.IN_REVIEW: Badge(_("Waits for a decision"), Tone.BUSY),
        CaptionState.REJECTED: Badge(_("Rejected"), Tone.BAD),
        CaptionState.REFUSED: Badge(_("Refused by its creator"), Tone.CALM),
        CaptionState.WITHDRAWN: Badge(_("Withdrawn"), Tone.CALM),
        CaptionState.SUPERSEDED: Badge(_("Superseded by a newer one"), Tone.CALM),
        CaptionState.CURRENT: Badge(_("What the post says"), Tone.GOOD),
        CaptionState.REPLACED: Badge(_("Replaced since"), Tone.CALM),
    }[state]
