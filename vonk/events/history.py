"""The event log together with its archive: everything that is still known, from its beginning."""

from collections.abc import Callable, Collection, Sequence
from datetime import date

from vonk.events.archive import Archive
from vonk.events.log import EventLog, Position, StoredRecord
from vonk.events.records import Record


class History:
    """An event log that reads from the archive what the log no longer keeps; it owns both and closes both.

    The archive is opened when it is first needed: whoever reads only what is young pays nothing for it. Records move from the log to the archive while somebody reads: they are in the archive before they leave the log,
    so a reader meets each once.
    """

    def __init__(self, log: EventLog, open_archive: Callable[[], Archive]) -> None:
        self._log = log
        self._open_archive = open_archive
        self._opened: Archive | None = None

    def append(self, records: Sequence[Record], *, after: Position | None = None) -> Position:
        return self._log.append(records, after=after)

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        """Return records that follow ``after``; fewer than ``limit`` also where archive and log meet."""
        if after + 1 >= self._log.first():
            found = self._log.read(after, limit)
            if found[0].position == after + 1 if found else after >= self._log.end():
                return found
            # The log let go of records between the two calls.
        return self._archive.read(after, limit) or self._log.read(after, limit)

    def first(self) -> Position:
        kept = self._archive.first()
        return kept if kept <= self._archive.end() else self._log.first()

    def end(self) -> Position:
        return self._log.end()  # A log remembers its end when it keeps no record, so the archive's is never beyond it.

    def before_day(self, day: date) -> Position:
        """Return a position behind which everything lies that was taken in on the UTC day or later.

        Exact to the archived day; what the log still keeps is not searched.
        """
        spans = self._archive.spans()
        return next((Position(span.first - 1) for span in spans if span.day >= day), self._archive.end())

    def trim(self, through: Position) -> int:
        """Forget records up to ``through`` in both; the archive lets go of whole files only."""
        return self._archive.drop_before(Position(through + 1)) + self._log.trim(through)

    def redact(self, viewer_ids: Collection[str], through: Position) -> int:
        """Replace the pseudonyms in both. Raises RedactionUnsupported, with the archive redacted, when the log cannot."""
        return self._archive.redact(viewer_ids) + self._log.redact(viewer_ids, through)

    def close(self) -> None:
        try:
            self._log.close()
        finally:
            if self._opened is not None:
                self._opened.close()

    @property
    def _archive(self) -> Archive:
        if self._opened is None:
            self._opened = self._open_archive()
        return self._opened
