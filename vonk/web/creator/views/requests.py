"""What advertisers ask a creator for: the inbox, one request, and the three answers."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import answers
from vonk.authorisation.actions.answers import Choice
from vonk.authorisation.errors.requests import RequestClosed, RequestOtherTurn
from vonk.authorisation.queries import PostView, RequestView
from vonk.authorisation.rules import RequestKind, RequestState
from vonk.authorisation.rules.requests import OPEN
from vonk.content import queries as content
from vonk.content.rules import Visibility
from vonk.control.scope import Scope
from vonk.core.errors import Problem
from vonk.web.common import asking, problems
from vonk.web.common.asking import RequestRow
from vonk.web.common.records import Badge
from vonk.web.common.requests import now_of, paging_of
from vonk.web.common.terms import TermsForm
from vonk.web.creator.access import for_creators
from vonk.web.creator.forms import ADS_ONLY
from vonk.web.creator.request_forms import AcceptForm, RefuseForm

COUNTER_ID: Final = "counter_%s"  # The page has two forms with the same fields.


class InboxPage(msgspec.Struct, frozen=True):
    """The page. ``everything``: ended requests, too."""

    rows: tuple[RequestRow, ...]
    next_cursor: str | None
    everything: bool


class RequestPage(msgspec.Struct, frozen=True, kw_only=True):
    """One request. ``switches_on`` says what a yes switches on, "" when nothing is off; ``days_after`` of an extension."""

    request: RequestView
    title: str
    kind: str
    badge: Badge
    days: str
    counter_days: str
    extends: bool
    answering_title: str
    answering: PostView | None
    reach: str
    ended: str
    outside: tuple[str, ...]
    open: bool
    turn: bool
    switches_on: str
    ends_at: datetime | None


@require_safe
@for_creators
def inbox(request: HttpRequest, scope: Scope) -> HttpResponse:
    """List what waits for an answer; ``?all=1`` lists what has ended, too."""
    everything = request.GET.get("all") == "1"
    found = authorisation.inbox(scope, paging_of(request), now_of(request), open_only=not everything)
    record = InboxPage(
        tuple(asking.row_of(item, mine=RequestState.WAITING) for item in found.items), found.next_cursor, everything
    )
    return render(request, "creator/requests.html", {"page": record})


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope, request_id: int) -> HttpResponse:
    """Show who asks for what, on whose behalf and on which terms, and what the answers do."""
    return _answer(request, scope, authorisation.request_of_creator(scope, request_id, now_of(request)))


@require_POST
@for_creators
def accept(request: HttpRequest, scope: Scope, request_id: int) -> HttpResponse:
    """Say yes; what is off is switched on by the same button, as it says."""
    asked = authorisation.request_of_creator(scope, request_id, now_of(request))
    form = _form(asked, request.POST)
    if form.is_valid():
        try:
            answers.accept(
                scope, request_id, _choice(form), agree_sha256=form.cleaned_data["sha256"], now=now_of(request)
            )
        except (RequestClosed, RequestOtherTurn):
            raise  # There is no form any more.
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Agreed. The advertiser has been told; you can revoke it at any time."))
            return redirect("creator:request", request_id)
    return _answer(request, scope, asked, accept=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@for_creators
def counter(request: HttpRequest, scope: Scope, request_id: int) -> HttpResponse:
    """Ask for another duration or other terms; then it is the advertiser's turn."""
    asked = authorisation.request_of_creator(scope, request_id, now_of(request))
    form, terms = _form(asked, request.POST, auto_id=COUNTER_ID), TermsForm(request.POST)
    if form.is_valid() and terms.is_valid():
        draft = terms.draft() if asked.kind is not RequestKind.EXTEND else None
        sha256 = form.cleaned_data["sha256"] if draft is None else ""
        try:
            answers.counter(scope, request_id, _choice(form), terms=draft, agree_sha256=sha256, now=now_of(request))
        except (RequestClosed, RequestOtherTurn):
            raise
        except Problem as problem:
            view = problems.view_of(problem)
            if not terms.blame(problem.field, view.message):
                problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Sent. Now the advertiser accepts it, or withdraws."))
            return redirect("creator:request", request_id)
    return _answer(request, scope, asked, counter=form, terms=terms, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@for_creators
def refuse(request: HttpRequest, scope: Scope, request_id: int) -> HttpResponse:
    """Say no."""
    form = RefuseForm(request.POST)
    if not form.is_valid():
        asked = authorisation.request_of_creator(scope, request_id, now_of(request))
        return _answer(request, scope, asked, refuse=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if answers.refuse(scope, request_id, reason=form.cleaned_data["reason"], now=now_of(request)):
        messages.success(request, _("Refused. The advertiser has been told."))
    return redirect("creator:requests")


def _choice(form: AcceptForm) -> Choice:
    said = form.cleaned_data
    ads_only = said["reach"] == ADS_ONLY if "reach" in said else None
    return Choice(
        duration_days=said["duration_days"],
        ads_only=ads_only,
        make_public=bool(said.get("make_public")) and not ads_only,
        preview_required=bool(said.get("preview_required")),
        switch_on=True,  # The button says so.
    )


def _form(asked: RequestView, data: QueryDict | None = None, *, auto_id: str = "id_%s") -> AcceptForm:
    return AcceptForm(
        data,
        days=asked.duration_days,
        ads_only=asked.ads_only,
        public=content.post_facts([asked.post.id])[asked.post.id].visibility is Visibility.PUBLIC,
        extends=asked.kind is RequestKind.EXTEND,
        sha256=asked.offer.sha256 if asked.offer is not None else "",
        auto_id=auto_id,
    )


def _answer(
    request: HttpRequest,
    scope: Scope,
    asked: RequestView,
    *,
    accept: AcceptForm | None = None,
    counter: AcceptForm | None = None,
    terms: TermsForm | None = None,
    refuse: RefuseForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    forms = {
        "accept_form": accept if accept is not None else _form(asked),
        "counter_form": counter if counter is not None else _form(asked, auto_id=COUNTER_ID),
        "terms_form": terms if terms is not None else TermsForm(initial={"currency": asked.currency}),
        "refuse_form": refuse if refuse is not None else RefuseForm(),
        "countering": counter is not None,
    }
    return render(request, "creator/request.html", {"page": _page(scope, asked), **forms}, status=status)


def _page(scope: Scope, asked: RequestView) -> RequestPage:
    position = authorisation.switches(scope, asked.post.id)
    off = {
        (False, False): _("It switches on your ad settings, and ad authorisation for this post."),
        (False, True): _("It switches on your ad settings."),
        (True, False): _("It switches on ad authorisation for this post."),
        (True, True): "",
    }
    return RequestPage(
        request=asked,
        title=asking.title_of(asked.post),
        kind=asking.kind_words(asked.kind),
        badge=asking.badge_of(asked, mine=RequestState.WAITING),
        days=asking.days_words(asked.duration_days),
        counter_days=asking.days_words(asked.counter_duration_days) if asked.counter_duration_days else "",
        extends=asked.kind is RequestKind.EXTEND,
        answering_title=asking.title_of(asked.answering) if asked.answering is not None else "",
        answering=asked.answering,
        reach=_("Only in ads") if asked.ads_only else _("In ads and as an ordinary post"),
        ended=asking.ended_words(asked),
        outside=asking.outside_words(asked.not_automatic),
        open=asked.state in OPEN,
        turn=asked.state is RequestState.WAITING,
        switches_on=off[position.ad_settings_on, position.post_authorisation_on],
        ends_at=asked.consent_ends_at,
    )
