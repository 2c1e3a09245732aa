"""What was shown lately, as a forecast needs it: sums over everybody's ads, in which no viewer and no advertiser is told."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.db import connection
from django.db.models import Sum
from django.db.models.functions import TruncDate

from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.delivery.forecast import reach as rules
from vonk.reporting.models import Reached
from vonk.reporting.reached.rules import IMPRESSIONS, Dimension, age_band_and_gender

PAST_DAYS: Final = 8  # As long as every impression is remembered with its viewer.
TOUCHES_MAX: Final = 2_000_000  # The newest; more say little more, and hold the database.
RATE_IMPRESSIONS_MIN: Final = 1_000  # As benchmarks have it: below it a rate says nothing.
_SEEN: Final = """
SELECT times, count(*) FROM (
    SELECT count(*) AS times FROM (
        SELECT viewer_id FROM reporting_touch WHERE kind = 'view' AND at_ms >= %s ORDER BY id DESC LIMIT %s
    ) AS newest GROUP BY viewer_id
) AS viewers GROUP BY times
"""


class History(msgspec.Struct, frozen=True):
    """What was shown in the places asked for: ``daily`` impressions of each whole UTC day; ``share`` is theirs of all."""

    fitted: rules.Fit | None
    daily: tuple[int, ...]
    share: float


def history(scope: Scope, countries: Collection[str], *, now: datetime) -> History:
    """Return the impressions of the last days in these countries (none: everywhere), and how they fell on viewers.

    How they fell is worked out over all countries and scaled to those asked for by their share of the impressions.
    """
    scope.require(Right.ACCOUNT_VIEW)
    since, midnight = _days_past(now)
    rows = Reached.objects.filter(
        dimension=Dimension.COUNTRY.value, metric=IMPRESSIONS, hour_at__gte=since, hour_at__lt=midnight
    )
    whole = rows.aggregate(total=Sum("count"))["total"] or 0
    if countries:
        rows = rows.filter(value__in=countries)
    by_day = dict(rows.order_by().annotate(day=TruncDate("hour_at")).values_list("day").annotate(total=Sum("count")))
    daily = tuple(int(by_day[day]) for day in sorted(by_day))
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [to_ms(since), TOUCHES_MAX])
        seen = {int(times): int(viewers) for times, viewers in cursor.fetchall()}
    share = sum(daily) / whole if whole else 0.0
    fitted = rules.fit(seen) if share else None
    if fitted is not None:
        fitted = fitted._replace(viewers={shape: count * share for shape, count in fitted.viewers.items()})
    return History(fitted if fitted is not None and fitted.people >= rules.VIEWERS_MIN else None, daily, share)


def share_of_people(scope: Scope, age_bands: Collection[str], genders: Collection[str], *, now: datetime) -> float:
    """Return the share of the last days' impressions, of all countries, that people of these bands and genders saw.

    None named is everybody. Who told neither is nobody that is asked for, as when ads are chosen.
    """
    scope.require(Right.ACCOUNT_VIEW)
    if not (age_bands or genders):
        return 1.0
    since, midnight = _days_past(now)
    rows = Reached.objects.filter(
        dimension=Dimension.PEOPLE.value, metric=IMPRESSIONS, hour_at__gte=since, hour_at__lt=midnight
    )
    counts = {value: int(total) for value, total in rows.values_list("value").annotate(total=Sum("count"))}
    met = 0
    for value, total in counts.items():
        age_band, gender = age_band_and_gender(value)
        if (not age_bands or age_band in age_bands) and (not genders or gender in genders):
            met += total
    whole = sum(counts.values())
    return met / whole if whole else 0.0


def rate(scope: Scope, metric: str, countries: Collection[str], *, now: datetime) -> float | None:
    """Return how often the metric was counted for an impression in these countries (none: everywhere) in the last days.

    None below RATE_IMPRESSIONS_MIN: of fewer it says nothing.
    """
    scope.require(Right.ACCOUNT_VIEW)
    since, midnight = _days_past(now)
    rows = Reached.objects.filter(
        dimension=Dimension.COUNTRY.value, metric__in=(IMPRESSIONS, metric), hour_at__gte=since, hour_at__lt=midnight
    )
    if countries:
        rows = rows.filter(value__in=countries)
    sums = dict(rows.order_by().values_list("metric").annotate(total=Sum("count")))
    shown = sums.get(IMPRESSIONS) or 0
    return (sums.get(metric) or 0) / shown if shown >= RATE_IMPRESSIONS_MIN else None


def _days_past(now: datetime) -> tuple[datetime, datetime]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=PAST_DAYS), midnight
