"""Read the counters of posts and ads."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Q, Sum
from django.db.models.functions import TruncDay

from vonk.content.models import Tally
from vonk.content.rules import Metric
from vonk.control import prepared
from vonk.control.prepared import given
from vonk.control.scope import Scope


class Bucket(StrEnum):
    """What counts are summed over."""

    TOTAL = "total"
    DAY = "day"
    HOUR = "hour"


class TallyRow(msgspec.Struct, frozen=True):
    """How often ``metric`` happened to a post, from an ad (0: organic). ``bucket`` is its first instant, None for TOTAL."""

    post_id: int
    ad_id: int
    bucket: datetime | None
    metric: str
    value: int


class Counts(msgspec.Struct, frozen=True):
    """The engagements of a post, organic and paid together."""

    likes: int = 0
    comments: int = 0
    shares: int = 0
    favourites: int = 0


_COUNTED: Final = (Metric.LIKES, Metric.COMMENTS, Metric.SHARES, Metric.FAVOURITES)


class _CountsRow(msgspec.Struct, frozen=True):
    post_id: int
    likes: int
    comments: int
    shares: int
    favourites: int


_COUNTS: Final = prepared.values(
    _CountsRow,
    lambda: (
        Tally.objects.filter(post_id__in=given("ids"), metric__in=[metric.value for metric in _COUNTED])
        .values_list("post_id")
        .annotate(
            **{f"{metric.value}_sum": Sum("value", filter=Q(metric=metric.value), default=0) for metric in _COUNTED}
        )
    ),
)


def tallies(
    *,
    post_ids: Collection[int] | None = None,
    ad_ids: Collection[int] | None = None,
    start: datetime,
    end: datetime,
    by: Bucket = Bucket.TOTAL,
    tz: ZoneInfo | None = None,
) -> list[TallyRow]:
    """Return the counts from ``start`` to ``end`` (exclusive) of these posts or ads, summed over buckets.

    Days are those of ``tz`` (UTC when None). Counts are kept by UTC hour: an hour belongs to the day in which it begins,
    which matters only where a zone is off by less than an hour. Sorted by post, ad, bucket, metric.
    """
    rows = Tally.objects.filter(hour_at__gte=start, hour_at__lt=end)
    if post_ids is not None:
        rows = rows.filter(post_id__in=post_ids)
    if ad_ids is not None:
        rows = rows.filter(ad_id__in=ad_ids)
    zone = tz or ZoneInfo("UTC")
    if Bucket(by) is Bucket.TOTAL:
        summed = rows.values_list("post_id", "ad_id", "metric").annotate(total=Sum("value"))
        found = [TallyRow(post_id, ad_id, None, metric, total) for post_id, ad_id, metric, total in summed]
    elif Bucket(by) is Bucket.DAY:
        daily = rows.annotate(day=TruncDay("hour_at", tzinfo=zone)).values_list("post_id", "ad_id", "day", "metric")
        summed_daily = daily.annotate(total=Sum("value"))
        found = [TallyRow(post_id, ad_id, day, metric, total) for post_id, ad_id, day, metric, total in summed_daily]
    else:
        found = [TallyRow(*row) for row in rows.values_list("post_id", "ad_id", "hour_at", "metric", "value")]
    return sorted(found, key=lambda row: (row.post_id, row.ad_id, row.bucket or start, row.metric))


def hours_of(metrics: Collection[str], *, start: datetime, end: datetime) -> dict[tuple[datetime, str], int]:
    """Return what was counted of all posts and ads together, by UTC hour and metric, from start to end (exclusive)."""
    rows = Tally.objects.filter(metric__in=metrics, hour_at__gte=start, hour_at__lt=end)
    summed = rows.values_list("hour_at", "metric").annotate(total=Sum("value")).order_by("hour_at", "metric")
    return {(hour_at, metric): total for hour_at, metric, total in summed}


def ads_with_most(metrics: Collection[str], *, start: datetime, end: datetime, most: int) -> list[int]:
    """Return the ads (0: organic) that have the most of these metrics together, those with most first."""
    rows = Tally.objects.filter(metric__in=metrics, hour_at__gte=start, hour_at__lt=end)
    ranked = rows.values_list("ad_id").annotate(total=Sum("value")).filter(total__gt=0).order_by("-total", "ad_id")
    return [ad_id for ad_id, _ in ranked[:most]]


def counts_of_ads(
    ad_ids: Collection[int], metrics: Collection[str], *, start: datetime, end: datetime
) -> dict[int, dict[str, int]]:
    """Return the ads' counts of these metrics; what an ad has nothing of is absent."""
    rows = Tally.objects.filter(ad_id__in=ad_ids, metric__in=metrics, hour_at__gte=start, hour_at__lt=end)
    counted: dict[int, dict[str, int]] = {}
    for ad_id, metric, total in rows.values_list("ad_id", "metric").annotate(total=Sum("value")).order_by("metric"):
        counted.setdefault(ad_id, {})[metric] = total
    return counted


class Total(msgspec.Struct, frozen=True):
    """How often something happened, by source."""

    organic: int = 0
    paid: int = 0


def own_totals(scope: Scope) -> dict[str, Total]:
    """Return what ever happened to the acting person's posts, by metric; metrics without any are absent."""
    rows = (
        Tally.objects.filter(post__profile__owner_id=scope.person, post__deleted_at=None)
        .values_list("metric")
        .annotate(
            organic_sum=Sum("value", filter=Q(ad_id=0), default=0), paid_sum=Sum("value", filter=~Q(ad_id=0), default=0)
        )
    )
    return {metric: Total(organic, paid) for metric, organic, paid in rows}


def counts(post_ids: Collection[int]) -> Mapping[int, Counts]:
    """Return the engagements of each post, organic and paid together; posts without any are absent."""
    return {
        row.post_id: Counts(row.likes, row.comments, row.shares, row.favourites) for row in _COUNTS.rows(ids=post_ids)
    }
