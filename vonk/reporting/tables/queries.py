"""Read a table. What the database can order it orders; by a number, the sums of one or two counters are read of all rows.

The numbers are those of every report: ``breakdowns.cells`` collects them.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from vonk.advertising.queries import tables
from vonk.advertising.queries.reported import Named, Noun, ReportedAd, Which, reported
from vonk.advertising.queries.tables import ORDERS, Order, Sought
from vonk.advertising.queries.views import AdGroupView, AdView, CampaignView
from vonk.advertising.rules import Status
from vonk.billing.queries import By
from vonk.control.paging import Numbering
from vonk.control.scope import Right, Scope
from vonk.identity import queries as identity
from vonk.reporting import metrics, statuses
from vonk.reporting.breakdowns import columns
from vonk.reporting.breakdowns.cells import Cells, collect
from vonk.reporting.breakdowns.spans import span_of
from vonk.reporting.metrics import Value
from vonk.reporting.tables.wanted import Days, Page, Row, Totals, Wanted

_BATCH: Final = 10_000  # Objects whose statuses are worked out together, so that what many lie under is read once.
_FEW: Final = 1_000  # Objects that are named in a statement; of more, all of the account's are read.


def page(scope: Scope, wanted: Wanted, numbering: Numbering, *, now: datetime) -> Page:
    """Return a page of the table. Raises SpanInvalid."""
    scope.require(Right.ACCOUNT_VIEW)
    if _needs_all(wanted):
        every = ids(scope, wanted, now=now)
        first = (numbering.page - 1) * numbering.size
        shown, total = every[first : first + numbering.size], len(every)
    else:
        shown, total = tables.page_ids(scope, wanted.noun, wanted.sought, wanted.order, numbering, now=now)
    return Page(rows(scope, wanted, shown, now=now), total, numbering)


def ids(scope: Scope, wanted: Wanted, *, now: datetime) -> list[int]:
    """Return the ids of all rows, in the table's order."""
    by_number = wanted.order.key not in ORDERS[wanted.noun]
    order = Order() if by_number else wanted.order
    found = tables.all_ids(scope, wanted.noun, wanted.sought, order, now=now)
    if wanted.statuses:
        found = [
            made for made, status in _statuses(wanted.noun, found, now=now).items() if status.primary in wanted.statuses
        ]
    names = tuple({*(one.metric for one in wanted.conditions), *([wanted.order.key] if by_number else [])})
    if not names:
        return found
    values = _values(scope, wanted, found, names, wanted.days)
    found = [made for made in found if all(one.fulfilled(values[made][one.metric]) for one in wanted.conditions)]
    return (
        _by_number(found, {made: values[made][wanted.order.key] for made in found}, wanted.order)
        if by_number
        else found
    )


def rows(scope: Scope, wanted: Wanted, shown: Sequence[int], *, now: datetime) -> tuple[Row, ...]:
    """Return the rows of these ids, in their order; for a page of them."""
    views = _views(scope, wanted.noun, shown)
    of = _statuses(wanted.noun, shown, now=now)
    values = _values(scope, wanted, shown, wanted.metrics, wanted.days)
    before = _values(scope, wanted, shown, wanted.metrics, wanted.before) if wanted.before is not None else {}
    trends = _trends(scope, wanted, shown) if wanted.trend else {}
    return tuple(
        Row(views[made], of[made], values[made], before.get(made, {}), trends.get(made, ()))
        for made in shown
        if made in views and made in of
    )


def totals(scope: Scope, wanted: Wanted, *, now: datetime) -> Totals:
    """Return the values of all rows together."""
    scope.require(Right.ACCOUNT_VIEW)
    found = ids(scope, _unordered(wanted), now=now)
    behind = _ads(scope, wanted.noun, found, all_of_them=_is_all(wanted))

    def summed(days: Days | None) -> Mapping[str, Value]:
        if days is None:
            return {}
        cells = _cells(scope, behind, wanted.metrics, days, together=True)
        return _told(cells.get((0, None), {}), wanted.metrics)

    return Totals(len(found), summed(wanted.days), summed(wanted.before))


def _unordered(wanted: Wanted) -> Wanted:
    return Wanted(
        noun=wanted.noun,
        sought=wanted.sought,
        statuses=wanted.statuses,
        conditions=wanted.conditions,
        days=wanted.days,
        before=wanted.before,
        metrics=wanted.metrics,
    )


def _needs_all(wanted: Wanted) -> bool:
    """Say whether no page can be told before all rows were looked at."""
    return bool(wanted.statuses or wanted.conditions) or wanted.order.key not in ORDERS[wanted.noun]


def _is_all(wanted: Wanted) -> bool:
    return wanted.sought == Sought() and not wanted.statuses and not wanted.conditions


def _by_number(found: list[int], values: Mapping[int, Value], order: Order) -> list[int]:
    """Return the ids by their values; those without one last, and equal ones as they were."""
    there = [made for made in found if values[made] is not None]
    there.sort(key=lambda made: values[made] or 0, reverse=order.descending)
    return there + [made for made in found if values[made] is None]


def _views(scope: Scope, noun: Noun, shown: Collection[int]) -> Mapping[int, CampaignView | AdGroupView | AdView]:
    if noun == "campaign":
        return tables.table_campaigns(scope, shown)
    return tables.table_ad_groups(scope, shown) if noun == "ad_group" else tables.table_ads(scope, shown)


def _statuses(noun: Noun, found: Sequence[int], *, now: datetime) -> dict[int, Status]:
    """Return the statuses, in the order of the ids."""
    of: dict[int, Status] = {}
    for at in range(0, len(found), _BATCH):
        batch = found[at : at + _BATCH]
        if noun == "campaign":
            some = statuses.campaign_statuses(batch, now=now)
        else:
            some = (
                statuses.ad_group_statuses(batch, now=now) if noun == "ad_group" else statuses.statuses(batch, now=now)
            )
        of.update((made, some[made]) for made in batch if made in some)
    return of


def _values(
    scope: Scope, wanted: Wanted, found: Sequence[int], names: Sequence[str], days: Days
) -> dict[int, Mapping[str, Value]]:
    """Return the metrics of each object."""
    cells = _cells(scope, _ads(scope, wanted.noun, found, all_of_them=_is_all(wanted)), names, days)
    return {made: _told(cells.get((made, None), {}), names) for made in found}


def _trends(scope: Scope, wanted: Wanted, shown: Sequence[int]) -> dict[int, tuple[Value, ...]]:
    """Return the metric of each day of the span."""
    count = (wanted.days.last - wanted.days.first).days + 1
    days = [wanted.days.first + timedelta(days=number) for number in range(count)]
    cells = _cells(scope, _ads(scope, wanted.noun, shown), (wanted.trend,), wanted.days, by=By.DAY)
    return {
        made: tuple(_told(cells.get((made, day), {}), (wanted.trend,))[wanted.trend] for day in days) for made in shown
    }


def _told(counts: metrics.Counts, names: Sequence[str]) -> Mapping[str, Value]:
    return metrics.values(counts, tuple(metrics.BY_NAME[name] for name in names))


def _ads(scope: Scope, noun: Noun, found: Collection[int], *, all_of_them: bool = False) -> Mapping[int, ReportedAd]:
    """Return the ads behind the objects, deleted ones too: what they did and cost remains."""
    if len(found) <= _FEW:
        return reported(scope, noun, Which(named=(Named(noun, ids=found),), deleted=None)).ads
    every = reported(scope, noun, Which()).ads
    if all_of_them:
        return every
    kept = frozenset(found)
    return {ad_id: ad for ad_id, ad in every.items() if ad.object_id in kept}


def _cells(
    scope: Scope,
    ads: Mapping[int, ReportedAd],
    names: Sequence[str],
    days: Days,
    *,
    by: By = By.NONE,
    together: bool = False,
) -> Cells:
    """Return what is counted of the ads by object and step; ``together``: of all of them as object 0."""
    if not ads or not names:
        return {}
    time_zone = identity.account_facts(scope.account).time_zone
    span = span_of(days.first, days.last, by=by, time_zone=time_zone, utc=False)
    needs = frozenset().union(*(columns.of_metric(name).needs for name in names))

    def place(ad_id: int) -> int:
        return 0 if together else ads[ad_id].object_id

    return collect(scope.account, ads, span, needs, place, activity=frozenset())
