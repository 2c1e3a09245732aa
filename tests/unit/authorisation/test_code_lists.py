"""Lists of codes in whatever people have: any bytes give entries or a named error."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from vonk.authorisation import code_lists, codes
from vonk.authorisation.code_lists import CodeList, Entry
from vonk.authorisation.errors.imports import (
    ImportEmpty,
    ImportFileTooLarge,
    ImportFileUnreadable,
    ImportTooLong,
)
from vonk.authorisation.rules.imports import FILE_BYTES_MAX, LINES_MAX, ROWS_MAX, ImportSource

A, B, C = (codes.generate() for _ in range(3))
BROKEN = A[:-1] + ("x" if A[-1] != "x" else "y")  # Its check character is wrong.
NAMED = (ImportEmpty, ImportFileTooLarge, ImportFileUnreadable, ImportTooLong)


def entry(row: int, code: str) -> Entry:
    return Entry(row, code, code[-4:])


def workbook(*sheets: Sequence[Sequence[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return the workbook with each part changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, change(info.filename, old.read(info)))
    return file.getvalue()


def test_a_pasted_list_keeps_its_order_its_gaps_and_what_is_no_code() -> None:
    text = f"Codes from Cleo:\n\n{A}\n  {B[1:]} ,\nthe third follows\n{BROKEN}\n{C}; {A}\n"
    assert code_lists.pasted(text) == CodeList(
        ImportSource.PASTE,
        (
            entry(3, A),
            entry(4, B),
            Entry(5, None, ""),
            Entry(6, None, BROKEN[-4:]),
            entry(7, C),
            entry(7, A),  # Twice is the importer's to judge.
        ),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_in_any_encoding_with_any_separator_and_the_codes_in_any_column(encoding: str, separator: str) -> None:
    rows = [
        ["Créatrice", "Beitrag", "Code"],
        ["Cleo", f'"Ein Laib{separator} zwei\nZeilen ""hoch"""', A],
        ["", "", ""],
        ["Zoë", B, "später"],
    ]
    content = "\r\n".join(separator.join(row) for row in rows).encode(encoding)
    found = code_lists.in_file(content)
    assert found == CodeList(ImportSource.CSV, (entry(2, A), entry(4, B)))


def test_a_quote_that_never_ends_hides_no_code() -> None:
    content = f'"Cleo,{A}\n{B}\nZoe,{C}\n'.encode()
    assert [found.code for found in code_lists.in_file(content).entries] == [A, B, C]
    long = (f'"Cleo,{A}\n' + f"{B}\n" * 5_000).encode()  # One cell longer than csv takes.
    assert [found.code for found in code_lists.in_file(long).entries] == [A] + [B] * 5_000


def test_a_workbook_its_sheets_and_its_formulas() -> None:
    content = workbook(
        [["Creator", "Code"], ["Cleo", A], [None, None], ["Zoe", "=HYPERLINK(1)"], [12, None, None, B[1:]]],
        [[f"see {C}"]],
    )
    found = code_lists.in_file(content)
    assert found.source is ImportSource.XLSX
    assert found.entries == (entry(2, A), Entry(4, None, ""), entry(5, B), entry(6, C))


def test_what_a_workbook_says_of_its_size_is_not_believed() -> None:
    def lie(name: str, part: bytes) -> bytes:
        return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', part) if "sheet1" in name else part

    assert code_lists.in_file(repacked(workbook([[A], [B]]), lie)).entries == (entry(1, A), entry(2, B))


def test_a_cell_at_the_end_of_the_sheet_is_not_lost_in_silence() -> None:
    def far(name: str, part: bytes) -> bytes:
        return part.replace(b'r="2"', b'r="1048576"').replace(b'r="A2"', b'r="A1048576"') if "sheet1" in name else part

    with pytest.raises(ImportTooLong):
        code_lists.in_file(repacked(workbook([[A], [B]]), far))


def test_a_zip_bomb_entities_and_other_damage_are_named() -> None:
    good = workbook([[A]])
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"\0" * 40_000_000)
    assert len(bomb.getvalue()) < 100_000
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as parts:
        for number in range(1_001):
            parts.writestr(str(number), b"")
    for content in (bomb.getvalue(), many.getvalue(), b"a" * (FILE_BYTES_MAX + 1)):
        with pytest.raises(ImportFileTooLarge):
            code_lists.in_file(content)
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'
    entities = repacked(good, lambda name, part: laughs + part if "sheet1" in name else part)
    wide = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16")
    hidden = repacked(good, lambda name, part: wide if "sheet1" in name else part)
    old_excel = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600
    for content in (
        entities,
        hidden,
        good[:-30],
        good[:200],
        b"PK\x03\x04",
        old_excel,
        b"\x89PNG\r\n\x1a\n\0\0",
        b"\xff\xfea",
    ):
        with pytest.raises(ImportFileUnreadable):
            code_lists.in_file(content)


@pytest.mark.parametrize(
    ("sheet", "error"),
    [
        (b"<row>" + b"<c/>" * 16_385 + b"</row>", ImportFileUnreadable),
        (b'<x:row xmlns:x="x">' + b"<x:c/>" * 16_385 + b"</x:row>", ImportFileUnreadable),
        (b"<row><c/></row>" * 500_001, ImportFileTooLarge),
        (b"<is>" * 300 + b"</is>" * 300, ImportFileUnreadable),
    ],
)
def test_a_small_file_full_of_empty_cells_is_refused_before_it_fills_the_memory(
    sheet: bytes, error: type[Exception]
) -> None:
    whole = b"<worksheet><sheetData>" + sheet + b"</sheetData></worksheet>"
    content = repacked(workbook([[A]]), lambda name, part: whole if "sheet1" in name else part)
    with pytest.raises(error):
        code_lists.in_file(content)


def test_bounds_and_emptiness() -> None:
    lines = "\n".join([A] * LINES_MAX)
    assert len(code_lists.pasted(lines).entries) == LINES_MAX
    assert len(code_lists.given([A] * LINES_MAX).entries) == LINES_MAX
    with pytest.raises(ImportTooLong):
        code_lists.pasted(lines + f"\n{B}")
    with pytest.raises(ImportTooLong):
        code_lists.given([A] * (LINES_MAX + 1))
    with pytest.raises(ImportTooLong):
        code_lists.pasted("\n" * ROWS_MAX + A)
    for empty in ("", "\n\n", "hello", "Dear Ada,\nhere are\nno codes\n"):
        with pytest.raises(ImportEmpty):
            code_lists.pasted(empty)
        with pytest.raises(ImportEmpty):
            code_lists.in_file(empty.encode())
    with pytest.raises(ImportEmpty):
        code_lists.given([])
    assert code_lists.given(["", A, "x" * 500]).entries == (Entry(1, None, ""), entry(2, A), Entry(3, None, "xxxx"))


@settings(max_examples=examples(150), deadline=None)
@given(
    st.one_of(
        st.binary(max_size=600),
        st.text(max_size=300).map(str.encode),
        st.binary(max_size=300).map(b"PK\x03\x04".__add__),
    )
)
def test_any_bytes_give_entries_or_a_named_error(content: bytes) -> None:
    with suppress(*NAMED):
        assert code_lists.in_file(content).entries


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([A, B, C]),
            st.text(st.characters(exclude_characters="#\0", exclude_categories=["Cs"]), max_size=12),
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([",", ";", "\t"]),
)
def test_every_code_is_found_whatever_stands_beside_it(rows: list[tuple[str, str]], separator: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator).writerows((text, code) for code, text in rows)
    found = code_lists.in_file(buffer.getvalue().encode("utf-8-sig"))
    assert [one.code for one in found.entries if one.code is not None] == [code for code, _ in rows]


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(min_value=0, max_value=5_000), st.integers(min_value=0, max_value=255))
def test_a_workbook_with_any_byte_changed_gives_entries_or_a_named_error(at: int, byte: int) -> None:
    content = bytearray(WHOLE)
    content[at % len(content)] = byte
    with suppress(*NAMED):
        assert code_lists.in_file(bytes(content)).entries


WHOLE = workbook([["Creator", "Code"], ["Cleo", A]])
