"""What of public posts trends: hashtags by how often posts that carry them were played."""

from collections import defaultdict
from datetime import date, datetime
from typing import Final

import msgspec
from django.db.models import Sum
from django.db.models.functions import TruncDate

from vonk.content.models import Post, PostTag, Tally
from vonk.content.queries.hashtags import hashtag_id
from vonk.content.queries.visibility import PUBLIC

POSTS_READ_MAX: Final = 20_000  # The newest of the span: what is left out began before them.
_PLAYS: Final = "plays"


class TagTrend(msgspec.Struct, frozen=True):
    """A hashtag: posts of the span that carry it, plays of these posts in the span, and plays by UTC day."""

    id: int
    tag: str
    posts: int
    plays: int
    by_day: dict[date, int]
    post_ids: tuple[int, ...]  # The most played first.


def tag_trends(*, start: datetime, end: datetime, country: str | None) -> list[TagTrend]:
    """Return the hashtags of public posts that were published from ``start`` to ``end`` (exclusive), most played first.

    ``country`` keeps posts whose creators say that they live there. Organic and paid plays count alike: what trends is
    what was seen. At most the newest POSTS_READ_MAX posts are looked at.
    """
    rows = Post.objects.filter(PUBLIC, created_at__gte=start, created_at__lt=end)
    if country is not None:
        rows = rows.filter(profile__owner__country=country)
    post_ids = list(rows.order_by("-pk").values_list("pk", flat=True)[:POSTS_READ_MAX])
    plays: dict[int, dict[date, int]] = defaultdict(dict)
    tallies = Tally.objects.filter(post_id__in=post_ids, metric=_PLAYS, hour_at__gte=start, hour_at__lt=end)
    days = tallies.annotate(day=TruncDate("hour_at")).values_list("post_id", "day").annotate(total=Sum("value"))
    for post_id, day, total in days:
        assert day is not None, "Every hour has a day."
        plays[post_id][day] = total
    carriers: dict[str, list[int]] = defaultdict(list)
    for tag, post_id in PostTag.objects.filter(post_id__in=post_ids).values_list("tag", "post_id"):
        carriers[tag].append(post_id)
    found = [_trend(tag, ids, plays) for tag, ids in carriers.items()]
    return sorted(found, key=lambda one: (-one.plays, -one.posts, one.tag))


def _trend(tag: str, post_ids: list[int], plays: dict[int, dict[date, int]]) -> TagTrend:
    by_day: dict[date, int] = defaultdict(int)
    of_post = {}
    for post_id in post_ids:
        days = plays.get(post_id, {})
        of_post[post_id] = sum(days.values())
        for day, total in days.items():
            by_day[day] += total
    ranked = sorted(post_ids, key=lambda one: (-of_post[one], -one))
    return TagTrend(hashtag_id(tag), tag, len(post_ids), sum(of_post.values()), dict(by_day), tuple(ranked))
