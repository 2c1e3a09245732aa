"""Group commit: many requests' records go to the log in one transaction, written by one thread.

Everything but the write itself happens on the event loop, so that no lock is needed; the thread is handed whole
groups. Records reach the log in the order in which they were handed in.

Others may write to the same log. A group is appended only where the log ends as far as this process knows; where it
ends further on, all that waits was judged without knowing what others took: it is given up, the others' records are
handed over, and whoever waits judges again.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from typing import ClassVar, Final

import structlog

from vonk.core.errors import Actor, Limited
from vonk.events.log import EventLog, LogMoved, LogUnavailable, Position, StoredRecord
from vonk.events.records import DecisionRecord, Offered, Record

QUEUE_RECORDS_MAX: Final = 100_000  # About 40 MB of records: seconds of a busy day, while a disk hesitates.
GROUP_RECORDS_MAX: Final = 8_192  # One transaction; keeps the wait of its first request in the tens of milliseconds.
DECISIONS_LINGER_SECONDS: Final = 0.05  # Decision records wait for company; no request waits for them.
DECISIONS_PER_BATCH: Final = 1_024  # That wait together, so that one more costs no more than its place in a list.
RETRY_SECONDS: Final = 0.25
FOLLOW_SECONDS: Final = (
    0.25  # An idle committer looks so often for others' records, and whether the log can be written.
)

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class QueueFull(Limited):
    """More came in than the disk can keep up with."""

    code = "queue_full"
    message = "The ad server has more to write than it can hold."
    cause = "Events arrive faster than the disk takes them."
    remedy = "Send the same again after the time that Retry-After names."
    actor: ClassVar[Actor] = Actor.PLATFORM
    retry_after_seconds = 1


class _Batch:
    """The records of one request with the future that tells it they are durable, or decisions, without one."""

    __slots__ = ("future", "records")

    def __init__(self, records: Sequence[Record], future: "asyncio.Future[Position] | None") -> None:
        self.records = records
        self.future = future

    def without(self, decisions: set[int]) -> "_Batch":
        """Return the batch less the decisions of these ids."""
        left = [r for r in self.records if not isinstance(r, DecisionRecord) or r.decision_id not in decisions]
        return self if len(left) == len(self.records) else _Batch(left, self.future)


class Committer:
    """Made and used on one event loop.

    ``position`` is where the log ends as far as the caller knows. ``on_committed`` is told the last position of each
    group and its records; ``on_lost`` the records that could not be written and will not be tried again, oldest first,
    before any other request is judged; ``on_moved`` the records that others wrote, after the own ones were lost, and the
    position that the log is then known up to.
    """

    def __init__(
        self,
        log: EventLog,
        on_committed: Callable[[Position, Sequence[Record]], None],
        on_lost: Callable[[Sequence[Record]], None],
        on_moved: Callable[[Position, Sequence[StoredRecord]], None],
        position: Position,
    ) -> None:
        self._log = log
        self._on_committed = on_committed
        self._on_lost = on_lost
        self._on_moved = on_moved
        self._position = position
        self._loop = asyncio.get_running_loop()
        self._waiting: list[_Batch] = []
        self._together: list[Record] | None = (
            None  # The records of the last batch that waits, while it is of decisions.
        )
        self._writing: list[_Batch] = []
        self._records_waiting = 0
        self._busy = False  # The thread has something to do, be it only to look.
        self._timer: asyncio.Handle | None = None
        self._work: queue.SimpleQueue[tuple[list[Record], Position] | None] = queue.SimpleQueue()
        self._idle = asyncio.Event()
        self._idle.set()
        self.failures = 0  # Groups that could not be written.
        self.moves = 0  # Times that others had written first.
        self.healthy = True  # The last group was written, and the log could be written when it was last looked at.
        self._thread = threading.Thread(target=self._write, name="event-log", daemon=True)
        self._thread.start()
        self._closing = False
        self._closed = False
        self._follow_timer: asyncio.Handle = self._loop.call_later(FOLLOW_SECONDS, self._follow)

    @property
    def queued(self) -> int:
        """Records that wait or are being written."""
        return self._records_waiting

    def check_room(self, count: int) -> None:
        """Raise QueueFull when ``count`` more records would pass the bound."""
        if self._records_waiting + count > QUEUE_RECORDS_MAX:
            raise QueueFull

    def submit(self, records: Sequence[Record]) -> "asyncio.Future[Position]":
        """Write the records after all that was handed in before; the future holds when they are durable.

        It raises LogUnavailable when they could not be written; then none of them is in the log. It raises LogMoved when
        others wrote first: then they are to be judged again. With no records it holds when all that came before is
        settled.
        """
        if self._closed:  # Judged again at the very end: nobody is left to write it.
            self._on_lost(records)
            raise LogUnavailable
        future: asyncio.Future[Position] = self._loop.create_future()
        self._together = None  # What is decided from here on comes after these.
        self._put(_Batch(records, future))
        if not self._busy:
            self._start_in(0)
        return future

    def offer(self, record: Offered) -> None:
        """Write the record soon; if the disk refuses, try again until it takes it.

        A decision is written once. Counts of a minute may come twice where others wrote to the log meanwhile: they are
        numbered.
        """
        together = self._together
        if together is not None and len(together) < DECISIONS_PER_BATCH:
            together.append(record)
            self._records_waiting += 1
            return
        self._together = together = [record]
        self._put(_Batch(together, None))
        if not self._busy and self._timer is None:
            self._start_in(DECISIONS_LINGER_SECONDS)

    def unsettled(self) -> list[Record]:
        """Return the records that are not yet known to be in the log, oldest first."""
        return [record for batch in (*self._writing, *self._waiting) for record in batch.records]

    async def close(self, timeout_seconds: float = 10.0) -> None:
        """Write what waits, then stop the thread. What cannot be written in time was never acknowledged."""
        self._closing = True
        self._follow_timer.cancel()
        if self._waiting and not self._busy:
            self._start_in(0)
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._idle.wait()
        except TimeoutError:
            _log.error("log.drain_timeout", records=self._records_waiting)
        if self._timer is not None:
            self._timer.cancel()
        self._closed = True
        self._work.put(None)
        await self._loop.run_in_executor(None, self._thread.join, timeout_seconds)

    def _put(self, batch: _Batch) -> None:
        self._waiting.append(batch)
        self._records_waiting += len(batch.records)
        self._idle.clear()

    def _start_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        # Even 0 waits for the loop's next turn, so that all requests of this turn share a group.
        self._timer = self._loop.call_later(seconds, self._start) if seconds else self._loop.call_soon(self._start)

    def _start(self) -> None:
        self._timer = None
        if self._busy or not self._waiting:
            return
        self._together = None  # It is on its way.
        group: list[Record] = []
        taken = 0
        for batch in self._waiting:
            if group and len(group) + len(batch.records) > GROUP_RECORDS_MAX:
                break
            group.extend(batch.records)
            taken += 1
        self._writing, self._waiting = self._waiting[:taken], self._waiting[taken:]
        self._hand_over(group)

    def _hand_over(self, group: list[Record]) -> None:
        self._busy = True
        self._work.put((group, self._position))

    def _follow_in(self, seconds: float) -> None:
        self._follow_timer.cancel()
        if not self._closing:
            self._follow_timer = self._loop.call_later(seconds, self._follow)

    def _follow(self) -> None:
        """Look whether others have written, unless an append is about to find out."""
        self._follow_in(FOLLOW_SECONDS)
        if not self._busy and not self._waiting:
            self._hand_over([])

    def _write(self) -> None:
        """Write group after group: the thread's whole life."""
        while (work := self._work.get()) is not None:
            group, position = work
            failure = None
            try:
                position = self._log.append(group, after=position)
            except LogUnavailable as error:
                failure = error
            except Exception as error:  # noqa: BLE001 - whatever an engine raises, the requests must be answered.
                _log.exception("log.engine_failed")
                failure = LogUnavailable()
                failure.__cause__ = error
            with contextlib.suppress(RuntimeError):  # The loop has ended: nobody is left to tell.
                self._loop.call_soon_threadsafe(self._settle, group, position, failure)

    def _settle(self, group: list[Record], position: Position, failure: LogUnavailable | None) -> None:
        batches, self._writing = self._writing, []
        self._busy = False
        if failure is None:
            self.healthy = True
            self._position = position
            self._records_waiting -= len(group)
            if group:
                self._on_committed(position, group)
        elif isinstance(failure, LogMoved):
            batches = self._moved(batches, failure)
            self._follow_in(0)  # There may be more.
        elif batches:
            self._fail(batches, failure)
        else:
            self._unreachable(failure)
        for batch in batches:
            if batch.future is not None and not batch.future.done():
                if failure is None:
                    batch.future.set_result(position)
                else:
                    batch.future.set_exception(failure)
        if self._waiting:
            self._start_in(self._rest(failure))
        else:
            self._idle.set()

    def _rest(self, failure: LogUnavailable | None) -> float:
        """Return for how long to wait before what waits is written: not at all while a request waits for it."""
        if failure is not None and not isinstance(failure, LogMoved):
            return RETRY_SECONDS
        return 0 if any(batch.future is not None for batch in self._waiting) else DECISIONS_LINGER_SECONDS

    def _moved(self, batches: list[_Batch], moved: LogMoved) -> list[_Batch]:
        """Give up all requests' records and hand over the others'; return the batches that are to be judged again.

        Decisions stay: nothing that others wrote makes them untrue. One that is among the others' records is there
        already, from a group of ours of which nobody could say what became of it.
        """
        self.moves += 1
        there = {one.record.decision_id for one in moved.records if isinstance(one.record, DecisionRecord)}
        batches += self._waiting
        self._together = None
        kept = [batch.without(there) if there else batch for batch in batches if batch.future is None]
        self._waiting = [batch for batch in kept if batch.records]
        self._records_waiting = sum(len(batch.records) for batch in self._waiting)
        given_up = [batch for batch in batches if batch.future is not None]
        lost = [record for batch in given_up for record in batch.records]
        _log.debug("log.moved", records=len(moved.records), judged_again=len(lost))
        if lost:
            self._on_lost(lost)
        self._position = moved.position
        self._on_moved(moved.position, moved.records)
        return given_up

    def _fail(self, batches: list[_Batch], failure: LogUnavailable) -> None:
        """Give up the requests' records, keep the decisions': nobody else would send those again."""
        self.failures += 1
        self.healthy = False
        kept = [batch for batch in batches if batch.future is None]
        lost = [record for batch in batches if batch.future is not None for record in batch.records]
        self._records_waiting -= len(lost)
        self._waiting = kept + self._waiting
        _log.error("log.write_failed", error=failure.code, records_refused=len(lost), decisions_kept=len(kept))
        self._on_lost(lost)

    def _unreachable(self, failure: LogUnavailable) -> None:
        """Note that the log could not be written now; nothing was to be."""
        if self.healthy:
            _log.error("log.unreachable", error=failure.code, message=str(failure))
        self.healthy = False
