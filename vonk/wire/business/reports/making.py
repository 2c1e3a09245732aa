"""Make a report's file: what a task asked for, as CSV or as a spreadsheet."""

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec
import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from vonk.control.paging import Numbering
from vonk.control.scope import Right
from vonk.core import sheets
from vonk.core.errors import Problem
from vonk.identity import access
from vonk.reporting.breakdowns.columns import Kind
from vonk.reporting.breakdowns.queries import breakdown
from vonk.reporting.tasks import actions as tasks
from vonk.reporting.tasks.actions import Claim
from vonk.reporting.tasks.queries import TaskFile
from vonk.reporting.tasks.rules import ROWS_MAX
from vonk.wire.business.asked import from_body
from vonk.wire.business.errors import message_of
from vonk.wire.business.reports import given as report_given
from vonk.wire.business.reports.asked import Read, ReportAsked, advertisers, read
from vonk.wire.business.reports.attributes import NOTHING
from vonk.wire.business.reports.given import ReportRow
from vonk.wire.business.reports.metrics import METRICS

OutputFormat = Literal["CSV_STRING", "CSV_DOWNLOAD", "XLSX_DOWNLOAD"]
CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TOO_MANY: Final = f"the report has more than {ROWS_MAX} rows: ask for fewer days or objects"
_FAULT: Final = "something went wrong on our side; have it made again"


class ReportTaskAsked(ReportAsked, frozen=True, kw_only=True):
    """A report to be made as a file."""

    output_format: OutputFormat = "CSV_STRING"
    file_name: str | None = None
    enable_report_title_translation: bool | None = None
    request_id: str | None = None


def kept(asked: ReportTaskAsked) -> dict[str, object]:
    """Return what is kept of a request until it is made: as it was sent, ids as strings."""
    found: dict[str, object] = msgspec.to_builtins(asked, enc_hook=str)  # Ids alone need it.
    return found


def read_kept(found: Mapping[str, object]) -> ReportTaskAsked:
    """Return the request that was kept."""
    return from_body(ReportTaskAsked, msgspec.json.encode(found))


def make(task_id: int, *, now: datetime) -> None:
    """Make the file, or write down why not. A bug is written down too, and raised for the log of jobs."""
    claim = tasks.claim(task_id, now=now)
    if claim is None:
        return
    try:
        made, rows = _made(claim, now=now)
    except Problem as problem:
        tasks.fail(task_id, message_of(problem), now=now)
    except Exception:
        tasks.fail(task_id, _FAULT, now=now)
        raise
    else:
        if rows > ROWS_MAX:
            tasks.fail(task_id, _TOO_MANY, now=now)
        else:
            tasks.finish(task_id, made, rows=rows, now=now)


def _made(claim: Claim, *, now: datetime) -> tuple[TaskFile, int]:
    """Return the file, and how many rows the report has."""
    asked = read_kept(claim.asked)
    asks = read(asked)
    scopes = [access.advertiser(claim.actor, one, may=Right.ACCOUNT_VIEW) for one in advertisers(asked)]
    rows: list[ReportRow] = []
    total = 0
    if asks.wanted is not None:
        wanted = msgspec.structs.replace(asks.wanted, numbering=Numbering(1, ROWS_MAX))
        found = breakdown(scopes, wanted, now=now)
        rows, total = [report_given.row(one, asks) for one in found.rows], found.total
    header = [*asks.dimensions.names, *asks.metrics]
    if asked.output_format == "XLSX_DOWNLOAD":
        return TaskFile(f"{claim.file_name}.xlsx", XLSX, _spreadsheet(header, _cells(rows, asks))), total
    text = "".join(sheets.lines(header, _cells(rows, asks)))
    return TaskFile(f"{claim.file_name}.csv", CSV, text.encode()), total


def _cells(rows: Iterable[ReportRow], asks: Read) -> Iterator[list[str]]:
    """Yield lines of cells; what people wrote is made harmless."""
    texts = {name for name in asks.metrics if METRICS[name].kind is Kind.TEXT}
    for one in rows:
        yield [
            *(one.dimensions[name] for name in asks.dimensions.names),
            *(_harmless(value) if name in texts else value for name, value in one.metrics.items()),
        ]


def _harmless(value: str) -> str:
    return value if value == NOTHING else sheets.harmless(value)


def _spreadsheet(header: list[str], lines: Iterable[list[str]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("report")
    sheet.append(header)
    for line in lines:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in line])  # Of names: no cell holds a bell.
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
