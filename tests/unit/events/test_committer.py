import asyncio
import threading
from collections.abc import Sequence

import pytest

from vonk.events import committer
from vonk.events.committer import Committer, QueueFull
from vonk.events.log import LogUnavailable, Position
from vonk.events.records import Claims, DecisionRecord, EventRecord, Kind, Record
from vonk.storage.memory.event_log import MemoryEventLog

CLAIMS = Claims(1, 0, 0, 0, 0, 0, 0, 0, "vik", "", 0, "", 0, "")


def event(name: str) -> EventRecord:
    return EventRecord(name, Kind.PLAY, 0, 0, 0, 0, CLAIMS)


def decision(number: int) -> DecisionRecord:
    return DecisionRecord(number, 0, "", "", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "", 0, 0, 0, 0, "", {})


class GatedLog(MemoryEventLog):
    """Waits at the gate before it writes; counts groups; fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.groups: list[int] = []
        self.fail_next = 0

    def append(self, records: Sequence[Record], *, after: Position | None = None) -> Position:
        assert self.gate.wait(10)
        self.groups.append(len(records))
        if self.fail_next:
            self.fail_next -= 1
            raise LogUnavailable
        return super().append(records, after=after)


def names(log: MemoryEventLog) -> list[str | int]:
    stored = [entry.record for entry in log.read(Position(0), 10**6)]
    return [record.decision_id if isinstance(record, DecisionRecord) else record.event_id for record in stored]


def test_requests_that_wait_share_one_write_and_keep_their_order() -> None:
    log = GatedLog()

    async def story() -> None:
        placed: list[tuple[Position, int]] = []
        writer = Committer(log, lambda last, records: placed.append((last, len(records))), lambda _: None)
        first = writer.submit([event("a")])
        await asyncio.sleep(0)
        writer.offer(decision(7))
        rest = [writer.submit([event(name)]) for name in "bcd"]
        log.gate.set()
        assert [await first, *[await future for future in rest]] == [1, 5, 5, 5]
        assert placed == [(1, 1), (5, 4)]
        await writer.close()

    asyncio.run(story())
    assert log.groups == [1, 4]
    assert names(log) == ["a", 7, "b", "c", "d"]


def test_a_failed_write_loses_its_requests_and_keeps_decisions() -> None:
    log = GatedLog()
    log.gate.set()
    log.fail_next = 1
    lost: list[Record] = []

    async def story() -> None:
        writer = Committer(log, lambda _last, _records: None, lost.extend)
        writer.offer(decision(7))
        with pytest.raises(LogUnavailable):
            await writer.submit([event("a")])
        assert (writer.healthy, writer.failures) == (False, 1)
        await writer.submit([event("b")])
        assert writer.healthy
        await writer.close()

    asyncio.run(story())
    assert lost == [event("a")]
    assert names(log) == [7, "b"]


def test_the_queue_has_a_bound() -> None:
    log = GatedLog()

    async def story() -> None:
        writer = Committer(log, lambda _last, _records: None, lambda _: None)
        records = [event("a")] * committer.QUEUE_RECORDS_MAX
        future = writer.submit(records)
        writer.check_room(0)
        with pytest.raises(QueueFull):
            writer.check_room(1)
        log.gate.set()
        await future
        writer.check_room(1)
        await writer.close()

    asyncio.run(story())


def test_closing_writes_what_waits() -> None:
    log = MemoryEventLog()

    async def story() -> None:
        writer = Committer(log, lambda _last, _records: None, lambda _: None)
        writer.offer(decision(7))
        await writer.close()

    asyncio.run(story())
    assert names(log) == [7]
