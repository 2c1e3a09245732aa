"""What the account asks creators for: a new request, those that are out, answers to counter-offers."""

import re
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.authorisation import queries as authorisation
from vonk.authorisation.actions import answers, requests
from vonk.authorisation.actions.requests import Asked
from vonk.authorisation.queries import AskView, RequestView
from vonk.authorisation.rules import ATTEMPTS_MAX, RequestKind, RequestState
from vonk.authorisation.rules.requests import OPEN
from vonk.control.scope import Right
from vonk.core.errors import NotFound, Problem
from vonk.core.ids import parse_id
from vonk.discovery import queries as discovery
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.requests import AskForm, FindPostForm
from vonk.web.advertiser.pages import answer, problem_of, refusal_status
from vonk.web.common import asking, problems
from vonk.web.common.asking import RequestRow
from vonk.web.common.records import Badge
from vonk.web.common.requests import paging_of
from vonk.web.common.terms import TermsForm

_POST_LINK: Final = re.compile(r"(?:^|/posts/|/video/)([0-9]{1,19})(?:/|\?|#|$)")
_HANDLE: Final = re.compile(r"(?:^|/)@([A-Za-z0-9._]{2,24})(?:/|\?|#|$)")


class SentPage(msgspec.Struct, frozen=True):
    """The page. ``everything``: ended requests, too."""

    rows: tuple[RequestRow, ...]
    next_cursor: str | None
    everything: bool


class Choice(msgspec.Struct, frozen=True):
    """A post of a creator who was named by handle."""

    id: int
    title: str
    poster_url: str


class AskPage(msgspec.Struct, frozen=True, kw_only=True):
    """The form's page: no post yet, a creator's posts to choose from, or one post."""

    found: AskView | None = None
    title: str = ""
    left: str = ""
    handle: str = ""
    choices: tuple[Choice, ...] = ()
    next_cursor: str | None = None


class SentRequestPage(msgspec.Struct, frozen=True, kw_only=True):
    """One request."""

    request: RequestView
    title: str
    kind: str
    badge: Badge
    days: str
    counter_days: str
    left: str
    ended: str
    outside: tuple[str, ...]
    open: bool
    turn: bool
    may_ask: bool
    sha256: str
    ends_at: datetime | None


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List what is open; ``?all=1`` lists what has ended, too."""
    everything = request.GET.get("all") == "1"
    found = authorisation.sent(desk.scope, paging_of(request), desk.now, open_only=not everything)
    record = SentPage(
        tuple(asking.row_of(item, mine=RequestState.COUNTERED) for item in found.items), found.next_cursor, everything
    )
    return answer(request, desk, "requests.html", record)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Find a post (``?post=`` is its link, its number or a handle), then ask its creator."""
    wanted = request.GET.get("post", "").strip()[:500]
    find = FindPostForm(initial={"post": wanted})
    try:
        record = _found(request, desk, wanted)
    except Problem as problem:
        shown = problem_of(request, problem)
        return answer(
            request,
            desk,
            "request_new.html",
            AskPage(),
            status=refusal_status(request, problem),
            find=find,
            problem=shown,
        )
    if request.method != "POST" or record.found is None:
        return _form(
            request,
            desk,
            record,
            find=find,
            form=AskForm(),
            terms=TermsForm(initial={"currency": desk.account.currency}),
        )
    form, terms = AskForm(request.POST), TermsForm(request.POST)
    if form.is_valid() and terms.is_valid():
        try:
            asked = requests.ask(
                desk.scope, record.found.post.id, offer=terms.draft(), now=desk.now, **form.cleaned_data
            )
        except Problem as problem:
            if not terms.blame(problem.field, problems.view_of(problem).message):
                problems.add_to_form(form, problem)
        else:
            _tell(request, asked)
            return redirect("advertiser:request", asked.request_id)
    return _form(request, desk, record, find=find, form=form, terms=terms, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_safe
@at_desk()
def one(request: HttpRequest, desk: Desk, request_id: int) -> HttpResponse:
    """Show one request: whose turn it is, what the creator wants instead."""
    return answer(request, desk, "request.html", _page(desk, request_id))


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def accept(request: HttpRequest, desk: Desk, request_id: int) -> HttpResponse:
    """Say yes to the counter-offer that stands on the page."""
    try:
        answers.accept_counter(desk.scope, request_id, agree_sha256=request.POST.get("sha256", "")[:64], now=desk.now)
    except NotFound:
        raise
    except Problem as problem:
        return answer(
            request,
            desk,
            "request.html",
            _page(desk, request_id),
            status=refusal_status(request, problem),
            problem=problem_of(request, problem),
        )
    messages.success(request, _("Agreed. The post is in your library."))
    return redirect("advertiser:request", request_id)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def withdraw(request: HttpRequest, desk: Desk, request_id: int) -> HttpResponse:
    """Take the request back."""
    if requests.withdraw(desk.scope, request_id, now=desk.now):
        messages.success(request, _("Withdrawn. The creator has been told."))
    return redirect("advertiser:requests")


def _found(request: HttpRequest, desk: Desk, wanted: str) -> AskPage:
    """Return the post or the posts that are meant; NotFound for what is no public post and no creator."""
    if not wanted:
        return AskPage()
    by_handle, by_link = _HANDLE.search(wanted), _POST_LINK.search(wanted)
    if by_link is not None:
        found = authorisation.ask_view(desk.scope, _id(by_link[1]), desk.now)
        left = ngettext("%(count)d attempt left", "%(count)d attempts left", found.attempts_left)
        return AskPage(
            found=found,
            title=asking.title_of(found.post),
            left=left % {"count": found.attempts_left} if found.attempts_left < ATTEMPTS_MAX else "",
        )
    handle = by_handle[1] if by_handle is not None else wanted.removeprefix("@")
    posts = discovery.profile_page(None, handle.lower(), cursor=request.GET.get("cursor")).posts
    choices = tuple(
        Choice(card.post_id, " ".join(card.caption.split())[: asking.TITLE_CHARS_MAX], card.poster_url)
        for card in posts.items
    )
    return AskPage(handle=handle, choices=choices, next_cursor=posts.next_cursor)


def _id(digits: str) -> int:
    try:
        return parse_id(digits)
    except ValueError as error:
        raise NotFound(noun="post") from error


def _tell(request: HttpRequest, asked: Asked) -> None:
    if asked.consent_id is not None:
        messages.success(
            request, _("Accepted at once: the creator had allowed this beforehand. The post is in your library.")
        )
    elif asked.again:
        left = ngettext("You can ask %(count)d more time.", "You can ask %(count)d more times.", asked.attempts_left)
        messages.success(request, _("Asked again. %(left)s") % {"left": left % {"count": asked.attempts_left}})
    else:
        messages.success(request, _("Asked. You will hear when the creator answers."))


def _form(
    request: HttpRequest,
    desk: Desk,
    record: AskPage,
    *,
    find: FindPostForm,
    form: AskForm,
    terms: TermsForm,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    return answer(request, desk, "request_new.html", record, status=status, find=find, form=form, terms_form=terms)


def _page(desk: Desk, request_id: int) -> SentRequestPage:
    found = authorisation.request_of_account(desk.scope, request_id, desk.now)
    left = ngettext("You can ask %(count)d more time.", "You can ask %(count)d more times.", found.attempts_left)
    return SentRequestPage(
        request=found,
        title=asking.title_of(found.post),
        kind=asking.kind_words(found.kind),
        badge=asking.badge_of(found, mine=RequestState.COUNTERED),
        days=asking.days_words(found.duration_days),
        counter_days=asking.days_words(found.counter_duration_days) if found.counter_duration_days else "",
        left=left % {"count": found.attempts_left},
        ended=asking.ended_words(found),
        outside=asking.outside_words(found.not_automatic),
        open=found.state in OPEN,
        turn=found.state is RequestState.COUNTERED,
        may_ask=found.kind is not RequestKind.EXTEND
        and found.state is not RequestState.ACCEPTED
        and found.closing is None,
        sha256=found.counter_terms.sha256 if found.counter_terms is not None else "",
        ends_at=found.consent_ends_at,
    )
