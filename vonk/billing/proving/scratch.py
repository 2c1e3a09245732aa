"""Room for an audit to remember counters on disk, where they do not fit into memory: a private SQLite file."""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

COUNTERS_IN_MEMORY: Final = 100_000  # Some 20 MB.
_SCHEMA: Final = """
CREATE TABLE tallies (
    post_id INTEGER, ad_id INTEGER, hour_ms INTEGER, metric TEXT, found INTEGER DEFAULT 0, expected INTEGER DEFAULT 0,
    PRIMARY KEY (post_id, ad_id, hour_ms, metric)
) WITHOUT ROWID;
"""
Key = tuple[int, int, int, str]  # Post, ad, hour in milliseconds, metric.
Tally = tuple[int, int, int, str, int]  # And the value.


class Scratch:
    """Counters as they are and as they should be. One audit, one thread; ``folder`` is there until it ends."""

    def __init__(self, folder: Path) -> None:
        self._expected: dict[Key, int] = {}
        self._connection = sqlite3.connect(folder / "tallies.sqlite3", isolation_level=None)
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)

    def find(self, rows: Iterable[Tally]) -> None:
        """Remember counters as the control database has them."""
        self._add("found", rows)

    def expect(self, key: Key, value: int) -> None:
        """Add to what a counter should be."""
        self._expected[key] = self._expected.get(key, 0) + value
        if len(self._expected) >= COUNTERS_IN_MEMORY:
            self._flush()

    def compare(self, after_ms: int) -> tuple[int, Iterator[tuple[int, int, int, str, int, int]]]:
        """Return how many counters there are or should be of hours that begin after an instant, and the wrong ones.

        Those come as post, ad, hour, metric, found, expected.
        """
        self._flush()
        count = self._connection.execute("SELECT count(*) FROM tallies WHERE hour_ms > ?", (after_ms,)).fetchone()[0]
        wrong = "SELECT * FROM tallies WHERE found <> expected AND hour_ms > ?"
        return count, iter(self._connection.execute(wrong, (after_ms,)))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _flush(self) -> None:
        self._add("expected", [(*key, value) for key, value in self._expected.items()])
        self._expected.clear()

    def _add(self, column: str, rows: Iterable[Tally]) -> None:
        self._connection.execute("BEGIN")
        self._connection.executemany(
            f"INSERT INTO tallies (post_id, ad_id, hour_ms, metric, {column}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - the column is ours.
            f" ON CONFLICT (post_id, ad_id, hour_ms, metric) DO UPDATE SET {column} = {column} + excluded.{column}",
            rows,
        )
        self._connection.execute("COMMIT")
