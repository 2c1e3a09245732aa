"""The event log's port. Positions are integers that only grow; the first record has position 1."""

from collections.abc import Sequence
from typing import NewType, Protocol

import msgspec

from vonk.core.errors import Actor, Unavailable
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


class LogUnavailable(Unavailable):
    """The log could not be written or read now; what was to be written is not in it."""

    code = "log_unavailable"
    message = "The event log cannot be written now."
    cause = "The disk is full or failing, or another program holds the log."
    remedy = "Send the same events again in a moment; the operator looks at the disk."
    actor = Actor.OPERATOR


class LogCorrupt(LogUnavailable):
    """The log's file is not a log, or parts of it are damaged."""

    code = "log_corrupt"
    message = "The event log is damaged: %(path)s"
    cause = "The file was changed by another program, or the disk lost a part of it."
    remedy = "Stop the platform, keep the file, and restore the newest good copy."
