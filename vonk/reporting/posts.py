"""A post's numbers as its owner sees them, net: organic, paid and total, and which ads use it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Final

import msgspec

from vonk.advertising import queries as advertising
from vonk.advertising.queries import AdOfPost
from vonk.billing.queries import By
from vonk.content import queries as content
from vonk.content.queries import Bucket, TallyRow
from vonk.control.scope import Right, Scope
from vonk.reporting import metrics, net
from vonk.reporting.attribution import queries as attribution
from vonk.reporting.attribution.rules import TouchKind
from vonk.reporting.metrics import Value, total_of

_FIRST_INSTANT: Final = datetime(2000, 1, 1, tzinfo=UTC)  # Before anything was counted,
_LAST_INSTANT: Final = datetime(2200, 1, 1, tzinfo=UTC)  # and after.


class PostMetric(msgspec.Struct, frozen=True):
    """One number of a post. For counts, total = organic + paid exactly."""

    name: str
    organic: Value
    paid: Value
    total: Value


class PostDay(msgspec.Struct, frozen=True):
    """What happened to a post on one UTC day."""

    day: date
    organic: Mapping[str, int]
    paid: Mapping[str, int]


class PostAd(msgspec.Struct, frozen=True):
    """An ad that uses the post, and what it brought the post."""

    ad: AdOfPost
    values: Mapping[str, Value]


class PostNumbers(msgspec.Struct, frozen=True):
    """A post's numbers as its owner sees them.

    ``within_a_day``: engagements off the ads, within a day of one of their impressions; they are organic in ``numbers``.
    """

    post_id: int
    numbers: tuple[PostMetric, ...]
    days: tuple[PostDay, ...]
    ads: tuple[PostAd, ...]
    within_a_day: Mapping[str, int]


def post_numbers(scope: Scope, post_id: int) -> PostNumbers:
    """Return one's own post's numbers since it was made: organic, paid and total, and which ads use it.

    Raises NotFound when it is not one's own.
    """
    scope.require(Right.CREATE)
    post = content.own_post(scope, post_id)
    rows = content.tallies(post_ids=[post.id], start=_FIRST_INSTANT, end=_LAST_INSTANT, by=Bucket.DAY)
    rows += _corrections(post.id)
    organic = total_of({row.metric: row.value} for row in rows if row.ad_id == 0)
    paid = total_of({row.metric: row.value} for row in rows if row.ad_id != 0)
    total = total_of((organic, paid))
    of_organic, of_paid, of_total = (metrics.values(counts, metrics.OF_POSTS) for counts in (organic, paid, total))
    return PostNumbers(
        post_id=post.id,
        numbers=tuple(
            PostMetric(metric.name, of_organic[metric.name], of_paid[metric.name], of_total[metric.name])
            for metric in metrics.OF_POSTS
        ),
        days=_post_days(rows),
        ads=tuple(
            PostAd(
                ad,
                metrics.values(
                    total_of({row.metric: row.value} for row in rows if row.ad_id == ad.ad_id), metrics.OF_POSTS
                ),
            )
            for ad in advertising.spark_ads_using(post.id)
        ),
        within_a_day=_within_a_day(post.id),
    )


def _within_a_day(post_id: int) -> dict[str, int]:
    """Return what followed the impressions of all ads with the post, deleted ones too, by metric."""
    ad_ids = advertising.ads_of_posts([post_id])[post_id]
    rows = attribution.attributed(ad_ids, start=_FIRST_INSTANT, end=_LAST_INSTANT)
    return total_of({row.name: row.count} for row in rows if row.touch is TouchKind.EXPOSURE)


def _corrections(post_id: int) -> list[TallyRow]:
    """Return what findings have changed, on the days on which it was counted."""
    found = []
    for one in net.of_posts([post_id], by=By.HOUR):
        assert isinstance(one.bucket, datetime), "Asked for by hour."
        day_at = one.bucket.astimezone(UTC).replace(hour=0)
        found.append(TallyRow(one.post_id, one.ad_id, day_at, one.metric, one.value))
    return found


def _post_days(rows: Iterable[TallyRow]) -> tuple[PostDay, ...]:
    days: dict[date, PostDay] = {}
    for row in rows:
        assert row.bucket is not None, "Asked for by day."
        day = days.setdefault(row.bucket.date(), PostDay(row.bucket.date(), {}, {}))
        counts = dict(day.paid if row.ad_id else day.organic)
        counts[row.metric] = counts.get(row.metric, 0) + row.value
        changed = PostDay(day.day, day.organic, counts) if row.ad_id else PostDay(day.day, counts, day.paid)
        days[day.day] = changed
    return tuple(days[day] for day in sorted(days))
