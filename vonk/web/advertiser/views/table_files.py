"""Tables as files: the whole of what is filtered, out; what shall be created or changed, in, looked at first."""

import io
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import msgspec
import openpyxl
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from vonk.advertising.actions import bulk_edits
from vonk.advertising.queries.reported import Noun
from vonk.control.scope import Right
from vonk.core import sheets
from vonk.core.errors import NotFound, Problem
from vonk.reporting.tables import queries as tables
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer
from vonk.web.advertiser.tables import cells, importing
from vonk.web.advertiser.tables.asked import Asked
from vonk.web.advertiser.tables.billed import billed
from vonk.web.advertiser.tables.columns import TREND, Column
from vonk.web.advertiser.tables.importing import FIELDS, Field
from vonk.web.advertiser.views.lists import asked_at, noun_of
from vonk.web.common import problems
from vonk.web.common.problems import ProblemView

ROWS_AT_ONCE: Final = 500  # Of an export: so many are in memory.
HEADERS: Final = {
    "budget": ("budget_mode", "budget"),
    "starts": ("starts_at",),
    "ends": ("ends_at",),
    "landing": ("landing_url",),
}
"""What a file calls the columns of which an import knows another name, or two."""
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportPage(msgspec.Struct, frozen=True, kw_only=True):
    """Asking for a file."""

    noun: Noun
    title: str
    back_url: str
    fields: tuple[Field, ...]
    template_url: str
    lines_max: int
    megabytes_max: int


@require_safe
@at_desk()
def download(request: HttpRequest, desk: Desk, noun: str, kind: str) -> HttpResponseBase:
    """Send every row that matches, with the columns that are shown; ``template``: what an import may hold, and nothing."""
    of = noun_of(noun)
    if kind == "template":
        header = [field.name for field in FIELDS[of]]
        return _csv(f"{of}-import.csv", sheets.lines(header, ()))
    asked = asked_at(request, desk, of)
    shown = [one for one in asked.columns if one.name not in {"id", TREND}]
    header = ["id", "name", "on", *(name for one in shown for name in HEADERS.get(one.name, (one.name,)))]
    name = f"{of}-{asked.span.start.isoformat()}-{asked.span.end.isoformat()}"
    ids = tables.ids(desk.scope, asked.wanted, now=desk.now)
    rows = _rows(desk, asked, ids, shown)
    if kind == "csv":
        return _csv(f"{name}.csv", sheets.lines(header, rows))
    if kind == "xlsx":
        return _xlsx(f"{name}.xlsx", header, rows)
    raise NotFound(noun="page")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def upload(request: HttpRequest, desk: Desk, noun: str) -> HttpResponse:
    """Take a file, and look at what it would create and change."""
    of = noun_of(noun)
    problem: ProblemView | None = None
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            content = file.read(importing.FILE_BYTES_MAX + 1) if file is not None else b""
            lines = importing.lines_of(content, of, desk.account)
            edit_id = bulk_edits.start_import(
                desk.scope, of, lines, file_name=file.name or "" if file is not None else "", now=desk.now
            )
        except Problem as refusal:
            problem = problems.view_of(refusal)
        else:
            if bulk_edits.is_small(len(lines)):
                bulk_edits.work(desk.scope, edit_id, billed=billed(desk.now), now=desk.now)
            return redirect("advertiser:bulk_edit", edit_id)
    titles = {"campaign": _("Import campaigns"), "ad_group": _("Import ad groups"), "ad": _("Import ads")}
    record = ImportPage(
        noun=of,
        title=titles[of],
        back_url=reverse(f"advertiser:{cells.LISTS[of]}"),
        fields=FIELDS[of],
        template_url=reverse("advertiser:table_export", args=[of, "template"]),
        lines_max=importing.LINES_MAX,
        megabytes_max=importing.FILE_BYTES_MAX // 1024**2,
    )
    status = HTTPStatus.OK if problem is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return answer(request, desk, "table_import.html", record, status=status, problem=problem)


def _rows(desk: Desk, asked: Asked, ids: list[int], shown: list[Column]) -> Iterator[list[str]]:
    for at in range(0, len(ids), ROWS_AT_ONCE):
        for row in tables.rows(desk.scope, asked.plain, ids[at : at + ROWS_AT_ONCE], now=desk.now):
            told = (text for column in shown for text in cells.export_texts(desk, column, row))
            yield [str(row.view.id), sheets.harmless(row.view.name), "1" if row.view.enabled else "0", *told]


def _csv(name: str, lines: Iterator[str]) -> HttpResponseBase:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _xlsx(name: str, header: list[str], rows: Iterator[list[str]]) -> HttpResponseBase:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Vonk")
    for row in (header, *rows):
        texts = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text))
            cell.data_type = "s"  # A text, whatever it begins with.
            texts.append(cell)
        sheet.append(texts)
    content = io.BytesIO()
    book.save(content)
    response = HttpResponse(content.getvalue(), content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
