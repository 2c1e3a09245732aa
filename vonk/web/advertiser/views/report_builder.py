"""The report builder: what an address asks for as a table, a chart and a file."""

from collections.abc import Iterable
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.advertising import queries as advertising
from vonk.control.paging import Paging
from vonk.core.errors import NotFound, Problem
from vonk.core.ids import parse_id
from vonk.reporting.builder import asked, files, queries
from vonk.reporting.builder.asked import CONDITIONS_MAX, ROW_DIMENSIONS_MAX, ChartKind, Operator, Query
from vonk.reporting.builder.dimensions import DIMENSIONS, NATURE_TITLES, Nature
from vonk.reporting.builder.fields import GROUP_TITLES, Group
from vonk.reporting.builder.files import Format
from vonk.reporting.builder.further import FIELDS, USUAL
from vonk.reporting.builder.labels import labels, listed, of_values
from vonk.reporting.builder.periods import Compare, Days, Period
from vonk.reporting.builder.queries import BuiltReport
from vonk.reporting.saved.queries import SavedView, saved_report
from vonk.web.advertiser import report_tables
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer, problem_of, refusal_status
from vonk.web.advertiser.report_tables import Table
from vonk.web.common.records import Chart

CAMPAIGNS_MAX: Final = 100  # In the list of filters: the newest.
SETS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("usual", USUAL),
    ("gross", (
        "spend", "served", "gross_impressions", "invalid_impressions", "invalid_rate", "impressions", "viewable",
        "viewable_rate", "gross_clicks", "invalid_clicks", "invalid_click_rate", "clicks",
    )),
    ("video", (
        "spend", "impressions", "video_views", "view_2s", "vtr_2s", "view_6s", "vtr_6s", "view_15s", "p25", "p50", "p75",
        "p100", "completion_rate", "average_watch_time", "cpv",
    )),
    ("results", (
        "spend", "results", "cost_per_result", "result_rate", "conversions", "cost_per_conversion",
        "click_conversion_rate", "conversion_value", "roas",
    )),
)  # fmt: skip
"""Metrics that are often wanted together, by the name of the set."""


class Option(msgspec.Struct, frozen=True):
    """One choice of a list."""

    value: str
    label: str
    chosen: bool
    says: str = ""


class Options(msgspec.Struct, frozen=True):
    """Choices under a heading."""

    title: str
    options: tuple[Option, ...]


class ConditionRow(msgspec.Struct, frozen=True):
    """A condition as its form shows it; "" where none is chosen yet."""

    metrics: tuple[Option, ...]
    operators: tuple[Option, ...]
    number: str


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """All that can be chosen, and what is."""

    rows: tuple[tuple[Options, ...], ...]  # A list for each place.
    columns: tuple[Options, ...]
    metrics: tuple[Options, ...]
    metrics_count: int
    sets: tuple[tuple[str, str], ...]  # Title and address.
    periods: tuple[Option, ...]
    first: str
    last: str
    compares: tuple[Option, ...]
    charts: tuple[Option, ...]
    charted: tuple[Option, ...]
    filters: tuple[Options, ...]
    filters_count: int
    conditions: tuple[ConditionRow, ...]
    sort: str
    ascending: bool
    opened: str  # The dialog that stands open without a script: "metrics", "filters" or "".


class BuilderPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``table`` is None where the report cannot be made; the problem beside it says why."""

    form: Form
    address: str
    days: str
    before: str
    table: Table | None
    chart: Chart | None
    left_out: int
    time_zone: str
    csv_url: str
    xlsx_url: str
    share_url: str
    statement_url: str
    saved: SavedView | None
    changed: bool  # The saved report is shown otherwise than it is kept.


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the report that the address asks for."""
    query, problem, found = Query(), None, None
    try:
        query = asked.read(request.META.get("QUERY_STRING", ""))
        found = queries.report(desk.scope, query, now=desk.now)
    except Problem as refused:
        problem = refused
    record = _page(request, desk, query, found)
    if problem is None:
        return answer(request, desk, "report_build.html", record)
    status = refusal_status(request, problem)
    return answer(request, desk, "report_build.html", record, problem=problem_of(request, problem), status=status)


@require_safe
@at_desk()
def download(request: HttpRequest, desk: Desk, file_format: str) -> HttpResponseBase:
    """Send the report as a file. Raises ReportQueryInvalid, SpanInvalid, ReportTooLarge."""
    if file_format not in set(Format):
        raise NotFound(noun="file")
    query = asked.read(request.META.get("QUERY_STRING", ""))
    found = queries.report(desk.scope, query, now=desk.now)
    made = files.make(found, labels(desk.scope, found), Format(file_format), title=desk.account.name)
    response = HttpResponse(made.content, content_type=made.content_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


def _page(request: HttpRequest, desk: Desk, query: Query, found: BuiltReport | None) -> BuilderPage:
    names = labels(desk.scope, found) if found is not None else {}
    saved = _saved(request, desk)
    here = request.build_absolute_uri(reverse("advertiser:report_build"))
    return BuilderPage(
        form=_form(desk, query, opened=request.GET.get("pick", "")),
        address=query.address,
        days=_days(found.days) if found is not None else "",
        before=_days(found.before_days) if found is not None and found.before_days is not None else "",
        table=report_tables.table(found, names) if found is not None and found.rows else None,
        chart=report_tables.chart(desk.scope, found, names) if found is not None else None,
        left_out=found.left_out if found is not None else 0,
        time_zone=desk.account.time_zone,
        csv_url=f"{reverse('advertiser:report_file', args=['csv'])}?{query.address}",
        xlsx_url=f"{reverse('advertiser:report_file', args=['xlsx'])}?{query.address}",
        share_url=f"{here}?{query.address}",
        statement_url=_statement(found),
        saved=saved,
        changed=saved is not None and saved.address != query.address,
    )


def _saved(request: HttpRequest, desk: Desk) -> SavedView | None:
    """Return the saved report that was opened; None for none, and for what is not theirs to see."""
    try:
        return saved_report(desk.scope, parse_id(request.GET.get("saved", "")))
    except (ValueError, NotFound):
        return None


def _days(days: Days) -> str:
    first = str(date_format(days.first, "DATE_FORMAT"))
    return first if days.first == days.last else f"{first} – {date_format(days.last, 'DATE_FORMAT')}"


def _statement(found: BuiltReport | None) -> str:
    address = reverse("advertiser:statements")
    return address if found is None else f"{address}?month={found.days.last:%Y-%m}"


def _form(desk: Desk, query: Query, *, opened: str) -> Form:
    places = min(len(query.rows) + 1, ROW_DIMENSIONS_MAX)
    filled = [*query.rows, *[""] * (places - len(query.rows))]
    return Form(
        rows=tuple(_dimensions({name}) for name in filled),
        columns=_dimensions({query.column}),
        metrics=_metrics(query.metrics),
        metrics_count=len(query.metrics),
        sets=tuple((_set_title(name), f"?{_with_metrics(query, names).address}") for name, names in SETS),
        periods=tuple(Option(one.value, title, one is query.period) for one, title in period_titles().items()),
        first=query.first.isoformat() if query.first else "",
        last=query.last.isoformat() if query.last else "",
        compares=tuple(Option(one.value, title, one is query.compare) for one, title in _compare_titles().items()),
        charts=tuple(Option(one.value, title, one is query.chart) for one, title in _chart_titles().items()),
        charted=_titled(query.metrics, query.charted or query.metrics[0]),
        filters=_filters(desk, query),
        filters_count=sum(len(one.values) for one in query.filters) + len(query.conditions),
        conditions=_conditions(query),
        sort=query.sort,
        ascending=query.ascending,
        opened=opened,
    )


def _with_metrics(query: Query, names: tuple[str, ...]) -> Query:
    kept = tuple(one for one in query.conditions if one.metric in names)
    return msgspec.structs.replace(query, metrics=names, conditions=kept, sort="", ascending=False, charted="")


def _dimensions(chosen: set[str]) -> tuple[Options, ...]:
    return tuple(
        Options(
            str(title),
            tuple(
                Option(one.name, str(one.title), one.name in chosen, str(one.says))
                for one in DIMENSIONS.values()
                if one.nature is nature
            ),
        )
        for nature, title in NATURE_TITLES.items()
    )


def _metrics(chosen: tuple[str, ...]) -> tuple[Options, ...]:
    return tuple(
        Options(
            str(GROUP_TITLES[group]),
            tuple(
                Option(field.name, str(field.title), field.name in chosen, str(field.says))
                for field in FIELDS.values()
                if field.group is group
            ),
        )
        for group in Group
    )


def _titled(names: Iterable[str], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(name, str(FIELDS[name].title), name == chosen) for name in names)


def _filters(desk: Desk, query: Query) -> tuple[Options, ...]:
    """Return what can be filtered from lists, and what is filtered by values that stand in no list."""
    chosen = {one.dimension: set(one.values) for one in query.filters}
    found: list[Options] = []
    campaigns = {str(one.id): one.name for one in advertising.campaigns(desk.scope, Paging(size=CAMPAIGNS_MAX)).items}
    known = {"campaign": campaigns, **{name: listed(name) for name, one in DIMENSIONS.items() if one.listed}}
    for name, dimension in DIMENSIONS.items():
        values, wanted = known.get(name, {}), chosen.get(name, set())
        others = of_values(desk.scope, name, _readable(name, wanted - values.keys()))
        options = tuple(
            Option(f"{name}:{value}", text, value in wanted) for value, text in {**others, **values}.items()
        )
        if options:
            found.append(Options(str(dimension.title), options))
    return tuple(found)


def _readable(name: str, values: Iterable[str]) -> list[str]:
    """Leave out what cannot be a value of the dimension: an address may say anything."""
    if DIMENSIONS[name].nature is Nature.TIME:
        return []
    numbered = name in {"campaign", "ad_group", "ad", "identity", "post"}
    return [one for one in values if not numbered or (one.isascii() and one.isdigit() and len(one) < 20)]


def _conditions(query: Query) -> tuple[ConditionRow, ...]:
    rows = [
        ConditionRow(_titled(query.metrics, one.metric), _operators(one.operator), str(one.number))
        for one in query.conditions
    ]
    if len(rows) < CONDITIONS_MAX:
        rows.append(ConditionRow(_titled(query.metrics, ""), _operators(Operator.AT_LEAST), ""))
    return tuple(rows)


def _operators(chosen: Operator) -> tuple[Option, ...]:
    words = {Operator.AT_LEAST: _("at least"), Operator.AT_MOST: _("at most")}
    return tuple(Option(one.value, word, one is chosen) for one, word in words.items())


def _set_title(name: str) -> str:
    return {
        "usual": _("Usual"),
        "gross": _("Gross beside net"),
        "video": _("Video"),
        "results": _("Results and conversions"),
    }[name]


def period_titles() -> dict[Period, str]:
    """Return what periods are called."""
    return {
        Period.TODAY: _("Today"),
        Period.YESTERDAY: _("Yesterday"),
        Period.LAST_7_DAYS: _("Last 7 days"),
        Period.LAST_14_DAYS: _("Last 14 days"),
        Period.LAST_28_DAYS: _("Last 28 days"),
        Period.LAST_90_DAYS: _("Last 90 days"),
        Period.THIS_WEEK: _("This week"),
        Period.LAST_WEEK: _("Last week"),
        Period.THIS_MONTH: _("This month"),
        Period.LAST_MONTH: _("Last month"),
        Period.CUSTOM: _("From … to …"),
    }


def _compare_titles() -> dict[Compare, str]:
    return {
        Compare.NOTHING: _("Nothing"),
        Compare.BEFORE: _("The days before"),
        Compare.YEAR: _("52 weeks earlier"),
    }


def _chart_titles() -> dict[ChartKind, str]:
    return {
        ChartKind.BAR: _("Bars"),
        ChartKind.STACKED: _("Stacked bars"),
        ChartKind.LINE: _("Lines"),
        ChartKind.NONE: _("No chart"),
    }
