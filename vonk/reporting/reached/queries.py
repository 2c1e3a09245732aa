"""Read what was counted by country and by people."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import connection
from django.db.models import Q, Sum

from vonk.reporting.audience.rules import SMALL
from vonk.reporting.models import Reached
from vonk.reporting.reached.rules import IMPRESSIONS, UNTOLD, Dimension

ADS_PER_QUERY: Final = 5_000
_PARTS: Final = (Path(__file__).parent.parent / "sql" / "reached_parts.sql").read_text(encoding="utf-8")


def sums(
    ad_ids: Collection[int], dimension: Dimension, metrics: Sequence[str], *, start: datetime, end: datetime
) -> Iterator[tuple[int, str, tuple[int | None, ...]]]:
    """Yield ad, value and the sums of the metrics in their order, from start to end (exclusive).

    For callers that have the ads inside their scope and fold what is small; what nobody told is left out.
    """
    ordered = sorted(ad_ids)
    columns = ", ".join(["CAST(sum(CASE WHEN metric = %s THEN count END) AS bigint)"] * len(metrics))
    names = ", ".join(["%s"] * len(metrics))
    instants = [connection.ops.adapt_datetimefield_value(at) for at in (start, end)]
    for at in range(0, len(ordered), ADS_PER_QUERY):
        ads = ", ".join(str(int(ad_id)) for ad_id in ordered[at : at + ADS_PER_QUERY])
        with connection.cursor() as cursor:
            statement = _PARTS.format(sums=columns, ads=ads, metrics=names)
            cursor.execute(statement, [*metrics, *instants, dimension.value, *metrics])
            for ad_id, value, *rest in cursor.fetchall():
                yield ad_id, value, tuple(rest)


def hourly_sums(
    ad_ids: Collection[int], dimension: Dimension, metrics: Sequence[str], *, start: datetime, end: datetime
) -> Iterator[tuple[int, str, datetime, tuple[int | None, ...]]]:
    """Yield ad, value, UTC hour and the sums, as ``sums`` does for all hours together."""
    ordered = sorted(ad_ids)
    columns = {f"sum_{number}": Sum("count", filter=Q(metric=metric)) for number, metric in enumerate(metrics)}
    for at in range(0, len(ordered), ADS_PER_QUERY):
        rows = Reached.objects.filter(ad_id__in=ordered[at : at + ADS_PER_QUERY], dimension=dimension.value)
        rows = rows.filter(hour_at__gte=start, hour_at__lt=end, metric__in=metrics).exclude(value=UNTOLD).order_by()
        for ad_id, value, hour_at, *rest in rows.values_list("ad_id", "value", "hour_at").annotate(**columns):
            yield ad_id, value, hour_at, tuple(rest)


def well_reached(ad_ids: Collection[int], dimension: Dimension) -> frozenset[tuple[int, str]]:
    """Return the ads and values that have at least ``SMALL`` impressions over the ad's whole life."""
    ordered = sorted(ad_ids)
    found: set[tuple[int, str]] = set()
    for at in range(0, len(ordered), ADS_PER_QUERY):
        rows = Reached.objects.filter(ad_id__in=ordered[at : at + ADS_PER_QUERY], dimension=dimension.value)
        sums_of = rows.filter(metric=IMPRESSIONS).exclude(value=UNTOLD).order_by().values_list("ad_id", "value")
        found.update(
            (ad_id, value) for ad_id, value, _ in sums_of.annotate(total=Sum("count")).filter(total__gte=SMALL)
        )
    return frozenset(found)
