"""Several ad servers on one Redis: together they promise no more than there is, whatever becomes of it."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests import patience
from tests.contract.redis_server import RedisServer, redis_server
from vonk.delivery.limits.counters import Level, Limit, Promise, Purse
from vonk.events.ingest import Entry
from vonk.events.records import Claims, EventRecord, Kind
from vonk.storage.memory.counters import MemoryCounters
from vonk.storage.redis.counters import RedisCounters
from vonk.storage.redis.exchange import Batch, Billed, Exchange, Period, Talks, Wanted
from vonk.storage.redis.rehearsal import Faults, Ledger, RehearsedExchange

COST = 10
LATER_MS = 10_000_000
DAY = (86_400_000, 2 * 86_400_000)
ROUNDS_MAX = 400


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server:
        yield server


class Server:
    """One ad server's counters, and what it has promised."""

    def __init__(self, redis: RedisServer, name: str, grace_ms: int = 0) -> None:
        self.machine_ms = 1_000_000
        self.counters = RedisCounters(
            MemoryCounters(), redis.url, server=name, grace_ms=grace_ms, machine_ms=lambda: self.machine_ms
        )
        self.name = name
        self.number = 0
        self.open: list[Promise] = []

    def talk(self, times: int = 2) -> None:
        """Exchange what there is with Redis: once to send, once to hear. A second passes."""
        self.machine_ms += 1_000
        for _ in range(times):
            self.counters.pump(patience.SECONDS)

    def promises(self, limit: Limit) -> bool:
        """Promise one event if it may."""
        if not self.counters.leases.allow(limit, COST):
            return False
        self.number += 1
        decision_id = int(self.name) * 1_000_000 + self.number
        self.open.append(Promise(decision_id, LATER_MS, COST, "vik", 4, 3, 0, 5))
        self.counters.promise(self.open[-1])
        return True

    def bills(self) -> Entry:
        """The event of the oldest promise comes."""
        promise = self.open.pop(0)
        claims = Claims(promise.decision_id, 2, 3, 4, 5, 0, 7, 8, "vik", "impression", COST, "EUR", 0, "for_you")
        entry = Entry(EventRecord("e", Kind.IMPRESSION, DAY[0], DAY[0], COST, 0, claims), first=True)
        self.counters.count(entry)
        return entry

    def close(self) -> None:
        self.counters.close()


@pytest.fixture
def servers(redis: RedisServer) -> Iterator[list[Server]]:
    made = [Server(redis, name) for name in ("1", "2", "3")]
    yield made
    for server in made:
        server.close()


@pytest.mark.parametrize("limit", [Limit(Purse.CAMPAIGN, 4, 1_000), Limit(Purse.CAMPAIGN, 4, 1_000, *DAY)])
def test_together_they_promise_all_of_a_budget_and_no_more(servers: list[Server], limit: Limit) -> None:
    rng = Random(3)
    promised = 0
    for _ in range(ROUNDS_MAX):
        server = rng.choice(servers)
        promised += server.promises(limit)
        if server.open and rng.random() < 0.5:
            entry = server.bills()
            for other in servers:
                if other is not server and rng.random() < 0.7:  # The log tells the others, some of them late.
                    other.counters.learn(entry)
        server.talk()
        assert promised * COST <= limit.micros
    for server in servers:
        server.talk()
        while server.promises(limit):
            promised += 1
            server.talk()
    assert limit.micros - promised * COST < limit.micros // 10 * 3  # What is left is leased by one that asks no more.
    assert promised * COST <= limit.micros


def test_the_first_question_is_answered_no_and_the_second_yes(servers: list[Server]) -> None:
    limit = Limit(Purse.AD_GROUP, 3, 1_000_000)
    assert not servers[0].promises(limit)
    servers[0].talk()
    assert servers[0].promises(limit)


def test_a_lease_that_nobody_needs_comes_back(servers: list[Server]) -> None:
    first, second, _ = servers
    limit = Limit(Purse.CAMPAIGN, 4, 64 * COST)
    first.counters.leases.allow(limit, COST)
    first.talk()
    assert first.counters.leases.allow(limit, COST)
    second.counters.leases.allow(limit, COST)
    second.talk()
    assert not second.counters.leases.allow(limit, COST)  # The first one has it all,
    first.machine_ms += 60_000  # has asked for nothing for a minute,
    first.talk()
    second.talk()
    second.counters.leases.allow(limit, COST)
    second.talk()
    assert second.counters.leases.allow(limit, COST)  # and has given it back.


def test_a_promise_that_ends_without_its_event_may_be_promised_again(servers: list[Server]) -> None:
    server = servers[0]
    limit = Limit(Purse.CAMPAIGN, 4, COST)
    server.promises(limit)
    server.talk()
    assert server.promises(limit)
    assert not server.promises(limit)
    server.counters.release_expired(LATER_MS)
    assert server.promises(limit)


def test_a_new_day_has_a_new_budget(servers: list[Server]) -> None:
    server = servers[0]
    for start_ms, end_ms in (DAY, (DAY[1], DAY[1] + 86_400_000)):
        limit = Limit(Purse.CAMPAIGN, 4, COST, start_ms, end_ms)
        server.promises(limit)
        server.talk()
        assert server.promises(limit)
        assert not server.promises(limit)


def test_a_viewer_promised_by_one_server_is_known_to_the_others(servers: list[Server]) -> None:
    first, second, _ = servers
    second.talk()  # It listens.
    first.counters.promise(Promise(1, LATER_MS, COST, "vik", 4, 3, 0, 5))
    first.talk()
    second.talk()
    assert second.counters.seen("vik", Level.AD_GROUP, 3, -1) == 1
    assert second.counters.spend(Purse.CAMPAIGN, 4).reserved == 0  # Its money is the first one's lease.


def test_redis_emptied_is_told_again_before_anybody_leases(redis: RedisServer) -> None:
    servers = [Server(redis, name) for name in ("1", "2")]
    limit = Limit(Purse.CAMPAIGN, 4, 100 * COST)
    for server in servers:
        server.promises(limit)
        server.talk()
        while server.promises(limit):
            pass
    billed = servers[0].bills()
    servers[1].counters.learn(billed)
    promised = sum(server.number for server in servers)
    redis.kill()
    for server in servers:
        assert not server.promises(limit)
        server.talk()
        assert not server.counters.reachable
    redis.start()
    for _ in range(3):
        for server in servers:
            server.talk()  # Both say what they hold,
    for _ in range(ROUNDS_MAX):
        for server in servers:
            promised += server.promises(limit)  # then share what is left,
            server.talk()
    assert promised <= 100  # which is never more than there was.
    assert promised >= 70
    for server in servers:
        server.close()


def test_while_redis_is_away_a_server_lives_on_what_it_has(redis: RedisServer) -> None:
    server = Server(redis, "1")
    limit = Limit(Purse.CAMPAIGN, 4, 1_000_000)
    server.promises(limit)
    server.talk()
    redis.kill()
    promised = 0
    while server.promises(limit):
        promised += 1
    server.talk()
    assert not server.promises(limit)
    assert promised == 1_000_000 // 100 // COST  # A hundredth of the limit was leased.
    server.close()


def test_a_server_that_starts_again_holds_what_is_promised_and_not_what_its_former_life_had_leased(
    redis: RedisServer,
) -> None:
    limit = Limit(Purse.CAMPAIGN, 4, 64 * COST)
    former = Server(redis, "1")
    former.promises(limit)
    former.talk()
    assert former.promises(limit)
    again, other = Server(redis, "1"), Server(redis, "2")  # The former one was killed: it gave nothing back.
    again.counters.learn_promise(former.open[0])
    again.counters.leases.allow(limit, COST)
    again.talk()
    other.counters.leases.allow(limit, COST)
    other.talk()
    assert again.counters.leases.allow(limit, COST)
    for server in (again, other, former):
        server.close()


def test_an_event_that_another_server_takes_is_paid_from_the_lease_of_who_promised(servers: list[Server]) -> None:
    first, second, third = servers
    limit = Limit(Purse.CAMPAIGN, 4, 64 * COST)
    promised = 0
    for _ in range(ROUNDS_MAX):
        promised += first.promises(limit)
        if first.open:
            second.open.append(first.open.pop())
            entry = second.bills()
            for other in (first, third):
                other.counters.learn(entry)
        first.talk()
        second.talk()
    assert promised == 64  # Nothing is held by whoever took the events, nor by promises that were met.


def test_the_rehearsed_purses_grant_and_count_as_redis_does(redis: RedisServer) -> None:
    rng = Random(11)
    now_ms = 0
    ledger = Ledger(lambda: now_ms)
    names = ("a", "b", "c")
    real = {name: Exchange(redis.url, server=name, prefix="rehearsed", grace_ms=0) for name in names}
    played = {
        name: RehearsedExchange(
            ledger, server=name, life=name, machine_ms=lambda: now_ms, chance=rng, faults=Faults(answer_ms=0)
        )
        for name in names
    }
    purses = [Period(0, 4, 0, 0), Period(3, 5, 0, 0)]
    granted = 0
    for _ in range(300):
        name = rng.choice(names)
        bills = [
            Billed(rng.choice(purses), rng.randint(-20, 60), rng.randint(1, 300)) for _ in range(rng.randint(0, 2))
        ]
        wants = [
            Wanted(rng.choice(purses), 0, 5_000, rng.randint(-300, 400), rng.randint(0, 300), rng.random() < 0.1, rng.randint(0, 900))
            for _ in range(rng.randint(0, 2))
        ]  # fmt: skip
        answers = []
        both: tuple[Talks, Talks] = (real[name], played[name])
        for exchange in both:
            exchange.send(Batch(bills, wants))
            heard = exchange.hear(patience.SECONDS)
            assert heard is not None
            answers.append(heard.granted)
        assert answers[0] == answers[1]
        granted += sum(answers[0])
    assert granted > 3_000
    for one in real.values():
        one.close()
