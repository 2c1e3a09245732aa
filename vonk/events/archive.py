"""The archive's port: where the event log's old records are kept once the log itself lets go of them."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol

import msgspec

from vonk.core.errors import Actor, Conflict, Unavailable
from vonk.events.log import START, Position, StoredRecord


class Span(msgspec.Struct, frozen=True):
    """Records that are kept, and dropped, together: those of one UTC day of receipt, from ``first`` to ``last``."""

    day: date
    first: Position
    last: Position
    size_bytes: int


class Archive(Protocol):
    """Keeps records by position, in order; what was appended is on disk, whole, before ``append`` returns.

    Positions never overlap: each record is kept once. One process appends, redacts and drops; any number read
    meanwhile, also in other processes, and see what was appended from their next call on.
    """

    def append(self, stored: Sequence[StoredRecord]) -> Position:
        """Keep the records, whose positions grow and follow ``end()``; return the new end. None of them: nothing happens.

        Raises ArchiveUnavailable when they could not be made durable: some of the first may then be kept, whole and in
        order, which ``end()`` tells; and ArchiveNotNext when they do not follow what is kept.
        """
        ...

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        """Return up to ``limit`` records that follow position ``after``, oldest first; empty at the end.

        May return fewer than there are. Raises ArchiveCorrupt, ArchiveUnavailable.
        """
        ...

    def first(self) -> Position:
        """Return the oldest kept record's position; ``end() + 1`` when none is kept."""
        ...

    def end(self) -> Position:
        """Return the newest kept record's position, 0 when nothing was ever kept."""
        ...

    def spans(self) -> list[Span]:
        """Return what is kept, in order of position; one day may have several."""
        ...

    def redact(self, viewer_ids: Collection[str], *, after: Position = START) -> int:
        """Replace these viewers' pseudonyms by ``REDACTED_VIEWER`` in all that follows a position, their identifiers by none.

        Returns how many records changed. Safe to repeat after a failure in the middle.
        """
        ...

    def drop_before(self, position: Position) -> int:
        """Forget records before ``position`` as far as that can be done in whole spans; return how many.

        The newest one stays, so that ``end()`` is never forgotten.
        """
        ...

    def close(self) -> None:
        """Release the engine's resources."""
        ...


class ArchiveUnavailable(Unavailable):
    """The archive could not be written or read now."""

    code = "archive_unavailable"
    message = "The archive of the event log cannot be written or read now: %(reason)s"
    cause = "The disk is full or failing, or the folder is not this process's to write in."
    remedy = "Look at the disk and the folder's owner. Nothing is lost: the log keeps what is not archived."
    actor = Actor.OPERATOR


class ArchiveCorrupt(ArchiveUnavailable):
    """A file of the archive is not what was written. ``last`` is its last position: whoever can, reads on behind it."""

    code = "archive_corrupt"
    message = "A file of the archive is damaged: %(path)s"
    cause = "The file was changed by another program, or the disk lost a part of it."
    remedy = "Restore this file from the newest good copy; its name tells which positions are in it."

    def __init__(self, *, path: str, last: Position) -> None:
        super().__init__(path=path, reason=path)
        self.last = last


class ArchiveNotNext(Conflict):
    """What is to be kept does not follow what is kept: another process archives the same log."""

    code = "archive_not_next"
    message = "The archive ends at position %(end)d; records from position %(position)d on do not follow it."
    cause = "Two processes archive the same log, or the records are not in order."
    remedy = "Run one work process, or wait until the other one is done."
    actor = Actor.OPERATOR
