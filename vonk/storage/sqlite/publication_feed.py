"""The publication feed on the control database in SQLite: read-only, polled."""

import sqlite3
import time
from pathlib import Path
from typing import Final

from vonk.delivery.snapshot import FeedUnavailable, Publication, read_publication

POLL_SECONDS: Final = 0.05  # A twentieth of the promised second; an idle poll costs some 10 µs.
BUSY_SECONDS: Final = 1
_NEXT: Final = (
    "SELECT sequence, kind, object_id, document FROM control_publication WHERE sequence > ? ORDER BY sequence LIMIT ?"
)


class SqlitePublicationFeed:
    """Opens the database when it is there, and again after every failure. Used by one thread at a time."""

    def __init__(self, path: Path | str) -> None:
        self._uri = Path(path).absolute().as_uri() + "?mode=ro"
        self._connection: sqlite3.Connection | None = None
        self._version = -1

    def read(self, after: int, limit: int) -> list[Publication]:
        try:
            connection = self._connect()
            version = _data_version(connection)
            rows = connection.execute(_NEXT, (after, limit)).fetchall()
        except sqlite3.Error as error:
            self.close()
            raise FeedUnavailable(reason=str(error)) from error
        if len(rows) < limit:
            self._version = version  # Read before the rows, so a commit in between is seen by the next wait.
        found = (read_publication(*row) for row in rows)
        return [publication for publication in found if publication is not None]

    def wait(self, timeout_seconds: float) -> None:
        until = time.monotonic() + timeout_seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(POLL_SECONDS, left))
            if self._connection is None:
                continue
            try:
                if _data_version(self._connection) != self._version:
                    return
            except sqlite3.Error:
                self.close()  # The next read opens it again and names what is wrong.
                return

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._version = -1

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(
                self._uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        return self._connection


def _data_version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return version
