"""Tables for spreadsheets: CSV (RFC 4180, UTF-8 with a byte order mark so that accents are read), a line at a time."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """What csv.writer writes to: keeps the last line."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text = text
        return len(text)


def lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Return the header and the rows as lines of a file. What people wrote goes through ``harmless`` first."""
    line = _Line()
    writer = csv.writer(line)
    writer.writerow(header)
    yield "\N{BYTE ORDER MARK}" + line.text
    for row in rows:
        writer.writerow(row)
        yield line.text


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
