"""Counters that several ad servers share: each counts in its own memory, and leases shares of budgets from the others.

Money: an ad server promises only what it has leased; all leases of a purse together never pass what is left of it. What
was billed, and every ad's results, come to each server by the event log. Frequency: a promised exposure is told to the
others at once, before its decision is in the log. Redis holds nothing that cannot be lost: found empty, it is seeded
from memory, which follows from the log; unreachable, each server goes on with what it has leased and no more.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from vonk.delivery.limits.counters import (
    SEEN_UNKNOWN,
    Counters,
    Level,
    Promise,
    Purse,
    Spend,
    Tally,
    objects_of,
)
from vonk.delivery.snapshot import FrequencyCap
from vonk.events.ingest import Entry
from vonk.events.log import Position
from vonk.events.records import Claims, EventRecord, Kind
from vonk.storage.redis.exchange import (
    GRACE_MS,
    Batch,
    Exchange,
    Heard,
    Talks,
)
from vonk.storage.redis.exposures import PASSED, UNKNOWN, Capped, Exposure, SharedExposures
from vonk.storage.redis.leases import RedisLeases

PROMISES_PER_BATCH_MAX: Final = 2_000  # The rest is told by the log alone.
LAPSE_AFTER_MS: Final = 60_000  # Within it whoever heard of a showing at the last moment has told Redis of it.
FULL_MS: Final = 2_000  # What Redis said is full: by then the others' promises are known here too.
EXPOSURES_MAX: Final = 20_000  # Waiting to be told; beyond that promises count as shown, until their window is over.
FULL_MAX: Final = 10_000  # Remembered at once; beyond that it is asked again.
PAUSE_MS: Final = 5  # Between two batches: a thread that wakes for each decision costs a quarter of them.
CHARGED_MAX: Final = 100_000  # Decisions whose charge was told from here, remembered in case their event is taken back.
CLOSE_SECONDS: Final = 2.0
FIRST_SECONDS: Final = 0.2  # That the first decision with a cap waits to hear of Redis at all.


class RedisCounters:
    """The port's promises are kept by ``local``; this adds what is shared. Used by one thread, as every engine."""

    def __init__(
        self,
        local: Counters,
        url: str,
        *,
        server: str,
        prefix: str = "vonk",
        grace_ms: int = GRACE_MS,
        machine_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000,
        exchange: Talks | None = None,
    ) -> None:
        self._local = local
        self._exchange: Talks = exchange or Exchange(url, server=server, prefix=prefix, grace_ms=grace_ms)
        self._mine: dict[int, Promise] = {}
        self._order: deque[int] = deque()
        self._charged: dict[int, None] = {}
        self._told: list[Promise] = []
        self._caps: dict[tuple[Level, int], tuple[FrequencyCap, ...]] = {}
        self._shared = SharedExposures(url, self._exchange.tag)
        self._exposures: list[Exposure] = []
        self._full: dict[tuple[str, Level, int], int] = {}  # Until when nothing more is shown to the viewer.
        self._lapsed: deque[Promise] = deque()  # Whose showing was not heard of here; another server may have.
        self._introduced = False
        self._grace_ms = grace_ms
        self._platform_ms = 0  # The platform's clock at the last request.
        self._epoch = ""
        self._machine_ms = machine_ms  # Never goes back, as the platform's clock may.
        self._now_ms = machine_ms()
        self._leased = RedisLeases(local, self._now_ms)
        self._sent_ms = 0

    @property
    def leases(self) -> RedisLeases:
        return self._leased

    @property
    def reachable(self) -> bool:
        """Whether Redis answered the last time."""
        return self._exchange.reachable

    def promise(self, promise: Promise) -> bool:
        capped = () if promise.shown else self._capped(promise)
        if capped and not self._take(promise, capped):
            return False
        known = self._local.promises
        self._local.promise(promise)
        if self._local.promises == known:
            return True
        self._mine[promise.decision_id] = promise
        self._order.append(promise.decision_id)
        self._leased.move(promise, promise.micros)
        if not promise.shown and len(self._told) < PROMISES_PER_BATCH_MAX:
            self._told.append(promise)
        return True

    def learn_promise(self, promise: Promise) -> None:
        self._local.learn_promise(promise)

    def release_expired(self, now_ms: int) -> int:
        self._platform_ms = now_ms
        while self._order:
            mine = self._mine.get(self._order[0])
            if mine is not None:
                if mine.expires_ms > now_ms:
                    break
                if not mine.shown:
                    self._lapsed.append(mine)
                self._release(mine)
            self._order.popleft()
        while self._lapsed and self._lapsed[0].expires_ms + LAPSE_AFTER_MS <= now_ms:
            lapsed = self._lapsed.popleft()
            self._tell(lapsed, lapsed.decision_id, lapsed.expires_ms, came=False)
        self.pump()
        return self._local.release_expired(now_ms)

    def count(self, entry: Entry) -> None:
        self._local.count(entry)
        record = entry.record
        if record.kind is Kind.IMPRESSION and record.claims.ad_id:
            self._tell(record.claims, record.claims.decision_id, record.received_ms, came=True)
        mine = self._mine.get(record.claims.decision_id)
        if mine is not None and record.kind == record.claims.bills and not record.invalid:
            self._pay(mine, record)

    def learn(self, entry: Entry) -> None:
        """Add an event that another server took. Where this one promised it, it is paid from this one's lease."""
        self._local.learn(entry)
        record = entry.record
        mine = self._mine.get(record.claims.decision_id)
        if mine is not None and record.kind == record.claims.bills and not record.invalid:
            self._pay(mine, record)

    def take_back(self, entry: Entry) -> None:
        self._local.take_back(entry)
        record = entry.record
        if record.charge_micros and self._charged.pop(record.claims.decision_id, self) is None:
            self._leased.bill(record.claims, -record.charge_micros)

    def _pay(self, promise: Promise, record: EventRecord) -> None:
        """Let the promise go, and tell what its event was charged: who promised does, whoever took the event."""
        self._release(promise)
        if record.charge_micros:
            if len(self._charged) >= CHARGED_MAX:
                del self._charged[next(iter(self._charged))]
            self._charged[promise.decision_id] = None
            self._leased.bill(record.claims, record.charge_micros)

    def pump(self, timeout_seconds: float = 0.0) -> None:
        """Take in what came back, and send what has gathered. Never waits, but for ``timeout_seconds`` where given."""
        self._now_ms = self._leased.now_ms = self._machine_ms()
        if self._exchange.under_way:
            heard = self._exchange.hear(timeout_seconds)
            if heard is None:
                return
            self._take_in(heard)
        if not timeout_seconds and self._now_ms - self._sent_ms < PAUSE_MS:
            return
        self._sent_ms = self._now_ms
        wanted = self._leased.wanted()
        batch = Batch(
            billed=self._leased.charges(),
            wanted=wanted,
            promises=self._told,
            exposures=self._exposures,
        )
        self._told, self._exposures = [], []
        self._exchange.send(batch)

    def close(self) -> None:
        """Give back what is leased and not promised, as far as Redis can be reached, and let go of it."""
        if self._exchange.under_way:
            self.pump(CLOSE_SECONDS)
        if not self._exchange.under_way:
            given = self._leased.all_given_back()
            self._exchange.send(Batch(self._leased.charges(), given, [], self._exposures))
        self._exchange.close()
        self._shared.close()
        self._local.close()

    def _take_in(self, heard: Heard) -> None:
        sent = heard.sent
        if heard.failed:
            self._leased.unheard(sent)
            self._exposures = [*sent.exposures, *self._exposures][-EXPOSURES_MAX:]  # Told twice is told once.
            return
        self._leased.granted(heard)
        if heard.epoch != self._epoch:
            if self._epoch:
                self._begin_again()
            self._epoch = heard.epoch
        for promise in heard.promises:
            self._local.learn_promise(msgspec.structs.replace(promise, micros=0))  # Its money is the other's lease.

    def _begin_again(self) -> None:
        """Redis has lost its memory: what is leased is told it anew.

        What viewers have seen is in every server's memory, and within the grace so is what the others have promised.
        """
        self._shared.blind_for(self._grace_ms)
        self._leased.begin_again()

    def _capped(self, of: Promise | Claims) -> tuple[Capped, ...]:
        """Return what has caps of all that a showing counts at."""
        if not self._caps:
            return ()
        found = []
        for level, object_id in objects_of(of):
            caps = self._caps.get((level, 0 if level is Level.ADVERTISER else object_id))
            if caps:
                found.append(Capped(level, object_id, caps))
        return tuple(found)

    def _take(self, promise: Promise, capped: tuple[Capped, ...]) -> bool:
        """Count the showing for all servers; where that passes a cap, or nobody can say, remember what is full."""
        if not self._epoch and not self._introduced:  # The first question of all, before anything was exchanged.
            self._introduced = True
            self.pump(FIRST_SECONDS)
            self.pump(FIRST_SECONDS)
        answer = self._shared.take(promise, capped, epoch=self._epoch, now_ms=self._platform_ms)
        if answer == PASSED:
            return True
        if answer != UNKNOWN:
            full = capped[answer - 1]
            if len(self._full) >= FULL_MAX:
                self._full.clear()
            self._full[promise.viewer_id, full.level, full.object_id] = self._now_ms + FULL_MS
        return False

    def _tell(self, of: Promise | Claims, decision_id: int, at_ms: int, *, came: bool) -> None:
        capped = self._capped(of)
        if capped and len(self._exposures) < EXPOSURES_MAX:
            self._exposures.append(Exposure(decision_id, of.viewer_id, capped, at_ms, came))

    def _release(self, promise: Promise) -> None:
        self._leased.move(promise, -promise.micros)
        del self._mine[promise.decision_id]

    # What follows is the local memory's.

    @property
    def committed(self) -> int:
        return self._local.committed

    def spend(self, purse: Purse, object_id: int) -> Spend:
        return self._local.spend(purse, object_id)

    def tally(self, ad_id: int) -> Tally:
        return self._local.tally(ad_id)

    @property
    def advertiser_caps(self) -> tuple[FrequencyCap, ...]:
        return self._local.advertiser_caps

    def seen(self, viewer_id: str, level: Level, object_id: int, since_ms: int) -> int:
        if self._shared.blind or self._full.get((viewer_id, level, object_id), 0) > self._now_ms:
            return SEEN_UNKNOWN
        return self._local.seen(viewer_id, level, object_id, since_ms)

    def cap(self, level: Level, object_id: int, caps: tuple[FrequencyCap, ...]) -> None:
        self._local.cap(level, object_id, caps)
        if caps:
            self._caps[level, object_id] = caps
        else:
            self._caps.pop((level, object_id), None)

    def caps_known(self) -> None:
        self._local.caps_known()

    def sweep(self, now_ms: int) -> None:
        self._local.sweep(now_ms)

    @property
    def promises(self) -> int:
        return self._local.promises

    def place(self, account_id: int, micros: int, position: Position) -> None:
        self._local.place(account_id, micros, position)

    def settle(self, account_id: int, position: int) -> None:
        self._local.settle(account_id, position)

    def dump(self) -> bytes:
        return self._local.dump()

    def load(self, body: bytes) -> None:
        self._local.load(body)
