"""Reports as CSV, a line at a time."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import partial
from itertools import chain
from typing import Final

from vonk.advertising import queries as advertising
from vonk.control.paging import Page, Paging
from vonk.control.scope import Scope
from vonk.core import sheets
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.core.money import format_micros
from vonk.reporting.metrics import METRICS, Metric, Unit, Value
from vonk.reporting.queries import By, Level, Report, ReportRow, ad_report, check_span

DAYS_PER_PART: Final = 7  # Of a report by day or hour; only one part's rows are in memory.


def report_csv(
    scope: Scope,
    *,
    level: Level,
    ids: Collection[int] | None = None,
    start_date: date,
    end_date: date,
    by: By = By.NONE,
) -> Iterator[str]:
    """Return the lines of a report: a header with metric names, then a line for each object and step.

    Arguments and errors are those of ``ad_report``; errors are raised at once, not from the iterator.
    """
    check_span(start_date, end_date, by)
    parts = list(_parts(start_date, end_date, by))
    reports = [
        partial(ad_report, scope, level=level, ids=ids, start_date=one[0], end_date=one[1], by=by, with_reach=True)
        for one in parts
    ]
    first = reports.pop(0)()  # Judges right and ids before the first line is sent.
    return _lines(chain([first], (report() for report in reports)), _names(scope, level))


def _lines(reports: Iterator[Report], names: dict[int, str]) -> Iterator[str]:
    return sheets.lines(
        ["step", "id", "name", "currency", *(metric.name for metric in METRICS)],
        (_cells(report, row, names) for report in reports for row in sorted(report.rows, key=_place)),
    )


def _place(row: ReportRow) -> tuple[str, int]:
    return str(row.step), row.id


def _cells(report: Report, row: ReportRow, names: dict[int, str]) -> list[str]:
    values = row.values
    step = "" if row.step is None else row.step.isoformat()
    cells = [plain(metric, values[metric.name], report.currency) for metric in METRICS]
    return [step, str(row.id), sheets.harmless(names.get(row.id, "")), report.currency, *cells]


def plain(metric: Metric, value: Value, currency: str) -> str:
    """Return a value as people and spreadsheets read it: money in units, nothing where nothing can be said."""
    if value is None:
        return ""
    if metric.unit is Unit.MICROS:
        return format_micros(int(value), currency)
    return f"{value:.6f}" if metric.unit in {Unit.RATIO, Unit.TIMES} else str(value)


def _parts(start_date: date, end_date: date, by: By) -> Iterator[tuple[date, date]]:
    if by is By.NONE:
        yield start_date, end_date
        return
    first = start_date
    while first <= end_date:
        last = min(end_date, first + timedelta(days=DAYS_PER_PART - 1))
        yield first, last
        first = last + timedelta(days=1)


def _names(scope: Scope, level: Level) -> dict[int, str]:
    """Return the names of everything in the account at this level, deleted things too."""
    paging: Paging | None = Paging(size=PAGE_SIZE_MAX)
    names: dict[int, str] = {}
    while paging is not None:
        page = _page(scope, level, paging)
        names.update(page.items)
        paging = Paging(int(page.next_cursor), PAGE_SIZE_MAX) if page.next_cursor is not None else None
    return names


def _page(scope: Scope, level: Level, paging: Paging) -> Page[tuple[int, str]]:
    if level is Level.CAMPAIGN:
        campaigns = advertising.campaigns(scope, paging, with_deleted=True)
        return Page(tuple((one.id, one.name) for one in campaigns.items), campaigns.next_cursor)
    if level is Level.AD_GROUP:
        ad_groups = advertising.ad_groups(scope, paging, with_deleted=True)
        return Page(tuple((one.id, one.name) for one in ad_groups.items), ad_groups.next_cursor)
    ads = advertising.ads(scope, paging, with_deleted=True)
    return Page(tuple((one.id, one.name) for one in ads.items), ads.next_cursor)
