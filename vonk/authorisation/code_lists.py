"""Reads a list of codes out of whatever people have: pasted text, CSV, a workbook. Any bytes give entries or a named error.

Codes are found by their shape, in any column. Whatever else stands beside them is not kept.
"""

import contextlib
import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final
from xml.parsers import expat

import msgspec
import openpyxl

from vonk.authorisation import codes
from vonk.authorisation.errors.consents import AuthCodeFormatError
from vonk.authorisation.errors.imports import (
    ImportEmpty,
    ImportFileTooLarge,
    ImportFileUnreadable,
    ImportTooLong,
)
from vonk.authorisation.rules.imports import (
    CELLS_IN_ROW_MAX,
    COLUMNS_MAX,
    DEPTH_MAX,
    FILE_BYTES_MAX,
    LINES_MAX,
    MARKS_MAX,
    PARTS_MAX,
    ROWS_MAX,
    SHEETS_MAX,
    UNPACKED_BYTES_MAX,
    ImportSource,
)

_ZIP: Final = b"PK\x03\x04"
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS: Final = ",;\t|"
_BETWEEN: Final = re.compile(r"[\s,;|\"'<>()\[\]{}]+")
_MEANT: Final = re.compile(rf"{codes.SIGN}[\w-]{{16,}}|[A-Za-z0-9_-]{{30,}}")  # A code that was cut or mistyped.


class Entry(msgspec.Struct, frozen=True):
    """One line of the list. ``row``: where it stands, from 1. ``code`` None: something stands there that is no code."""

    row: int
    code: str | None
    hint: str


class CodeList(msgspec.Struct, frozen=True):
    """What was found, in the list's order."""

    source: ImportSource
    entries: tuple[Entry, ...]


def pasted(text: str) -> CodeList:
    """Return the codes in a text that somebody pasted. Raises ImportEmpty, ImportTooLong."""
    return CodeList(ImportSource.PASTE, _entries((line,) for line in text.splitlines()))


def given(texts: Sequence[str]) -> CodeList:
    """Return a program's list, one entry for each text. Raises ImportEmpty, ImportTooLong."""
    if not texts:
        raise ImportEmpty
    if len(texts) > LINES_MAX:
        raise ImportTooLong
    return CodeList(ImportSource.API, tuple(_entry(row, text) for row, text in enumerate(texts, start=1)))


def in_file(content: bytes) -> CodeList:
    """Return the codes in a file; what it is follows from its bytes, not from its name.

    Raises ImportFileTooLarge, ImportFileUnreadable, ImportEmpty, ImportTooLong.
    """
    if len(content) > FILE_BYTES_MAX:
        raise ImportFileTooLarge(megabytes=FILE_BYTES_MAX // 1024**2)
    if content.startswith(_ZIP):
        return CodeList(ImportSource.XLSX, _entries(_workbook_rows(content)))
    return CodeList(ImportSource.CSV, _entries(_text_rows(_decoded(content))))


def rows_of_file(content: bytes) -> list[Sequence[str]]:
    """Return the rows of CSV or of a workbook's sheets as texts, whatever they hold.

    Raises ImportFileTooLarge, ImportFileUnreadable, ImportTooLong.
    """
    if len(content) > FILE_BYTES_MAX:
        raise ImportFileTooLarge(megabytes=FILE_BYTES_MAX // 1024**2)
    rows = _workbook_rows(content) if content.startswith(_ZIP) else list(_text_rows(_decoded(content)))
    if len(rows) > ROWS_MAX:
        raise ImportTooLong
    return rows


def _entries(rows: Iterable[Sequence[str]]) -> tuple[Entry, ...]:
    """Return what the rows hold. A first row without anything like a code is a heading, and empty rows are nothing."""
    found: list[Entry] = []
    heading = True
    for number, row in enumerate(rows, start=1):
        if number > ROWS_MAX:
            raise ImportTooLong
        tokens = [token for cell in row for token in _BETWEEN.split(cell) if token]
        if not tokens:
            continue
        entries = [_entry(number, token) for token in tokens]
        valid = [entry for entry in entries if entry.code is not None]
        meant = [
            entry
            for token, entry in zip(tokens, entries, strict=True)
            if entry.code is None and _MEANT.fullmatch(token) is not None and (token[0] == codes.SIGN or not valid)
        ]
        if not valid and not meant and not heading:
            meant = entries[:1]  # Somebody meant it to be a line.
        heading = False
        found += sorted((*valid, *meant), key=entries.index)
        if len(found) > LINES_MAX:
            raise ImportTooLong
    if all(entry.code is None and not entry.hint for entry in found):
        raise ImportEmpty
    return tuple(found)


def _entry(row: int, text: str) -> Entry:
    """Return the entry that a text is. What was meant to be a code keeps its last characters, to be found by."""
    try:
        code = codes.parse(text)
    except AuthCodeFormatError:
        meant = _MEANT.fullmatch(text.strip()) is not None
        return Entry(row, None, codes.hint(text.strip()) if meant else "")
    return Entry(row, code, codes.hint(code))


def _decoded(content: bytes) -> str:
    """Return the text. Codes are plain ASCII, so an old 8-bit encoding does them no harm, whichever it is."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding is not None:
            raise ImportFileUnreadable from error
        text = content.decode("latin-1")
    if "\0" in text:
        raise ImportFileUnreadable
    return text


def _text_rows(text: str) -> Iterator[Sequence[str]]:
    """Yield the rows of CSV, whatever separates its cells; line by line where its quotes do not match."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    try:
        rows = list(islice(csv.reader(io.StringIO(text), delimiter=separator), ROWS_MAX + 1))
    except csv.Error:
        rows = [[line] for line in islice(text.splitlines(), ROWS_MAX + 1)]
    yield from rows


def _workbook_rows(content: bytes) -> list[Sequence[str]]:
    """Return the rows of all sheets: values, never formulas. A formula without a value leaves its own text, no code."""
    try:
        _require_bounded(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Of styles and extensions, which play no part here.
            return list(islice(_cells(content), ROWS_MAX + 1))
    except ImportFileTooLarge:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged workbook raises whatever it hits first; each means the same.
        raise ImportFileUnreadable from error


def _require_bounded(content: bytes) -> None:
    """Raise ImportFileTooLarge when it unpacks to too much (no more than is declared is ever read), ValueError for entities."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        infos = parts.infolist()
        if len(infos) > PARTS_MAX or sum(info.file_size for info in infos) > UNPACKED_BYTES_MAX:
            raise ImportFileTooLarge(megabytes=FILE_BYTES_MAX // 1024**2)
        marks = 0
        for info in infos:
            part = parts.read(info)
            marks += part.count(b"<")
            if marks > MARKS_MAX:
                raise ImportFileTooLarge(megabytes=FILE_BYTES_MAX // 1024**2)
            _require_plain(part)


def _require_plain(part: bytes) -> None:
    """Raise ValueError when a part of a workbook, whatever it is called, declares entities or has a row without end."""
    depth = 0
    cells: int | None = None  # Of the row; None before the first: other parts have cells, too.

    def begin(name: str, _attributes: object) -> None:
        nonlocal cells, depth
        depth += 1
        local = name.rpartition(":")[2]
        if local == "row":
            cells = 0
        elif local == "c" and cells is not None:
            cells += 1
        if cells is not None and cells > CELLS_IN_ROW_MAX:
            raise ValueError("a row has no more cells than a workbook has columns")
        if depth > DEPTH_MAX:
            raise ValueError("nested too deeply")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def declares(*_: Any) -> None:
        raise ValueError("a workbook declares no entities")

    reader = expat.ParserCreate()
    reader.StartElementHandler, reader.EndElementHandler, reader.StartDoctypeDeclHandler = begin, end, declares
    with contextlib.suppress(expat.ExpatError):  # A picture is no XML; what should be and is not, openpyxl refuses.
        reader.Parse(part, True)  # noqa: FBT003 - expat's own: this is all of it.


def _cells(content: bytes) -> Iterator[Sequence[str]]:
    values = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    for sheet, written in zip(values.worksheets[:SHEETS_MAX], formulas.worksheets, strict=False):
        sheet.reset_dimensions()  # What a file says of its own size may be anything.
        written.reset_dimensions()
        rows = sheet.iter_rows(max_row=ROWS_MAX + 1, max_col=COLUMNS_MAX, values_only=True)
        texts_of_rows = written.iter_rows(max_row=ROWS_MAX + 1, max_col=COLUMNS_MAX, values_only=True)
        for row, texts in zip(rows, texts_of_rows, strict=False):
            yield tuple(
                str(value if value is not None else text)
                for value, text in zip(row, texts, strict=False)
                if value is not None or text is not None
            )
