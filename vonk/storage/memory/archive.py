"""The archive's twin in memory: the same promises for as long as the process lives."""

import threading
from bisect import bisect_right
from collections.abc import Collection, Sequence

from vonk.core.clock import from_ms
from vonk.events import records as codec
from vonk.events.archive import ArchiveNotNext, Span
from vonk.events.log import REDACTED_VIEWER, START, Position, StoredRecord, redacted
from vonk.events.records import received_ms_of


class MemoryArchive:
    """Keeps records in a list; lets go of them one by one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[StoredRecord] = []

    def append(self, stored: Sequence[StoredRecord]) -> Position:
        with self._lock:
            for one in stored:
                if one.position <= self._end():
                    raise ArchiveNotNext(end=self._end(), position=one.position)
                self._kept.append(one)
            return self._end()

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        with self._lock:
            place = bisect_right(self._kept, after, key=lambda one: one.position)
            return self._kept[place : place + limit]

    def first(self) -> Position:
        with self._lock:
            return self._kept[0].position if self._kept else Position(START + 1)

    def end(self) -> Position:
        with self._lock:
            return self._end()

    def spans(self) -> list[Span]:
        with self._lock:
            days = [
                (from_ms(received_ms_of(one.record)).date(), one.position, len(codec.encode(one.record)))
                for one in self._kept
            ]
        return [Span(day, position, position, size) for day, position, size in days]

    def redact(self, viewer_ids: Collection[str], *, after: Position = START) -> int:
        with self._lock:
            sought = set(viewer_ids) - {REDACTED_VIEWER}
            changed = 0
            for place, one in enumerate(self._kept):
                record = redacted(one.record, sought) if one.position > after else one.record
                if record is not one.record:
                    self._kept[place] = StoredRecord(one.position, record)
                    changed += 1
            return changed

    def drop_before(self, position: Position) -> int:
        with self._lock:
            place = min(bisect_right(self._kept, position - 1, key=lambda one: one.position), len(self._kept) - 1)
            del self._kept[: max(place, 0)]
            return max(place, 0)

    def close(self) -> None:
        """Nothing is held outside the process's memory."""

    def _end(self) -> Position:
        return self._kept[-1].position if self._kept else START
