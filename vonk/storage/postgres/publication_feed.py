"""The publication feed on the control database in PostgreSQL: woken by NOTIFY, polled besides."""

import time
from typing import Final

import psycopg

from vonk.delivery.snapshot import FeedUnavailable, Publication, read_publication

CHANNEL: Final = "vonk_publication"
POLL_SECONDS: Final = 0.2  # A lost notification delays a withdrawal by no more than this.
CONNECT_SECONDS: Final = 5
_NEXT: Final = (
    "SELECT sequence, kind, object_id, document FROM control_publication WHERE sequence > %s ORDER BY sequence LIMIT %s"
)


class PostgresPublicationFeed:
    """Connects when the server is there, and again after every failure. Used by one thread at a time."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: psycopg.Connection[tuple[int, str, int, str | None]] | None = None

    def read(self, after: int, limit: int) -> list[Publication]:
        try:
            rows = self._connect().execute(_NEXT, (after, limit)).fetchall()
        except psycopg.Error as error:
            self.close()
            raise FeedUnavailable(reason=str(error)) from error
        found = (read_publication(*row) for row in rows)
        return [publication for publication in found if publication is not None]

    def wait(self, timeout_seconds: float) -> None:
        if self._connection is None:
            time.sleep(min(timeout_seconds, POLL_SECONDS))
            return
        try:
            for _ in self._connection.notifies(timeout=min(timeout_seconds, POLL_SECONDS), stop_after=1):
                return
        except psycopg.Error:
            self.close()  # The next read connects again and names what is wrong.

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> "psycopg.Connection[tuple[int, str, int, str | None]]":
        if self._connection is None:
            connection = psycopg.connect(self._dsn, autocommit=True, connect_timeout=CONNECT_SECONDS)
            connection.execute("SET default_transaction_read_only = on")
            connection.execute(f"LISTEN {CHANNEL}")
            self._connection = connection
        return self._connection
