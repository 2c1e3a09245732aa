"""The ad server's life: its memory filled from publications and log at the start, kept fresh, drained at the end.

Everything here runs on one event loop; only the log's writer and the publications' reader are threads of their own.
"""

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

import structlog

from vonk.core.clock import Clock
from vonk.core.errors import Problem
from vonk.delivery.limits.counters import Counters
from vonk.delivery.server import checkpoint as checkpoints
from vonk.delivery.server.checkpoint import Checkpoint
from vonk.delivery.server.memory import Memory
from vonk.delivery.server.options import Options
from vonk.delivery.snapshot import Publication, PublicationFeed
from vonk.delivery.trained.watch import ModelWatch
from vonk.events import records as codec
from vonk.events.committer import Committer
from vonk.events.log import START, EventLog, LogShortened, Position, StoredRecord
from vonk.events.records import EventRecord, MinuteRecord, Record
from vonk.events.tokens import Signer

PUBLICATIONS_PER_READ: Final = 5_000
APPLY_SECONDS: Final = 0.004  # Publications are applied for so long before the loop serves again,
PUBLICATIONS_WAITING_MAX: Final = 20_000  # and no more are read while so many wait.
RECORDS_PER_READ: Final = 5_000
FEED_WAIT_SECONDS: Final = 0.25
FEED_RETRY_SECONDS: Final = 0.1
TICK_SECONDS: Final = 1.0
CHECKPOINT_PAUSE_SHARE: Final = 0.005  # Encoding a checkpoint stops the loop: at most this share of the time.

Result = TypeVar("Result")
_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Runtime(Memory):
    """What the ad server knows and does between requests."""

    def __init__(
        self,
        *,
        feed: PublicationFeed,
        log: EventLog,
        signer: Signer,
        counters: Counters,
        clock: Clock,
        options: Options,
        models: ModelWatch | None = None,
    ) -> None:
        super().__init__(signer=signer, counters=counters, clock=clock, options=options)
        self.models = models
        self.feed = feed
        self.log = log
        self.loaded = False  # All publications of the start are applied.
        self.feed_failed: str | None = None
        self.feed_read_at = 0.0  # Machine seconds of the last successful read.
        self.committer: Committer
        self._position = START
        self._stopping = threading.Event()
        self._ticks: asyncio.Task[None] | None = None
        self._waiting: deque[Publication | None] = deque()  # Read and not applied; None where a read found no more.
        self._looks: asyncio.Task[None] | None = None
        self._minutes_due: Iterator[MinuteRecord | None] = iter(())

    async def start(self) -> None:
        """Fill the memory, then begin to follow publications and to write. Raises LogUnavailable."""
        started = time.monotonic()
        loop = asyncio.get_running_loop()
        try:
            self._load_publications()
        except Problem as error:
            self._feed_unavailable(error)
        self.lists.reread()
        if self.models is not None:
            self.models.look()  # Before the first answer: nobody waits for what has to be compiled.
            self.predictor = self.models.predictor
        self._recover()
        self.log.append([])  # Whatever keeps the log from being written is named now, not to the first viewer.
        self.committer = Committer(self.log, self._committed, self._lost, self._moved, self._position)
        threading.Thread(target=self._follow, args=(loop,), name="publications", daemon=True).start()
        self._ticks = asyncio.create_task(self._tick_forever())
        if self.models is not None:
            self._looks = asyncio.create_task(self._follow_models(self.models))
        _log.info(
            "ads.started",
            ads=len(self.index.rows),
            sequence=self.index.sequence,
            position=self._position,
            seconds=round(time.monotonic() - started, 3),
        )

    async def stop(self) -> None:
        """Make durable what was taken, keep the counters, release the engines."""
        self._stopping.set()
        for task in (self._ticks, self._looks):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        for record in (*self._minutes_due, *self.handover.last(self.clock.now_ms())):
            if record is not None:
                self.committer.offer(record)
        await self.committer.close()
        await self._keep()
        self.counters.close()
        self.log.close()
        _log.info("ads.stopped", position=self._position)

    async def in_thread(self, act: Callable[..., Result], *arguments: object) -> Result:
        """Do what takes reads of the log beside the loop."""
        return await asyncio.get_running_loop().run_in_executor(None, act, *arguments)

    def _load_publications(self) -> None:
        """Read and apply everything that is published, in one go. Raises FeedUnavailable with what was read applied."""
        self.index.load(self._published())
        self._publications_loaded()

    def _published(self) -> Iterator[Publication]:
        after = 0
        while page := self.feed.read(after, PUBLICATIONS_PER_READ):
            yield from page
            after = page[-1].sequence

    def _publications_loaded(self) -> None:
        self.follow_index()
        self.counters.caps_known()
        self.loaded = True
        self.feed_failed = None
        self.feed_read_at = time.monotonic()

    def _follow(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read publications until told to stop, then close the feed: the thread's whole life."""
        after = self.index.sequence
        while not self._stopping.is_set():
            try:
                page = self.feed.read(after, PUBLICATIONS_PER_READ)
                whole = len(page) < PUBLICATIONS_PER_READ
                self._hand_over(loop, page, whole=whole)
                after = page[-1].sequence if page else after
                if whole:
                    self.feed.wait(FEED_WAIT_SECONDS)
            except Problem as error:
                self._on_loop(loop, self._feed_unavailable, error)
                self._stopping.wait(FEED_RETRY_SECONDS)
            except Exception:  # noqa: BLE001 - the thread must outlive whatever an engine raises.
                _log.exception("publications.engine_failed")
                self._stopping.wait(FEED_RETRY_SECONDS)
        self.feed.close()

    def _hand_over(self, loop: asyncio.AbstractEventLoop, page: Sequence[Publication], *, whole: bool) -> None:
        while len(self._waiting) > PUBLICATIONS_WAITING_MAX and not self._stopping.is_set():
            self._stopping.wait(FEED_RETRY_SECONDS)
        self._on_loop(loop, self._take, page, whole)

    def _on_loop(self, loop: asyncio.AbstractEventLoop, act: "Callable[..., None]", *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # The loop has ended: nobody is left to tell.
            loop.call_soon_threadsafe(act, *arguments)

    def _take(self, page: Sequence[Publication], whole: bool) -> None:  # noqa: FBT001 - handed over by place.
        """Put what was read behind what waits; ``whole``: there was no more."""
        waited = bool(self._waiting)
        self._waiting.extend(page)
        if whole:
            self._waiting.append(None)
        if not waited and self._waiting:
            self._apply()

    def _apply(self) -> None:
        """Apply what waits, oldest first, and let the loop serve now and then."""
        until = time.perf_counter() + APPLY_SECONDS
        waiting = self._waiting
        try:
            while waiting:
                publication = waiting.popleft()
                if publication is None:
                    self._publications_read()
                    continue
                try:
                    self.index.apply(publication)
                except Exception:  # noqa: BLE001 - one that fails must not keep those behind it, withdrawals above all.
                    _log.exception("publication.not_applied", sequence=publication.sequence, kind=publication.kind)
                if time.perf_counter() >= until:
                    break
            self.follow_index()
        finally:
            if waiting:
                asyncio.get_running_loop().call_soon(self._apply)

    def _publications_read(self) -> None:
        if not self.loaded:
            self.index.reorder()
            self._publications_loaded()
            _log.info("publications.loaded", ads=len(self.index.rows), sequence=self.index.sequence)
        self.feed_failed = None
        self.feed_read_at = time.monotonic()

    def _feed_unavailable(self, error: Problem) -> None:
        if self.feed_failed is None:
            _log.warning("publications.unavailable", error=str(error))
        self.feed_failed = str(error)

    def _committed(self, last: Position, records: Sequence[Record]) -> None:
        """Learn where the group stands in the log."""
        self._position = last
        first = last - len(records) + 1
        for place, record in enumerate(records):
            if isinstance(record, EventRecord) and record.charge_micros:
                self.counters.place(record.claims.account_id, record.charge_micros, Position(first + place))

    def _lost(self, records: Sequence[Record]) -> None:
        """Forget what a failing disk did not take; ads parked for what they had spent may have room again."""
        self.ingest.take_back(records)
        self.conversions.take_back(records)
        self.index.open_all()

    def _moved(self, position: Position, theirs: Sequence[StoredRecord]) -> None:
        """Take in what other ad servers wrote, as if it had been in the log when this one started."""
        for stored in theirs:
            self.replay(stored.position, stored.record)
        self._position = position
        for ad_id in {stored.record.claims.ad_id for stored in theirs if isinstance(stored.record, EventRecord)}:
            self.index.repredict(ad_id)

    def _recover(self) -> None:
        """Rebuild the counters: from the checkpoint, then from the log that follows it.

        Raises LogShortened when the log has lost what the checkpoint counts: positions would be used a second time.
        """
        kept = checkpoints.read(self.options.checkpoint_dir) if self.options.checkpoint_dir else None
        if kept is not None:
            end = self.log.end()
            if kept.position > end:
                raise LogShortened(end=end, known=kept.position)
            try:
                self.load(kept)
                self._position = Position(kept.position)
            except ValueError as error:
                _log.warning("checkpoint.damaged", error=str(error))
        while page := self.log.read(self._position, RECORDS_PER_READ):
            for stored in page:
                self.replay(stored.position, stored.record)
            self._position = page[-1].position
        newest = self.log.read(Position(max(START, self._position - 1)), 1)
        passed_ms = codec.received_ms_of(newest[-1].record) if newest else self.clock.now_ms()
        self.recovered(passed_ms)

    async def _tick_forever(self) -> None:
        next_checkpoint = time.monotonic() + self.options.checkpoint_seconds
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now_ms = self.clock.now_ms()
            self.catch_up(now_ms)
            self.index.traffic.advance(now_ms)
            self.signer.refresh()
            await self.in_thread(self.lists.reread)
            self.index.reorder_if_due()
            await self._hand_over_minutes(now_ms)
            if time.monotonic() >= next_checkpoint:
                self.forget_expired()
                self.weigh_esteem(now_ms)
                self.counters.sweep(now_ms)
                paused = await self._keep()
                rest = max(self.options.checkpoint_seconds, paused / CHECKPOINT_PAUSE_SHARE)
                next_checkpoint = time.monotonic() + rest

    async def _hand_over_minutes(self, now_ms: int) -> None:
        """Send the minutes that are over on their way to the log, piece by piece; nobody waits for them."""
        self._minutes_due = self.handover.due(now_ms)
        for record in self._minutes_due:
            if record is not None:
                self.committer.offer(record)
            await asyncio.sleep(0)

    async def _follow_models(self, models: ModelWatch) -> None:
        """Serve what the shelf's pointer names: loaded beside the loop, taken over between two decisions."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await self.in_thread(models.look)
            self.predictor = models.predictor

    async def _keep(self) -> float:
        """Write a checkpoint; return for how many seconds it stopped the loop."""
        directory = self.options.checkpoint_dir
        if directory is None:
            return 0.0
        started = time.monotonic()
        content = checkpoints.encode(self._checkpoint())
        paused = time.monotonic() - started
        try:
            await asyncio.get_running_loop().run_in_executor(None, checkpoints.write, directory, content)
        except OSError as error:
            _log.warning("checkpoint.not_written", error=str(error))
        return paused

    def _checkpoint(self) -> Checkpoint:
        return self.checkpoint(self._position, self.committer.unsettled())
