"""Room for an audit to remember on disk what would not fit into memory: a private SQLite file, gone afterwards."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Final, Self

import msgspec

_SCHEMA: Final = """
CREATE TABLE decisions (id INTEGER PRIMARY KEY);
CREATE TABLE events (decision_id INTEGER, what TEXT, PRIMARY KEY (decision_id, what)) WITHOUT ROWID;
CREATE TABLE tallies (
    post_id INTEGER, ad_id INTEGER, hour_ms INTEGER, metric TEXT, found INTEGER DEFAULT 0, expected INTEGER DEFAULT 0,
    PRIMARY KEY (post_id, ad_id, hour_ms, metric)
) WITHOUT ROWID;
"""
Tally = tuple[int, int, int, str, int]  # Post, ad, hour in milliseconds, metric, value.


class Scratch:
    """What an audit has seen so far. A context manager; one audit, one thread."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="vonk-audit-")
        self._connection = sqlite3.connect(f"{self._folder.name}/scratch.sqlite3", isolation_level=None)
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._folder.cleanup()

    def new_decisions(self, ids: Iterable[int]) -> set[int]:
        """Remember the decisions; return those that were not remembered before."""
        rows = self._connection.execute(
            "INSERT INTO decisions SELECT value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING RETURNING id",
            (msgspec.json.encode(list(ids)).decode(),),
        )
        return {decision_id for (decision_id,) in rows.fetchall()}

    def new_events(self, keys: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
        """Remember what happened to a showing; return the keys that were not remembered before."""
        rows = self._connection.execute(
            "INSERT INTO events SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)"
            " WHERE true ON CONFLICT DO NOTHING RETURNING decision_id, what",
            (msgspec.json.encode(keys).decode(),),
        )
        return {(decision_id, what) for decision_id, what in rows.fetchall()}

    def find_tallies(self, rows: Iterable[Tally]) -> None:
        """Remember counters as the control database has them."""
        self._add_tallies("found", rows)

    def expect_tallies(self, rows: Iterable[Tally]) -> None:
        """Add to what the counters should be."""
        self._add_tallies("expected", rows)

    def _add_tallies(self, column: str, rows: Iterable[Tally]) -> None:
        self._connection.execute("BEGIN")
        self._connection.executemany(
            f"INSERT INTO tallies (post_id, ad_id, hour_ms, metric, {column}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - the column is ours.
            f" ON CONFLICT (post_id, ad_id, hour_ms, metric) DO UPDATE SET {column} = {column} + excluded.{column}",
            rows,
        )
        self._connection.execute("COMMIT")

    def tallies(self) -> int:
        """Return how many counters there are or should be."""
        return int(self._connection.execute("SELECT count(*) FROM tallies").fetchone()[0])

    def wrong_tallies(self) -> Iterator[tuple[int, int, int, str, int, int]]:
        """Yield the counters that are not what they should be: post, ad, hour, metric, found, expected."""
        yield from self._connection.execute("SELECT * FROM tallies WHERE found <> expected")
