"""Shares of budgets that this ad server holds: what it may promise without asking the others, kept in its own memory.

It is told here what was promised and billed, and asked what to say to the others; whoever talks to Redis brings back
what was granted.
"""

import itertools
from typing import Final

from vonk.delivery.limits.counters import Counters, Limit, Promise, Purse
from vonk.events.records import Claims
from vonk.storage.redis.exchange import Batch, Billed, Heard, Period, Wanted

LEASE_EVENTS: Final = 64  # A lease is good for so many of the dearest events,
LEASE_SHARE: Final = 100  # and at least for this part of the limit.
LEASES_PER_BATCH_MAX: Final = 200  # A batch keeps the thread busy for milliseconds, in which no decision is made.
REFUSED_MS: Final = 100  # A purse that had nothing to lease is not asked again sooner.
KNOWN_AFTER_MS: Final = 60_000  # What was billed so long ago was told by whoever promised it, if it lives.
IDLE_EVERY_MS: Final = 1_000
IDLE_MS: Final = 10_000  # A lease that nobody has asked for since is given back.


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


class RedisLeases:
    """The port's leases, of one of several ad servers. Used by one thread, which keeps ``now_ms``."""

    def __init__(self, local: Counters, now_ms: int) -> None:
        self.now_ms = now_ms  # The machine's, which never goes back.
        self._local = local
        self._leases: dict[tuple[int, int], _Lease] = {}
        self._wanting: dict[tuple[int, int], _Lease] = {}
        self._billed: dict[Period, int] = {}
        self._unsure: list[Billed] = []  # Told, and perhaps not heard.
        self._batches = 0
        self._idle_ms = 0  # When idle leases were last looked for.

    def allow(self, limit: Limit, cost_micros: int) -> bool:
        """Tell whether this server may promise so much more of the purse; if not, ask for more."""
        key = (int(limit.purse), limit.object_id)
        lease = self._leases.get(key)
        if lease is None or lease.of.start_ms != limit.start_ms:
            of = Period(int(limit.purse), limit.object_id, limit.start_ms, limit.end_ms)
            lease = self._leases[key] = _Lease(of, limit.micros)
        lease.limit, lease.cost = limit.micros, cost_micros
        lease.asked_ms = self.now_ms
        most = max(cost_micros * LEASE_EVENTS, limit.micros // LEASE_SHARE)
        # Asked for before it is used up, so that decisions seldom wait.
        if lease.free < most // 2 and not lease.wants and self.now_ms >= lease.refused_ms:
            lease.wants = most - lease.free
            self._wanting[key] = lease
        return lease.free >= cost_micros

    def move(self, promise: Promise, micros: int) -> None:
        """Take what is promised from its leases; less than nothing gives it back to them."""
        for key in _keys(promise.campaign_id, promise.ad_group_id, promise.grant_id, promise.account_id):
            lease = self._leases.get(key)
            if lease is not None:
                lease.free -= micros
                lease.reserved += micros

    def bill(self, claims: Claims, micros: int) -> None:
        """Pay what was billed from its leases, to be told to the others."""
        for key in _keys(claims.campaign_id, claims.ad_group_id, claims.grant_id, claims.account_id):
            lease = self._leases.get(key)
            if lease is not None:
                lease.free = max(lease.free - micros, -lease.reserved)  # No lease is less than nothing, as in Redis.
                self._billed[lease.of] = self._billed.get(lease.of, 0) + micros

    def charges(self) -> list[Billed]:
        """Return what to tell of charges: what may not have been heard with its number, then what is new."""
        self._batches += 1
        new = [Billed(of, micros, self._batches) for of, micros in self._billed.items() if micros]
        told, self._billed, self._unsure = [*self._unsure, *new], {}, []
        return told

    def wanted(self) -> list[Wanted]:
        """Return what to ask for and give back now. Call ``granted`` or ``unheard`` with what came of it."""
        self._give_back_idle()
        wanting = [self._wanting.pop(key) for key in list(itertools.islice(self._wanting, LEASES_PER_BATCH_MAX))]
        return [self._wanted(lease, lease.wants) for lease in wanting]

    def all_given_back(self) -> list[Wanted]:
        """Return how to give back what is leased and not promised."""
        return [self._wanted(lease, -lease.free) for lease in self._leases.values() if lease.free]

    def granted(self, heard: Heard) -> None:
        """Take in what Redis granted of what was asked for."""
        for wanted, granted in zip(heard.sent.wanted, heard.granted, strict=True):
            lease = self._leases.get((wanted.of.purse, wanted.of.object_id))
            if lease is None or lease.of != wanted.of:
                continue  # Its period is over.
            lease.wants, lease.anew = 0, False
            if wanted.micros > 0:
                lease.free += max(0, granted)
                if granted <= 0 or lease.free < lease.cost:
                    lease.refused_ms = self.now_ms + REFUSED_MS
                if 0 < lease.free < lease.cost:  # With what the others have left it may be enough for one of them.
                    self._give_back((wanted.of.purse, wanted.of.object_id), lease)

    def unheard(self, sent: Batch) -> None:
        """Keep for the next time what Redis may not have heard."""
        self._unsure = sent.billed  # They may have arrived: their number says so.
        for wanted in sent.wanted:
            key = wanted.of.purse, wanted.of.object_id
            lease = self._leases.get(key)
            if lease is not None and lease.of == wanted.of:
                lease.wants, lease.anew = 0, True  # What was granted or given back is told anew.
                self._wanting[key] = lease

    def begin_again(self) -> None:
        """Keep what is promised, ask anew for the rest, and say so before others lease."""
        for key, lease in self._leases.items():
            lease.free, lease.anew = 0, True
            self._wanting[key] = lease

    def _give_back_idle(self) -> None:
        if self.now_ms - self._idle_ms < IDLE_EVERY_MS:
            return
        self._idle_ms = self.now_ms
        for key, lease in self._leases.items():
            if lease.free and key not in self._wanting and self.now_ms - lease.asked_ms > IDLE_MS:
                self._give_back(key, lease)

    def _give_back(self, key: tuple[int, int], lease: _Lease) -> None:
        lease.wants, lease.free = -lease.free, 0
        self._wanting[key] = lease

    def _wanted(self, lease: _Lease, micros: int) -> Wanted:
        spend = self._local.spend(Purse(lease.of.purse), lease.of.object_id)
        dated = lease.of.end_ms
        billed = spend.billed_between(lease.of.start_ms, dated) if dated else spend.billed
        if self.now_ms - lease.known_ms >= KNOWN_AFTER_MS:
            lease.settled, lease.known, lease.known_ms = lease.known, billed, self.now_ms
        return Wanted(lease.of, billed, lease.limit, micros, lease.free + lease.reserved, lease.anew, lease.settled)


def _keys(campaign_id: int, ad_group_id: int, grant_id: int, account_id: int) -> list[tuple[int, int]]:
    keys = [
        (int(Purse.CAMPAIGN), campaign_id),
        (int(Purse.AD_GROUP), ad_group_id),
        (int(Purse.ACCOUNT), account_id),
    ]
    return [*keys, (int(Purse.GRANT), grant_id)] if grant_id else keys
