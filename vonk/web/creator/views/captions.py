"""A locked post's captions: what it says and said, what waits for the creator's yes or a reviewer's, a new proposal."""

from datetime import datetime
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vonk.authorisation.actions import captions
from vonk.authorisation.queries.captions import caption_versions
from vonk.content import queries as content
from vonk.content.queries import CaptionView
from vonk.content.rules import CAPTION_OPEN, CAPTION_REASONS, CaptionState
from vonk.control.scope import Scope
from vonk.core.errors import Conflict, Problem
from vonk.identity.queries import account_facts
from vonk.web.common import problems
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of
from vonk.web.creator import words
from vonk.web.creator.access import for_creators
from vonk.web.creator.forms import CaptionForm


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version in the history."""

    id: int
    number: int
    text: str
    replaces: str
    state: Badge
    proposed_by: str
    proposed_at: datetime
    reasons: tuple[str, ...]
    note: str
    asks: bool  # The creator's yes is wanted.
    open: bool


class CaptionsPage(msgspec.Struct, frozen=True):
    """The page."""

    post_id: int
    title: str
    caption: str
    locked: bool
    rows: tuple[VersionRow, ...]


@require_http_methods(["GET", "HEAD", "POST"])
@for_creators
def page(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Show the captions and take a new one in."""
    post = content.own_post(scope, post_id)
    if request.method != "POST":
        return _answer(request, scope, post_id, CaptionForm(initial={"caption": post.caption}))
    form = CaptionForm(request.POST)
    if form.is_valid():
        try:
            captions.propose(scope, post_id, form.cleaned_data["caption"], now=now_of(request))
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Sent to review. Until a reviewer approves it the post says what it said."))
            return redirect("creator:captions", post_id)
    return _answer(request, scope, post_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@for_creators
def answer(request: HttpRequest, scope: Scope, post_id: int, caption_id: int, act: str) -> HttpResponse:
    """Agree to, refuse or withdraw a version."""
    acts = {
        "agree": (captions.agree, _("Agreed. A reviewer looks at it next.")),
        "refuse": (captions.refuse, _("Refused. The post says what it said.")),
        "withdraw": (captions.withdraw, _("Taken back.")),
    }
    do, done = acts[act]
    try:
        do(scope, caption_id, now=now_of(request))
    except Conflict as problem:
        messages.warning(request, problems.view_of(problem).message)
    else:
        messages.success(request, done)
    return redirect("creator:captions", post_id)


def _answer(
    request: HttpRequest, scope: Scope, post_id: int, form: CaptionForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    post = content.own_post(scope, post_id)
    rows = tuple(_row(view, f"@{post.handle}") for view in caption_versions(scope, post_id))
    record = CaptionsPage(post_id, words.title_of(post), post.caption, post.caption_locked and not post.draft, rows)
    return render(request, "creator/captions.html", {"page": record, "form": form}, status=status)


def _row(view: CaptionView, handle: str) -> VersionRow:
    return VersionRow(
        id=view.id,
        number=view.number,
        text=view.text,
        replaces=view.replaces,
        state=_badge(view.state),
        proposed_by=account_facts(view.account_id).name if view.account_id else handle,
        proposed_at=view.proposed_at,
        reasons=tuple(_(CAPTION_REASONS[reason]) for reason in view.reasons),  # noqa: INT001 - a closed list.
        note=view.note,
        asks=view.state is CaptionState.PROPOSED,
        open=view.state in CAPTION_OPEN,
    )


def _badge(state: CaptionState) -> Badge:
    return {
        CaptionState.PROPOSED: Badge(_("Waits for your answer"), Tone.WARN),
        CaptionState.IN_REVIEW: Badge(_("In review"), Tone.BUSY),
        CaptionState.REJECTED: Badge(_("Rejected"), Tone.BAD),
        CaptionState.REFUSED: Badge(_("You refused it"), Tone.CALM),
        CaptionState.WITHDRAWN: Badge(_("Taken back"), Tone.CALM),
        CaptionState.SUPERSEDED: Badge(_("A newer one came"), Tone.CALM),
        CaptionState.CURRENT: Badge(_("The post says this"), Tone.GOOD),
        CaptionState.REPLACED: Badge(_("Said before"), Tone.CALM),
    }[state]
