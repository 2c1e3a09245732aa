"""What others may read of attribution: sums for reports, and what pixels reported lately."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncDay

from vonk.advertising import queries as advertising
from vonk.content.queries import Bucket
from vonk.control.scope import Scope
from vonk.core.clock import from_ms
from vonk.reporting.attribution.rules import TouchKind
from vonk.reporting.models import Attributed, Conversion

NEWEST_MAX: Final = 20


class AttributedRow(msgspec.Struct, frozen=True):
    """How much of ``name`` was attributed to an ad by a touch. ``bucket`` is its first instant, None for TOTAL."""

    ad_id: int
    bucket: datetime | None
    touch: TouchKind
    name: str
    count: int
    value_micros: int


class Reported(msgspec.Struct, frozen=True):
    """One conversion that a pixel reported, as its account sees it: whose it was is nobody's to see."""

    at: datetime
    received_at: datetime
    name: str
    event_id: str
    value_micros: int
    source: str
    known_by: str  # "click", "email" or "".
    ad_id: int  # 0: attributed to no ad.
    touch: str


class PixelActivity(msgspec.Struct, frozen=True):
    """How much a pixel reported in some time, how much of that was attributed, and when it reported last."""

    count: int = 0
    attributed: int = 0
    newest_at: datetime | None = None


def attributed(
    ad_ids: Collection[int], *, start: datetime, end: datetime, by: Bucket = Bucket.TOTAL, tz: ZoneInfo | None = None
) -> list[AttributedRow]:
    """Return what was attributed to the ads from ``start`` to ``end`` (exclusive), by the conversion's own instant.

    The caller has the ads inside its scope. Days are those of ``tz`` (UTC when None).
    """
    rows = Attributed.objects.filter(ad_id__in=ad_ids, hour_at__gte=start, hour_at__lt=end)
    sums = {"total": Sum("count"), "micros": Sum("value_micros")}
    if by is Bucket.TOTAL:
        found = [
            AttributedRow(ad_id, None, TouchKind(touch), name, total, micros)
            for ad_id, touch, name, total, micros in rows.values_list("ad_id", "touch", "name").annotate(**sums)
        ]
    else:
        daily = by is Bucket.DAY
        column = "day" if daily else "hour_at"
        steps = rows.annotate(day=TruncDay("hour_at", tzinfo=tz or ZoneInfo("UTC"))) if daily else rows
        found = [
            AttributedRow(ad_id, bucket, TouchKind(touch), name, total, micros)
            for ad_id, bucket, touch, name, total, micros in steps.values_list(
                "ad_id", column, "touch", "name"
            ).annotate(**sums)
        ]
    found = [row for row in found if row.count or row.value_micros]
    return sorted(found, key=lambda row: (row.ad_id, row.bucket or start, row.touch, row.name))


def newest(scope: Scope, pixel_id: int) -> tuple[Reported, ...]:
    """Return what one's pixel reported last, newest first; NotFound when it is not the account's."""
    advertising.pixel(scope, pixel_id)
    rows = Conversion.objects.filter(pixel_id=pixel_id).order_by("-received_ms", "-pk")[:NEWEST_MAX]
    return tuple(
        Reported(
            at=from_ms(row.at_ms),
            received_at=from_ms(row.received_ms),
            name=row.name,
            event_id=row.event_id,
            value_micros=row.value_micros,
            source=row.source,
            known_by=row.known_by,
            ad_id=row.ad_id,
            touch=row.touch,
        )
        for row in rows
    )


def activity(pixel_ids: Collection[int], *, since_ms: int) -> dict[int, PixelActivity]:
    """Return what each of the pixels reported since then; the caller has them inside its scope."""
    rows = Conversion.objects.filter(pixel_id__in=pixel_ids, received_ms__gte=since_ms).values_list("pixel_id")
    found = rows.annotate(
        total=Count("pk"),
        to_ads=Count("pk", filter=~Q(ad_id=0)),
        newest_ms=Max("received_ms"),
    )
    return {pixel_id: PixelActivity(total, to_ads, from_ms(newest_ms)) for pixel_id, total, to_ads, newest_ms in found}
