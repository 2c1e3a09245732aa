"""Appeals of advertisers against rejections, and what somebody else than the first reviewer says to them."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising.actions import appeals
from vonk.advertising.queries import appeals as queries
from vonk.advertising.queries.appeals import AppealItem
from vonk.advertising.rules.reviews import AppealState
from vonk.control.scope import Right, Scope
from vonk.core.errors import Conflict, Forbidden, Invalid
from vonk.web.common import problems
from vonk.web.common.phones import Phone, phone_of
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, paging_of
from vonk.web.operator.access import for_platform
from vonk.web.operator.review_forms import AppealForm

VERDICTS: Final = {"uphold": appeals.uphold, "overturn": appeals.overturn}


class AppealRow(msgspec.Struct, frozen=True):
    """An appeal in the list."""

    id: int
    ad_name: str
    advertiser: str
    poster_url: str
    text: str
    state: Badge
    rejected_by: str
    waited: str


class AppealsPage(msgspec.Struct, frozen=True):
    """The list."""

    rows: tuple[AppealRow, ...]
    next_cursor: str | None
    decided: bool


class AppealPage(msgspec.Struct, frozen=True, kw_only=True):
    """One appeal beside the ad that it is about."""

    id: int
    ad_name: str
    advertiser: str
    phone: Phone
    state: Badge
    open: bool
    mine: bool
    text: str
    appellant: str
    made_at: datetime
    rejected_by: str
    rejected_at: datetime | None
    reasons: tuple[str, ...]
    note: str
    review_id: int
    decided_at: datetime | None
    answer: str


@require_safe
@for_platform(Right.REVIEW)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the appeals that wait, or those that were decided."""
    decided = request.GET.get("decided") == "1"
    found = queries.appeals(scope, paging_of(request), waiting=not decided)
    now = now_of(request)
    record = AppealsPage(tuple(_row(item, now) for item in found.items), found.next_cursor, decided)
    return render(request, "operator/appeals.html", {"page": record})


@require_safe
@for_platform(Right.REVIEW)
def one(request: HttpRequest, scope: Scope, appeal_id: int) -> HttpResponse:
    """Show one appeal."""
    return _answer(request, scope, appeal_id, AppealForm())


@require_POST
@for_platform(Right.REVIEW)
def decide(request: HttpRequest, scope: Scope, appeal_id: int, verdict: str) -> HttpResponse:
    """Let the rejection stand, or take it back; with an answer."""
    act = VERDICTS.get(verdict)
    if act is None:
        raise Http404
    form = AppealForm(request.POST)
    if form.is_valid():
        try:
            act(scope, appeal_id, form.cleaned_data["answer"], now=now_of(request))
        except (Conflict, Forbidden) as problem:
            view = problems.view_of(problem)
            messages.warning(request, " ".join(part for part in (view.message, view.remedy) if part))
            return redirect("operator:appeal", appeal_id)
        except Invalid as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Decided. The advertiser reads your answer."))
            return redirect("operator:appeals")
    return _answer(request, scope, appeal_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _answer(
    request: HttpRequest, scope: Scope, appeal_id: int, form: AppealForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    record = _page(queries.appeal(scope, appeal_id))
    return render(request, "operator/appeal.html", {"page": record, "form": form}, status=status)


def _row(item: AppealItem, now: datetime) -> AppealRow:
    return AppealRow(
        id=item.appeal.id,
        ad_name=item.item.ad_name,
        advertiser=item.item.advertiser_name,
        poster_url=item.item.preview.poster_url,
        text=item.appeal.text,
        state=_state(item.appeal.state),
        rejected_by=item.rejected_by,
        waited=timesince(item.appeal.made_at, now),
    )


def _page(item: AppealItem) -> AppealPage:
    appeal, review = item.appeal, item.item.review
    return AppealPage(
        id=appeal.id,
        ad_name=item.item.ad_name,
        advertiser=item.item.advertiser_name,
        phone=phone_of(item.item.preview),
        state=_state(appeal.state),
        open=appeal.state is AppealState.WAITING,
        mine=item.mine,
        text=appeal.text,
        appellant=item.appellant_name,
        made_at=appeal.made_at,
        rejected_by=item.rejected_by,
        rejected_at=review.decided_at,
        reasons=tuple(_(reason.text) for reason in review.reasons),  # noqa: INT001 - texts come from the closed list.
        note=review.note,
        review_id=review.id,
        decided_at=appeal.decided_at,
        answer=appeal.answer,
    )


def _state(state: AppealState) -> Badge:
    return {
        AppealState.WAITING: Badge(_("Waits for a decision"), Tone.BUSY),
        AppealState.UPHELD: Badge(_("The rejection stands"), Tone.BAD),
        AppealState.OVERTURNED: Badge(_("Approved after all"), Tone.GOOD),
        AppealState.MOOT: Badge(_("The ad was changed meanwhile"), Tone.CALM),
    }[state]
