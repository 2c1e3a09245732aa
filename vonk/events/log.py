"""The event log's port. Positions are integers that only grow; the first record has position 1."""

from collections.abc import Sequence
from typing import NewType, Protocol

import msgspec

from vonk.events.records import Record

Position = NewType("Position", int)

START = Position(0)


class StoredRecord(msgspec.Struct, frozen=True):
    """A record and its place in the log."""

    position: Position
    record: Record


class EventLog(Protocol):
    """Append-only and durable; every reader sees the records in the order in which they were appended."""

    def append(self, records: Sequence[Record]) -> Position:
        """Write the records together, return the last one's position once all of them are on disk.

        Raises ``vonk.core.errors.Unavailable`` when they could not be made durable; then none of them is in the log.
        """
        ...

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        """Return up to ``limit`` records that follow position ``after``, oldest first; empty at the end."""
        ...

    def end(self) -> Position:
        """Return the position of the newest record, 0 when the log is empty."""
        ...

    def close(self) -> None:
        """Release the engine's resources; nothing acknowledged is lost."""
        ...
