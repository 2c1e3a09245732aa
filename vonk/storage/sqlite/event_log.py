"""The event log in an SQLite file of its own: write-ahead log, every commit synced to disk, readable while written."""

import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from vonk.events import records as codec
from vonk.events.log import (
    MOVED_RECORDS_MAX,
    START,
    LogCorrupt,
    LogMoved,
    LogUnavailable,
    Position,
    StoredRecord,
    redacted,
)
from vonk.events.records import Record

APPLICATION_ID: Final = 0x564F4E4B  # "VONK": tells our file from any other SQLite file.
ROWS_PER_STATEMENT: Final = (
    512,
    64,
    8,
    1,
)  # One statement is one step, so the interpreter is let go once for many rows.
BUSY_SECONDS: Final = 5
ROWS_PER_CHANGE: Final = 2_000  # Forgotten or looked through in one transaction: some 20 ms in which none appends.
REST_SHARE: Final = 1.0  # After each such transaction the log is left to appends for as long as it took,
REST_SECONDS_MIN: Final = 0.02  # and at least so long: who waits for a lock tries again after up to 25 ms.
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_SCHEMA: Final = (
    """
    CREATE TABLE IF NOT EXISTS records (
        position INTEGER PRIMARY KEY,
        received_ms INTEGER NOT NULL,
        body BLOB NOT NULL
    )
    """,
    # SQLite counts on from the last row; where none is left, from here. Logs of before have no such table and no trim.
    "CREATE TABLE IF NOT EXISTS kept (one INTEGER PRIMARY KEY CHECK (one = 1), trimmed_through INTEGER NOT NULL)",
    "INSERT INTO kept SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM kept)",
)
_READ: Final = """
SELECT position, body FROM records
WHERE position > max(?, (SELECT trimmed_through FROM kept)) AND position <= ? ORDER BY position LIMIT ?
"""
_END: Final = "SELECT coalesce((SELECT max(position) FROM records), (SELECT trimmed_through FROM kept))"
_LAST_POSITION: Final = 2**63 - 1
_Answer = TypeVar("_Answer")


_INSERTS: Final = {
    rows: f"INSERT INTO records (received_ms, body) VALUES {','.join(['(?,?)'] * rows)}"  # noqa: S608 - marks only.
    for rows in ROWS_PER_STATEMENT
}


class SqliteEventLog:
    """One writer at a time, many readers, also in other processes. Raises LogCorrupt when the file is no sound log."""

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        self._write_lock = threading.Lock()
        self._read_lock = threading.Lock()
        self._failing = False  # The last write was refused.
        try:
            self._writer = self._open()
            self._reader = self._open()
        except sqlite3.Error as error:
            raise self._named(error) from error

    def append(self, records: Sequence[Record], *, after: Position | None = None) -> Position:
        if not records and not self._failing:
            end = self.end()
            self._check_unmoved(after, end)
            return end
        encode, received_ms_of = codec.encode, codec.received_ms_of
        rows = [(received_ms_of(record), encode(record)) for record in records]
        try:
            with self._writing() as writer:
                end = self._append(writer, rows, after)
        except LogMoved:
            raise
        except LogUnavailable:
            self._failing = True
            raise
        self._failing = False
        return end

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        return self._read(after, limit, Position(_LAST_POSITION))

    def first(self) -> Position:
        return Position(1 + self._ask("SELECT trimmed_through FROM kept"))

    def end(self) -> Position:
        return Position(self._ask(_END))

    def trim(self, through: Position) -> int:
        """Forget in small transactions, resting between them, so that an append waits milliseconds at most."""
        through = min(through, self.end())
        started = trimmed = self.first() - 1
        while trimmed < through:
            trimmed = min(through, trimmed + ROWS_PER_CHANGE)
            self._change(self._trim, Position(trimmed))
        return max(0, trimmed - started)

    def redact(self, viewer_ids: Collection[str], through: Position) -> int:
        """Redact in small transactions, as ``trim`` forgets; what stood there before is overwritten on disk too."""
        wanted = frozenset(viewer_ids)
        changed, after = 0, START
        while page := self._read(after, ROWS_PER_CHANGE, through):
            held = [stored.position for stored in page if redacted(stored.record, wanted) is not stored.record]
            if held:
                changed += self._change(self._redact, held, wanted)
            after = page[-1].position
        if changed:
            with self._read_lock, self._named_errors():  # The file that is written ahead still has the old pages.
                self._reader.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return changed

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
        connection.execute("PRAGMA secure_delete = ON")  # What is erased is not left in a free page.
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if application == 0 and not tables:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        elif application != APPLICATION_ID:
            raise LogCorrupt(path=self._path)
        if not {"records", "kept"} <= tables:
            self._make_tables(connection)
        connection.execute("SELECT position, received_ms, body FROM records LIMIT 1").fetchone()
        if connection.execute("SELECT trimmed_through FROM kept").fetchone() is None:
            raise LogCorrupt(path=self._path)

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        """Make what is missing, all of it or nothing, also when two open a new file at once."""
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in _SCHEMA:
                connection.execute(statement)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._named(error) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the one write transaction: committed at the end, undone by whatever is raised."""
        writer = self._writer
        with self._write_lock, self._named_errors():
            writer.execute("BEGIN IMMEDIATE")
            try:
                yield writer
                writer.execute("COMMIT")
            except BaseException:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
                raise

    def _append(
        self, writer: sqlite3.Connection, rows: Sequence[tuple[int, bytes]], after: Position | None
    ) -> Position:
        end = Position(writer.execute(_END).fetchone()[0])
        self._check_unmoved(after, end)
        if not rows:  # The disk refused before: does it take anything now?
            writer.execute("UPDATE kept SET trimmed_through = trimmed_through")
            return end
        start = 0
        if not writer.execute("SELECT EXISTS (SELECT 1 FROM records)").fetchone()[0]:
            writer.execute("INSERT INTO records (position, received_ms, body) VALUES (?, ?, ?)", (end + 1, *rows[0]))
            start = 1
        for size in ROWS_PER_STATEMENT:
            while len(rows) - start >= size:
                writer.execute(_INSERTS[size], [value for row in rows[start : start + size] for value in row])
                start += size
        return Position(end + len(rows))

    def _check_unmoved(self, after: Position | None, end: Position) -> None:
        if after is None or after == end:
            return
        if after > end:  # What the caller has seen is gone.
            raise LogCorrupt(path=self._path)
        moved = self.read(after, MOVED_RECORDS_MAX)
        raise LogMoved(moved, moved[-1].position if moved else end)

    def _read(self, after: Position, limit: int, through: Position) -> list[StoredRecord]:
        with self._read_lock, self._named_errors():
            rows = self._reader.execute(_READ, (after, through, limit)).fetchall()
        try:
            return [StoredRecord(Position(position), codec.decode(body)) for position, body in rows]
        except ValueError as error:  # msgspec's validation error is one.
            raise LogCorrupt(path=self._path) from error

    def _ask(self, question: str) -> int:
        with self._read_lock, self._named_errors():
            answer: int = self._reader.execute(question).fetchone()[0]
        return answer

    def _change(self, change: Callable[..., _Answer], *arguments: object) -> _Answer:
        """Make one change to what is kept, in a transaction of its own, then rest."""
        started = time.monotonic()
        with self._writing() as writer:
            answer = change(writer, *arguments)
        time.sleep(max(REST_SECONDS_MIN, (time.monotonic() - started) * REST_SHARE))
        return answer

    def _trim(self, writer: sqlite3.Connection, through: Position) -> None:
        writer.execute("DELETE FROM records WHERE position <= ?", (through,))
        writer.execute("UPDATE kept SET trimmed_through = max(trimmed_through, ?)", (through,))

    def _redact(self, writer: sqlite3.Connection, positions: Sequence[Position], viewer_ids: frozenset[str]) -> int:
        changed = 0
        for position in positions:
            row = writer.execute("SELECT body FROM records WHERE position = ?", (position,)).fetchone()
            if row is None:  # Forgotten since it was read.
                continue
            body = codec.encode(redacted(codec.decode(row[0]), viewer_ids))
            writer.execute("UPDATE records SET body = ? WHERE position = ?", (body, position))
            changed += 1
        return changed

    def _named(self, error: sqlite3.Error) -> LogUnavailable:
        code = getattr(error, "sqlite_errorcode", None)
        if code is not None and (code & 0xFF) in _DAMAGED:
            return LogCorrupt(path=self._path)
        return LogUnavailable()
