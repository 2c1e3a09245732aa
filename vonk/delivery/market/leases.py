"""Many ad servers share one budget by leases: what they bill, deliver and lose when servers crash and messages get lost.

Delivery science §6 and row 7. Each server is whole: an index, ``decide``, the book, and the counters it is given; one log
orders all events, as the platform's does. An event comes to any server, one in twenty twice; a tenth of showings never
comes. A server that crashes loses its memory and what it had not yet written; it returns under its name, or another
takes its place.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from typing import Final

import msgspec

from vonk.core.clock import DAY_MS
from vonk.delivery import snapshot
from vonk.delivery.book import Book
from vonk.delivery.decide import decide
from vonk.delivery.limits.counters import Counters, Promise
from vonk.delivery.market.live import START_MS
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.viewers import Viewer
from vonk.delivery.snapshot import Billing, Budget, BudgetMode, DocumentKind, Pacing, Publication, Strategy, Targeting
from vonk.events.ingest import Entry
from vonk.events.records import Claims, EventRecord, Kind

BID_MICROS: Final = 5_000_000
COST_MICROS: Final = BID_MICROS // 1_000  # Of an impression.
RESERVATION_MS: Final = 600_000
LASTS_MS: Final = 2 * 3_600_000
TICK_MS: Final = 1_000
WRITTEN_AFTER_MS: Final = 20  # A decision is in the log; an answer is given before.
CRASHES_EVERY_MS: Final = 1_800_000  # Of one server, on average.
AWAY_MS: Final = 5_000
REPLACED_SHARE: Final = 0.25  # Of crashed servers: another one comes, under another name.
ABSENT_SHARE: Final = 0.1  # Of showings.
REPEATED_SHARE: Final = 0.05  # Of events.
EVENT_AFTER_MS: Final = 3_000  # On average.
REQUESTS_PER_IMPRESSION: Final = 3
REQUESTS_MIN: Final = 20_000  # That each server is asked every few seconds: an idle lease goes back after ten.
_OWN: Final = 1
_VIEWER: Final = Viewer("", "NL", "en", "25_34", "", "android", ())


class Shared(msgspec.Struct, frozen=True):
    """What many servers made of one budget, in micros and shares of it."""

    impressions: int  # That the budget is for.
    servers: int  # At a time.
    delivered: float  # Billed.
    over_micros: int  # Billed past the budget.
    unpaid_micros: int  # Of showings that came in time and that no budget could bear: the platform's loss.
    shown: int  # Showings that were billed.
    crashes: int
    prices_vary: bool


class _Written(msgspec.Struct):
    """A record of the log: a decision or an event."""

    promise: Promise | None
    entry: Entry | None
    at_ms: int


class _Log:
    def __init__(self) -> None:
        self.records: list[_Written] = []


class _Server:
    """One life of an ad server."""

    def __init__(self, name: str, counters: Counters, log: _Log, documents: list[Publication]) -> None:
        self.name = name
        self.counters = counters
        self.index = Index(counters)
        self.index.load(documents)
        counters.caps_known()
        self.book = Book(self.index, counters)
        self.matched = self.index.match(_VIEWER)
        self._log = log
        self._position = 0
        self._unwritten: list[_Written] = []
        self._counted: set[int] = set()
        self.follow()

    def follow(self) -> None:
        """Take in what others wrote."""
        records = self._log.records
        for written in records[self._position :]:
            if written.promise is not None:
                self.counters.release_expired(written.at_ms)
                self.counters.learn_promise(msgspec.structs.replace(written.promise))
            if written.entry is not None:
                self._counted.add(written.entry.record.claims.decision_id)
                self.counters.learn(written.entry)
        self._position = len(records)

    def tick(self, now_ms: int) -> None:
        """Do what is due between requests."""
        self.write(now_ms)
        self.follow()
        self.counters.release_expired(now_ms)
        self.index.wake(now_ms)

    def write(self, now_ms: int) -> None:
        """Make durable what was decided a while ago."""
        due = [written for written in self._unwritten if written.at_ms + WRITTEN_AFTER_MS <= now_ms]
        if due:
            self.follow()
            self._log.records += due
            self._position = len(self._log.records)
            self._unwritten = self._unwritten[len(due) :]

    def answer(self, decision_id: int, now_ms: int, reserve: int) -> Claims | None:
        """Decide one slot; return what its token says."""
        self.write(now_ms)
        self.counters.release_expired(now_ms)
        self.index.wake(now_ms)
        decision = decide(
            _VIEWER,
            self.index,
            self.counters,
            matched=self.matched,
            reserve=reserve,
            shown_campaigns=(),
            now_ms=now_ms,
            seed=decision_id,
        )
        if decision.row is None:
            return None
        expires_ms = now_ms + RESERVATION_MS
        promise = Promise(decision_id, expires_ms, decision.reserved_micros, "", _OWN, _OWN, 0, _OWN)
        if not self.counters.promise(promise):
            return None
        self._unwritten.append(_Written(promise, None, now_ms))
        return Claims(
            decision_id, _OWN, _OWN, _OWN, _OWN, 0, _OWN, 0, "", Kind.IMPRESSION, decision.price_micros, "EUR", now_ms, ""
        )  # fmt: skip

    def take(self, claims: Claims, now_ms: int) -> int | None:
        """Take a showing's event; return what it was charged, None when it had come before."""
        self.write(now_ms)
        self.follow()
        if claims.decision_id in self._counted:
            return None
        price = self.book.price(claims, now_ms)
        entry = Entry(EventRecord("", Kind.IMPRESSION, now_ms, now_ms, price, 0, claims), first=True)
        self.book.count(entry)
        self._counted.add(claims.decision_id)
        self._log.records.append(_Written(None, entry, now_ms))
        self._position = len(self._log.records)
        return price


def run(
    make_counters: Callable[[str, Callable[[], int]], Counters],
    *,
    impressions: int,
    servers: int,
    seed: int,
    crashes: bool = True,
    prices_vary: bool = False,
) -> Shared:
    """Let so many servers deliver a day's budget of so many impressions.

    ``make_counters`` makes a server's counters by its name, in each of its lives anew, with the machine's clock.
    """
    return _Trial(make_counters, impressions, servers, Random(seed), crashes=crashes, prices_vary=prices_vary).run()


class _Trial:
    def __init__(  # noqa: PLR0913 - what ``run`` is told
        self,
        make_counters: Callable[[str, Callable[[], int]], Counters],
        impressions: int,
        servers: int,
        chance: Random,
        *,
        crashes: bool,
        prices_vary: bool,
    ) -> None:
        self._now_ms = START_MS
        self._make = make_counters
        self._chance = chance
        self._impressions = impressions
        self._prices_vary = prices_vary
        self._crash_share = TICK_MS / CRASHES_EVERY_MS if crashes else 0.0
        self._log = _Log()
        self._documents = _documents(impressions * COST_MICROS)
        self._servers: list[_Server] = []
        self._away: list[tuple[int, str]] = []  # Until when, and under which name it returns.
        self._names = self._at_a_time = servers
        self._crashes = 0
        for number in range(servers):
            self._start(f"server{number}")

    def run(self) -> Shared:
        requests = max(self._impressions * REQUESTS_PER_IMPRESSION, REQUESTS_MIN)
        comings: list[tuple[int, int, Claims]] = []
        billed = unpaid = shown = asked = 0
        ends_ms = START_MS + LASTS_MS
        next_tick_ms = START_MS
        while self._now_ms < ends_ms:
            self._now_ms = min(
                next_tick_ms, START_MS + asked * LASTS_MS // requests, comings[0][0] if comings else ends_ms
            )
            if comings and comings[0][0] <= self._now_ms:
                _, _, claims = heappop(comings)
                charged = self._anyone().take(claims, self._now_ms)
                if charged is not None:
                    billed, shown = billed + charged, shown + (charged > 0)
                    unpaid += claims.price_micros - charged
            elif next_tick_ms <= self._now_ms:
                self._tick()
                next_tick_ms += TICK_MS
            else:
                asked += 1
                reserve = int(BID_MICROS * self._chance.uniform(0.2, 1.0)) if self._prices_vary else BID_MICROS
                answer = self._anyone().answer(asked, self._now_ms, reserve)
                if answer is not None:
                    self._expect(comings, answer)
        budget = self._impressions * COST_MICROS
        return Shared(
            self._impressions,
            self._at_a_time,
            billed / budget,
            max(0, billed - budget),
            unpaid,
            shown,
            self._crashes,
            self._prices_vary,
        )

    def _expect(self, comings: list[tuple[int, int, Claims]], claims: Claims) -> None:
        chance = self._chance
        if chance.random() < ABSENT_SHARE:
            return
        for _ in range(1 + (chance.random() < REPEATED_SHARE)):
            at_ms = self._now_ms + 1 + min(int(chance.expovariate(1 / EVENT_AFTER_MS)), RESERVATION_MS - 2)
            heappush(comings, (at_ms, claims.decision_id, claims))

    def _anyone(self) -> _Server:
        return self._chance.choice(self._servers)

    def _tick(self) -> None:
        for server in list(self._servers):
            if len(self._servers) > 1 and self._chance.random() < self._crash_share:
                self._servers.remove(server)
                self._crashes += 1
                replaced = self._chance.random() < REPLACED_SHARE
                self._names += replaced
                self._away.append((self._now_ms + AWAY_MS, f"server{self._names - 1}" if replaced else server.name))
            else:
                server.tick(self._now_ms)
        for back_ms, name in [one for one in self._away if one[0] <= self._now_ms]:
            self._away.remove((back_ms, name))
            self._start(name)

    def _start(self, name: str) -> None:
        counters = self._make(name, lambda: self._now_ms)
        self._servers.append(_Server(name, counters, self._log, self._documents))


def _documents(budget_micros: int) -> list[Publication]:
    budget = Budget(BudgetMode.DAILY, budget_micros)
    documents: list[tuple[DocumentKind, snapshot.Document]] = [
        (DocumentKind.CAMPAIGN, snapshot.CampaignDocument(_OWN, _OWN, "EUR", "UTC", "reach", budget)),
        (
            DocumentKind.AD_GROUP,
            snapshot.AdGroupDocument(
                _OWN,
                _OWN,
                Billing.CPM,
                BID_MICROS,
                Budget(),
                Pacing.FAST,
                START_MS,
                START_MS + DAY_MS,
                Targeting(),
                None,
                strategy=Strategy.BID_CAP,
            ),
        ),
        (
            DocumentKind.POST,
            snapshot.PostDocument(_OWN, _OWN, "", "", "", "", 0, "", "", "", 0, 0, 0, may_duet=True, may_stitch=True),
        ),
        (DocumentKind.FUNDS, snapshot.FundsDocument(_OWN, "EUR", 10**15, 0)),
        (DocumentKind.AD, snapshot.AdDocument(_OWN, _OWN, _OWN, _OWN, 0, _OWN, "", "", "", "")),
    ]
    return [Publication(number, kind, _OWN, document) for number, (kind, document) in enumerate(documents, start=1)]
