"""Reports: what campaigns, ad groups and ads did and cost, as a chart, a table and a file."""

from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.advertising import queries as advertising
from vonk.reporting import export, metrics
from vonk.reporting import queries as reporting
from vonk.reporting.queries import By, Level, Report
from vonk.reporting.reports import DAYS_MAX
from vonk.reporting.rules import EVENTS, RULE
from vonk.web.advertiser import numbers
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer
from vonk.web.advertiser.spans import Span, span_of
from vonk.web.advertiser.views.home import today_of
from vonk.web.common.records import Chart
from vonk.web.common.validity import rule_meaning, rule_title

ROWS_MAX: Final = 200  # The dearest; the file has all.
STEPS_MAX: Final = 400  # A year of days; a fortnight of hours.
CHARTED: Final = tuple(metric.name for metric in metrics.METRICS)
GROSS: Final = "gross"
ALL: Final = "all"


class Choice(msgspec.Struct, frozen=True):
    """One value of a filter."""

    value: str
    label: str
    chosen: bool


class Row(msgspec.Struct, frozen=True):
    """One object's, or one step's, numbers."""

    label: str
    url: str
    texts: tuple[str, ...]


class Table(msgspec.Struct, frozen=True):
    """Numbers of objects or steps, with their sum."""

    caption: str
    first: str
    headings: tuple[numbers.Cell, ...]
    rows: tuple[Row, ...]
    total: tuple[str, ...]


class RuleRow(msgspec.Struct, frozen=True):
    """How many events broke a rule; ``share`` is of gross events, None when there were none."""

    title: str
    meaning: str
    events: int
    share: float | None


class Invalid(msgspec.Struct, frozen=True):
    """The invalid traffic of the whole report: gross, net, and by rule."""

    cells: tuple[numbers.Cell, ...]
    rules: tuple[RuleRow, ...]  # Those that were broken, the most broken first.
    gross_url: str  # The report with gross beside net; "" when it is there already.


class ReportPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page."""

    span: Span
    levels: tuple[Choice, ...]
    steps: tuple[Choice, ...]
    charted: tuple[Choice, ...]
    columns: tuple[Choice, ...]
    invalid: Invalid
    chart: Chart | None
    objects: Table
    by_step: Table
    more: int  # Objects that the table leaves out.
    csv_url: str
    time_zone: str
    anything: bool


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the report that the address asks for."""
    level, by = _level(request), _by(request)
    span = span_of(request, today_of(desk), days_max=DAYS_MAX[by], days=1 if by is By.HOUR else 7)
    columns = request.GET.get("columns", "")
    names = {ALL: CHARTED, GROSS: numbers.GROSS}.get(columns, numbers.REPORTED)
    metric = request.GET.get("metric", "")
    charted = metric if metric in metrics.BY_NAME else "spend"
    whole = reporting.ad_report(desk.scope, level=level, start_date=span.start, end_date=span.end, with_reach=True)
    steps = reporting.ad_report(
        desk.scope, level=level, start_date=span.start, end_date=span.end, by=by, with_reach=True
    )
    ranked = sorted(whole.rows, key=lambda row: (-row.counts.get(metrics.SPEND, 0), -row.id))
    labels = advertising.names(desk.scope, level.value, {row.id for row in ranked[:ROWS_MAX]})
    record = ReportPage(
        span=span,
        levels=_choices(_level_words(), level.value),
        steps=_choices({By.DAY.value: _("Day"), By.HOUR.value: _("Hour")}, by.value),
        charted=_choices({name: str(metrics.BY_NAME[name].title) for name in CHARTED}, charted),
        columns=_choices({"": _("Usual"), GROSS: _("Gross and net"), ALL: _("Every metric")}, columns),
        invalid=_invalid(request, whole, columns),
        chart=numbers.chart(steps, (charted,), chart_id="report", title=str(metrics.BY_NAME[charted].title)),
        objects=_table(
            _level_words()[level.value],
            _first(level),
            whole,
            names,
            tuple((labels.get(row.id, str(row.id)), _url(level, row.id), row.counts) for row in ranked[:ROWS_MAX]),
        ),
        by_step=_table(
            _("By day") if by is By.DAY else _("By hour"),
            _("Day") if by is By.DAY else _("Hour"),
            steps,
            names,
            tuple((numbers.step_words(row.step), "", row.counts) for row in steps.steps[-STEPS_MAX:]),
        ),
        more=max(0, len(ranked) - ROWS_MAX),
        csv_url=f"{reverse('advertiser:reports_csv')}?level={level.value}&by={by.value}&{span.query}",
        time_zone=desk.account.time_zone,
        anything=bool(whole.rows),
    )
    return answer(request, desk, "reports.html", record)


@require_safe
@at_desk()
def download(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Send the report as a file, line by line. ``by=none`` sends one line for each object."""
    level = _level(request)
    by = By.NONE if request.GET.get("by") == By.NONE.value else _by(request)
    span = span_of(request, today_of(desk), days_max=DAYS_MAX[by])
    lines = export.report_csv(desk.scope, level=level, start_date=span.start, end_date=span.end, by=by)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"{level.value}-{span.start.isoformat()}-{span.end.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _invalid(request: HttpRequest, report: Report, columns: str) -> Invalid:
    counts = report.total.counts
    events = counts.get(EVENTS, 0)
    rules = [(name.removeprefix(RULE), count) for name, count in counts.items() if name.startswith(RULE) and count]
    query = request.GET.copy()
    query["columns"] = GROSS
    return Invalid(
        cells=numbers.cells(counts, report.currency, numbers.INVALID),
        rules=tuple(
            RuleRow(rule_title(rule), rule_meaning(rule), count, count / events if events > 0 else None)
            for rule, count in sorted(rules, key=lambda item: (-item[1], item[0]))
        ),
        gross_url="" if columns == GROSS else f"?{query.urlencode()}",
    )


def _level(request: HttpRequest) -> Level:
    asked = request.GET.get("level", "")
    return Level(asked) if asked in set(Level) else Level.CAMPAIGN


def _by(request: HttpRequest) -> By:
    return By.HOUR if request.GET.get("by") == By.HOUR.value else By.DAY


def _level_words() -> dict[str, str]:
    return {Level.CAMPAIGN.value: _("Campaigns"), Level.AD_GROUP.value: _("Ad groups"), Level.AD.value: _("Ads")}


def _choices(labels: dict[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in labels.items())


def _first(level: Level) -> str:
    return {Level.CAMPAIGN: _("Campaign"), Level.AD_GROUP: _("Ad group"), Level.AD: _("Ad")}[level]


def _table(
    caption: str, first: str, report: Report, names: tuple[str, ...], found: tuple[tuple[str, str, metrics.Counts], ...]
) -> Table:
    def texts(counts: metrics.Counts) -> tuple[str, ...]:
        return tuple(cell.text for cell in numbers.cells(counts, report.currency, names))

    return Table(
        caption=caption,
        first=first,
        headings=numbers.cells({}, report.currency, names),
        rows=tuple(Row(label, url, texts(counts)) for label, url, counts in found),
        total=texts(report.total.counts),
    )


def _url(level: Level, object_id: int) -> str:
    return reverse(f"advertiser:{level.value}", args=[object_id])
