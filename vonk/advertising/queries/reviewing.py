"""The queue of review as reviewers work on it: narrowed, with whose each ad is, and what lies before and after one."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet

from vonk.advertising import two_people
from vonk.advertising.models import Review, ReviewClaim
from vonk.advertising.policies import CLAIM_LASTS, FORBIDDEN_CATEGORIES
from vonk.advertising.queries.rounds import items_of
from vonk.advertising.queries.views import ReviewItem
from vonk.advertising.rules import Verdict
from vonk.control import policies
from vonk.control.paging import Page, Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid
from vonk.core.taxonomy import LANGUAGES
from vonk.identity.queries import person_names


class Sort(StrEnum):
    """Kinds of what waits."""

    SPARK = "spark"  # A creator's post, by consent.
    OWN = "own"  # The advertiser's own video under a custom identity.
    NEW = "new"  # Never approved before.
    CHANGED = "changed"  # Approved before, and edited since.
    SECOND = "second"  # One person approved it; another has to.


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the queue; an empty one narrows nothing. ``hours``: waits for at least so long."""

    sort: Sort | None = None
    hours: int = 0
    advertiser: str = ""
    language: str = ""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Whose an open review is. ``claimed_by`` looks at it now, "" for nobody or oneself; ``first_by`` approved it first."""

    claimed_by: str = ""
    first_by: str = ""
    first_mine: bool = False
    two_people: bool = False
    forbidden: bool = False


class Neighbours(msgspec.Struct, frozen=True):
    """What lies before and after a review in the queue that oneself may decide on, and how many there are in all."""

    previous_id: int | None
    next_id: int | None
    count: int


def narrowed_queue(scope: Scope, wanted: Wanted, paging: Paging, *, now: datetime) -> Page[ReviewItem]:
    """Return the ads that wait and fit, the longest waiting first (Right.REVIEW); FieldInvalid (language)."""
    scope.require(Right.REVIEW)
    rows = _rows(wanted, now)
    if paging.cursor is not None:
        rows = rows.filter(pk__gt=paging.cursor)
    found = list(rows.order_by("pk")[: paging.size + 1])
    shown = found[: paging.size]
    return Page(tuple(items_of(shown)), str(shown[-1].pk) if len(found) > paging.size else None)


def neighbours(scope: Scope, review_id: int, wanted: Wanted, *, held: int | None = None, now: datetime) -> Neighbours:
    """Return the neighbours of a review, open or not, among those that nobody else looks at (Right.REVIEW).

    After the last comes the first again, so that what was passed over is met. ``held`` is a review that the caller has
    decided on and not sent yet: it is no neighbour, and does not count.
    """
    scope.require(Right.REVIEW)
    rows = _rows(wanted, now).exclude(pk=held) if held is not None else _rows(wanted, now)
    others = ReviewClaim.objects.filter(review=OuterRef("pk"), last_at__gt=now - CLAIM_LASTS).exclude(
        reviewer_id=scope.person
    )
    mine = rows.exclude(Exists(others)).exclude(pk=review_id)
    mine = mine.filter(Q(first_reviewer=None) | ~Q(first_reviewer_id=scope.person))
    ids = mine.order_by("pk").values_list("pk", flat=True)
    after = ids.filter(pk__gt=review_id).first() or ids.first()
    before = ids.filter(pk__lt=review_id).last() or ids.last()
    return Neighbours(previous_id=before, next_id=after, count=rows.count())


def standings(scope: Scope, review_ids: Collection[int], *, now: datetime) -> dict[int, Standing]:
    """Return whose each open one of the reviews is (Right.REVIEW)."""
    scope.require(Right.REVIEW)
    rows = list(
        Review.objects.select_related("ad__ad_group__campaign").filter(
            pk__in=review_ids, verdict=Verdict.IN_REVIEW.value
        )
    )
    claims = ReviewClaim.objects.filter(pk__in=review_ids, last_at__gt=now - CLAIM_LASTS)
    by = {row.pk: row.reviewer_id for row in claims}
    names = person_names({*by.values(), *(row.first_reviewer_id for row in rows if row.first_reviewer_id)})
    two = two_people.of([row.ad for row in rows], now=now)
    forbidden = policies.chosen(FORBIDDEN_CATEGORIES, now=now)
    return {
        row.pk: Standing(
            claimed_by="" if by.get(row.pk) in {None, scope.person} else names.get(by[row.pk], ""),
            first_by=names.get(row.first_reviewer_id or 0, ""),
            first_mine=row.first_reviewer_id == scope.person,
            two_people=row.first_reviewer_id is not None or row.ad_id in two,
            forbidden=row.ad.category in forbidden,
        )
        for row in rows
    }


def _rows(wanted: Wanted, now: datetime) -> QuerySet[Review]:
    rows = Review.objects.select_related("ad__ad_group__campaign").filter(verdict=Verdict.IN_REVIEW.value)
    if wanted.hours:
        rows = rows.filter(submitted_at__lte=now - timedelta(hours=wanted.hours))
    if wanted.advertiser:
        account = "ad__ad_group__campaign__account"
        rows = rows.filter(
            Q(**{f"{account}__advertiser_name__icontains": wanted.advertiser})
            | Q(**{f"{account}__name__icontains": wanted.advertiser})
        )
    if wanted.language:
        if wanted.language not in LANGUAGES:
            raise FieldInvalid("language", "a language that ads can be limited to")
        rows = rows.filter(subject__targeting__languages__icontains=f'"{wanted.language}"')
    return rows if wanted.sort is None else _of_sort(rows, wanted.sort)


def _of_sort(rows: QuerySet[Review], sort: Sort) -> QuerySet[Review]:
    if sort is Sort.SPARK:
        return rows.filter(ad__consent__isnull=False)
    if sort is Sort.OWN:
        return rows.filter(ad__consent__isnull=True)
    if sort is Sort.SECOND:
        return rows.filter(first_reviewer__isnull=False)
    approved = Exists(Review.objects.filter(ad=OuterRef("ad"), verdict=Verdict.APPROVED.value, pk__lt=OuterRef("pk")))
    return rows.filter(approved) if sort is Sort.CHANGED else rows.filter(~approved)
