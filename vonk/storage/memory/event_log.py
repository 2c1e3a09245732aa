"""The event log's twin in memory: the same promises for as long as the process lives."""

import threading
from collections.abc import Sequence

from vonk.events.log import Position, StoredRecord
from vonk.events.records import Record


class MemoryEventLog:
    """Keeps records in a list; position n is the n-th record."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: list[Record] = []

    def append(self, records: Sequence[Record]) -> Position:
        with self._lock:
            self._records.extend(records)
            return Position(len(self._records))

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        with self._lock:
            found = self._records[after : after + limit]
        return [StoredRecord(Position(after + place), record) for place, record in enumerate(found, start=1)]

    def end(self) -> Position:
        return Position(len(self._records))

    def close(self) -> None:
        """Nothing is held outside the process's memory."""
