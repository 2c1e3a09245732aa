import asyncio
import threading
from collections.abc import Sequence

import pytest

from tests import patience
from vonk.events import committer
from vonk.events.committer import Committer, QueueFull
from vonk.events.log import EventLog, LogMoved, LogUnavailable, Position, StoredRecord
from vonk.events.records import Claims, DecisionRecord, EventRecord, Kind, MinuteRecord, Record
from vonk.storage.memory import event_log as memory_engine
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
        if not records:  # The committer only looks.
            return super().append(records, after=after)
        assert self.gate.wait(10)
        self.groups.append(len(records))
        if self.fail_next:
            self.fail_next -= 1
            raise LogUnavailable
        return super().append(records, after=after)


def open_on(
    log: EventLog,
    *,
    placed: list[tuple[Position, int]] | None = None,
    lost: list[Record] | None = None,
    moved: list[StoredRecord] | None = None,
    position: int = 0,
) -> Committer:
    """Return a committer that writes down what it tells."""
    told_placed = [] if placed is None else placed
    told_lost = [] if lost is None else lost
    told_moved = [] if moved is None else moved
    return Committer(
        log,
        lambda last, records: told_placed.append((last, len(records))),
        told_lost.extend,
        lambda _position, records: told_moved.extend(records),
        Position(position),
    )


def names(log: MemoryEventLog) -> list[str | int]:
    stored = [entry.record for entry in log.read(Position(0), 10**6)]
    return [
        record.decision_id if isinstance(record, DecisionRecord) else record.event_id
        for record in stored
        if not isinstance(record, MinuteRecord)
    ]


def test_requests_that_wait_share_one_write_and_keep_their_order() -> None:
    log = GatedLog()

    async def story() -> None:
        placed: list[tuple[Position, int]] = []
        writer = open_on(log, placed=placed)
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
        writer = open_on(log, lost=lost)
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
        writer = open_on(log)
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
        writer = open_on(log)
        writer.offer(decision(7))
        await writer.close()

    asyncio.run(story())
    assert names(log) == [7]


def test_what_was_judged_before_others_wrote_is_judged_again() -> None:
    log = MemoryEventLog()
    log.append([event("known")])
    lost: list[Record] = []
    moved: list[StoredRecord] = []
    placed: list[tuple[Position, int]] = []

    async def story() -> None:
        writer = open_on(log, placed=placed, lost=lost, moved=moved, position=1)
        writer.offer(decision(7))
        log.append([event("theirs")])
        futures = [writer.submit([event("a"), event("b")]), writer.submit([]), writer.submit([event("c")])]
        for outcome in await asyncio.gather(*futures, return_exceptions=True):
            assert isinstance(outcome, LogMoved)
        assert (writer.moves, writer.failures, writer.healthy) == (1, 0, True)
        assert writer.unsettled() == [decision(7)]
        await writer.submit([event("c")])
        await writer.close()

    asyncio.run(story())
    assert lost == [event("a"), event("b"), event("c")]
    assert moved == [StoredRecord(Position(2), event("theirs"))]
    assert names(log) == ["known", "theirs", 7, "c"]
    assert sum(count for _, count in placed) == 2


def test_decisions_that_turn_out_to_be_in_the_log_are_not_written_again() -> None:
    log = MemoryEventLog()
    moved: list[StoredRecord] = []

    async def story() -> None:
        writer = open_on(log, moved=moved)
        log.append([decision(7)])  # As when the answer to an append was lost.
        writer.offer(decision(7))
        writer.offer(decision(8))
        with pytest.raises(LogMoved):
            await writer.submit([])
        await writer.close()

    asyncio.run(story())
    assert names(log) == [7, 8]
    assert moved == [StoredRecord(Position(1), decision(7))]


def test_an_idle_committer_learns_what_others_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committer, "FOLLOW_SECONDS", 0.001)
    monkeypatch.setattr(memory_engine, "MOVED_RECORDS_MAX", 2)
    log = MemoryEventLog()
    moved: list[StoredRecord] = []

    async def story() -> None:
        writer = open_on(log, moved=moved)
        log.append([event(name) for name in "abcde"])
        async with asyncio.timeout(patience.SECONDS):
            while len(moved) < 5:  # noqa: ASYNC110 - nobody needs to be told of it but this test.
                await asyncio.sleep(0.001)
        await writer.close()

    asyncio.run(story())
    assert [stored.position for stored in moved] == [1, 2, 3, 4, 5]


def test_a_log_that_cannot_be_reached_is_noticed_without_a_write_and_so_is_its_return(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Unreachable(MemoryEventLog):
        away = True

        def append(self, records: Sequence[Record], *, after: Position | None = None) -> Position:
            if self.away:
                raise LogUnavailable
            return super().append(records, after=after)

    monkeypatch.setattr(committer, "FOLLOW_SECONDS", 0.001)
    log = Unreachable()
    seen: list[bool] = []

    async def story() -> None:
        writer = open_on(log)
        async with asyncio.timeout(patience.SECONDS):
            for healthy in (False, True):
                log.away = not healthy
                while writer.healthy is not healthy:  # noqa: ASYNC110 - nobody needs to be told of it but this test.
                    await asyncio.sleep(0.001)
                seen.append(writer.healthy)
        assert writer.failures == 0
        await writer.close()

    asyncio.run(story())
    assert seen == [False, True]


def test_what_comes_after_the_end_is_taken_back_and_refused() -> None:
    lost: list[Record] = []

    async def story() -> None:
        writer = open_on(MemoryEventLog(), lost=lost)
        await writer.close()
        with pytest.raises(LogUnavailable):
            writer.submit([event("a")])

    asyncio.run(story())
    assert lost == [event("a")]
