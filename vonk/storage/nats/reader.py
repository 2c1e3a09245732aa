"""Reads records from any position: finds the message by halving the stream, then goes on where the last page ended."""

from collections import OrderedDict
from typing import Final

import msgspec

from vonk.events.log import Position, StoredRecord
from vonk.storage.nats.groups import Assembly, GroupInvalid, Message
from vonk.storage.nats.stream import Missing, Stream

MESSAGES_FIRST: Final = 4  # Asked for at once; doubles with every round of the same page,
MESSAGES_MAX: Final = 128  # until so many.
PLACES_MAX: Final = 16  # Readers in turn that find their place again without searching.


class _Place(msgspec.Struct, frozen=True):
    """Where to go on: first with what the last page left of a group, then at a message's sequence."""

    left: list[StoredRecord]
    sequence: int


class Reader:
    """Used by one thread at a time."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._places: OrderedDict[Position, _Place] = OrderedDict()

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        """Return up to ``limit`` records that follow the position. Raises LogUnavailable."""
        place = self._places.pop(after, None)
        if place is None:
            place = _Place([], self._find(after))
        found = place.left
        sequence = place.sequence
        if len(found) < limit:
            found = list(found)
            sequence = self._collect(found, after, limit, sequence)
        page, left = found[:limit], found[limit:]
        if page or place.sequence:
            self._remember(page[-1].position if page else after, _Place(left, sequence))
        return page

    def forget(self) -> None:
        """Let go of all places: the stream has lost its beginning."""
        self._places.clear()

    def first(self) -> Position:
        """Return the oldest kept record's position, or the next one's to be appended."""
        try:
            return Position(self._first_message().chunk.base)
        except Missing:
            return Position(1)

    def end(self) -> Position:
        """Return the newest record's position."""
        try:
            return Position(self._stream.last().chunk.end)
        except Missing:
            self._check_new()
            return Position(0)

    def holding(self, position: Position) -> Message:
        """Return the first message of the group that has the position, which must be in the log."""
        return self._stream.get(self._find(Position(position - 1)))

    def _collect(self, found: list[StoredRecord], after: Position, limit: int, sequence: int) -> int:
        """Add the records of whole groups from the sequence on; return where the next page begins."""
        assembly = Assembly()
        at_once = MESSAGES_FIRST
        state = self._stream.state()
        sequence, last = max(1, sequence, state.first_seq), state.last_seq
        while len(found) < limit and sequence <= last:
            until = min(last, sequence + at_once - 1)
            for message in self._messages(sequence, until):
                found += self._stored(assembly.add(message), after)
            sequence = until + 1
            at_once = min(MESSAGES_MAX, at_once * 2)
        return assembly.begun_at or sequence

    def _messages(self, first: int, last: int) -> list[Message]:
        try:
            return self._stream.get_all(range(first, last + 1))
        except Missing as missing:
            if self._stream.state().first_seq > first:  # Trimmed meanwhile: begin at what is kept.
                kept = max(first, self._stream.state().first_seq)
                return self._stream.get_all(range(kept, last + 1)) if kept <= last else []
            raise self._stream.damaged(f"messages from {first} to {last} are not all there") from missing

    def _stored(self, group: list[Message], after: Position) -> list[StoredRecord]:
        found = []
        for message in group:
            try:
                records = message.records()
            except GroupInvalid as error:
                raise self._stream.damaged(f"message {message.sequence}: {error}") from error
            first = message.chunk.first
            found += [StoredRecord(Position(first + place), record) for place, record in enumerate(records)]
        return found if not found or found[0].position > after else [one for one in found if one.position > after]

    def _find(self, after: Position) -> int:
        """Return the sequence at which the group that has position ``after + 1`` begins, or a later one's.

        Groups' first positions never fall from message to message, so the stream can be halved.
        """
        state = self._stream.state()
        low, high = state.first_seq, state.last_seq
        if not state.messages:
            self._check_new()
            return low
        while low < high:
            middle = (low + high + 1) // 2
            if self._get(middle).chunk.base <= after + 1:
                low = middle
            else:
                high = middle - 1
        return max(state.first_seq, low - self._get(low).chunk.number)

    def _get(self, sequence: int) -> Message:
        try:
            return self._stream.get(sequence)
        except Missing as error:
            raise self._stream.damaged(f"message {sequence} is not there") from error

    def _first_message(self) -> Message:
        state = self._stream.state()
        if not state.messages:
            self._check_new()
            raise Missing
        return self._get(state.first_seq)

    def _check_new(self) -> None:
        """Trimming leaves a message always: a stream without one is new, or somebody has emptied it."""
        if self._stream.state().last_seq:
            raise self._stream.damaged("all its messages were purged")

    def _remember(self, after: Position, place: _Place) -> None:
        self._places[after] = place
        while len(self._places) > PLACES_MAX:
            self._places.popitem(last=False)
