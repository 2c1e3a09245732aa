"""The event log's twin in memory: the same promises for as long as the process lives."""

import threading
from collections.abc import Collection, Sequence

from vonk.events.log import MOVED_RECORDS_MAX, LogCorrupt, LogMoved, Position, StoredRecord, redacted
from vonk.events.records import Record


class MemoryEventLog:
    """Keeps records in a list; the n-th that is kept has position n plus how many were forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: list[Record] = []
        self._forgotten = 0

    def append(self, records: Sequence[Record], *, after: Position | None = None) -> Position:
        with self._lock:
            if after is not None and after > self._end():
                raise LogCorrupt(path="memory")
            if after is not None and after < self._end():
                moved = self._read(after, MOVED_RECORDS_MAX)
                raise LogMoved(moved, moved[-1].position if moved else self._end())
            self._records.extend(records)
            return self._end()

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        with self._lock:
            return self._read(after, limit)

    def first(self) -> Position:
        return Position(self._forgotten + 1)

    def end(self) -> Position:
        with self._lock:
            return self._end()

    def trim(self, through: Position) -> int:
        with self._lock:
            count = max(0, min(through - self._forgotten, len(self._records)))
            del self._records[:count]
            self._forgotten += count
            return count

    def redact(self, viewer_ids: Collection[str], through: Position) -> int:
        changed = 0
        with self._lock:
            for place, record in enumerate(self._records[: max(0, through - self._forgotten)]):
                self._records[place] = redacted(record, viewer_ids)
                changed += self._records[place] is not record
        return changed

    def close(self) -> None:
        """Nothing is held outside the process's memory."""

    def _end(self) -> Position:
        return Position(self._forgotten + len(self._records))

    def _read(self, after: Position, limit: int) -> list[StoredRecord]:
        start = max(0, after - self._forgotten)
        found = self._records[start : start + limit]
        first = self._forgotten + start + 1
        return [StoredRecord(Position(place), record) for place, record in enumerate(found, start=first)]
