"""What moderators decided of my posts, why, and my word against it."""

from datetime import datetime
from http import HTTPStatus

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from vonk.content.actions import judging
from vonk.content.judgements import APPEAL_MAX, MODERATION_REASONS, Judgement, JudgementAppeal
from vonk.content.queries import judgements as queries
from vonk.content.queries import post_facts
from vonk.content.queries.judgements import JudgementView
from vonk.control.scope import Scope
from vonk.core.errors import Conflict, Invalid
from vonk.web.common import problems
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, paging_of
from vonk.web.creator.access import for_creators


class AppealForm(forms.Form):
    """What the creator says against a decision."""

    text = forms.CharField(
        label=gettext_lazy("Why it is wrong"),
        max_length=APPEAL_MAX,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": str(APPEAL_MAX)}),
    )


class DecisionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A decision; ``done`` says what was done, where and for how long."""

    id: int
    post_id: int
    poster_url: str
    state: Badge
    done: str
    rule: str
    note: str
    notice: str
    decided_at: datetime
    over_at: datetime | None
    appeal: str
    appeal_state: Badge | None
    answer: str
    until: datetime | None


class DecisionsPage(msgspec.Struct, frozen=True):
    """The page. ``at`` is the decision whose appeal was refused, 0 for none."""

    rows: tuple[DecisionRow, ...]
    next_cursor: str | None
    at: int


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show every restriction, those that hold no more too."""
    return _answer(request, scope, AppealForm(), 0, HTTPStatus.OK)


@require_POST
@for_creators
def appeal(request: HttpRequest, scope: Scope, judgement_id: int) -> HttpResponse:
    """Appeal a decision."""
    form = AppealForm(request.POST)
    if form.is_valid():
        try:
            judging.appeal(scope, judgement_id, form.cleaned_data["text"], now=now_of(request))
        except (Conflict, Invalid) as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Your appeal is made. Somebody else than the first moderator decides."))
            return redirect("creator:decisions")
    return _answer(request, scope, form, judgement_id, HTTPStatus.UNPROCESSABLE_ENTITY)


def _answer(request: HttpRequest, scope: Scope, form: AppealForm, at: int, status: HTTPStatus) -> HttpResponse:
    found = queries.own_judgements(scope, paging_of(request), now=now_of(request))
    posts = post_facts({view.post_id for view in found.items})
    rows = tuple(_row(view, posts[view.post_id].poster_url) for view in found.items)
    record = DecisionsPage(rows, found.next_cursor, at)
    return render(request, "creator/decisions.html", {"page": record, "form": form}, status=status)


def _row(view: JudgementView, poster_url: str) -> DecisionRow:
    removed = view.judgement is Judgement.REMOVE
    return DecisionRow(
        id=view.id,
        post_id=view.post_id,
        poster_url=poster_url,
        state=_state(view),
        done=_("Nobody sees it, anywhere, and ads with it have stopped.")
        if removed
        else _("It stays on your profile and in ads; feeds and search no longer offer it, anywhere."),
        rule=_(MODERATION_REASONS[view.reason]) if view.reason else "",  # noqa: INT001 - a closed list.
        note=view.note,
        notice=_("Viewers had reported it; a moderator decided, not a machine.")
        if view.reports
        else _("A moderator came across it and decided, not a machine."),
        decided_at=view.decided_at,
        over_at=view.over_at,
        appeal=view.appeal,
        appeal_state=_appeal_state(view.appeal_state) if view.appeal_state is not None else None,
        answer=view.answer,
        until=view.appealable_until,
    )


def _state(view: JudgementView) -> Badge:
    if view.over_at is not None:
        return Badge(_("Holds no more"), Tone.CALM)
    return Badge(_("Removed"), Tone.BAD) if view.judgement is Judgement.REMOVE else Badge(_("Limited"), Tone.WARN)


def _appeal_state(state: JudgementAppeal) -> Badge:
    return {
        JudgementAppeal.WAITING: Badge(_("Your appeal waits"), Tone.BUSY),
        JudgementAppeal.UPHELD: Badge(_("Your appeal: the decision stands"), Tone.BAD),
        JudgementAppeal.OVERTURNED: Badge(_("Your appeal: taken back"), Tone.GOOD),
    }[state]
