"""The event log in a NATS JetStream stream, which several ad servers may share.

An append is one message, or a few that count together (``groups``). Each is published only if the stream's last message
is the one that the writer knows, so that of two writers one is told to look first; and an append of which nobody said
what became of it is found out, or else comes to light as somebody else's with the next one.
"""

import secrets
import threading
import time
from collections.abc import Collection, Sequence
from typing import Final

import msgspec
import structlog

from vonk.events.log import (
    MOVED_RECORDS_MAX,
    LogMoved,
    LogUnavailable,
    Position,
    RedactionUnsupported,
    StoredRecord,
)
from vonk.events.records import Record
from vonk.storage.nats import durability
from vonk.storage.nats.address import parse
from vonk.storage.nats.groups import Chunk, chunks_of
from vonk.storage.nats.link import Link
from vonk.storage.nats.reader import Reader
from vonk.storage.nats.stream import AGREE_SECONDS_MAX, PAUSE_SECONDS, Missing, Stream, WrongLast

APPEND_SECONDS_MAX: Final = 12.0  # A group is given up after this: most elections of a new leader are over by then.
LOOK_SECONDS_MAX: Final = 2.0  # Within which the end must be learnt when nothing is to be written.
CHUNK_BYTES_MAX: Final = 512 * 1024  # A reader gets it back in base64, and below the usual bound of a megabyte.
HEADER_BYTES_MAX: Final = 4_096  # Left free of the servers' bound.

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class _Tail(msgspec.Struct, frozen=True):
    """The stream's last message, and where the log ends with it."""

    sequence: int
    position: Position


class NatsEventLog:
    """Connects at once and makes the stream when it is missing.

    Raises AddressInvalid, LogUnavailable, StreamUnfit for a stream that could lose records, and, when first appended to,
    NotSynced unless what is acknowledged is known to be on disk, or the address asks for less.
    """

    def __init__(self, url: str) -> None:
        self._address = parse(url)
        self._write_lock = threading.Lock()
        self._read_lock = threading.Lock()
        self._tail: _Tail | None = None
        self._safe = False  # The servers' durability was looked at.
        self._link = Link(self._address)
        try:
            self._stream = Stream(self._address, self._link)
            self._stream.open()
        except BaseException:
            self._link.close()
            raise
        self._reader = Reader(self._stream)

    def append(self, records: Sequence[Record], *, after: Position | None = None) -> Position:
        with self._write_lock:
            self._check_durability()
            if not records:
                self._tail = None
            return self._append(records, after)

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        with self._read_lock:
            return self._reader.read(after, limit)

    def first(self) -> Position:
        with self._read_lock:
            return self._reader.first()

    def end(self) -> Position:
        with self._read_lock:
            return self._reader.end()

    def trim(self, through: Position) -> int:
        """Forget whole groups. When all goes, a message without records stays behind and keeps the position."""
        with self._write_lock, self._read_lock:
            first = self._reader.first()
            if through < first or self._reader.end() < first:
                return 0
            self._stream.purge_before(self._first_to_keep(through))
            self._reader.forget()
            return self._reader.first() - first

    def redact(self, viewer_ids: Collection[str], through: Position) -> int:  # noqa: ARG002 - the port's; no message can be changed.
        raise RedactionUnsupported

    def close(self) -> None:
        self._link.close()

    def _check_durability(self) -> None:
        if not self._safe:
            durability.check(self._address, self._link.version)
            self._safe = True

    def _append(self, records: Sequence[Record], after: Position | None) -> Position:
        until = time.monotonic() + (APPEND_SECONDS_MAX if records else LOOK_SECONDS_MAX)
        while True:
            tail = self._tail or self._find_tail(until)
            if after is not None and after > tail.position:
                tail = self._caught_up(after)
            self._check_unmoved(tail, after)
            if not records:
                return tail.position
            try:
                self._tail = self._publish(records, tail, until)
            except WrongLast:
                self._tail = (
                    None  # Somebody wrote: records, which the check names, or a mark or half a group: we go on.
                )
                if time.monotonic() >= until:
                    raise LogUnavailable from None
            except LogUnavailable:
                self._tail = None
                raise
            else:
                return self._tail.position

    def _first_to_keep(self, through: Position) -> int:
        """Return the sequence of the first message after the position; where none is, that of a mark put there."""
        until = time.monotonic() + APPEND_SECONDS_MAX
        while True:
            tail = self._find_tail(until)
            if through < tail.position:
                return self._reader.holding(Position(through + 1)).sequence
            self._tail = None
            try:
                return self._publish([], tail, until).sequence
            except WrongLast:
                if time.monotonic() >= until:
                    raise LogUnavailable from None

    def _find_tail(self, until: float) -> _Tail:
        last = self._stream.last(until)
        if last is None:
            return _Tail(0, Position(0))
        return _Tail(last.sequence, Position(last.chunk.end))

    def _caught_up(self, after: Position) -> _Tail:
        """Return the tail once it is not behind what is known: a new leader may not yet know all that was acknowledged."""
        until = time.monotonic() + (AGREE_SECONDS_MAX if self._address.replicas > 1 else 0)
        while (tail := self._find_tail(until)).position < after and time.monotonic() < until:
            time.sleep(PAUSE_SECONDS)
        return tail

    def _check_unmoved(self, tail: _Tail, after: Position | None) -> None:
        if after is None or after == tail.position:
            self._tail = tail
            return
        self._tail = None
        if after > tail.position:
            raise self._stream.damaged(f"it ends at record {tail.position}, and {after} was known")
        moved = self.read(after, MOVED_RECORDS_MAX)
        raise LogMoved(moved, moved[-1].position if moved else tail.position)

    def _publish(self, records: Sequence[Record], tail: _Tail, until: float) -> _Tail:
        """Publish the group's messages one after another. Raises WrongLast when somebody came before or between."""
        bytes_max = min(CHUNK_BYTES_MAX, self._link.payload_bytes_max - HEADER_BYTES_MAX)
        group = secrets.token_hex(8)
        sequence = tail.sequence
        for chunk, body in chunks_of(records, group=group, after=tail.position, bytes_max=bytes_max):
            sequence = self._publish_one(chunk, body, sequence, until)
        return _Tail(sequence, Position(tail.position + len(records)))

    def _publish_one(self, chunk: Chunk, body: bytes, after: int, until: float) -> int:
        """Publish one message until it is known to be there, which is right behind ``after`` or nowhere."""
        while True:
            try:
                if self._stream.publish(chunk, body, after=after) == after + 1:
                    return after + 1
            except WrongLast:
                if self._stands(chunk, after + 1):
                    return after + 1
            except LogUnavailable as error:
                if time.monotonic() >= until:
                    _log.warning("nats.not_acknowledged", reason=repr(error.__cause__))
                    raise
            if time.monotonic() >= until:
                raise LogUnavailable
            time.sleep(PAUSE_SECONDS)

    def _stands(self, chunk: Chunk, sequence: int) -> bool:
        """Tell whether our message stands there; raises WrongLast when somebody else's does, so that ours never will."""
        try:
            found = self._stream.get(sequence)
        except Missing:
            return False  # The one who answered has not yet heard of what the others took.
        if found.chunk.message_id != chunk.message_id:
            raise WrongLast
        return True
