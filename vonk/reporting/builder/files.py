"""A report as a file: a line for each row, and column where it has one. No cell is a formula.

In CSV values are plain: units of the currency with every decimal, percentages as shares of one. A spreadsheet's cells are
numbers, with the currency's or a percentage's form. There is no line of totals: what is added up is not counted twice.
"""

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec
import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from vonk.core import sheets
from vonk.core.money import CURRENCY_DECIMALS, MICROS_PER_UNIT, format_micros
from vonk.reporting.breakdowns.columns import Kind
from vonk.reporting.builder.dimensions import DIMENSIONS
from vonk.reporting.builder.errors import ReportTooLarge
from vonk.reporting.builder.fields import Field
from vonk.reporting.builder.labels import Labels
from vonk.reporting.builder.queries import BuiltReport, Sums, value
from vonk.reporting.metrics import Value

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINES_MAX: Final = 50_000
_ID_DIMENSIONS: Final = frozenset({"campaign", "ad_group", "ad", "post", "identity"})
_WIDTH: Final = 18


class Format(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"


class ReportFile(msgspec.Struct, frozen=True):
    """A file, and how many lines it has beside its heading."""

    name: str
    content_type: str
    content: bytes
    lines: int


def make(report: BuiltReport, labels: Labels, wanted: Format, *, title: str) -> ReportFile:
    """Return the report's file in the active language. Raises ReportTooLarge."""
    if sum(len(row.cells) if report.columns else 1 for row in report.rows) > LINES_MAX:
        raise ReportTooLarge(most=LINES_MAX)
    lines = list(_lines(report))
    name = f"{_plain(title)}-{report.days.first.isoformat()}-{report.days.last.isoformat()}.{wanted.value}"
    content = _csv(report, labels, lines) if wanted is Format.CSV else _xlsx(report, labels, lines, title)
    return ReportFile(name, CSV if wanted is Format.CSV else XLSX, content, len(lines))


def _plain(title: str) -> str:
    """Return a name that every file system takes."""
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in title).split()
    return "-".join(words).lower()[:60] or "report"


def _lines(report: BuiltReport) -> Iterator[tuple[tuple[str, ...], Sums]]:
    """Yield the values of the row's and the column's dimensions, with what was counted."""
    for row in report.rows:
        if not report.query.column:
            yield row.values, row.total
            continue
        for column in report.columns:
            if column in row.cells:
                yield (*row.values, column), row.cells[column]


def _dimensions(report: BuiltReport) -> tuple[str, ...]:
    return (*report.query.rows, report.query.column) if report.query.column else report.query.rows


def _heading(report: BuiltReport) -> list[str]:
    names = _dimensions(report)
    cells: list[str] = []
    for name in names:
        title = str(DIMENSIONS[name].title)
        cells += [_("%(dimension)s, number") % {"dimension": title}, title] if name in _ID_DIMENSIONS else [title]
    for field in report.fields:
        cells.append(_title(field, report))
        if report.before_days is not None:
            cells.append(_("%(metric)s, compared") % {"metric": _title(field, report)})
    return cells


def _title(field: Field, report: BuiltReport) -> str:
    title = str(field.title)
    if field.kind is Kind.MONEY:
        return f"{title} ({report.account.currency})"
    return _("%(metric)s (seconds)") % {"metric": title} if field.kind is Kind.SECONDS else title


def _texts(names: Sequence[str], values: Sequence[str], labels: Labels) -> Iterator[str]:
    for name, found in zip(names, values, strict=True):
        if name in _ID_DIMENSIONS:
            yield found
        yield sheets.harmless(found if name == "day" else labels.get((name, found), found))


def _csv(report: BuiltReport, labels: Labels, lines: list[tuple[tuple[str, ...], Sums]]) -> bytes:
    names = _dimensions(report)
    rows = (
        [
            *_texts(names, values, labels),
            *(_text(field, found, report) for field, found in _values(report, sums)),
        ]
        for values, sums in lines
    )
    return "".join(sheets.lines(_heading(report), rows)).encode()


def _values(report: BuiltReport, sums: Sums) -> Iterator[tuple[Field, Value]]:
    for field in report.fields:
        yield field, value(field, sums.counts)
        if report.before_days is not None:
            yield field, value(field, sums.before or {})


def _text(field: Field, found: Value, report: BuiltReport) -> str:
    if found is None:
        return ""
    if field.kind is Kind.MONEY:
        return format_micros(round(found), report.account.currency)
    return str(found) if isinstance(found, int) else f"{found:.6f}"


def _xlsx(report: BuiltReport, labels: Labels, lines: list[tuple[tuple[str, ...], Sums]], title: str) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_("Report")[:31])
    sheet.freeze_panes = "A2"
    heading = _heading(report)
    for place in range(1, len(heading) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTH
    sheet.append([_cell(sheet, text) for text in heading])
    names = _dimensions(report)
    forms = {field.name: _form(field, report.account.currency) for field in report.fields}
    for values, sums in lines:
        cells = [_cell(sheet, text) for text in _texts(names, values, labels)]
        cells += [_number(sheet, field, found, forms[field.name]) for field, found in _values(report, sums)]
        sheet.append(cells)
    _about(book.create_sheet(_("About this report")[:31]), report, title)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _about(sheet: WriteOnlyWorksheet, report: BuiltReport, title: str) -> None:
    account = report.account
    for name, text in (
        (_("Report"), title),
        (_("Ad account"), f"{account.name} ({account.id})"),
        (_("From"), report.days.first.isoformat()),
        (_("To"), report.days.last.isoformat()),
        (_("Compared with"), f"{report.before_days.first} – {report.before_days.last}" if report.before_days else ""),
        (_("Time zone"), account.time_zone),
        (_("Currency"), account.currency),
    ):
        sheet.append([_cell(sheet, name), _cell(sheet, sheets.harmless(text))])


def _cell(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    """Return a cell of text: never a formula, whatever it begins with."""
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    return cell


def _number(sheet: WriteOnlyWorksheet, field: Field, found: Value, form: str) -> Cell:
    cell = WriteOnlyCell(sheet)
    cell.value = Decimal(round(found)) / MICROS_PER_UNIT if found is not None and field.kind is Kind.MONEY else found
    cell.number_format = form
    return cell


def _form(field: Field, currency: str) -> str:
    match field.kind:
        case Kind.MONEY:
            decimals = CURRENCY_DECIMALS.get(currency, 2)
            return "#,##0." + "0" * decimals if decimals else "#,##0"
        case Kind.PERCENT:
            return "0.00%"
        case Kind.COUNT:
            return "#,##0"
    return "0.00"
