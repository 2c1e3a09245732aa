"""The event log in an SQLite file of its own: write-ahead log, every commit synced to disk, readable while written."""

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from vonk.events import records as codec
from vonk.events.log import START, LogCorrupt, LogUnavailable, Position, StoredRecord
from vonk.events.records import Record

APPLICATION_ID: Final = 0x564F4E4B  # "VONK": tells our file from any other SQLite file.
ROWS_PER_STATEMENT: Final = (
    512,
    64,
    8,
    1,
)  # One statement is one step, so the interpreter is let go once for many rows.
BUSY_SECONDS: Final = 5
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS records (
    position INTEGER PRIMARY KEY,
    received_ms INTEGER NOT NULL,
    body BLOB NOT NULL
)
"""


_INSERTS: Final = {
    rows: f"INSERT INTO records (received_ms, body) VALUES {','.join(['(?,?)'] * rows)}"  # noqa: S608 - marks only.
    for rows in ROWS_PER_STATEMENT
}


class SqliteEventLog:
    """One writer, many readers, also in other processes. Raises LogCorrupt when the file is not a sound log."""

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        self._write_lock = threading.Lock()
        self._read_lock = threading.Lock()
        try:
            self._writer = self._open()
            self._reader = self._open()
        except sqlite3.Error as error:
            raise self._named(error) from error

    def append(self, records: Sequence[Record]) -> Position:
        rows = [(codec.received_ms_of(record), codec.encode(record)) for record in records]
        with self._write_lock:
            try:
                return self._append(rows)
            except sqlite3.Error as error:
                raise self._named(error) from error

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        with self._read_lock:
            try:
                rows = self._reader.execute(
                    "SELECT position, body FROM records WHERE position > ? ORDER BY position LIMIT ?", (after, limit)
                ).fetchall()
            except sqlite3.Error as error:
                raise self._named(error) from error
        try:
            return [StoredRecord(Position(position), codec.decode(body)) for position, body in rows]
        except ValueError as error:  # msgspec's validation error is one.
            raise LogCorrupt(path=self._path) from error

    def end(self) -> Position:
        with self._read_lock:
            try:
                newest = self._reader.execute("SELECT max(position) FROM records").fetchone()[0]
            except sqlite3.Error as error:
                raise self._named(error) from error
        return Position(newest or START)

    def close(self) -> None:
        with self._write_lock, self._read_lock:
            self._reader.close()
            self._writer.close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        if application == 0 and not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        elif application != APPLICATION_ID:
            raise LogCorrupt(path=self._path)
        connection.execute(_SCHEMA)
        connection.execute("SELECT position, received_ms, body FROM records LIMIT 1").fetchone()

    def _append(self, rows: Sequence[tuple[int, bytes]]) -> Position:
        writer = self._writer
        writer.execute("BEGIN IMMEDIATE")
        try:
            start = 0
            for size in ROWS_PER_STATEMENT:
                while len(rows) - start >= size:
                    writer.execute(_INSERTS[size], [value for row in rows[start : start + size] for value in row])
                    start += size
            newest = writer.execute("SELECT max(position) FROM records").fetchone()[0]
            writer.execute("COMMIT")
        except BaseException:
            if writer.in_transaction:
                writer.execute("ROLLBACK")
            raise
        return Position(newest or START)

    def _named(self, error: sqlite3.Error) -> LogUnavailable:
        code = getattr(error, "sqlite_errorcode", None)
        if code is not None and (code & 0xFF) in _DAMAGED:
            return LogCorrupt(path=self._path)
        return LogUnavailable()
