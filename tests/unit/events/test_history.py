"""Old records move from the log to the archive, and whoever reads meets each once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from vonk.core.clock import to_ms
from vonk.events.archive import ArchiveUnavailable
from vonk.events.compaction import ArchiveDiffers, Compacted, compact, drop_old
from vonk.events.history import History
from vonk.events.log import REDACTED_VIEWER, START, EventLog, Position, StoredRecord
from vonk.events.records import Claims, EventRecord, Kind
from vonk.storage.memory.archive import MemoryArchive
from vonk.storage.memory.event_log import MemoryEventLog

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CLAIMS = Claims(1, 2, 3, 4, 5, 6, 7, 8, "vik", "impression", 9, "EUR", 10, "for_you")
FAR = Position(1_000_000)


def event(number: int, days_ago: float = 0.0) -> EventRecord:
    received_ms = to_ms(NOW - timedelta(days=days_ago))
    return EventRecord(f"event-{number}", Kind.WATCH, received_ms, received_ms, 0, 40, CLAIMS)


def read_through(log: EventLog, limit: int) -> list[StoredRecord]:
    found: list[StoredRecord] = []
    while page := log.read(found[-1].position if found else START, limit):
        found += page
    return found


def logged(*days_ago: float) -> tuple[MemoryEventLog, MemoryArchive, list[StoredRecord]]:
    log = MemoryEventLog()
    log.append([event(number, days) for number, days in enumerate(days_ago)])
    return log, MemoryArchive(), log.read(START, 1_000)


def moved(log: EventLog, archive: MemoryArchive, *, through: Position = FAR, limit: int = 10) -> Compacted:
    return compact(log, archive, through=through, before=NOW - timedelta(days=8), now=NOW, limit=limit)


def test_what_is_old_moves_and_history_reads_on() -> None:
    log, archive, kept = logged(12, 10, 9, 7, 1)
    assert moved(log, archive) == Compacted(3, 3, more=True)
    assert moved(log, archive) == Compacted(0, 0, more=False)
    assert (log.first(), archive.end()) == (4, 3)
    history = History(log, lambda: archive)
    assert read_through(history, 2) == read_through(history, 100) == kept
    assert (history.first(), history.end()) == (1, 5)
    assert history.append([event(9)], after=Position(5)) == 6


def test_nothing_moves_before_every_consumer_has_passed_it() -> None:
    log, archive, _ = logged(12, 10, 9)
    assert moved(log, archive, through=Position(2)) == Compacted(2, 2, more=True)
    assert moved(log, archive, through=Position(2)) == Compacted(0, 0, more=False)
    assert log.first() == 3


def test_a_young_record_holds_back_those_behind_it_and_one_of_a_clock_ahead_does_not() -> None:
    log, archive, _ = logged(12, -30, 9, 1, 12)
    assert moved(log, archive).archived == 3
    assert (archive.end(), log.first()) == (3, 4)
    log, archive, _ = logged(12, -30)
    assert moved(log, archive).archived == 1


def test_a_crash_between_the_two_is_made_good() -> None:
    log, archive, kept = logged(12, 10, 1)
    archive.append(kept[:2])
    assert read_through(History(log, lambda: archive), 2) == kept
    assert moved(log, archive) == Compacted(0, 2, more=True)
    assert read_through(History(log, lambda: archive), 2) == kept


def test_the_log_keeps_what_the_archive_does_not_give_back() -> None:
    log, archive, kept = logged(12, 10, 9, 1)
    archive.append([kept[0], StoredRecord(Position(2), event(77))])
    with pytest.raises(ArchiveDiffers, match="position 2"):
        moved(log, archive)
    assert (log.first(), log.end()) == (1, 4)


class Coarse(MemoryEventLog):
    """A log that forgets three records at a time, as a stream of messages with groups in them does."""

    def trim(self, through: Position) -> int:
        return super().trim(Position(through // 3 * 3))


def test_a_log_that_forgets_coarsely_is_moved_to_the_end() -> None:
    log, archive = Coarse(), MemoryArchive()
    log.append([event(number, 12) for number in range(8)])
    kept = log.read(START, 10)
    done = [moved(log, archive, limit=4) for _ in range(5)]
    assert [(one.archived, one.trimmed, one.more) for one in done] == [
        (4, 3, True),
        (4, 3, True),
        (0, 0, False),
        (0, 0, False),
        (0, 0, False),
    ]
    assert (log.first(), archive.end()) == (7, 8)
    assert read_through(History(log, lambda: archive), 3) == kept


def test_an_erasure_between_the_two_is_no_difference() -> None:
    log, archive = Coarse(), MemoryArchive()
    log.append([event(number, 12) for number in range(4)])
    moved(log, archive)
    assert (log.first(), archive.end()) == (4, 4)
    archive.redact({"vik"})
    log.append([event(number, 12) for number in range(4, 6)])
    assert moved(log, archive) == Compacted(2, 3, more=True)
    assert (log.first(), log.end()) == (7, 6)


class Failing(MemoryArchive):
    """An archive whose disk is full."""

    def append(self, stored: object) -> Position:
        raise ArchiveUnavailable(reason="no space left")


def test_a_full_disk_costs_nothing() -> None:
    log, _, kept = logged(12, 10, 1)
    with pytest.raises(ArchiveUnavailable):
        moved(log, Failing())
    assert log.read(START, 10) == kept


def test_old_days_are_dropped_and_the_rest_is_read(tmp_path: Path) -> None:
    log, archive, kept = logged(40, 39.9, 12, 1)
    moved(log, archive)
    history = History(log, lambda: archive)
    assert drop_old(archive, before=NOW - timedelta(days=30)) == 2
    assert drop_old(archive, before=NOW - timedelta(days=30)) == 0
    assert (history.first(), read_through(history, 1)) == (3, kept[2:])


def test_a_viewer_is_taken_out_of_both() -> None:
    log, archive, kept = logged(12, 10, 1)
    moved(log, archive)
    history = History(log, lambda: archive)
    assert history.redact({"vik"}, history.end()) == 3
    viewers = {one.record.claims.viewer_id for one in read_through(history, 9) if isinstance(one.record, EventRecord)}
    assert viewers == {REDACTED_VIEWER}
    assert [one.position for one in read_through(history, 9)] == [one.position for one in kept]


class TrimmedMeanwhile(MemoryEventLog):
    """A log of which another process moves a part to the archive just before it is read."""

    def __init__(self, archive: MemoryArchive) -> None:
        super().__init__()
        self.archive = archive
        self.before_next_read = 0

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        count, self.before_next_read = self.before_next_read, 0
        if count:
            self.archive.append(super().read(START, count))
            self.trim(Position(count))
        return super().read(after, limit)


@settings(max_examples=examples(40), deadline=None)
@given(at=st.integers(0, 6), count=st.integers(0, 6), limit=st.integers(1, 7))
def test_who_reads_while_records_move_meets_each_once(at: int, count: int, limit: int) -> None:
    archive = MemoryArchive()
    log = TrimmedMeanwhile(archive)
    log.append([event(number) for number in range(6)])
    history = History(log, lambda: archive)
    found: list[int] = []
    while page := history.read(Position(found[-1] if found else 0), limit):
        found += [one.position for one in page]
        if found[-1] >= at:
            log.before_next_read, count = count, 0
    assert found == [1, 2, 3, 4, 5, 6]
