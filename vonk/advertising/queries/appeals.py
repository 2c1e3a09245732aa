"""Appeals against rejections: the queue of those who decide, and the advertiser's own."""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec

from vonk.advertising.models import Appeal, Review
from vonk.advertising.policies import APPEAL_DAYS
from vonk.advertising.queries.rounds import items_of
from vonk.advertising.queries.views import ReviewItem
from vonk.advertising.rules import Verdict
from vonk.advertising.rules.reviews import AppealState
from vonk.control import policies
from vonk.control.paging import Page, Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import person_names


class AppealView(msgspec.Struct, frozen=True, kw_only=True):
    """An appeal as its advertiser sees it; ``answer`` is why it was decided so."""

    id: int
    ad_id: int
    review_id: int
    text: str
    state: AppealState
    made_at: datetime
    decided_at: datetime | None
    answer: str


class AppealItem(msgspec.Struct, frozen=True, kw_only=True):
    """An appeal with everything needed to decide on it; ``mine``: the reader rejected the ad and may not."""

    appeal: AppealView
    item: ReviewItem
    appellant_name: str
    rejected_by: str
    mine: bool


class Appealing(msgspec.Struct, frozen=True, kw_only=True):
    """What can be said against an ad's newest verdict: ``until`` is when the time is over, None: there is nothing to appeal."""

    appeal: AppealView | None
    until: datetime | None


def appealing(scope: Scope, ad_id: int, *, now: datetime) -> Appealing:
    """Return the last appeal of the account's ad, unless it was rejected anew since, and whether one can be made; NotFound."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = Review.objects.filter(ad_id=ad_id, ad__ad_group__campaign__account_id=scope.account)
    newest = rows.order_by("-pk").first()
    if newest is None:
        raise NotFound(noun="ad")
    made = Appeal.objects.filter(review__in=rows).select_related("review").order_by("-pk").first()
    if made is not None and made.review_id != newest.pk and newest.verdict == Verdict.REJECTED:
        made = None  # Of an earlier round: this rejection is another one.
    until = None
    if made is None and newest.verdict == Verdict.REJECTED and newest.decided_at is not None:
        until = newest.decided_at + timedelta(days=policies.number(APPEAL_DAYS, now=now))
        until = until if until > now else None
    return Appealing(appeal=_view(made) if made is not None else None, until=until)


def appeals(scope: Scope, paging: Paging, *, waiting: bool = True) -> Page[AppealItem]:
    """Return the appeals that wait, the longest waiting first; or those that were decided, in the same order (Right.REVIEW)."""
    scope.require(Right.REVIEW)
    rows = Appeal.objects.select_related("review__ad__ad_group__campaign")
    if waiting:
        rows = rows.filter(state=AppealState.WAITING.value).order_by("pk")
        rows = rows.filter(pk__gt=paging.cursor) if paging.cursor is not None else rows
    else:
        rows = rows.exclude(state=AppealState.WAITING.value).order_by("-pk")
        rows = rows.filter(pk__lt=paging.cursor) if paging.cursor is not None else rows
    found = list(rows[: paging.size + 1])
    shown = found[: paging.size]
    return Page(tuple(_items(scope, shown)), str(shown[-1].pk) if len(found) > paging.size else None)


def appeal(scope: Scope, appeal_id: int) -> AppealItem:
    """Return one appeal, a decided one too; NotFound (Right.REVIEW)."""
    scope.require(Right.REVIEW)
    row = Appeal.objects.select_related("review__ad__ad_group__campaign").filter(pk=appeal_id).first()
    if row is None:
        raise NotFound(noun="appeal")
    return _items(scope, [row])[0]


def appeals_waiting(scope: Scope) -> int:
    """Return how many appeals wait (Right.REVIEW)."""
    scope.require(Right.REVIEW)
    return Appeal.objects.filter(state=AppealState.WAITING.value).count()


def _items(scope: Scope, rows: Collection[Appeal]) -> list[AppealItem]:
    items = {item.review.id: item for item in items_of([row.review for row in rows])}
    names = person_names({one for row in rows for one in (row.appellant_id, row.review.reviewer_id) if one})
    return [
        AppealItem(
            appeal=_view(row),
            item=items[row.review_id],
            appellant_name=names.get(row.appellant_id, ""),
            rejected_by=names.get(row.review.reviewer_id or 0, ""),
            mine=row.review.reviewer_id == scope.person_id,
        )
        for row in rows
    ]


def _view(row: Appeal) -> AppealView:
    return AppealView(
        id=row.pk,
        ad_id=row.review.ad_id,
        review_id=row.review_id,
        text=row.text,
        state=AppealState(row.state),
        made_at=row.made_at,
        decided_at=row.decided_at,
        answer=row.answer,
    )
