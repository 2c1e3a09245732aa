"""Counters that several ad servers share: each counts in its own memory, and leases shares of budgets from the others.

Money: an ad server promises only what it has leased; all leases of a purse together never pass what is left of it. What
was billed, and every ad's results, come to each server by the event log. Frequency: a promised exposure is told to the
others at once, before its decision is in the log. Redis holds nothing that cannot be lost: found empty, it is seeded
from memory, which follows from the log; unreachable, each server goes on with what it has leased and no more.
"""

import itertools
import time
from collections import deque
from collections.abc import Callable
from typing import Final

import msgspec

from vonk.delivery.limits.counters import (
    SEEN_UNKNOWN,
    Counters,
    Leases,
    Level,
    Limit,
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
    Billed,
    Exchange,
    Heard,
    Period,
    Talks,
    Wanted,
)
from vonk.storage.redis.exposures import PASSED, UNKNOWN, Capped, Exposure, SharedExposures

LEASE_EVENTS: Final = 64  # A lease is good for so many of the dearest events,
LEASE_SHARE: Final = 100  # and at least for this part of the limit.
LEASES_PER_BATCH_MAX: Final = 200  # A batch keeps the thread busy for milliseconds, in which no decision is made.
PROMISES_PER_BATCH_MAX: Final = 2_000  # The rest is told by the log alone.
LAPSE_AFTER_MS: Final = 60_000  # Within it whoever heard of a showing at the last moment has told Redis of it.
FULL_MS: Final = 2_000  # What Redis said is full: by then the others' promises are known here too.
EXPOSURES_MAX: Final = 20_000  # Waiting to be told; beyond that promises count as shown, until their window is over.
FULL_MAX: Final = 10_000  # Remembered at once; beyond that it is asked again.
PAUSE_MS: Final = 5  # Between two batches: a thread that wakes for each decision costs a quarter of them.
REFUSED_MS: Final = 100  # A purse that had nothing to lease is not asked again sooner.
KNOWN_AFTER_MS: Final = 60_000  # What was billed so long ago was told by whoever promised it, if it lives.
CHARGED_MAX: Final = 100_000  # Decisions whose charge was told from here, remembered in case their event is taken back.
IDLE_EVERY_MS: Final = 1_000
IDLE_MS: Final = 10_000  # A lease that nobody has asked for since is given back.
CLOSE_SECONDS: Final = 2.0
FIRST_SECONDS: Final = 0.2  # That the first decision with a cap waits to hear of Redis at all.


class _Lease:
    """What this server may promise of one purse in its present period."""

    __slots__ = (
        "anew", "asked_ms", "cost", "free", "known", "known_ms", "limit", "of", "refused_ms", "reserved", "settled", "wants"
    )  # fmt: skip

    def __init__(self, of: Period, limit_micros: int) -> None:
        self.of = of
        self.limit = limit_micros
        self.cost = 0  # Of the dearest event last asked for: less than it is of no use here.
        self.known = 0  # Billed, as this server knew at ``known_ms``,
        self.known_ms = 0
        self.settled = 0  # and a while before that.
        self.free = 0  # Leased and not promised.
        self.reserved = 0  # Leased and promised.
        self.wants = 0  # What is being asked for.
        self.asked_ms = 0
        self.refused_ms = 0  # Until when it need not be asked for again.
        self.anew = True  # Redis has not been told by this process yet.


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
        self._leases: dict[tuple[int, int], _Lease] = {}
        self._wanting: dict[tuple[int, int], _Lease] = {}
        self._mine: dict[int, Promise] = {}
        self._order: deque[int] = deque()
        self._billed: dict[Period, int] = {}
        self._unsure: list[Billed] = []  # Told, and perhaps not heard.
        self._batches = 0
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
        self._idle_ms = 0  # When idle leases were last looked for.
        self._sent_ms = 0

    @property
    def leases(self) -> Leases | None:
        return self

    @property
    def reachable(self) -> bool:
        """Whether Redis answered the last time."""
        return self._exchange.reachable

    def allow(self, limit: Limit, cost_micros: int) -> bool:
        """Tell whether this server may promise so much more of the purse; if not, ask for more."""
        key = (int(limit.purse), limit.object_id)
        lease = self._leases.get(key)
        if lease is None or lease.of.start_ms != limit.start_ms:
            of = Period(int(limit.purse), limit.object_id, limit.start_ms, limit.end_ms)
            lease = self._leases[key] = _Lease(of, limit.micros)
        lease.limit, lease.cost = limit.micros, cost_micros
        lease.asked_ms = self._now_ms
        most = max(cost_micros * LEASE_EVENTS, limit.micros // LEASE_SHARE)
        # Asked for before it is used up, so that decisions seldom wait.
        if lease.free < most // 2 and not lease.wants and self._now_ms >= lease.refused_ms:
            lease.wants = most - lease.free
            self._wanting[key] = lease
        return lease.free >= cost_micros

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
        self._move(promise, promise.micros)
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
            self._bill(record.claims, -record.charge_micros)

    def _pay(self, promise: Promise, record: EventRecord) -> None:
        """Let the promise go, and tell what its event was charged: who promised does, whoever took the event."""
        self._release(promise)
        if record.charge_micros:
            if len(self._charged) >= CHARGED_MAX:
                del self._charged[next(iter(self._charged))]
            self._charged[promise.decision_id] = None
            self._bill(record.claims, record.charge_micros)

    def pump(self, timeout_seconds: float = 0.0) -> None:
        """Take in what came back, and send what has gathered. Never waits, but for ``timeout_seconds`` where given."""
        self._now_ms = self._machine_ms()
        if self._exchange.under_way:
            heard = self._exchange.hear(timeout_seconds)
            if heard is None:
                return
            self._take_in(heard)
        if not timeout_seconds and self._now_ms - self._sent_ms < PAUSE_MS:
            return
        self._sent_ms = self._now_ms
        self._give_back_idle()
        wanting = [self._wanting.pop(key) for key in list(itertools.islice(self._wanting, LEASES_PER_BATCH_MAX))]
        batch = Batch(
            billed=self._charges(),
            wanted=[self._wanted(lease, lease.wants) for lease in wanting],
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
            given = [self._wanted(lease, -lease.free) for lease in self._leases.values() if lease.free]
            self._exchange.send(Batch(self._charges(), given, [], self._exposures))
        self._exchange.close()
        self._shared.close()
        self._local.close()

    def _take_in(self, heard: Heard) -> None:
        sent = heard.sent
        if heard.failed:
            self._unsure = sent.billed  # They may have arrived: their number says so.
            for wanted in sent.wanted:
                key = wanted.of.purse, wanted.of.object_id
                lease = self._leases.get(key)
                if lease is not None and lease.of == wanted.of:
                    lease.wants, lease.anew = 0, True  # What was granted or given back is told anew.
                    self._wanting[key] = lease
            self._exposures = [*sent.exposures, *self._exposures][-EXPOSURES_MAX:]  # Told twice is told once.
            return
        for wanted, granted in zip(sent.wanted, heard.granted, strict=True):
            lease = self._leases.get((wanted.of.purse, wanted.of.object_id))
            if lease is None or lease.of != wanted.of:
                continue  # Its period is over.
            lease.wants, lease.anew = 0, False
            if wanted.micros > 0:
                lease.free += max(0, granted)
                if granted <= 0 or lease.free < lease.cost:
                    lease.refused_ms = self._now_ms + REFUSED_MS
                if 0 < lease.free < lease.cost:  # With what the others have left it may be enough for one of them.
                    self._give_back((wanted.of.purse, wanted.of.object_id), lease)
        if heard.epoch != self._epoch:
            if self._epoch:
                self._begin_again()
            self._epoch = heard.epoch
        for promise in heard.promises:
            self._local.learn_promise(msgspec.structs.replace(promise, micros=0))  # Its money is the other's lease.

    def _begin_again(self) -> None:
        """Redis has lost its memory: keep what is promised, ask anew for the rest, and say so before others lease.

        What viewers have seen is in every server's memory, and within the grace so is what the others have promised.
        """
        self._shared.blind_for(self._grace_ms)
        for key, lease in self._leases.items():
            lease.free, lease.anew = 0, True
            self._wanting[key] = lease

    def _give_back_idle(self) -> None:
        if self._now_ms - self._idle_ms < IDLE_EVERY_MS:
            return
        self._idle_ms = self._now_ms
        for key, lease in self._leases.items():
            if lease.free and key not in self._wanting and self._now_ms - lease.asked_ms > IDLE_MS:
                self._give_back(key, lease)

    def _give_back(self, key: tuple[int, int], lease: _Lease) -> None:
        lease.wants, lease.free = -lease.free, 0
        self._wanting[key] = lease

    def _charges(self) -> list[Billed]:
        """Return what to tell of charges: what may not have been heard with its number, then what is new."""
        self._batches += 1
        new = [Billed(of, micros, self._batches) for of, micros in self._billed.items() if micros]
        told, self._billed, self._unsure = [*self._unsure, *new], {}, []
        return told

    def _wanted(self, lease: _Lease, micros: int) -> Wanted:
        spend = self._local.spend(Purse(lease.of.purse), lease.of.object_id)
        dated = lease.of.end_ms
        billed = spend.billed_between(lease.of.start_ms, dated) if dated else spend.billed
        if self._now_ms - lease.known_ms >= KNOWN_AFTER_MS:
            lease.settled, lease.known, lease.known_ms = lease.known, billed, self._now_ms
        return Wanted(lease.of, billed, lease.limit, micros, lease.free + lease.reserved, lease.anew, lease.settled)

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
        self._move(promise, -promise.micros)
        del self._mine[promise.decision_id]

    def _move(self, promise: Promise, micros: int) -> None:
        for key in _keys(promise.campaign_id, promise.ad_group_id, promise.grant_id, promise.account_id):
            lease = self._leases.get(key)
            if lease is not None:
                lease.free -= micros
                lease.reserved += micros

    def _bill(self, claims: Claims, micros: int) -> None:
        for key in _keys(claims.campaign_id, claims.ad_group_id, claims.grant_id, claims.account_id):
            lease = self._leases.get(key)
            if lease is not None:
                lease.free = max(lease.free - micros, -lease.reserved)  # No lease is less than nothing, as in Redis.
                self._billed[lease.of] = self._billed.get(lease.of, 0) + micros

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


def _keys(campaign_id: int, ad_group_id: int, grant_id: int, account_id: int) -> list[tuple[int, int]]:
    keys = [
        (int(Purse.CAMPAIGN), campaign_id),
        (int(Purse.AD_GROUP), ad_group_id),
        (int(Purse.ACCOUNT), account_id),
    ]
    return [*keys, (int(Purse.GRANT), grant_id)] if grant_id else keys
