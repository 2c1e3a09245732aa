"""Counters of many ads at once, a column each: what reports of whole accounts are made of."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final

from django.db.models import Q, Sum

from vonk.content.models import Tally

ADS_PER_QUERY: Final = 5_000


def sums_of_ads(
    ad_ids: Collection[int], metrics: Sequence[str], *, start: datetime, end: datetime, hourly: bool = False
) -> Iterator[tuple[int, datetime | None, tuple[int | None, ...]]]:
    """Yield ad, UTC hour (None unless ``hourly``) and the sums of the metrics in their order from start to end (exclusive).

    For areas that have the ads inside their scope. Ads of which nothing was counted are absent; so is the order.
    """
    ordered = sorted(ad_ids)
    keys = ["ad_id", "hour_at"] if hourly else ["ad_id"]
    sums = {f"sum_{number}": Sum("value", filter=Q(metric=metric)) for number, metric in enumerate(metrics)}
    for at in range(0, len(ordered), ADS_PER_QUERY):
        rows = Tally.objects.filter(ad_id__in=ordered[at : at + ADS_PER_QUERY], hour_at__gte=start, hour_at__lt=end)
        rows = rows.filter(metric__in=metrics).order_by()
        for ad_id, *rest in rows.values_list(*keys).annotate(**sums):
            yield (ad_id, rest[0], tuple(rest[1:])) if hourly else (ad_id, None, tuple(rest))


def organic_of_posts(
    post_ids: Collection[int], metric: str, *, start: datetime, end: datetime, hourly: bool = False
) -> list[tuple[int, datetime | None, int]]:
    """Return post, UTC hour (None unless ``hourly``) and how often the metric happened to it outside ads."""
    ordered = sorted(post_ids)
    keys = ["post_id", "hour_at"] if hourly else ["post_id"]
    found: list[tuple[int, datetime | None, int]] = []
    for at in range(0, len(ordered), ADS_PER_QUERY):
        rows = Tally.objects.filter(post_id__in=ordered[at : at + ADS_PER_QUERY], ad_id=0, metric=metric)
        rows = rows.filter(hour_at__gte=start, hour_at__lt=end).order_by()
        for post_id, *rest in rows.values_list(*keys).annotate(total=Sum("value")):
            found.append((post_id, rest[0] if hourly else None, rest[-1]))
    return found
