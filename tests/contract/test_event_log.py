"""What every event log promises."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vonk.events.log import START, EventLog, LogCorrupt, LogUnavailable, Position, StoredRecord
from vonk.events.records import Claims, DecisionRecord, EventRecord, Kind, Record
from vonk.storage.memory.event_log import MemoryEventLog
from vonk.storage.sqlite.event_log import SqliteEventLog

CLAIMS = Claims(1, 2, 3, 4, 5, 6, 7, 8, "vik", "impression", 9, "EUR", 10, "for_you")
Opener = Callable[[], EventLog]


def event(number: int) -> EventRecord:
    return EventRecord(f"event-{number}", Kind.WATCH, number, number + 1, 0, 40, CLAIMS)


def decision(number: int) -> DecisionRecord:
    return DecisionRecord(
        number, 5, "vik", "for_you", 4, 9, 2**62, 3, 2, 3, 4, 5, 6, 7, "impression", 9, 10, 11, 8, "", {"ended": 2}, 0.5
    )


@pytest.fixture(params=["memory", "sqlite"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventLog]:
    opened: EventLog = MemoryEventLog() if request.param == "memory" else SqliteEventLog(tmp_path / "log.sqlite3")
    yield opened
    opened.close()


def test_an_empty_log_ends_at_its_start(log: EventLog) -> None:
    assert (log.end(), log.read(START, 10)) == (START, [])


def test_records_come_back_as_they_were_in_their_order(log: EventLog) -> None:
    records: list[Record] = [decision(1), event(1), decision(2), event(2)]
    assert log.append(records[:1]) == 1
    assert log.append(records[1:]) == 4
    assert log.end() == 4
    expected = [StoredRecord(Position(place), record) for place, record in enumerate(records, start=1)]
    assert log.read(START, 10) == expected
    assert log.read(Position(1), 2) == expected[1:3]
    assert log.read(Position(4), 10) == []


def test_groups_of_every_size_are_whole(log: EventLog) -> None:
    total = 0
    for size in (1, 7, 8, 9, 64, 71, 512, 585, 1_100):
        total += size
        assert log.append([event(number) for number in range(total - size, total)]) == total
    found = [stored.record for stored in log.read(START, 10_000)]
    assert found == [event(number) for number in range(total)]


def test_nothing_appended_is_nothing(log: EventLog) -> None:
    log.append([event(1)])
    assert log.append([]) == 1


def test_readers_see_whole_groups_while_they_are_written(log: EventLog) -> None:
    sizes: set[int] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            sizes.add(len(log.read(START, 10_000)) % 10)

    reader = threading.Thread(target=read)
    reader.start()
    for start in range(0, 500, 10):
        log.append([event(number) for number in range(start, start + 10)])
    done.set()
    reader.join()
    assert sizes == {0}


def test_another_opener_reads_what_was_appended(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite3"
    first, second = SqliteEventLog(path), SqliteEventLog(path)
    first.append([event(1)])
    assert [stored.record for stored in second.read(START, 10)] == [event(1)]
    first.close()
    assert second.append([event(2)]) == 2
    second.close()
    again = SqliteEventLog(path)
    assert again.end() == 2
    again.close()


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 4_096])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log.sqlite3"
    path.write_bytes(content)
    with pytest.raises(LogCorrupt) as caught:
        SqliteEventLog(path)
    assert caught.value.values == {"path": str(path)}


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite3"
    log = SqliteEventLog(path)
    log.append([event(1)])
    log._writer.execute("UPDATE records SET body = x'00'")
    with pytest.raises(LogCorrupt):
        log.read(START, 1)
    log.close()


def test_a_write_that_does_not_fit_leaves_nothing(tmp_path: Path) -> None:
    log = SqliteEventLog(tmp_path / "log.sqlite3")
    log.append([event(1)])
    pages = log._writer.execute("PRAGMA page_count").fetchone()[0]
    log._writer.execute(f"PRAGMA max_page_count = {pages}")  # What a full disk does.
    with pytest.raises(LogUnavailable):
        log.append([event(number) for number in range(5_000)])
    assert log.end() == 1
    log._writer.execute("PRAGMA max_page_count = 1000000")
    assert log.append([event(2)]) == 2
    log.close()
