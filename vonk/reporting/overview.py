"""An account's few main numbers day by day: what ``reports.ad_report`` tells, added up by the engine and not ad by ad."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from vonk.advertising import queries as advertising
from vonk.billing import queries as billing
from vonk.billing.queries import By
from vonk.billing.queries.spend import micros_by_day
from vonk.content.queries.sums import hourly_sums_together
from vonk.control.scope import Right, Scope
from vonk.identity import queries as identity
from vonk.reporting import net
from vonk.reporting.breakdowns import columns
from vonk.reporting.metrics import SPEND, total_of
from vonk.reporting.reports import Level, Report, ReportRow, check_span, midnight
from vonk.reporting.rules import TALLY_OF

_COUNTERS: Final = frozenset(TALLY_OF.values())


def by_day(scope: Scope, names: Collection[str], *, start_date: date, end_date: date) -> Report:
    """Return a report of these metrics alone, without rows of objects: its steps are the account's days, both included.

    The metrics are formulas over plain counters and spend. Raises SpanInvalid.
    """
    scope.require(Right.ACCOUNT_VIEW)
    check_span(start_date, end_date, By.DAY)
    needs = frozenset().union(*(columns.of_metric(name).needs for name in names))
    counters = sorted(needs - {SPEND})
    assert needs <= _COUNTERS | {SPEND}, "What is attributed, and whom an ad reached, takes a whole report."
    account = identity.account_facts(scope.account)
    zone = ZoneInfo(account.time_zone)
    ads = advertising.ads_under(account_id=scope.account, with_deleted=True)
    days: dict[date, dict[str, int]] = {
        start_date + timedelta(days=number): {} for number in range((end_date - start_date).days + 1)
    }
    start, end = midnight(start_date, zone), midnight(end_date + timedelta(days=1), zone)
    for hour_at, name, value in hourly_sums_together(ads.keys(), counters, start=start, end=end):
        _add(days[max(start_date, hour_at.astimezone(zone).date())], name, value)
    found = billing.finding_counts(start_date=start_date, end_date=end_date, by=By.DAY, account_id=scope.account)
    for one in net.corrections(found):
        if one.metric in needs and one.ad_id in ads and isinstance(one.bucket, date):
            _add(days[one.bucket], one.metric, one.value)
    if SPEND in needs:
        for day, micros in micros_by_day(start_date=start_date, end_date=end_date, account_id=scope.account).items():
            _add(days[day], SPEND, micros)
    steps = tuple(ReportRow(0, day, counts) for day, counts in days.items())
    return Report(
        currency=account.currency,
        time_zone=account.time_zone,
        level=Level.CAMPAIGN,
        by=By.DAY,
        start_date=start_date,
        end_date=end_date,
        rows=(),
        steps=steps,
        total=ReportRow(0, None, total_of(step.counts for step in steps)),
    )


def _add(counts: dict[str, int], name: str, value: int) -> None:
    counts[name] = counts.get(name, 0) + value
