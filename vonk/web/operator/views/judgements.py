"""What viewers report, post by post; the decision on it, and the appeals of creators."""

from datetime import datetime
from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vonk.advertising import queries as advertising
from vonk.content import queries as content
from vonk.content.actions import judging
from vonk.content.judgements import MODERATION_REASONS, REPORT_TEXTS, Judgement, JudgementAppeal, ReportReason
from vonk.content.queries import PostFacts
from vonk.content.queries import judgements as queries
from vonk.content.queries.judgements import JudgedPost, ReportedPost
from vonk.control.scope import Right, Scope
from vonk.core.errors import Conflict, Forbidden, Invalid, NotFound
from vonk.web.common import formats, problems
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, paging_of
from vonk.web.operator.access import for_platform
from vonk.web.operator.judgement_forms import AnswerForm, JudgeForm


class ReportedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A reported post in the queue."""

    post_id: int
    poster_url: str
    speaks_as: str
    caption: str
    reasons: str
    count: str
    in_ads: int
    waited: str


class AppealRow(msgspec.Struct, frozen=True, kw_only=True):
    """An appeal in the queue."""

    post_id: int
    poster_url: str
    speaks_as: str
    text: str
    judgement: Badge
    moderator: str
    mine: bool


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """The page: reports, or appeals."""

    tab: str
    reported: tuple[ReportedRow, ...]
    appeals: tuple[AppealRow, ...]
    next_cursor: str | None


class PastRow(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that was taken."""

    id: int
    judgement: Badge
    reason: str
    note: str
    reports: int
    moderator: str
    decided_at: datetime
    over_at: datetime | None
    appeal: str
    appeal_state: Badge | None
    answer: str
    may_answer: bool
    mine: bool


class JudgePage(msgspec.Struct, frozen=True, kw_only=True):
    """One post with its reports and what was decided of it."""

    post: PostFacts
    speaks_as: str
    ads_count: int
    reasons: tuple[tuple[str, int], ...]
    past: tuple[PastRow, ...]
    next_id: int | None


@require_safe
@for_platform(Right.REVIEW)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show what was reported, the longest ago first, or the appeals that wait."""
    tab = "appeals" if request.GET.get("tab") == "appeals" else "reports"
    now, paging = now_of(request), paging_of(request)
    if tab == "appeals":
        waiting = queries.judgement_appeals(scope, paging)
        rows = tuple(_appeal(one) for one in waiting.items)
        record = Queue(tab=tab, reported=(), appeals=rows, next_cursor=waiting.next_cursor)
    else:
        found = queries.reported_posts(scope, paging)
        reported = tuple(_reported(one, now) for one in found.items)
        record = Queue(tab=tab, reported=reported, appeals=(), next_cursor=found.next_cursor)
    return render(request, "operator/reports.html", {"page": record})


@require_safe
@for_platform(Right.REVIEW)
def one(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Show a post to be judged."""
    return _answer(request, scope, post_id)


@require_POST
@for_platform(Right.REVIEW)
def judge(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Decide, and open the next reported post."""
    form = JudgeForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            judging.judge(
                scope, post_id, Judgement(asked["judgement"]), asked["reason"], asked["note"], now=now_of(request)
            )
        except Invalid as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Decided. Its creator reads why, if anything was restricted."))
            following = queries.next_reported(scope, post_id)
            if following is None:
                return redirect("operator:reports")
            return redirect("operator:reported", following)
    return _answer(request, scope, post_id, form=form)


@require_POST
@for_platform(Right.REVIEW)
def answer(request: HttpRequest, scope: Scope, post_id: int, judgement_id: int) -> HttpResponse:
    """Decide on an appeal: ``verdict`` is overturn or uphold."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            judging.answer(
                scope,
                judgement_id,
                form.cleaned_data["answer"],
                overturn=request.POST.get("verdict") == "overturn",
                now=now_of(request),
            )
        except (Conflict, Forbidden) as problem:
            messages.warning(request, problems.view_of(problem).message)
            return redirect("operator:reported", post_id)
        except Invalid as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("Decided. The creator reads your answer."))
            return redirect(reverse("operator:reports") + "?tab=appeals")
    return _answer(request, scope, post_id, answer_form=form)


def _answer(
    request: HttpRequest,
    scope: Scope,
    post_id: int,
    *,
    form: JudgeForm | None = None,
    answer_form: AnswerForm | None = None,
) -> HttpResponse:
    """Return the page, with the form that was sent and is wrong, if one was."""
    wrong = form is not None or answer_form is not None
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    facts = content.post_facts([post_id]).get(post_id)
    if facts is None:
        raise NotFound(noun="post")
    record = JudgePage(
        post=facts,
        speaks_as=_name(facts),
        ads_count=len(advertising.ads_of_posts([post_id])[post_id]),
        reasons=tuple((_reason(number), count) for number, count in queries.reports_of(scope, post_id)),
        past=tuple(_past(one) for one in queries.judgements_of(scope, post_id)),
        next_id=queries.next_reported(scope, post_id),
    )
    context = {"page": record, "form": form or JudgeForm(), "answer_form": answer_form or AnswerForm()}
    return render(request, "operator/reported.html", context, status=status)


def _reported(found: ReportedPost, now: datetime) -> ReportedRow:
    times = ngettext("%(count)s report", "%(count)s reports", found.count) % {"count": formats.number(found.count)}
    return ReportedRow(
        post_id=found.post.id,
        poster_url=found.post.poster_url,
        speaks_as=_name(found.post),
        caption=found.post.caption,
        reasons=", ".join(f"{_reason(number)} ({count})" for number, count in found.by_reason),
        count=times,
        in_ads=found.in_ads,
        waited=timesince(found.first_at, now),
    )


def _appeal(found: JudgedPost) -> AppealRow:
    return AppealRow(
        post_id=found.post.id,
        poster_url=found.post.poster_url,
        speaks_as=_name(found.post),
        text=found.view.appeal,
        judgement=_badge(found.view.judgement),
        moderator=found.moderator_name,
        mine=found.mine,
    )


def _past(found: JudgedPost) -> PastRow:
    view = found.view
    waits = view.appeal_state is JudgementAppeal.WAITING and view.over_at is None
    return PastRow(
        id=view.id,
        judgement=_badge(view.judgement),
        reason=_(MODERATION_REASONS[view.reason]) if view.reason else "",  # noqa: INT001 - a closed list.
        note=view.note,
        reports=view.reports,
        moderator=found.moderator_name,
        decided_at=view.decided_at,
        over_at=view.over_at,
        appeal=view.appeal,
        appeal_state=_appeal_badge(view.appeal_state) if view.appeal_state is not None else None,
        answer=view.answer,
        may_answer=waits and not found.mine,
        mine=waits and found.mine,
    )


def _badge(judgement: Judgement) -> Badge:
    return {
        Judgement.KEEP: Badge(_("Kept"), Tone.GOOD),
        Judgement.LIMIT: Badge(_("Limited"), Tone.WARN),
        Judgement.REMOVE: Badge(_("Removed"), Tone.BAD),
    }[judgement]


def _appeal_badge(state: JudgementAppeal) -> Badge:
    return {
        JudgementAppeal.WAITING: Badge(_("Appeal waits"), Tone.BUSY),
        JudgementAppeal.UPHELD: Badge(_("Appeal: it stands"), Tone.CALM),
        JudgementAppeal.OVERTURNED: Badge(_("Appeal: taken back"), Tone.GOOD),
    }[state]


def _name(facts: PostFacts) -> str:
    return f"@{facts.handle}" if facts.handle else facts.display_name


def _reason(number: int) -> str:
    return _(REPORT_TEXTS[ReportReason(number)])  # noqa: INT001 - a closed list.
