"""What a report is asked for, and how an address says it; pure but for words.

``?rows=campaign&rows=day&columns=kind&metrics=spend&period=last_7_days&filter=objective:traffic&where=spend:gte:10``:
what is not said is as usual, and the same report always has the same address.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from django.utils.translation import gettext as _

from vonk.billing.queries import By
from vonk.reporting.breakdowns.wanted import Part
from vonk.reporting.builder.dimensions import DIMENSIONS, Dimension, Nature
from vonk.reporting.builder.errors import ReportQueryInvalid
from vonk.reporting.builder.further import FIELDS, USUAL
from vonk.reporting.builder.periods import Compare, Period, day_of

ROW_DIMENSIONS_MAX: Final = 4
METRICS_MAX: Final = 30
VALUES_MAX: Final = 100  # Of one filter.
CONDITIONS_MAX: Final = 5
ADDRESS_CHARS_MAX: Final = 6_000
_VALUE_CHARS_MAX: Final = 40

Kind = TypeVar("Kind", bound=StrEnum)


class Operator(StrEnum):
    """How a row's value is held against a number."""

    AT_LEAST = "gte"
    AT_MOST = "lte"


class ChartKind(StrEnum):
    """How the report is drawn."""

    NONE = "none"
    LINE = "line"
    BAR = "bar"
    STACKED = "stacked"


class Filter(msgspec.Struct, frozen=True):
    """Only these values of a dimension."""

    dimension: str
    values: tuple[str, ...]


class Condition(msgspec.Struct, frozen=True):
    """Only rows whose value of the metric is so: in units of the currency, percent, seconds or times, as people write it."""

    metric: str
    operator: Operator
    number: Decimal


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it is asked for."""

    rows: tuple[str, ...] = ("campaign",)
    column: str = ""  # "": no columns but the metrics.
    metrics: tuple[str, ...] = USUAL
    period: Period = Period.LAST_7_DAYS
    first: date | None = None  # Of a period of one's own.
    last: date | None = None
    compare: Compare = Compare.NOTHING
    filters: tuple[Filter, ...] = ()
    conditions: tuple[Condition, ...] = ()
    sort: str = ""  # A metric; "": by time where a row has one, else by the first metric.
    ascending: bool = False
    chart: ChartKind = ChartKind.BAR
    charted: str = ""  # "": the first metric.

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """Those of the rows, of the column, and those that filters alone need, each once."""
        shown = (*self.rows, self.column) if self.column else self.rows
        hidden = [one.dimension for one in self.filters if DIMENSIONS[one.dimension].nature is not Nature.AD]
        return tuple(DIMENSIONS[name] for name in dict.fromkeys([*shown, *hidden]))

    @property
    def by(self) -> By:
        """The finest steps of time that the dimensions need."""
        needed = {one.by for one in self.dimensions}
        return next(by for by in (By.HOUR, By.DAY, By.NONE) if by in needed or by is By.NONE)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What of the audience the dimensions tell apart, each once."""
        return tuple(dict.fromkeys(one.part for one in self.dimensions if one.part is not None))

    @property
    def address(self) -> str:
        """The query part of its address: the same for the same report."""
        return urlencode(list(_pairs(self)))


def read(address: str) -> Query:
    """Return the report that the query part of an address asks for. Raises ReportQueryInvalid."""
    if len(address) > ADDRESS_CHARS_MAX:
        raise ReportQueryInvalid(reason=_("its address is too long."))
    try:
        pairs = parse_qsl(address, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        raise ReportQueryInvalid(reason=_("its address is too long.")) from None
    return read_pairs(pairs)


def read_pairs(pairs: Iterable[tuple[str, str]]) -> Query:
    """As ``read``, of names and values; names that are not a report's are passed over."""
    said: dict[str, list[str]] = {}
    for name, value in pairs:
        said.setdefault(name, []).append(value.strip())
    one = {name: values[-1] for name, values in said.items()}
    query = Query(
        rows=_names(said, "rows", DIMENSIONS, Query().rows, ROW_DIMENSIONS_MAX),
        column=_name(one.get("columns", ""), DIMENSIONS, _("columns")),
        metrics=_names(said, "metrics", FIELDS, USUAL, METRICS_MAX),
        period=_one_of(Period, one.get("period", ""), Query().period),
        first=_day(one.get("from", "")),
        last=_day(one.get("to", "")),
        compare=_one_of(Compare, one.get("compare", ""), Compare.NOTHING),
        filters=_filters(said.get("filter", [])),
        conditions=_conditions(said),
        sort=_name(one.get("sort", ""), FIELDS, _("sort")),
        ascending=one.get("order", "") == "up",
        chart=_one_of(ChartKind, one.get("chart", ""), ChartKind.BAR),
        charted=_name(one.get("charted", ""), FIELDS, _("charted")),
    )
    check(query)
    if query.period is not Period.CUSTOM:
        return msgspec.structs.replace(query, first=None, last=None)
    return query


def check(query: Query) -> None:
    """Raise ReportQueryInvalid where dimensions do not go together, or a period of one's own lacks a day."""
    if query.period is Period.CUSTOM and (query.first is None or query.last is None):
        raise ReportQueryInvalid(reason=_("choose both days."))
    if query.column in query.rows:
        raise ReportQueryInvalid(reason=_("a dimension is either in the rows or in the columns."))
    parts = set(query.parts)
    if len(parts) > 1 and parts != {Part.AGE_BAND, Part.GENDER}:
        raise ReportQueryInvalid(
            reason=_(
                "of the audience one thing is told at a time: the country, or age and gender, or what has one row."
            )
        )
    if query.by is By.HOUR and parts - {Part.COUNTRY}:
        raise ReportQueryInvalid(reason=_("age and gender are told by day, not by hour."))
    missing = {query.sort, query.charted, *(one.metric for one in query.conditions)} - {"", *query.metrics}
    if missing:
        titles = ", ".join(str(FIELDS[name].title) for name in sorted(missing))
        raise ReportQueryInvalid(reason=_("%(metrics)s is not among its metrics.") % {"metrics": titles})


def _pairs(query: Query) -> Iterable[tuple[str, str]]:
    usual = Query()
    yield from (("rows", name) for name in query.rows)
    if query.column:
        yield "columns", query.column
    yield from (("metrics", name) for name in query.metrics)
    yield "period", query.period.value
    if query.first is not None and query.last is not None:
        yield "from", query.first.isoformat()
        yield "to", query.last.isoformat()
    if query.compare is not usual.compare:
        yield "compare", query.compare.value
    yield from (("filter", f"{one.dimension}:{value}") for one in query.filters for value in one.values)
    yield from (("where", f"{one.metric}:{one.operator.value}:{one.number}") for one in query.conditions)
    if query.sort:
        yield "sort", query.sort
    if query.ascending:
        yield "order", "up"
    if query.chart is not usual.chart:
        yield "chart", query.chart.value
    if query.charted:
        yield "charted", query.charted


def _names(
    said: dict[str, list[str]], name: str, known: Iterable[str], usual: tuple[str, ...], most: int
) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(value for value in said.get(name, []) if value))
    if len(found) > most:
        raise ReportQueryInvalid(
            reason=_("it has more than %(most)d of “%(what)s”.") % {"most": most, "what": _words(name)}
        )
    for value in found:
        _name(value, known, _words(name))
    return found or usual


def _words(name: str) -> str:
    return {"rows": _("rows"), "metrics": _("metrics")}[name]


def _name(value: str, known: Iterable[str], where: str) -> str:
    if value and value not in known:
        raise ReportQueryInvalid(
            reason=_("“%(value)s” in “%(where)s” is not known here.")
            % {"value": value[:_VALUE_CHARS_MAX], "where": where}
        )
    return value


def _one_of(kind: type[Kind], value: str, usual: Kind) -> Kind:
    if not value:
        return usual
    try:
        return kind(value)
    except ValueError:
        raise ReportQueryInvalid(
            reason=_("“%(value)s” is not known here.") % {"value": value[:_VALUE_CHARS_MAX]}
        ) from None


def _day(text: str) -> date | None:
    if not text:
        return None
    found = day_of(text)
    if found is None:
        raise ReportQueryInvalid(reason=_("“%(value)s” is no day.") % {"value": text[:_VALUE_CHARS_MAX]})
    return found


def _filters(said: Sequence[str]) -> tuple[Filter, ...]:
    values: dict[str, list[str]] = {}
    for text in said:
        name, _colon, value = text.partition(":")
        if not name:
            continue
        _name(name, DIMENSIONS, _("filters"))
        if len(value) > _VALUE_CHARS_MAX:
            raise ReportQueryInvalid(reason=_("a filter's value is too long."))
        if value not in values.setdefault(name, []):
            values[name].append(value)
    if any(len(found) > VALUES_MAX for found in values.values()):
        raise ReportQueryInvalid(reason=_("a filter has more than %(most)d values.") % {"most": VALUES_MAX})
    return tuple(Filter(name, tuple(values[name])) for name in DIMENSIONS if name in values)


def _conditions(said: dict[str, list[str]]) -> tuple[Condition, ...]:
    """Return conditions as addresses say them (``where``), and as the form sends them, in three fields each."""
    texts = list(said.get("where", []))
    fields = (said.get("where_metric", []), said.get("where_operator", []), said.get("where_number", []))
    texts += [":".join(one) for one in zip(*fields, strict=False) if one[0] and one[2]]
    found = tuple(_condition(text) for text in texts if text)
    if len(found) > CONDITIONS_MAX:
        raise ReportQueryInvalid(reason=_("it has more than %(most)d conditions.") % {"most": CONDITIONS_MAX})
    return found


def _condition(text: str) -> Condition:
    name, operator, number = (*text.split(":"), "", "")[:3]
    _name(name, FIELDS, _("conditions"))
    try:
        value = Decimal(number.replace(",", "."))
    except InvalidOperation:
        value = Decimal("NaN")
    if not name or not value.is_finite() or abs(value) >= Decimal(10) ** 15 or len(number) > _VALUE_CHARS_MAX:
        raise ReportQueryInvalid(reason=_("“%(value)s” is no number.") % {"value": number[:_VALUE_CHARS_MAX]})
    return Condition(name, _one_of(Operator, operator, Operator.AT_LEAST), value)
