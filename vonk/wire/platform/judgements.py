"""Moderation: what viewers report, what is decided of it, and appeals of creators."""

from vonk.content.actions import judging
from vonk.content.judgements import Judgement
from vonk.content.queries import judgements as queries
from vonk.content.queries.judgements import JudgedPost, JudgementView, ReportedPost
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation


class JudgementBody(Body, frozen=True):
    """``reason`` and ``note`` are needed to limit or remove: the creator reads both as a statement of reasons."""

    judgement: Judgement
    reason: str = ""
    note: str = ""


class AppealBody(Body, frozen=True):
    """1 to 2,000 characters."""

    text: str


class AnswerBody(Body, frozen=True):
    """``answer`` is for the creator; ``overturn``: the decision is taken back."""

    answer: str
    overturn: bool


@operation("GET", "/reports", may=Right.REVIEW, summary="Read which posts viewers report")
def list_reports(call: Call[Nothing, Paged]) -> Page[ReportedPost]:
    """Posts with reports that nobody has answered, the longest reported first."""
    return queries.reported_posts(call.scope, call.query.paging())


@operation(
    "POST",
    "/posts/{post_id}/judgements",
    may=Right.REVIEW,
    summary="Keep, limit or remove a post",
    example={"judgement": "limit", "reason": "undisclosed", "note": "The bicycle is a gift of the shop."},
)
def judge_post(call: Call[JudgementBody, Nothing]) -> Page[JudgedPost]:
    """Answers the reports of it, and ends the decision before. The answer is every decision on the post, newest first."""
    post_id, asked = call.id("post_id"), call.body
    judging.judge(call.scope, post_id, asked.judgement, asked.reason, asked.note, now=call.now)
    return Page(queries.judgements_of(call.scope, post_id), None)


@operation("GET", "/judgements/appeals", may=Right.REVIEW, summary="Read the appeals of creators that wait")
def list_judgement_appeals(call: Call[Nothing, Paged]) -> Page[JudgedPost]:
    """The longest waiting first."""
    return queries.judgement_appeals(call.scope, call.query.paging())


@operation(
    "POST",
    "/judgements/{judgement_id}/answer",
    may=Right.REVIEW,
    summary="Decide on a creator's appeal",
    example={"answer": "The receipt shows it.", "overturn": True},
)
def answer_appeal(call: Call[AnswerBody, Nothing]) -> None:
    """Never by who decided on the post."""
    asked = call.body
    judging.answer(call.scope, call.id("judgement_id"), asked.answer, overturn=asked.overturn, now=call.now)


@operation("GET", "/me/judgements", may=Right.CREATE, summary="Read what was restricted of one's posts")
def list_own_judgements(call: Call[Nothing, Paged]) -> Page[JudgementView]:
    """The newest first, with the reason, and until when each can be appealed."""
    return queries.own_judgements(call.scope, call.query.paging(), now=call.now)


@operation(
    "POST",
    "/me/judgements/{judgement_id}/appeal",
    may=Right.CREATE,
    summary="Appeal a decision on one's post",
    example={"text": "I paid for it myself."},
)
def appeal_judgement(call: Call[AppealBody, Nothing]) -> JudgementView:
    """Once, within six months; somebody else decides."""
    judgement_id = call.id("judgement_id")
    judging.appeal(call.scope, judgement_id, call.body.text, now=call.now)
    return queries.own_judgement(call.scope, judgement_id, now=call.now)
