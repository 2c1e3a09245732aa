"""What became of ads by minute, as an ad server hands it to the event log: minutes that are over, in numbered records.

Nothing of it runs while a request is answered. What is not handed over when a process is killed, a minute or two, is lost;
the numbers and instants of the records tell that it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from vonk.core.clock import MINUTE_MS
from vonk.delivery.matching import minutes
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.minutes import NO_AD, Minutes
from vonk.delivery.matching.refusals import Refusal
from vonk.events.records import MinuteRecord

COUNTS_PER_RECORD: Final = 1_000  # Some 15 KB, made in a millisecond or two.
ROWS_PER_LOOK: Final = 2_000  # Ads looked at without a pause.
LOOK_MINUTES: Final = 10  # So often it is looked which ads wait outside all auctions.
LOOKED: Final = "looked"  # How often that was, of no ad.
WAITS: Final = "waits:"  # Before the name of the refusal that an ad waits for.

Counts = dict[str, tuple[list[int], list[int]]]
_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Counts)


class Handover:
    """Turns an ad server's minutes into records. Used by one thread."""

    def __init__(self, counted: Minutes, rows: Mapping[int, Row], server: str) -> None:
        self._minutes = counted
        self._rows = rows
        self._server = server
        self._number = 0
        self._unkept = counted.unkept
        self._looked: int | None = None  # The last ten minutes in which ads were looked at.

    def due(self, now_ms: int) -> Iterator[MinuteRecord | None]:
        """Yield a record for each piece of the minutes that are over; now and then None, where others may have their turn.

        Nothing until anything was counted; from then on at least one record a minute, so that silence tells something.
        """
        closed = self._minutes.closed(now_ms)
        for place, (minute, counts) in enumerate(closed):
            through_ms = (minute + 1) * MINUTE_MS if place + 1 < len(closed) else now_ms // MINUTE_MS * MINUTE_MS
            yield from self._of_minute(minute, counts, max(through_ms, minute * MINUTE_MS), now_ms)
        if closed or self._number:
            yield from self._look(now_ms)

    def last(self, now_ms: int) -> Iterator[MinuteRecord]:
        """Yield what is left, the present minute too, when the server stops in order."""
        closed = self._minutes.closed(now_ms, present=True)
        left = [one for minute, counts in closed for one in self._of_minute(minute, counts, now_ms, now_ms)]
        yield from left[:-1]
        if left:
            yield msgspec.structs.replace(left[-1], ends=True)

    def _look(self, now_ms: int) -> Iterator[MinuteRecord | None]:
        """Count which ads are out of every auction, now and then."""
        look = now_ms // (LOOK_MINUTES * MINUTE_MS)
        if look == self._looked:
            return
        self._looked = look
        waiting: list[tuple[int, str, int]] = [(NO_AD, LOOKED, 1)]
        for place, row in enumerate(list(self._rows.values()), 1):
            if row.parked is not None:
                waiting.append((row.ad.id, WAITS + row.parked.value, 1))
            if not place % ROWS_PER_LOOK:
                yield None
        minute = now_ms // MINUTE_MS
        yield from self._of_minute(minute, waiting, minute * MINUTE_MS, now_ms)

    def _of_minute(
        self, minute: int, counts: Iterable[tuple[int, str, int]], through_ms: int, now_ms: int
    ) -> Iterator[MinuteRecord]:
        """Yield the minute's records; all but the last say that there is more of it."""
        before: Counts | None = None
        for piece in _pieces(counts):
            if before is not None:
                yield self._record(minute, before, minute * MINUTE_MS, now_ms)
            before = piece
        if before is not None:
            yield self._record(minute, before, through_ms, now_ms)

    def _record(self, minute: int, piece: Counts, through_ms: int, now_ms: int) -> MinuteRecord:
        self._number += 1
        unkept, self._unkept = self._minutes.unkept - self._unkept, self._minutes.unkept
        return MinuteRecord(
            self._server, self._number, minute * MINUTE_MS, now_ms, through_ms, _encoder.encode(piece), unkept
        )


def read(record: MinuteRecord) -> Iterator[tuple[int, str, int]]:
    """Yield ad, name and count; msgspec.MsgspecError when the bytes are none of ours."""
    for name, (ad_ids, counts) in _decoder.decode(record.counts).items():
        for ad_id, count in zip(ad_ids, counts, strict=True):
            yield ad_id, name, count


def waited_for(name: str) -> str:
    """Return the refusal that a name of waiting is about, "" where it is no such name."""
    return name.removeprefix(WAITS) if name.startswith(WAITS) else ""


def _pieces(counts: Iterable[tuple[int, str, int]]) -> Iterator[Counts]:
    """Yield the counts by name in pieces of a bounded size, one at least.

    Showings are left out: the events' roll-up counts them, and counts them exactly.
    """
    piece: Counts = {}
    room = COUNTS_PER_RECORD
    for ad_id, name, count in counts:
        if name == minutes.SHOWN:
            continue
        if not room:
            yield piece
            piece, room = {}, COUNTS_PER_RECORD
        ad_ids, numbers = piece.setdefault(name, ([], []))
        ad_ids.append(ad_id)
        numbers.append(count)
        room -= 1
    yield piece


KNOWN: Final = frozenset({
    *(refusal.value for refusal in Refusal), *(WAITS + refusal.value for refusal in Refusal),
    minutes.WON, minutes.LOST, minutes.GAP, minutes.GHOST, minutes.ASKED, LOOKED,
})  # fmt: skip
"""Every name that a record may hold."""
