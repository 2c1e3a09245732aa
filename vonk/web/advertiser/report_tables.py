"""A report as a table that a page can hold, and as a chart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vonk.control.scope import Scope
from vonk.reporting.breakdowns.columns import Kind
from vonk.reporting.builder.asked import ChartKind as Wanted
from vonk.reporting.builder.asked import Query
from vonk.reporting.builder.counting import time_value
from vonk.reporting.builder.dimensions import DIMENSIONS, Nature
from vonk.reporting.builder.further import FIELDS
from vonk.reporting.builder.labels import Labels, of_values
from vonk.reporting.builder.queries import BuiltReport, ReportRow, Sums, together, value
from vonk.web.advertiser import report_words as words
from vonk.web.common.records import Chart, ChartKind, Series

ROWS_MAX: Final = 200  # The file has all.
COLUMNS_MAX: Final = 12
SERIES_MAX: Final = 6
POINTS_MAX: Final = 20  # Of a chart over what is no time.
STEPS_MAX: Final = 800  # Of a chart over time: a month of hours.


class Heading(msgspec.Struct, frozen=True):
    """A metric's heading. ``sorted``: "ascending" or "descending" where the table is; ``url`` sorts by it."""

    title: str
    says: str
    url: str
    sorted: str


class Label(msgspec.Struct, frozen=True):
    """What a row is about in one dimension. ``url`` narrows the report to it; "" where it is narrowed already."""

    text: str
    url: str


class Row(msgspec.Struct, frozen=True):
    """A line of the table: its labels, its cells group by group (a group for each column, then the total)."""

    labels: tuple[Label, ...]
    groups: tuple[tuple[words.Cell, ...], ...]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The table. ``groups`` are the titles of groups of metrics; one that is "" stands alone."""

    dimensions: tuple[str, ...]
    groups: tuple[str, ...]
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    total: tuple[tuple[words.Cell, ...], ...]
    more: int  # Rows that only the file has.


def table(report: BuiltReport, labels: Labels) -> Table:
    """Return the report's table: the first rows, and of very many columns the first with the others together."""
    query, compared = report.query, report.before_days is not None
    columns, rest = report.columns[:COLUMNS_MAX], report.columns[COLUMNS_MAX:]
    groups = [labels.get((query.column, column), column) for column in columns]
    if rest:
        groups.append(ngettext("%(count)d other", "%(count)d others", len(rest)) % {"count": len(rest)})
    if report.columns:
        groups.append(_("Total"))
    return Table(
        dimensions=tuple(str(DIMENSIONS[name].title) for name in query.rows),
        groups=tuple(groups) or ("",),
        headings=tuple(_heading(query, name) for name in query.metrics),
        rows=tuple(
            Row(
                tuple(_label(query, name, found, labels) for name, found in zip(query.rows, row.values, strict=True)),
                _groups(report, row.cells, row.total, columns, rest, compared=compared),
            )
            for row in report.rows[:ROWS_MAX]
        ),
        total=_groups(report, report.column_totals, report.total, columns, rest, compared=compared),
        more=max(0, len(report.rows) - ROWS_MAX),
    )


def _groups(
    report: BuiltReport,
    of_row: Mapping[str, Sums],
    total: Sums,
    columns: Sequence[str],
    rest: Sequence[str],
    *,
    compared: bool,
) -> tuple[tuple[words.Cell, ...], ...]:
    found = [words.of_column(of_row, column, compared=compared) for column in columns]
    if rest:
        others = [of_row[column] for column in rest if column in of_row]
        before = together(one.before or {} for one in others) if compared else None
        found.append(Sums(together(one.counts for one in others), before))
    found.append(total)
    return tuple(words.cells(report.fields, one, report.account.currency) for one in found)


def _heading(query: Query, name: str) -> Heading:
    field = FIELDS[name]
    by_it = query.sort == name
    ascending = by_it and not query.ascending
    other = msgspec.structs.replace(query, sort=name, ascending=ascending)
    state = ("ascending" if query.ascending else "descending") if by_it else ""
    return Heading(str(field.title), str(field.says), f"?{other.address}", state)


def _label(query: Query, name: str, found: str, labels: Labels) -> Label:
    text = labels.get((name, found), found)
    narrowed = any(one.dimension == name for one in query.filters)
    if narrowed or DIMENSIONS[name].nature is Nature.TIME:
        return Label(text, "")
    return Label(text, f"?{query.address}&{_filter(name, found)}")


def _filter(name: str, found: str) -> str:
    return urlencode({"filter": f"{name}:{found}"})


def chart(scope: Scope, report: BuiltReport, labels: Labels) -> Chart | None:
    """Return the report's chart; None where none is wanted or there is nothing to draw.

    Over time where a row has a time, else over the first rows; a series for each column, or one with what it is compared
    with.
    """
    query = report.query
    if query.chart is Wanted.NONE or not report.rows:
        return None
    over = next((name for name in query.rows if DIMENSIONS[name].nature is Nature.TIME), query.rows[0])
    place = query.rows.index(over)
    field = FIELDS[query.charted or query.metrics[0]]
    points = _points(scope, report, over, place, labels)
    lines = [
        (name, [value(field, counts) for counts in counts_of])
        for name, counts_of in _lines(report, place, [point for point, _label in points], labels, str(field.title))
    ]
    stacks = query.chart is Wanted.STACKED and field.kind in {Kind.COUNT, Kind.MONEY, Kind.SECONDS}
    kind = {Wanted.LINE: ChartKind.LINE, Wanted.STACKED: ChartKind.STACKED if stacks else ChartKind.BAR}
    return Chart(
        id="report-chart",
        title=_("%(metric)s by %(dimension)s") % {"metric": field.title, "dimension": DIMENSIONS[over].title},
        label_heading=str(DIMENSIONS[over].title),
        labels=tuple(label for _point, label in points),
        series=tuple(
            Series(
                name,
                tuple(words.plotted(field, found) for found in values),
                tuple(words.text(field, found, report.account.currency) for found in values),
            )
            for name, values in lines
        ),
        kind=kind.get(query.chart, ChartKind.BAR),
    )


def _points(scope: Scope, report: BuiltReport, over: str, place: int, labels: Labels) -> list[tuple[str, str]]:
    """Return the values along the chart with their labels; every step of time, also those without numbers."""
    there = list(dict.fromkeys(row.values[place] for row in report.rows))
    if DIMENSIONS[over].nature is not Nature.TIME:
        return [(one, labels.get((over, one), one)) for one in there[:POINTS_MAX]]
    steps = sorted({*there, *_steps(report, over)})[:STEPS_MAX]
    names = of_values(scope, over, steps)
    return [(one, names[one]) for one in steps]


def _steps(report: BuiltReport, over: str) -> Iterator[str]:
    start = datetime.combine(report.days.first, datetime.min.time())
    hourly = over in {"hour", "hour_of_day"}
    step = timedelta(hours=1) if hourly else timedelta(days=1)
    for number in range(report.days.length * (24 if hourly else 1)):
        yield time_value(over, start + number * step)


def _lines(
    report: BuiltReport, place: int, points: Sequence[str], labels: Labels, title: str
) -> Iterator[tuple[str, list[dict[str, int]]]]:
    """Yield each series' name with its counts at every point."""
    query = report.query
    at: dict[str, list[ReportRow]] = {}
    for row in report.rows:
        at.setdefault(row.values[place], []).append(row)

    def counts(columns: Sequence[str] | None, *, before: bool = False) -> list[dict[str, int]]:
        return [dict(together(_of(at.get(point, []), columns, before=before))) for point in points]

    if not query.column:
        yield title, counts(None)
        if report.before_days is not None:
            yield _("Compared with"), counts(None, before=True)
        return
    for column in report.columns[:SERIES_MAX]:
        yield labels.get((query.column, column), column), counts([column])
    rest = report.columns[SERIES_MAX:]
    if rest:
        yield ngettext("%(count)d other", "%(count)d others", len(rest)) % {"count": len(rest)}, counts(rest)


def _of(rows: Iterable[ReportRow], columns: Sequence[str] | None, *, before: bool) -> Iterator[dict[str, int]]:
    for row in rows:
        found = [row.total] if columns is None else [row.cells[one] for one in columns if one in row.cells]
        for sums in found:
            counts = (sums.before or {}) if before else sums.counts
            if counts:
                yield dict(counts)
