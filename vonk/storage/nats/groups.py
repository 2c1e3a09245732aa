"""How records lie in the stream: a group, appended together, is one message or a few that follow one another.

Each message says in its header to which group it belongs and where it stands in it. A group counts when its last
message is there. Since every message is published after a known one, nothing can come between a group's messages: where
something did, the group was given up, and its records' positions belong to what came after it.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from vonk.events.records import Record

HEADER: Final = "Vonk-Group"
_MARK: Final = b"\r\nVonk-Group:"
_VERSION: Final = "1"
_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(list[Record]).decode


class GroupInvalid(ValueError):
    """The message is none of ours, or damaged."""


class Chunk(msgspec.Struct, frozen=True):
    """What a message's header says."""

    group: str  # Drawn by chance for each append.
    base: int  # Position of the group's first record: one more than the log's end when it was published.
    number: int  # Of this chunk in its group, from 0.
    chunks: int  # How many the group has.
    first: int  # Position of this chunk's first record.
    count: int  # How many records it has; 0 in a mark, which only remembers the position.

    @property
    def is_last(self) -> bool:
        """The group counts from this message on."""
        return self.number == self.chunks - 1

    @property
    def end(self) -> int:
        """Where the log ended when this was its newest message."""
        return self.first + self.count - 1 if self.is_last else self.base - 1

    @property
    def message_id(self) -> str:
        """What JetStream deduplicates by."""
        return f"{self.group}-{self.number}"

    def text(self) -> str:
        """Return the header's value."""
        return f"{_VERSION} {self.group} {self.base} {self.number} {self.chunks} {self.first} {self.count}"


class Message(msgspec.Struct, frozen=True):
    """A message of the stream."""

    sequence: int
    chunk: Chunk
    body: bytes

    def records(self) -> list[Record]:
        """Return its records. Raises GroupInvalid."""
        try:
            found = _decode(self.body)
        except ValueError as error:  # msgspec's are.
            raise GroupInvalid("its records cannot be read") from error
        if len(found) != self.chunk.count:
            raise GroupInvalid("it has not as many records as it says")
        return found


def chunks_of(records: Sequence[Record], *, group: str, after: int, bytes_max: int) -> list[tuple[Chunk, bytes]]:
    """Return the group's messages: header and body of each, no body above ``bytes_max``."""
    bodies = list(_bodies(records, bytes_max))
    made, first = [], after + 1
    for number, (count, body) in enumerate(bodies):
        made.append((Chunk(group, after + 1, number, len(bodies), first, count), body))
        first += count
    return made


def _bodies(records: Sequence[Record], bytes_max: int) -> Iterator[tuple[int, bytes]]:
    """Halve until it fits. A record is far smaller than a message may be: identifiers and texts have bounds."""
    body = _encode(records)
    if len(body) <= bytes_max or len(records) <= 1:
        yield len(records), body
        return
    half = len(records) // 2
    yield from _bodies(records[:half], bytes_max)
    yield from _bodies(records[half:], bytes_max)


def read_header(headers: bytes) -> Chunk:
    """Return what the raw headers say of the group. Raises GroupInvalid."""
    _, found, rest = headers.partition(_MARK)
    words = rest.partition(b"\r\n")[0].decode("ascii", "replace").split()
    if not found or len(words) != 7 or words[0] != _VERSION:
        raise GroupInvalid("it is no message of a Vonk log")
    try:
        base, number, chunks, first, count = map(int, words[2:])
    except ValueError as error:
        raise GroupInvalid("its header is damaged") from error
    return Chunk(words[1], base, number, chunks, first, count)


class Assembly:
    """Makes groups of messages that come in the stream's order, and lets go of groups that were given up."""

    def __init__(self) -> None:
        self._parts: list[Message] = []

    def add(self, message: Message) -> list[Message]:
        """Return the group's messages when this one completes it, otherwise nothing yet."""
        chunk = message.chunk
        if chunk.number == 0:
            self._parts = []
        elif not self._parts or not _follows(self._parts[-1], message):
            self._parts = []
            return []
        self._parts.append(message)
        if not chunk.is_last:
            return []
        whole, self._parts = self._parts, []
        return whole

    @property
    def begun_at(self) -> int | None:
        """The sequence of the first message of a group that is not whole yet."""
        return self._parts[0].sequence if self._parts else None


def _follows(former: Message, message: Message) -> bool:
    return (former.chunk.group, former.chunk.number + 1, former.sequence + 1) == (
        message.chunk.group,
        message.chunk.number,
        message.sequence,
    )
