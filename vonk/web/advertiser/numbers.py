"""Values of declared metrics as people read them, and charts of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

import msgspec
from django.utils import formats as django_formats
from django.utils import timezone
from django.utils.translation import gettext as _

from vonk.core.money import MICROS_PER_UNIT
from vonk.reporting import metrics
from vonk.reporting.metrics import BY_NAME, Unit, Value
from vonk.reporting.queries import Report, ReportRow, Step
from vonk.web.advertiser.spans import day_words
from vonk.web.common import formats
from vonk.web.common.records import Chart, ChartKind, Series

MAIN: Final = ("spend", "impressions", "view_6s", "clicks", "ctr")
REPORTED: Final = (
    "spend",
    "impressions",
    "reach",
    "frequency",
    "video_views",
    "view_2s",
    "view_6s",
    "p25",
    "p50",
    "p75",
    "p100",
    "clicks",
    "ctr",
    "cpc",
    "music_clicks",
    "profile_visits",
    "likes",
    "comments",
    "shares",
    "follows",
    "conversions",
    "cost_per_conversion",
    "conversion_value",
    "roas",
    "results",
    "cost_per_result",
    "likes_1d",
    "comments_1d",
    "shares_1d",
    "favourites_1d",
    "follows_1d",
    "profile_visits_1d",
)
INVALID: Final = ("gross_impressions", "invalid_impressions", "invalid_rate", "impressions")
GROSS: Final = (
    "spend",
    "served",
    "gross_impressions",
    "invalid_impressions",
    "invalid_rate",
    "impressions",
    "viewable",
    "viewable_rate",
    "gross_clicks",
    "invalid_clicks",
    "invalid_click_rate",
    "clicks",
)


class Cell(msgspec.Struct, frozen=True):
    """One number with what it is called."""

    label: str
    text: str
    definition: str = ""


def text(name: str, value: Value, currency: str) -> str:
    """Return a metric's value as people read it."""
    if value is None:
        return formats.NO_VALUE
    unit = BY_NAME[name].unit
    if unit is Unit.MICROS:
        return formats.money(int(value), currency)
    if unit is Unit.RATIO:
        return formats.percent(value)
    if unit is Unit.MILLISECONDS:
        return formats.duration(int(value))
    if unit is Unit.TIMES:
        return _("%(number)s×") % {"number": formats.number(value, 2)}
    return formats.number(value)


def cells(counts: Mapping[str, int], currency: str, names: Sequence[str] = MAIN) -> tuple[Cell, ...]:
    """Return the metrics of some counters."""
    values = metrics.values(counts, tuple(BY_NAME[name] for name in names))
    return tuple(
        Cell(str(BY_NAME[name].title), text(name, values[name], currency), str(BY_NAME[name].definition))
        for name in names
    )


def headings(names: Sequence[str] = MAIN) -> tuple[str, ...]:
    """Return the titles of metrics."""
    return tuple(str(BY_NAME[name].title) for name in names)


def counts_by_id(report: Report) -> dict[int, Mapping[str, int]]:
    """Return the counters of each object of a report that is not broken down."""
    return {row.id: row.counts for row in report.rows}


def total(rows: Sequence[ReportRow]) -> dict[str, int]:
    """Return the sum of some rows' counters."""
    return metrics.total_of(row.counts for row in rows)


def chart(report: Report, names: Sequence[str], *, chart_id: str, title: str) -> Chart:
    """Return the report's steps as a chart; a second unit gets its own axis."""
    first = BY_NAME[names[0]].unit
    series = tuple(
        Series(
            name=str(BY_NAME[name].title),
            values=tuple(_plotted(name, row.values[name]) for row in report.steps),
            texts=tuple(text(name, row.values[name], report.currency) for row in report.steps),
            second_axis=BY_NAME[name].unit is not first,
        )
        for name in names
    )
    return Chart(
        id=chart_id,
        title=title,
        label_heading=_("Day") if report.by == "day" else _("Hour"),
        labels=tuple(step_words(row.step) for row in report.steps),
        series=series,
        kind=ChartKind.BAR if len(names) == 1 else ChartKind.LINE,
    )


def step_words(step: Step) -> str:
    """Return a day, or an hour in the active time zone."""
    if isinstance(step, datetime):
        local = timezone.localtime(step)
        return f"{django_formats.date_format(local, 'MONTH_DAY_FORMAT')} {django_formats.date_format(local, 'TIME_FORMAT')}"
    return day_words(step) if isinstance(step, date) else ""


def _plotted(name: str, value: Value) -> float:
    if value is None:
        return 0.0
    unit = BY_NAME[name].unit
    if unit is Unit.MICROS:
        return value / MICROS_PER_UNIT
    if unit is Unit.RATIO:
        return value * 100
    return value / 1000 if unit is Unit.MILLISECONDS else float(value)
