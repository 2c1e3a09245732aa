"""How reports are written: every value is a string."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from vonk.control.paging import Numbered, Numbering
from vonk.core.money import MICROS_PER_UNIT
from vonk.reporting.breakdowns.columns import Kind, Told
from vonk.reporting.breakdowns.wanted import Breakdown, Row
from vonk.reporting.metrics import Value
from vonk.wire.business.given import Given, PageInfo, page_info
from vonk.wire.business.reports.asked import Read
from vonk.wire.business.reports.attributes import NOTHING
from vonk.wire.business.reports.dimensions import AUDIENCES, IDS, moment_text
from vonk.wire.business.reports.metrics import METRICS

_CENTS: Final = Decimal("0.01")


class ReportRow(Given, frozen=True):
    """One row: values by the names asked for."""

    dimensions: dict[str, str]
    metrics: dict[str, str]


class Report(Given, frozen=True):
    """A page of a report."""

    list: list[ReportRow]
    page_info: PageInfo


class ReportWithTotal(Report, frozen=True):
    """A page of a report, and all its rows together; "-" where there is no such number."""

    total_metrics: dict[str, str]


def report(found: Breakdown, read: Read) -> Report | ReportWithTotal:
    """Return a page as v1.3 writes it."""
    rows = [row(one, read) for one in found.rows]
    place = page_info(Numbered(found.rows, found.total, found.numbering))
    if found.total_values is None:
        return Report(list=rows, page_info=place)
    return ReportWithTotal(list=rows, page_info=place, total_metrics=total(found.total_values, read))


def nothing(numbering: Numbering) -> Report:
    """Return the page of a report in which nothing can be."""
    return Report(list=[], page_info=page_info(Numbered((), 0, numbering)))


def row(one: Row, read: Read) -> ReportRow:
    """Return a row as v1.3 writes it."""
    told = Told(one.account, one.facts)
    metrics = {}
    for name in read.metrics:
        column = METRICS[name]
        metrics[name] = written(one.values[name], column.kind) if column.text is None else column.text(told)
    return ReportRow(dimensions=_dimensions(one, read), metrics=metrics)


def total(values: Mapping[str, Value], read: Read) -> dict[str, str]:
    """Return what all rows come to, by metric."""
    return {name: written(values[name], METRICS[name].kind) if name in values else NOTHING for name in read.metrics}


def written(value: Value, kind: Kind) -> str:
    """Return a number as v1.3 writes it: counts in digits, the rest with two decimals, rounded half up; nothing is 0."""
    if kind is Kind.COUNT:
        return str(value or 0)
    exact = Decimal(value or 0)
    if kind is Kind.MONEY:
        exact /= MICROS_PER_UNIT
    elif kind is Kind.PERCENT:
        exact *= 100
    return str(exact.quantize(_CENTS, ROUND_HALF_UP))


def _dimensions(one: Row, read: Read) -> dict[str, str]:
    parts = dict(zip(read.dimensions.audiences, one.parts, strict=True))
    return {name: _dimension(name, one, parts) for name in read.dimensions.names} | {
        f"{name}_v2": AUDIENCES[name].write(parts[name]) for name in parts if name == "interest_category"
    }


def _dimension(name: str, one: Row, parts: Mapping[str, str]) -> str:
    if name in parts:
        return AUDIENCES[name].write(parts[name])
    if name in IDS:
        return str(one.object_id or one.account.id)
    return moment_text(one.moment)
