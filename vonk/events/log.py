"""The event log's port. Positions are integers that only grow; the first record has position 1."""

from collections.abc import Collection, Sequence
from typing import Final, NewType, Protocol

import msgspec

from vonk.core.errors import Actor, Conflict, Unavailable
from vonk.events.records import Claims, ConversionRecord, DecisionRecord, EventRecord, MinuteRecord, Record

Position = NewType("Position", int)

START = Position(0)
MOVED_RECORDS_MAX: Final = (
    2_000  # Foreign records that a refused append brings along: 20 ms to take in. The next brings more.
)
REDACTED_VIEWER: Final = "~"  # Stands where an erased person's pseudonym stood; no token can carry it.


class StoredRecord(msgspec.Struct, frozen=True):
    """A record and its place in the log."""

    position: Position
    record: Record


class EventLog(Protocol):
    """Append-only and durable; every reader sees the records in the order in which they were appended.

    Positions follow one another without a gap and are never used again, whatever was forgotten.
    """

    def append(self, records: Sequence[Record], *, after: Position | None = None) -> Position:
        """Write the records together, return the last one's position once all of them are on disk.

        With ``after``, only if the log ends there: otherwise raises LogMoved with what the caller has not seen, or
        LogCorrupt when it has seen what is no longer there. With no records nothing is written, the log's end is
        returned, and what would keep an append from being made is raised.
        Raises ``vonk.core.errors.Unavailable`` when they could not be made durable; then none of them is in the log.
        """
        ...

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        """Return up to ``limit`` records that follow position ``after``, oldest first; empty at the end.

        What was forgotten is passed over: the first record is then the one at ``first()``.
        """
        ...

    def first(self) -> Position:
        """Return the position of the oldest record that is kept, ``end() + 1`` when none is."""
        ...

    def end(self) -> Position:
        """Return the position of the newest record ever appended, 0 when there was none."""
        ...

    def trim(self, through: Position) -> int:
        """Forget the records up to and including ``through``, return how many that were.

        An engine may keep some of the last of them, where it can only forget what was written together.
        """
        ...

    def redact(self, viewer_ids: Collection[str], through: Position) -> int:
        """Take these viewers' pseudonyms, and what else is told of them, out of the records up to ``through``; return how many records changed.

        Raises RedactionUnsupported, and then nothing has changed.
        """
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


class LogShortened(LogCorrupt):
    """The log ends before what was acknowledged from it."""

    code = "log_shortened"
    message = "The event log ends at record %(end)d, and record %(known)d was in it."
    cause = "Its disk or its servers lost what they had taken, an older copy was restored, or it is another log."
    remedy = (
        "Stop the ad servers and restore the newest good copy of the log. If what is gone must be given up, run"
        " `vonk audit`, then remove the ad server's `ads` folder: it counts again from what the log still has."
    )


class LogMoved(LogUnavailable):
    """Somebody else has appended since: the caller judged its records without knowing theirs.

    ``records`` are the next ones that it has not seen, at most ``MOVED_RECORDS_MAX``; ``position`` is where it stands
    once it has taken them in.
    """

    code = "log_moved"
    message = "Another ad server has written to the event log."
    cause = "Several ad servers share one log, and this one had not seen the other's newest records."
    remedy = "Send the same events again: they are judged anew."
    actor = Actor.PLATFORM

    def __init__(self, records: Sequence[StoredRecord], position: Position) -> None:
        super().__init__()
        self.records = records
        self.position = position


class RedactionUnsupported(Conflict):
    """The engine cannot change what is written."""

    code = "redaction_unsupported"
    message = "This event log cannot change what is written in it."
    cause = "Messages of a NATS stream cannot be changed."
    remedy = "The person's records go when their retention ends; shorten it to have them gone sooner."
    actor = Actor.OPERATOR


def viewers_of(record: Record) -> frozenset[str]:
    """Return whose pseudonyms a record has; "" stands for nobody."""
    if isinstance(record, EventRecord):
        return frozenset({record.claims.viewer_id})
    if isinstance(record, MinuteRecord):
        return frozenset()
    if isinstance(record, ConversionRecord) and record.click is not None:
        return frozenset({record.viewer_id, record.click.viewer_id})
    return frozenset({record.viewer_id})


def redacted(record: Record, viewer_ids: Collection[str]) -> Record:
    """Return the record without these viewers' pseudonyms; the same object when it holds none of them."""
    if isinstance(record, MinuteRecord):
        return record
    if isinstance(record, DecisionRecord):
        if record.viewer_id not in viewer_ids:
            return record
        return msgspec.structs.replace(
            record, viewer_id=REDACTED_VIEWER, country="", language="", device="", age_band="", gender=""
        )
    if isinstance(record, EventRecord):
        if record.claims.viewer_id not in viewer_ids:
            return record
        return msgspec.structs.replace(record, claims=_redacted_claims(record.claims))
    return _redacted_conversion(record, viewer_ids)


def _redacted_claims(claims: Claims) -> Claims:
    """Return what is kept of a showing: neither who saw it, nor of which country, age and gender they were."""
    return msgspec.structs.replace(claims, viewer_id=REDACTED_VIEWER, country="", age_band="", gender="")


def _redacted_conversion(record: ConversionRecord, viewer_ids: Collection[str]) -> ConversionRecord:
    click = record.click
    if click is not None and click.viewer_id in viewer_ids:
        click = _redacted_claims(click)
    viewer_id = REDACTED_VIEWER if record.viewer_id in viewer_ids else record.viewer_id
    if click is record.click and viewer_id == record.viewer_id:
        return record
    return msgspec.structs.replace(record, viewer_id=viewer_id, click=click, identifiers=())
