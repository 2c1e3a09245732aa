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
from vonk.reporting.reached.rules import IMPRESSIONS, Dimension

PAST_DAYS: Final = 8  # As long as every impression is remembered with its viewer.
TOUCHES_MAX: Final = 2_000_000  # The newest; more say little more, and hold the database.
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
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - timedelta(days=PAST_DAYS)
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
