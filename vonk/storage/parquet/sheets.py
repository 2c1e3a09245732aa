"""Records as files for people and programs: lines of JSON, a table of text, Parquet; all with the archive's columns."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

import msgspec
import pyarrow.parquet as pq

from vonk.events.log import StoredRecord
from vonk.storage.parquet import columns

IDS: Final = frozenset(
    name for name in columns.SCHEMA.names if name == columns.POSITION or name.endswith("_id") or name == "seed"
) - {"event_id", columns.VIEWER}
"""Numbers that lose their last digits in programs that count with floats: decimal texts in JSON."""


class Sheet(Protocol):
    """Takes records; the file is whole once it is closed."""

    def write(self, stored: Sequence[StoredRecord]) -> None:
        """Write the records behind those before."""
        ...

    def close(self) -> None:
        """Write what remains."""
        ...


class Lines:
    """One JSON object a record: what it has, by the archive's columns; ids are decimal texts."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._encoder = msgspec.json.Encoder()

    def write(self, stored: Sequence[StoredRecord]) -> None:
        rows = ({name: _json(name, value) for name, value in row_of(one).items()} for one in stored)
        self._file.write(self._encoder.encode_lines(rows))

    def close(self) -> None:
        self._file.close()


class Table:
    """Comma-separated values with a head; what a kind of record does not have is empty, what is nested is JSON."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.DictWriter(self._file, columns.SCHEMA.names, restval="")
        self._writer.writeheader()

    def write(self, stored: Sequence[StoredRecord]) -> None:
        self._writer.writerows({name: cell(value) for name, value in row_of(one).items()} for one in stored)

    def close(self) -> None:
        self._file.close()


class Parquet:
    """The archive's own columns and types."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, columns.SCHEMA, compression="zstd")

    def write(self, stored: Sequence[StoredRecord]) -> None:
        self._writer.write_table(columns.table_of(stored))

    def close(self) -> None:
        self._writer.close()


FORMATS: Final[dict[str, Callable[[Path], Sheet]]] = {"jsonl": Lines, "csv": Table, "parquet": Parquet}


def row_of(stored: StoredRecord) -> dict[str, Any]:
    """Return a record by the archive's columns, those that its kind has."""
    tag = columns.tag_of(stored.record)
    row: dict[str, Any] = {columns.POSITION: stored.position, columns.TAG: tag}
    for column in columns.KINDS[tag][1]:
        row[column.name] = column.get(stored.record)
    if columns.RECEIVED not in row:
        row[columns.RECEIVED] = row["at_ms"]
    click = row.get(columns.CLICK)
    if click is not None:
        row[columns.CLICK] = msgspec.structs.asdict(click)
    return row


def _json(name: str, value: Any) -> Any:
    if name in IDS:
        return str(value)
    if isinstance(value, dict):
        return {inner: _json(inner, each) for inner, each in value.items()}
    return value


def cell(value: Any) -> Any:
    """Return a value as a cell of a text table: what is nested as JSON, and nothing that a spreadsheet would run."""
    if isinstance(value, (dict, list, tuple)):
        return msgspec.json.encode(value).decode()
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"}:
        return "'" + value
    return "" if value is None else value
