"""What every event log promises."""

import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.contract import jetstream
from vonk.events.log import (
    REDACTED_VIEWER,
    START,
    EventLog,
    LogCorrupt,
    LogMoved,
    LogUnavailable,
    Position,
    RedactionUnsupported,
    StoredRecord,
)
from vonk.events.records import Claims, ConversionRecord, DecisionRecord, EventRecord, Kind, Record
from vonk.storage.memory.event_log import MemoryEventLog
from vonk.storage.nats.event_log import NatsEventLog
from vonk.storage.sqlite import event_log as sqlite_engine
from vonk.storage.sqlite.event_log import SqliteEventLog

CLAIMS = Claims(1, 2, 3, 4, 5, 6, 7, 8, "vik", "impression", 9, "EUR", 10, "for_you")


def event(number: int, viewer: str = "vik") -> EventRecord:
    claims = msgspec.structs.replace(CLAIMS, viewer_id=viewer)
    return EventRecord(f"event-{number}", Kind.WATCH, number, number + 1, 0, 40, claims)


def decision(number: int) -> DecisionRecord:
    return DecisionRecord(
        number, 5, "vik", "for_you", 4, 9, 2**62, 3, 2, 3, 4, 5, 6, 7, "impression", 9, 10, 11, 8, "", {"ended": 2}, 0.5
    )


@pytest.fixture(scope="module")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with JetStream, without a stream: one of our own, unless VONK_TEST_NATS_URL names one."""
    given = os.environ.get("VONK_TEST_NATS_URL")
    if given is not None:
        yield given.rstrip("/")
        return
    with jetstream.running(tmp_path_factory.mktemp("nats"), nodes=1) as servers:
        yield f"nats://127.0.0.1:{servers.nodes[0].port}"


@pytest.fixture(params=["memory", "sqlite", "nats"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventLog]:
    opened: EventLog
    url = ""
    if request.param == "memory":
        opened = MemoryEventLog()
    elif request.param == "sqlite":
        opened = SqliteEventLog(tmp_path / "log.sqlite3")
    else:
        server = request.getfixturevalue("nats_server")
        url = f"{server}/test-{secrets.token_hex(6)}?replicas=1&durability=replicated"
        opened = NatsEventLog(url)
    yield opened
    opened.close()
    if url:
        jetstream.delete_stream(url)


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


def test_an_append_after_what_is_known_is_made_only_there(log: EventLog) -> None:
    assert log.append([event(1), event(2)], after=START) == 2
    assert log.append([event(3)], after=Position(2)) == 3
    for records in ([event(4)], []):
        with pytest.raises(LogMoved) as caught:
            log.append(records, after=Position(1))
        assert caught.value.records == [
            StoredRecord(Position(2), event(2)),
            StoredRecord(Position(3), event(3)),
        ]
        assert caught.value.position == 3
    assert log.append([], after=Position(3)) == 3
    with pytest.raises(LogCorrupt):
        log.append([event(4)], after=Position(4))
    assert [stored.record for stored in log.read(START, 10)] == [event(1), event(2), event(3)]


def test_what_is_trimmed_is_gone_and_the_rest_stands_where_it_stood(log: EventLog) -> None:
    assert (log.first(), log.trim(Position(7))) == (1, 0)
    for start in (0, 3, 6):
        log.append([event(start), event(start + 1), event(start + 2)])
    assert log.trim(Position(6)) == 6
    assert (log.first(), log.end()) == (7, 9)
    rest = [StoredRecord(Position(7 + place), event(6 + place)) for place in range(3)]
    assert log.read(START, 10) == log.read(Position(2), 10) == log.read(Position(6), 10) == rest
    assert log.read(START, 1) == rest[:1]
    assert log.trim(Position(6)) == log.trim(START) == 0
    assert log.append([event(9)]) == 10


def test_trimming_never_takes_more_than_it_was_told(log: EventLog) -> None:
    log.append([event(0), event(1)])
    log.append([event(2), event(3), event(4)])
    count = log.trim(Position(4))
    assert 2 <= count <= 4
    assert log.first() == count + 1
    assert [stored.position for stored in log.read(START, 10)] == list(range(count + 1, 6))


def test_positions_go_on_after_all_was_trimmed(log: EventLog) -> None:
    log.append([event(number) for number in range(3)])
    assert log.trim(Position(100)) == 3
    assert (log.first(), log.end(), log.read(START, 10)) == (4, 3, [])
    with pytest.raises(LogMoved) as caught:
        log.append([event(3)], after=Position(1))
    assert (caught.value.records, caught.value.position) == ([], 3)
    assert log.append([event(3), event(4)], after=Position(3)) == 5
    assert log.read(START, 10) == [StoredRecord(Position(4), event(3)), StoredRecord(Position(5), event(4))]


def test_a_viewers_pseudonym_is_taken_out_and_nothing_else(log: EventLog) -> None:
    click = msgspec.structs.replace(CLAIMS, ad_id=77)
    bought = ConversionRecord("order-1", 1, 5, "purchase", 2, 3, 0, "", "server", "vik", click, ("email:00",))
    records: list[Record] = [
        event(1),
        event(2, "ada"),
        decision(1),
        bought,
        msgspec.structs.replace(bought, event_id="order-2", viewer_id="", identifiers=("phone:00",)),
        msgspec.structs.replace(bought, event_id="order-3", viewer_id="", click=None, identifiers=("email:11",)),
        event(3),
    ]
    log.append(records)
    try:
        assert log.redact({"vik", "nobody"}, Position(6)) == 4
    except RedactionUnsupported:
        assert [stored.record for stored in log.read(START, 10)] == records
        return
    unnamed_click = msgspec.structs.replace(click, viewer_id=REDACTED_VIEWER)
    assert [stored.record for stored in log.read(START, 10)] == [
        event(1, REDACTED_VIEWER),
        event(2, "ada"),
        msgspec.structs.replace(decision(1), viewer_id=REDACTED_VIEWER),
        msgspec.structs.replace(bought, viewer_id=REDACTED_VIEWER, click=unnamed_click, identifiers=()),
        msgspec.structs.replace(bought, event_id="order-2", viewer_id="", click=unnamed_click, identifiers=()),
        *records[5:],
    ]
    assert log.redact({"vik"}, Position(6)) == 0
    assert log.end() == 7


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


def test_positions_are_not_used_again_in_a_file_that_was_emptied(tmp_path: Path) -> None:
    log = SqliteEventLog(tmp_path / "log.sqlite3")
    log.append([event(number) for number in range(3)])
    log.trim(Position(3))
    log.close()
    again = SqliteEventLog(tmp_path / "log.sqlite3")
    assert (again.first(), again.end(), again.append([event(3), event(4)])) == (4, 3, 5)
    again.close()


def test_a_file_from_before_logs_could_be_trimmed_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite3"
    log = SqliteEventLog(path)
    log.append([event(1), event(2)])
    log._writer.execute("DROP TABLE kept")  # As such a file was.
    log.close()
    again = SqliteEventLog(path)
    assert (again.first(), again.end(), again.append([event(3)])) == (1, 2, 3)
    assert again.trim(Position(2)) == 2
    assert [stored.position for stored in again.read(START, 10)] == [3]
    again.close()


def test_trimming_and_redacting_go_by_small_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_engine, "ROWS_PER_CHANGE", 4)
    monkeypatch.setattr(sqlite_engine, "REST_SECONDS_MIN", 0.0)
    log = SqliteEventLog(tmp_path / "log.sqlite3")
    log.append([event(number, "vik" if number % 3 else "ada") for number in range(30)])
    commits: list[str] = []
    log._writer.set_trace_callback(lambda statement: commits.append(statement) if statement == "COMMIT" else None)
    assert log.redact({"vik"}, Position(20)) == 13
    assert len(commits) == 5
    records = [stored.record for stored in log.read(START, 30)]
    viewers = [record.claims.viewer_id for record in records if isinstance(record, EventRecord)]
    assert viewers == [("~" if place < 20 else "vik") if place % 3 else "ada" for place in range(30)]
    assert log.trim(Position(10)) == 10
    assert len(commits) == 8
    assert [stored.position for stored in log.read(START, 30)] == list(range(11, 31))
    log.close()


def test_what_was_redacted_is_in_no_file(tmp_path: Path) -> None:
    log = SqliteEventLog(tmp_path / "log.sqlite3")
    log.append([event(number, "vik-who-wants-to-be-forgotten") for number in range(500)])
    assert log.redact({"vik-who-wants-to-be-forgotten"}, log.end()) == 500
    assert not [path for path in tmp_path.iterdir() if b"vik-who-wants" in path.read_bytes()]
    log.close()


def test_an_empty_append_tells_when_a_refusing_disk_takes_again(tmp_path: Path) -> None:
    log = SqliteEventLog(tmp_path / "log.sqlite3")
    log.append([event(1)])
    other = sqlite3.connect(tmp_path / "log.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    log._writer.execute("PRAGMA busy_timeout = 1")
    for records in ([event(2)], []):
        with pytest.raises(LogUnavailable):
            log.append(records)
    other.execute("ROLLBACK")
    other.close()
    assert log.append([]) == 1
    assert log.append([event(2)]) == 2
    log.close()
