"""One walk through the log for all witnesses: it reads every record once, and survives those it cannot read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import msgspec

from vonk.billing.proving.checks import Check, Finding, Witness
from vonk.billing.proving.pages import Page
from vonk.events.archive import ArchiveCorrupt
from vonk.events.log import START, EventLog, LogUnavailable, Position, StoredRecord
from vonk.events.records import received_ms_of

RECORDS_PER_READ: Final = (
    2_000  # Some 2 MB, which stay in the processor's cache from one witness to the next: a quarter faster.
)
MS_MAX: Final = 2**63 - 1
NEAR: Final = 500  # Records that are sought this close to each other are read at once.


class Kept(msgspec.Struct, frozen=True):
    """Where the log begins: retention may have taken what was before."""

    first: Position
    oldest_ms: int | None  # When the record there was received; None when nothing was ever taken.

    def may_have_forgotten(self, decided_ms: int) -> bool:
        """Tell whether events of a showing decided then may have been taken."""
        return self.oldest_ms is not None and decided_ms <= self.oldest_ms


def kept_by(log: EventLog) -> Kept:
    """Return where the log begins now; raises as ``EventLog.read`` does."""
    first = log.first()
    if first == START + 1:
        return Kept(first, None)
    oldest = log.read(Position(first - 1), 1)
    return Kept(first, received_ms_of(oldest[0].record) if oldest else MS_MAX)


Progress = Callable[[int, int], None]  # Records seen, records to see.


def walk(
    log: EventLog, kept: Kept, witnesses: Sequence[Witness], *, progress: Progress = lambda *_: None
) -> list[Check]:
    """Show the log to the witnesses, up to the furthest one's position; return what is wrong with the log itself.

    Begins at the oldest record that is kept. A record that cannot be decoded is named and left out. Raises
    LogUnavailable or ArchiveUnavailable when the log cannot be read at all.
    """
    until = max(witness.until for witness in witnesses)
    whole = Finding("log_is_whole")
    end = log.end()
    if end < until:
        whole.complain(f"the log ends at position {end}, but position {until} was settled or counted")
    start = Position(kept.first - 1)
    for before, records in _pages(log, start, Position(min(until, end)), whole):
        after = before
        with whole.timed():
            if records[0].position != after + 1 and records[0].position == log.first():
                after = Position(records[0].position - 1)  # Retention took them while this audit ran.
            _look_for_gaps(records, after, whole)
            whole.count(len(records))
            page = Page(records)
        for witness in witnesses:
            part = page.up_to(witness.until)
            if part is not None:
                witness.see(part)
        progress(records[-1].position - start, until - start)
    return [whole.check()]


def seek(log: EventLog, positions: Iterable[int]) -> Iterator[StoredRecord]:
    """Yield the records at these positions, which ascend; those that cannot be read any more are left out."""
    wanted: list[int] = []
    for position in positions:
        if wanted and position - wanted[-1] > NEAR:
            yield from _between(log, wanted)
            wanted = []
        wanted.append(position)
        if len(wanted) >= RECORDS_PER_READ:
            yield from _between(log, wanted)
            wanted = []
    yield from _between(log, wanted)


def _between(log: EventLog, wanted: Sequence[int]) -> Iterator[StoredRecord]:
    if not wanted:
        return
    chosen = set(wanted)
    for _, records in _pages(log, Position(wanted[0] - 1), Position(wanted[-1]), Finding("")):
        yield from (stored for stored in records if stored.position in chosen)


def _pages(
    log: EventLog, after: Position, until: Position, whole: Finding
) -> Iterator[tuple[Position, list[StoredRecord]]]:
    """Yield the records between the two positions, each time with the position that they should follow.

    Complains about those that cannot be read, and goes on behind them.
    """
    reached, limit = after, RECORDS_PER_READ
    while reached < until:
        try:
            with whole.timed():
                records = log.read(reached, min(limit, until - reached))
        except ArchiveCorrupt as error:
            whole.complain(f"positions {reached + 1} to {error.last}: the archive cannot be read ({error})")
            reached = Position(max(error.last, reached + 1))
            continue
        except LogUnavailable as error:
            if limit > 1:
                limit = max(1, limit // 10)  # Come closer to the record at fault.
                continue
            whole.complain(f"position {reached + 1}: the record cannot be read ({error})")
            reached = Position(reached + 1)
            continue
        if records and records[-1].position > until:
            records = [stored for stored in records if stored.position <= until]
        if not records:
            whole.complain(f"positions {reached + 1} to {until}: there are no records")
            return
        yield reached, records
        reached = records[-1].position
        limit = min(RECORDS_PER_READ, limit * 10)


def _look_for_gaps(records: Sequence[StoredRecord], reached: Position, whole: Finding) -> None:
    if records[-1].position - reached == len(records) and records[0].position == reached + 1:
        return  # They only grow, so none is missing.
    for stored in records:
        if stored.position > reached + 1:
            whole.complain(f"positions {reached + 1} to {stored.position - 1}: there are no records")
        elif stored.position <= reached:
            whole.complain(f"position {stored.position}: comes after position {reached}")
        reached = stored.position
