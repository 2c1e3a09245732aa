"""Reads records from any position: finds the message by halving the stream, then goes on where the last page ended."""

import time
from collections import OrderedDict
from contextlib import suppress
from typing import Final

import msgspec

from vonk.events.log import Position, StoredRecord
from vonk.storage.nats.groups import Assembly, GroupInvalid, Message
from vonk.storage.nats.stream import AGREE_SECONDS_MAX, PAUSE_SECONDS, Missing, State, Stream

MESSAGES_FIRST: Final = 4  # Asked for at once, until it is known how much they hold;
MESSAGES_MAX: Final = 128  # then at most so many.
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
        while True:
            state = self._stream.state()
            with suppress(Missing):  # Trimmed meanwhile.
                return Position(self._get(state.first_seq).chunk.base if state.messages else 1)

    def end(self) -> Position:
        """Return the newest record's position."""
        last = self._stream.last()
        return Position(last.chunk.end if last is not None else 0)

    def holding(self, position: Position) -> Message:
        """Return the first message of the group that has the position, which must be in the log."""
        return self._get(self._find(Position(position - 1)))

    def _collect(self, found: list[StoredRecord], after: Position, limit: int, sequence: int) -> int:
        """Add the records of whole groups from the sequence on; return where the next page begins."""
        assembly = Assembly()
        state = self._stream.state()
        sequence, last = max(1, sequence, state.first_seq), state.last_seq
        at_once, asked, held = MESSAGES_FIRST, 0, 0
        while len(found) < limit and sequence <= last:
            until = min(last, sequence + at_once - 1)
            for message in self._kept(sequence, until):
                asked, held = asked + 1, held + message.chunk.count
                found += self._stored(assembly.add(message), after)
            sequence = until + 1
            # As many as the page still needs, if messages go on as they were: they hold one record or thousands.
            at_once = min(MESSAGES_MAX, 1 + (limit - len(found)) * asked // max(1, held))
        return assembly.begun_at or sequence

    def _kept(self, first: int, last: int) -> list[Message]:
        """Return the messages from one sequence to another, without those that were trimmed."""
        until = time.monotonic() + AGREE_SECONDS_MAX
        while first <= last:
            try:
                return self._stream.get_all(range(first, last + 1))
            except Missing as missing:
                kept = self._stream.state().first_seq
                if kept <= first and time.monotonic() >= until:
                    raise self._stream.damaged(f"messages from {first} to {last} are not all there") from missing
                if kept <= first:
                    time.sleep(PAUSE_SECONDS)  # A new leader may not yet know all that the former one told us of.
                first = max(first, kept)
        return []

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
        while True:
            state = self._stream.state()
            if not state.messages:
                return 1
            with suppress(Missing):  # Trimmed meanwhile.
                return self._halve(state, after)

    def _halve(self, state: State, after: Position) -> int:
        low, high = state.first_seq, state.last_seq
        while low < high:
            middle = (low + high + 1) // 2
            if self._get(middle).chunk.base <= after + 1:
                low = middle
            else:
                high = middle - 1
        return max(state.first_seq, low - self._get(low).chunk.number)

    def _get(self, sequence: int) -> Message:
        """Return one message. Raises Missing when it was trimmed."""
        found = self._kept(sequence, sequence)
        if not found:
            raise Missing
        return found[0]

    def _remember(self, after: Position, place: _Place) -> None:
        self._places[after] = place
        while len(self._places) > PLACES_MAX:
            self._places.popitem(last=False)
