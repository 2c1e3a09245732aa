"""The captions of a creator's post that the account holds: what it says and said, and a proposal of the account's own."""

from datetime import datetime
from http import HTTPStatus

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from vonk.authorisation.actions import captions
from vonk.authorisation.queries.captions import caption_versions, may_propose
from vonk.content import queries as content
from vonk.content.queries import CaptionView
from vonk.content.rules import CAPTION_OPEN, CAPTION_REASONS, CaptionState
from vonk.control.scope import Right
from vonk.core.errors import Conflict, NotFound, Problem
from vonk.core.limits import TEXT_MAX
from vonk.web.advertiser import words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer, refuse_somewhere
from vonk.web.common import problems
from vonk.web.common.records import Badge, Tone


class ProposeForm(forms.Form):
    """A new caption."""

    caption = forms.CharField(
        label=gettext_lazy("Caption"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-count": str(TEXT_MAX)}),
    )


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version."""

    id: int
    number: int
    text: str
    replaces: str
    state: Badge
    own: bool
    proposed_at: datetime
    reasons: tuple[str, ...]
    note: str
    open: bool


class CaptionsPage(msgspec.Struct, frozen=True):
    """The page."""

    post_id: int
    title: str
    handle: str
    caption: str
    may_propose: bool
    rows: tuple[VersionRow, ...]


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def page(request: HttpRequest, desk: Desk, post_id: int) -> HttpResponse:
    """Show the captions and take a proposal in."""
    if request.method != "POST":
        return _answer(request, desk, post_id, None)
    form = ProposeForm(request.POST)
    if form.is_valid():
        try:
            captions.propose(desk.scope, post_id, form.cleaned_data["caption"], now=desk.now)
        except NotFound:
            raise
        except Problem as problem:
            refuse_somewhere(form, problem)
        else:
            messages.success(
                request, _("Sent to the creator. Nothing changes until they agree and a reviewer approves.")
            )
            return redirect("advertiser:captions", post_id)
    return _answer(request, desk, post_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def withdraw(request: HttpRequest, desk: Desk, post_id: int, caption_id: int) -> HttpResponse:
    """Take a proposal back."""
    try:
        captions.withdraw(desk.scope, caption_id, now=desk.now)
    except Conflict as problem:
        messages.warning(request, problems.view_of(problem).message)
    else:
        messages.success(request, _("Taken back."))
    return redirect("advertiser:captions", post_id)


def _answer(
    request: HttpRequest, desk: Desk, post_id: int, form: ProposeForm | None, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    rows = tuple(_row(view) for view in caption_versions(desk.scope, post_id))
    post = content.post_facts([post_id])[post_id]
    record = CaptionsPage(
        post_id=post_id,
        title=words.title_of(post.caption),
        handle=post.handle,
        caption=post.caption,
        may_propose=desk.may_edit and not post.draft and bool(may_propose(desk.scope, post_id, now=desk.now)),
        rows=rows,
    )
    asked = form if form is not None else ProposeForm(initial={"caption": post.caption})
    return answer(request, desk, "captions.html", record, status=status, form=asked)


def _row(view: CaptionView) -> VersionRow:
    return VersionRow(
        id=view.id,
        number=view.number,
        text=view.text,
        replaces=view.replaces,
        state=_badge(view.state),
        own=bool(view.account_id),
        proposed_at=view.proposed_at,
        reasons=tuple(_(CAPTION_REASONS[reason]) for reason in view.reasons),  # noqa: INT001 - a closed list.
        note=view.note,
        open=bool(view.account_id) and view.state in CAPTION_OPEN,
    )


def _badge(state: CaptionState) -> Badge:
    return {
        CaptionState.PROPOSED: Badge(_("Waits for the creator"), Tone.BUSY),
        CaptionState.IN_REVIEW: Badge(_("In review"), Tone.BUSY),
        CaptionState.REJECTED: Badge(_("Rejected"), Tone.BAD),
        CaptionState.REFUSED: Badge(_("Refused by the creator"), Tone.BAD),
        CaptionState.WITHDRAWN: Badge(_("Taken back"), Tone.CALM),
        CaptionState.SUPERSEDED: Badge(_("A newer one came"), Tone.CALM),
        CaptionState.CURRENT: Badge(_("The post says this"), Tone.GOOD),
        CaptionState.REPLACED: Badge(_("Said before"), Tone.CALM),
    }[state]
