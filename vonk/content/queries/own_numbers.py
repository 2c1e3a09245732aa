"""What happened to the acting creator's posts, and who came to follow them, by day."""

from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import BooleanField, Case, Count, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncDay

from vonk.content.models import Follow, Tally
from vonk.control.scope import Right, Scope

_PAID = Case(When(ad_id=0, then=Value(False)), default=Value(True), output_field=BooleanField())


class DayCount(msgspec.Struct, frozen=True):
    """How often ``metric`` happened on a day, outside ads or on them."""

    day: date
    paid: bool
    metric: str
    value: int


class PostCount(msgspec.Struct, frozen=True):
    """How often ``metric`` happened to a post, outside ads or on them."""

    post_id: int
    paid: bool
    metric: str
    value: int


class FollowersGained(msgspec.Struct, frozen=True):
    """How many began to follow on a day and still do, outside ads or from one."""

    day: date
    paid: bool
    count: int


def counts_by_day(
    scope: Scope, *, start: datetime, end: datetime, tz: ZoneInfo, post_id: int | None = None
) -> list[DayCount]:
    """Return what happened to the acting person's posts, or to one of them, from start to end (exclusive) by day of ``tz``.

    Counts are kept by UTC hour, as ``tallies`` says.
    """
    rows = _tallies(scope, start, end, post_id).annotate(day=TruncDay("hour_at", tzinfo=tz), paid=_PAID)
    summed = rows.values_list("day", "paid", "metric").annotate(total=Sum("value"))
    return [DayCount(day.date(), paid, metric, total) for day, paid, metric, total in summed]


def counts_by_post(
    scope: Scope, metrics: Collection[str], *, start: datetime, end: datetime, at_most: int
) -> list[PostCount]:
    """Return these metrics of the acting person's posts from start to end (exclusive): of those with most of the first."""
    rows = _tallies(scope, start, end, None).filter(metric__in=metrics)
    ranked = rows.filter(metric=next(iter(metrics))).values_list("post_id").annotate(total=Sum("value"))
    first = [post_id for post_id, _ in ranked.order_by("-total", "-post_id")[:at_most]]
    summed = rows.filter(post__in=first).annotate(paid=_PAID).values_list("post_id", "paid", "metric")
    return [PostCount(*row) for row in summed.annotate(total=Sum("value"))]


def followers_gained(
    scope: Scope, *, start: datetime, end: datetime, tz: ZoneInfo, post_id: int | None = None
) -> list[FollowersGained]:
    """Return who began to follow the acting person from start to end (exclusive), with ``post_id`` from that post, by day.

    Who has stopped since is not among them.
    """
    scope.require(Right.CREATE)
    rows = Follow.objects.filter(profile__owner_id=scope.person, at__gte=start, at__lt=end)
    if post_id is not None:
        rows = rows.filter(post_id=post_id)
    by_day = rows.annotate(day=TruncDay("at", tzinfo=tz), paid=_PAID).values_list("day", "paid")
    return [FollowersGained(day.date(), paid, times) for day, paid, times in by_day.annotate(times=Count("pk"))]


def followers_now(scope: Scope) -> int:
    """Return how many follow the acting person."""
    scope.require(Right.CREATE)
    return Follow.objects.filter(profile__owner_id=scope.person).count()


def _tallies(scope: Scope, start: datetime, end: datetime, post_id: int | None) -> "QuerySet[Tally]":
    scope.require(Right.CREATE)
    own = Q(post__profile__owner_id=scope.person, post__deleted_at=None)
    rows = Tally.objects.filter(own, hour_at__gte=start, hour_at__lt=end)
    return rows if post_id is None else rows.filter(post_id=post_id)
