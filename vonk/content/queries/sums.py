"""Counters of many ads at once, a column each: what reports of whole accounts are made of."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.db import connection
from django.db.models import Q, Sum

from vonk.content.models import Tally

ADS_PER_QUERY: Final = 5_000
ADS_BY_METRIC: Final = 20_000  # By metric each statement reads the rows of all ads, so there had better be one.
MANY_ADS: Final = 2_000  # Of more, one or two metrics are read faster by metric, whoever else's rows lie between.
_TOGETHER: Final = (Path(__file__).parent.parent / "sql" / "sums_together.sql").read_text(encoding="utf-8")
_SUMS: Final = (Path(__file__).parent.parent / "sql" / "sums_of_ads.sql").read_text(encoding="utf-8")


def sums_of_ads(
    ad_ids: Collection[int], metrics: Sequence[str], *, start: datetime, end: datetime
) -> Iterator[tuple[int, tuple[int | None, ...]]]:
    """Yield ad and the sums of the metrics in their order from start to end (exclusive).

    For areas that have the ads inside their scope. Ads of which nothing was counted are absent; so is the order.
    """
    ordered = sorted(ad_ids)
    sums = ", ".join(["CAST(sum(CASE WHEN metric = %s THEN value END) AS bigint)"] * len(metrics))
    names = ", ".join(["%s"] * len(metrics))
    by_metric = len(ordered) > MANY_ADS and len(metrics) <= 2
    metric, together = ("metric", ADS_BY_METRIC) if by_metric else ("metric || ''", ADS_PER_QUERY)
    instants = [connection.ops.adapt_datetimefield_value(at) for at in (start, end)]
    for at in range(0, len(ordered), together):
        ads = ", ".join(str(int(ad_id)) for ad_id in ordered[at : at + together])
        with connection.cursor() as cursor:
            cursor.execute(
                _SUMS.format(sums=sums, ads=ads, metrics=names, metric=metric), [*metrics, *instants, *metrics]
            )
            for ad_id, *rest in cursor.fetchall():
                yield ad_id, tuple(rest)


def hourly_sums_of_ads(
    ad_ids: Collection[int], metrics: Sequence[str], *, start: datetime, end: datetime
) -> Iterator[tuple[int, datetime, tuple[int | None, ...]]]:
    """Yield ad, UTC hour and the sums, as ``sums_of_ads`` does for all hours together."""
    ordered = sorted(ad_ids)
    sums = {f"sum_{number}": Sum("value", filter=Q(metric=metric)) for number, metric in enumerate(metrics)}
    for at in range(0, len(ordered), ADS_PER_QUERY):
        rows = Tally.objects.filter(ad_id__in=ordered[at : at + ADS_PER_QUERY], hour_at__gte=start, hour_at__lt=end)
        for ad_id, hour_at, *rest in (
            rows.filter(metric__in=metrics).order_by().values_list("ad_id", "hour_at").annotate(**sums)
        ):
            yield ad_id, hour_at, tuple(rest)


def hourly_sums_together(
    ad_ids: Collection[int], metrics: Sequence[str], *, start: datetime, end: datetime
) -> Iterator[tuple[datetime, str, int]]:
    """Yield UTC hour, metric and the sum over all of these ads from start to end (exclusive); an hour may come several times.

    For areas that have the ads inside their scope: the engine adds up, so that of ten thousand ads a few rows are read.
    """
    ordered = sorted(ad_ids)
    by_metric = len(ordered) > MANY_ADS
    ad, metric, together = (
        ("ad_id + 0", "metric", ADS_BY_METRIC) if by_metric else ("ad_id", "metric || ''", ADS_PER_QUERY)
    )
    names = ", ".join(["%s"] * len(metrics))
    instants = [connection.ops.adapt_datetimefield_value(at) for at in (start, end)]
    for at in range(0, len(ordered) if metrics else 0, together):
        ads = ", ".join(str(int(ad_id)) for ad_id in ordered[at : at + together])
        with connection.cursor() as cursor:
            cursor.execute(_TOGETHER.format(ad=ad, ads=ads, metrics=names, metric=metric), [*instants, *metrics])
            for hour_at, name, total in cursor.fetchall():
                yield _instant(hour_at), name, total


def _instant(hour_at: datetime | str) -> datetime:
    """Return an hour as it comes past the ORM: of SQLite as a text without a zone, which is UTC."""
    if isinstance(hour_at, datetime):
        return hour_at
    return datetime.fromisoformat(hour_at).replace(tzinfo=UTC)


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
