"""Where reports wait: in memory, or in a SQLite file that outlives the process. Both may be used by any thread."""

import itertools
import os
import sqlite3
import threading
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from vonk_client.errors import QueueFull, SpoolUnusable
from vonk_client.records import Queued

try:
    import fcntl
except ImportError:  # Windows: several processes on one spool send the same twice, which the server drops.
    fcntl = None  # type: ignore[assignment]  # There is no such module there.


class Queue(Protocol):
    """Reports in the order of their arrival, each behind a door of the ad server."""

    def put(self, door: str, report_id: str, body: str) -> None:
        """Keep one report; QueueFull when too many wait."""

    def doors(self) -> list[str]:
        """Return the doors before which something waits, the one with the oldest report first."""

    def first(self, door: str, limit: int) -> list[Queued]:
        """Return the oldest reports before the door."""

    def drop(self, door: str, places: Collection[int]) -> None:
        """Forget reports that were answered for."""

    def may_send(self) -> bool:
        """Tell whether this process is the one that sends; it may become so later."""

    def __len__(self) -> int: ...

    def close(self) -> None:
        """Let go of what is open."""

    def abandon(self) -> None:
        """Leave the queue to the process from which this one was forked."""


class MemoryQueue:
    """Waits in this process alone: what was not sent when it dies is lost."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._lock = threading.Lock()
        self._places = itertools.count()
        self._waiting: dict[str, dict[int, Queued]] = {}
        self._count = 0

    def put(self, door: str, report_id: str, body: str) -> None:
        with self._lock:
            if self._count >= self._at_most:
                raise QueueFull(f"{self._at_most} reports wait")
            place = next(self._places)
            self._waiting.setdefault(door, {})[place] = Queued(place, report_id, body)
            self._count += 1

    def doors(self) -> list[str]:
        with self._lock:
            return sorted(self._waiting, key=lambda door: next(iter(self._waiting[door])))

    def first(self, door: str, limit: int) -> list[Queued]:
        with self._lock:
            return list(itertools.islice(self._waiting.get(door, {}).values(), limit))

    def drop(self, door: str, places: Collection[int]) -> None:
        with self._lock:
            waiting = self._waiting.get(door, {})
            for place in places:
                self._count -= waiting.pop(place, None) is not None
            if not waiting:
                self._waiting.pop(door, None)

    def may_send(self) -> bool:
        return True

    def __len__(self) -> int:
        return self._count

    def close(self) -> None:
        """Nothing is open."""

    def abandon(self) -> None:
        """Nothing is shared."""


class SpoolQueue:
    """Waits in a SQLite file. A report is in it, safe from the death of the process, when ``put`` returns.

    (Written through to the system, not to the platter: a power cut may take the last moments with it.) Several
    processes may share the file; one of them sends, and another takes over when it is gone.
    """

    def __init__(self, path: Path, at_most: int) -> None:
        self._path = path
        self._at_most = at_most
        self._lock = threading.Lock()
        self._sending: int | None = None
        try:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # Tokens are nobody else's business.
            self._database = sqlite3.connect(path, timeout=20, isolation_level=None, check_same_thread=False)
            with closing(self._database.cursor()) as cursor:
                cursor.execute("PRAGMA journal_mode=WAL")
                cursor.execute("PRAGMA synchronous=NORMAL")
                cursor.execute(
                    "CREATE TABLE IF NOT EXISTS report"
                    " (place INTEGER PRIMARY KEY AUTOINCREMENT, door TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL)"
                )
                cursor.execute("CREATE INDEX IF NOT EXISTS report_by_door ON report (door, place)")
        except (OSError, sqlite3.Error) as error:
            raise SpoolUnusable(f"{path}: {error}") from error

    def put(self, door: str, report_id: str, body: str) -> None:
        # Places are given out in order: their span bounds the number of rows, and is found without counting them.
        rows = self._run(
            "INSERT INTO report (door, id, body) SELECT ?, ?, ?"
            " WHERE (SELECT coalesce(max(place) - min(place) + 1, 0) FROM report) < ?"
            " OR (SELECT count(*) FROM report) < ? RETURNING place",
            (door, report_id, body, self._at_most, self._at_most),
        )
        if not rows:
            raise QueueFull(f"{self._at_most} reports wait in {self._path}")

    def doors(self) -> list[str]:
        rows = self._run("SELECT door FROM report GROUP BY door ORDER BY min(place)")
        return [str(door) for (door,) in rows]

    def first(self, door: str, limit: int) -> list[Queued]:
        rows = self._run("SELECT place, id, body FROM report WHERE door = ? ORDER BY place LIMIT ?", (door, limit))
        return [Queued(int(place), str(report_id), str(body)) for place, report_id, body in rows]

    def drop(self, door: str, places: Collection[int]) -> None:  # noqa: ARG002 - places are enough here.
        marks = ",".join("?" * len(places))
        self._run(f"DELETE FROM report WHERE place IN ({marks})", tuple(places))  # noqa: S608 - question marks alone.

    def may_send(self) -> bool:
        if self._sending is not None or fcntl is None:
            return True
        descriptor = os.open(f"{self._path}.sending", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # Another process sends, and lets go when it ends, however it ends.
            os.close(descriptor)
            return False
        self._sending = descriptor
        return True

    def __len__(self) -> int:
        [(count,)] = self._run("SELECT count(*) FROM report")
        return int(count)

    def close(self) -> None:
        with self._lock:
            self._database.close()
        self.abandon()

    def abandon(self) -> None:
        if self._sending is not None:
            os.close(self._sending)
            self._sending = None

    def _run(self, statement: str, values: tuple[object, ...] = ()) -> list[Any]:
        try:
            with self._lock, closing(self._database.cursor()) as cursor:
                return cursor.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise SpoolUnusable(f"{self._path}: {error}") from error


def opened(spool: str | os.PathLike[str] | None, at_most: int) -> Queue:
    """Return where a client's reports wait."""
    return MemoryQueue(at_most) if spool is None else SpoolQueue(Path(spool), at_most)
