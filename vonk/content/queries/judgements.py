"""Reported posts, decisions on posts and appeals against them, as moderators and creators see them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db.models import Max, Min, Sum

from vonk.content.judgements import RESTRICTIONS, Judgement, JudgementAppeal, appealable_until
from vonk.content.models import PostJudgement, PostReport
from vonk.content.queries.posts import PostFacts, post_facts
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import person_names


class ReportedPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post with the reports that nobody has answered yet. ``by_reason``: number of the reason and how often, most first."""

    post: PostFacts
    count: int
    in_ads: int
    by_reason: tuple[tuple[int, int], ...]
    first_at: datetime
    last_at: datetime


class JudgementView(msgspec.Struct, frozen=True, kw_only=True):
    """A decision on a post. ``appealable_until`` None: it cannot be appealed (any more)."""

    id: int
    post_id: int
    judgement: Judgement
    reason: str
    note: str
    reports: int
    decided_at: datetime
    over_at: datetime | None
    appeal: str
    appeal_state: JudgementAppeal | None
    appealed_at: datetime | None
    answer: str
    appeal_decided_at: datetime | None
    appealable_until: datetime | None


class JudgedPost(msgspec.Struct, frozen=True, kw_only=True):
    """A decision with its post, for a moderator; ``mine``: the reader took it, and does not decide on an appeal."""

    view: JudgementView
    post: PostFacts
    moderator_name: str
    mine: bool


def reported_posts(scope: Scope, paging: Paging) -> Page[ReportedPost]:
    """Return the posts with open reports, the longest reported first (Right.REVIEW). The cursor is a number of posts."""
    scope.require(Right.REVIEW)
    sums = PostReport.objects.order_by().values("post_id").annotate(
        total=Sum("count"), ads=Sum("in_ads"), first=Min("first_at"), last=Max("last_at")
    ).order_by("first", "post_id")  # fmt: skip
    start = paging.cursor or 0
    found = list(sums[start : start + paging.size + 1])
    shown = found[: paging.size]
    posts = post_facts({row["post_id"] for row in shown})
    reasons = _reasons([row["post_id"] for row in shown])
    items = tuple(
        ReportedPost(
            post=posts[row["post_id"]],
            count=row["total"],
            in_ads=row["ads"],
            by_reason=reasons[row["post_id"]],
            first_at=row["first"],
            last_at=row["last"],
        )
        for row in shown
    )
    return Page(items, str(start + paging.size) if len(found) > paging.size else None)


def reports_of(scope: Scope, post_id: int) -> tuple[tuple[int, int], ...]:
    """Return the open reports of one post by reason, most first (Right.REVIEW)."""
    scope.require(Right.REVIEW)
    return _reasons([post_id])[post_id]


def reported_count(scope: Scope) -> int:
    """Return how many posts have open reports (Right.REVIEW)."""
    scope.require(Right.REVIEW)
    return PostReport.objects.order_by().values("post_id").distinct().count()


def next_reported(scope: Scope, post_id: int) -> int | None:
    """Return the post that was reported longest of all others (Right.REVIEW)."""
    scope.require(Right.REVIEW)
    rows = PostReport.objects.exclude(post_id=post_id).order_by("first_at", "post_id")
    return rows.values_list("post_id", flat=True).first()


def judgements_of(scope: Scope, post_id: int) -> tuple[JudgedPost, ...]:
    """Return every decision on a post, the newest first (Right.REVIEW)."""
    scope.require(Right.REVIEW)
    return _judged(scope, list(PostJudgement.objects.filter(post_id=post_id).order_by("-pk")[:50]))


def judgement_appeals(scope: Scope, paging: Paging) -> Page[JudgedPost]:
    """Return the decisions whose appeal waits, the longest waiting first (Right.REVIEW)."""
    scope.require(Right.REVIEW)
    rows = PostJudgement.objects.filter(appeal_state=JudgementAppeal.WAITING.value, over_at=None).order_by("pk")
    if paging.cursor is not None:
        rows = rows.filter(pk__gt=paging.cursor)
    found = list(rows[: paging.size + 1])
    shown = found[: paging.size]
    return Page(_judged(scope, shown), str(shown[-1].pk) if len(found) > paging.size else None)


def own_judgements(scope: Scope, paging: Paging, *, now: datetime) -> Page[JudgementView]:
    """Return the restrictions of the acting creator's posts, the newest first, those that hold no more too."""
    scope.require(Right.CREATE)
    rows = PostJudgement.objects.filter(
        post__profile__owner_id=scope.person, judgement__in=[one.value for one in RESTRICTIONS]
    )
    return page_of(rows, paging, lambda row: _view(row, now))


def own_judgement(scope: Scope, judgement_id: int, *, now: datetime) -> JudgementView:
    """Return one decision on a post of the acting creator's; NotFound for all others."""
    scope.require(Right.CREATE)
    row = PostJudgement.objects.filter(pk=judgement_id, post__profile__owner_id=scope.person).first()
    if row is None:
        raise NotFound(noun="decision")
    return _view(row, now)


def _reasons(post_ids: Sequence[int]) -> dict[int, tuple[tuple[int, int], ...]]:
    found: dict[int, list[tuple[int, int]]] = {post_id: [] for post_id in post_ids}
    rows = PostReport.objects.filter(post_id__in=post_ids).order_by("-count", "reason")
    for post_id, reason, count in rows.values_list("post_id", "reason", "count"):
        found[post_id].append((reason, count))
    return {post_id: tuple(of) for post_id, of in found.items()}


def _judged(scope: Scope, rows: Sequence[PostJudgement]) -> tuple[JudgedPost, ...]:
    posts = post_facts({row.post_id for row in rows})
    names = person_names({row.moderator_id for row in rows})
    return tuple(
        JudgedPost(
            view=_view(row, None),
            post=posts[row.post_id],
            moderator_name=names.get(row.moderator_id, ""),
            mine=row.moderator_id == scope.person_id,
        )
        for row in rows
    )


def _view(row: PostJudgement, now: datetime | None) -> JudgementView:
    until = appealable_until(row.decided_at)
    judgement = Judgement(row.judgement)
    opens = judgement in RESTRICTIONS and row.over_at is None and row.appeal_state is None
    return JudgementView(
        id=row.pk,
        post_id=row.post_id,
        judgement=judgement,
        reason=row.reason,
        note=row.note,
        reports=sum(row.reports.values()),
        decided_at=row.decided_at,
        over_at=row.over_at,
        appeal=row.appeal,
        appeal_state=JudgementAppeal(row.appeal_state) if row.appeal_state else None,
        appealed_at=row.appealed_at,
        answer=row.answer,
        appeal_decided_at=row.appeal_decided_at,
        appealable_until=until if opens and now is not None and now < until else None,
    )
