"""The counters in the ad server's own memory: exact, rebuilt from the event log."""

from collections import deque
from typing import Final

import msgspec

from vonk.delivery.limits.counters import Leases, Level, Promise, Purse
from vonk.delivery.snapshot import FrequencyCap
from vonk.events.ingest import Entry
from vonk.events.log import Position
from vonk.events.records import Claims, Kind
from vonk.storage.memory.exposures import Exposures, Shown

QUARTER_MS: Final = 900_000  # Every time zone in use is whole quarters of an hour from UTC.
QUARTERS_KEPT: Final = 208  # 52 hours: a day of 25 hours, and the day before it.

_CAMPAIGN, _AD_GROUP, _GRANT, _ACCOUNT = map(int, Purse)  # Hashed in C, which an enumeration's members are not.


class MemorySpend:
    """One purse. Quarter hours of the last two days are kept apart, so that any time zone's day can be summed."""

    __slots__ = ("_day", "_end_ms", "_start_ms", "billed", "placed", "quarters", "reserved", "settled", "unsettled")

    def __init__(self) -> None:
        self.billed = 0
        self.reserved = 0
        self.quarters: dict[int, int] = {}
        self.unsettled = 0
        self.settled = 0  # The position up to which the balance knows every charge; accounts only, as the next.
        self.placed: deque[tuple[int, int]] | None = None  # Position and micros of later charges, oldest first.
        self._start_ms = 0
        self._end_ms = 0
        self._day = 0

    def add(self, received_ms: int, micros: int) -> None:
        """Bill the amount, or with a negative one take it back."""
        self.billed += micros
        quarter = received_ms // QUARTER_MS
        self.quarters[quarter] = self.quarters.get(quarter, 0) + micros
        if self._start_ms <= received_ms < self._end_ms:
            self._day += micros
        if len(self.quarters) > QUARTERS_KEPT:
            for old in sorted(self.quarters)[: len(self.quarters) - QUARTERS_KEPT]:
                del self.quarters[old]

    def billed_between(self, start_ms: int, end_ms: int) -> int:
        if start_ms != self._start_ms or end_ms != self._end_ms:
            self._start_ms, self._end_ms = start_ms, end_ms
            first, last = start_ms // QUARTER_MS, end_ms // QUARTER_MS
            self._day = sum(micros for quarter, micros in self.quarters.items() if first <= quarter < last)
        return self._day


class MemoryTally:
    """One ad's results."""

    __slots__ = ("clicks", "hides", "impressions", "likes", "reports", "views")

    def __init__(self, impressions: int = 0, clicks: int = 0, views: int = 0) -> None:
        self.impressions = impressions
        self.clicks = clicks
        self.views = views
        self.likes = self.hides = self.reports = 0

    def counts(self) -> list[int]:
        """Return the counts in their order on disk."""
        return [self.impressions, self.clicks, self.views, self.likes, self.hides, self.reports]

    def load(self, counts: list[int]) -> None:
        """Take over counts from disk; those that are missing there were not counted yet."""
        padded = [*counts, 0, 0, 0][:6]
        self.impressions, self.clicks, self.views, self.likes, self.hides, self.reports = padded


class _SpendDump(msgspec.Struct, array_like=True):
    purse: int
    object_id: int
    billed: int
    quarters: dict[int, int]
    placed: list[tuple[int, int]]
    unsettled: int
    settled: int


class _Dump(msgspec.Struct):
    spends: list[_SpendDump]
    tallies: dict[int, list[int]]  # As MemoryTally.counts has them; the last three since they are counted.
    shown: Shown  # Of ad groups, which alone had caps once.
    promises: list[Promise]
    shown_at: dict[int, Shown] = {}  # Of the other levels.
    bounds: list[tuple[int, int, int, int]] = []


class MemoryCounters:
    """Everything in dictionaries; nothing is looked up anywhere else."""

    def __init__(self) -> None:
        self.committed = 0
        self._spends: dict[tuple[int, int], MemorySpend] = {}
        self._tallies: dict[int, MemoryTally] = {}
        self._exposures = Exposures()
        self._promises: dict[int, Promise] = {}
        self._promise_order: deque[int] = deque()

    @property
    def leases(self) -> Leases | None:
        return None

    def spend(self, purse: Purse, object_id: int) -> MemorySpend:
        key = (int(purse), object_id)
        spend = self._spends.get(key)
        if spend is None:
            spend = self._spends[key] = MemorySpend()
        return spend

    def tally(self, ad_id: int) -> MemoryTally:
        tally = self._tallies.get(ad_id)
        if tally is None:
            tally = self._tallies[ad_id] = MemoryTally()
        return tally

    @property
    def advertiser_caps(self) -> tuple[FrequencyCap, ...]:
        return self._exposures.advertiser_caps

    def seen(self, viewer_id: str, level: Level, object_id: int, since_ms: int) -> int:
        return self._exposures.seen(viewer_id, level, object_id, since_ms)

    def cap(self, level: Level, object_id: int, caps: tuple[FrequencyCap, ...]) -> None:
        self._exposures.cap(level, object_id, caps)

    def caps_known(self) -> None:
        self._exposures.known()

    def promise(self, promise: Promise) -> bool:
        if promise.decision_id in self._promises:
            return True  # Known from a checkpoint that was ahead of the log.
        self._promises[promise.decision_id] = promise
        self._promise_order.append(promise.decision_id)
        self._reserve(promise, promise.micros)
        if not promise.shown:
            self._exposures.promise(promise)
        return True

    def learn_promise(self, promise: Promise) -> None:
        self.promise(promise)

    def release_expired(self, now_ms: int) -> int:
        released = 0
        order = self._promise_order
        while order:
            promise = self._promises.get(order[0])
            if promise is not None:
                if promise.expires_ms > now_ms:
                    break
                self._release(promise)
                released += 1
            order.popleft()
        return released

    def sweep(self, now_ms: int) -> None:
        self._exposures.sweep(now_ms)

    @property
    def promises(self) -> int:
        return len(self._promises)

    def count(self, entry: Entry) -> None:
        record = entry.record
        claims = record.claims
        if not claims.ad_id:
            return
        promise = self._promises.get(claims.decision_id)
        if entry.first:
            self._add_result(claims.ad_id, record.kind, 1)
        if record.kind is Kind.IMPRESSION:
            self._exposures.add(claims, record.received_ms)
            if promise is not None and not promise.shown:
                promise.shown = True
                self._exposures.release(promise)
        if promise is not None and record.kind == claims.bills and not record.invalid:  # A valid one may follow.
            self._release(promise)
        if record.charge_micros:
            self._bill(claims, record.received_ms, record.charge_micros)

    def learn(self, entry: Entry) -> None:
        self.count(entry)

    def close(self) -> None:
        """Nothing is held."""

    def take_back(self, entry: Entry) -> None:
        record = entry.record
        claims = record.claims
        if not claims.ad_id:
            return
        if entry.first:
            self._add_result(claims.ad_id, record.kind, -1)
        if record.kind is Kind.IMPRESSION:
            self._exposures.take_back(claims, record.received_ms)
        if record.charge_micros:
            self._bill(claims, record.received_ms, -record.charge_micros)

    def place(self, account_id: int, micros: int, position: Position) -> None:
        spend = self.spend(Purse.ACCOUNT, account_id)
        if position <= spend.settled:
            spend.unsettled -= micros
        elif spend.placed is None:
            spend.placed = deque([(position, micros)])
        else:
            spend.placed.append((position, micros))

    def settle(self, account_id: int, position: int) -> None:
        spend = self.spend(Purse.ACCOUNT, account_id)
        spend.settled = position
        while spend.placed and spend.placed[0][0] <= position:
            spend.unsettled -= spend.placed.popleft()[1]

    def dump(self) -> bytes:
        spends = [
            _SpendDump(
                purse, object_id, spend.billed, spend.quarters, list(spend.placed or ()), spend.unsettled, spend.settled
            )
            for (purse, object_id), spend in self._spends.items()
            if spend.billed
        ]
        tallies = {ad_id: tally.counts() for ad_id, tally in self._tallies.items()}
        shown = self._exposures.shown
        others = {int(level): shown[level] for level in Level if level is not Level.AD_GROUP and shown[level]}
        promises = list(self._promises.values())
        bounds = self._exposures.bounds()
        return msgspec.msgpack.encode(_Dump(spends, tallies, shown[Level.AD_GROUP], promises, others, bounds))

    def load(self, body: bytes) -> None:
        dump = msgspec.msgpack.decode(body, type=_Dump)
        for kept in dump.spends:
            spend = self.spend(Purse(kept.purse), kept.object_id)
            spend.billed, spend.quarters = kept.billed, kept.quarters
            self.committed += kept.billed
            spend.unsettled, settled = kept.unsettled, max(kept.settled, spend.settled)
            spend.placed = deque(kept.placed) if kept.placed else None
            if kept.purse == Purse.ACCOUNT:
                self.settle(kept.object_id, settled)
        for ad_id, counts in dump.tallies.items():
            self.tally(ad_id).load(counts)
        self._exposures.load({int(Level.AD_GROUP): dump.shown, **dump.shown_at}, dump.bounds)
        for promise in dump.promises:
            self.promise(promise)

    def _add_result(self, ad_id: int, kind: Kind, by: int) -> None:
        if kind is Kind.IMPRESSION:
            self.tally(ad_id).impressions += by
        elif kind is Kind.CLICK_DESTINATION:
            self.tally(ad_id).clicks += by
        elif kind is Kind.VIEW_6S:
            self.tally(ad_id).views += by
        elif kind is Kind.LIKE:
            self.tally(ad_id).likes += by
        elif kind is Kind.HIDE:
            self.tally(ad_id).hides += by
        elif kind is Kind.REPORT:
            self.tally(ad_id).reports += by

    def _bill(self, claims: Claims, received_ms: int, micros: int) -> None:
        if micros > 0:
            self.committed += micros
        self.spend(Purse.CAMPAIGN, claims.campaign_id).add(received_ms, micros)
        self.spend(Purse.AD_GROUP, claims.ad_group_id).add(received_ms, micros)
        if claims.grant_id:
            self.spend(Purse.GRANT, claims.grant_id).add(received_ms, micros)
        account = self.spend(Purse.ACCOUNT, claims.account_id)
        account.add(received_ms, micros)
        account.unsettled += micros

    def _reserve(self, promise: Promise, micros: int) -> None:
        """Add to what the four purses have promised. Spelled out: each decision and each event that bills does it."""
        if micros > 0:
            self.committed += micros
        of = self._spends.get
        (of((_CAMPAIGN, promise.campaign_id)) or self.spend(Purse.CAMPAIGN, promise.campaign_id)).reserved += micros
        (of((_AD_GROUP, promise.ad_group_id)) or self.spend(Purse.AD_GROUP, promise.ad_group_id)).reserved += micros
        if promise.grant_id:
            (of((_GRANT, promise.grant_id)) or self.spend(Purse.GRANT, promise.grant_id)).reserved += micros
        (of((_ACCOUNT, promise.account_id)) or self.spend(Purse.ACCOUNT, promise.account_id)).reserved += micros

    def _release(self, promise: Promise) -> None:
        if not promise.shown:
            self._exposures.release(promise)
        self._reserve(promise, -promise.micros)
        del self._promises[promise.decision_id]
