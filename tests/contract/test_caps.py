"""Frequency caps: never passed, whatever servers decide in whatever order, and nothing kept beyond what they need."""

from bisect import insort
from collections.abc import Iterator
from random import Random

import msgspec
import pytest

from tests import patience
from tests.contract.redis_server import RedisServer, redis_server
from vonk.delivery.limits.counters import SEEN_UNKNOWN, Counters, Level, Promise
from vonk.delivery.snapshot import FrequencyCap
from vonk.events.ingest import Entry
from vonk.events.records import Claims, EventRecord, Kind
from vonk.storage.memory.counters import MemoryCounters
from vonk.storage.memory.exposures import TAKEN_BACK_MAX
from vonk.storage.redis.counters import RedisCounters

HOLDS_MS = 600_000
CAPS = {
    (Level.AD, 2): (FrequencyCap(2, 3_600),),
    (Level.AD_GROUP, 3): (FrequencyCap(3, 7_200), FrequencyCap(1, 600)),
    (Level.CAMPAIGN, 4): (FrequencyCap(5, 86_400),),
    (Level.ADVERTISER, 0): (FrequencyCap(4, 43_200),),
}
OBJECTS = {Level.AD: 2, Level.AD_GROUP: 3, Level.CAMPAIGN: 4, Level.ADVERTISER: 5}
VIEWERS = ("vik", "ada")


def shown(decision_id: int, viewer_id: str, at_ms: int) -> Entry:
    claims = Claims(decision_id, 2, 3, 4, 5, 0, 7, 8, viewer_id, "impression", 10, "EUR", at_ms, "for_you")
    return Entry(EventRecord(f"e{decision_id}", Kind.IMPRESSION, at_ms, at_ms, 0, 0, claims), first=True)


def prepared(counters: Counters) -> Counters:
    for (level, object_id), caps in CAPS.items():
        counters.cap(level, object_id, caps)
    counters.caps_known()
    return counters


def full(counters: Counters, viewer_id: str, now_ms: int) -> bool:
    """Say what eligibility says."""
    return any(
        counters.seen(viewer_id, level, OBJECTS[level], now_ms - cap.window_seconds * 1000) >= cap.impressions
        for (level, _), caps in CAPS.items()
        for cap in caps
    )


class Town:
    """Ad servers that decide for two viewers on one clock; showings come within their time, late or never, anywhere."""

    def __init__(self, servers: list[Counters], rng: Random) -> None:
        self.servers = servers
        self.rng = rng
        self.now_ms = 1_790_000_000_000
        self.number = 0
        self.open: list[Promise] = []
        self.shown: dict[str, list[int]] = {viewer: [] for viewer in VIEWERS}
        self.refused = 0

    def step(self) -> None:
        self.now_ms += self.rng.choice((0, 1, 1_000, 90_000, 400_000))
        for server in self.servers:
            server.release_expired(self.now_ms)
        self.open = [promise for promise in self.open if promise.expires_ms > self.now_ms]
        if self.open and self.rng.random() < 0.4:
            self._comes(self.open.pop(self.rng.randrange(len(self.open))))
        else:
            self._decides(self.rng.choice(self.servers), self.rng.choice(VIEWERS))

    def _decides(self, server: Counters, viewer_id: str) -> None:
        if full(server, viewer_id, self.now_ms):
            self.refused += 1
            return
        self.number += 1
        promise = Promise(self.number, self.now_ms + HOLDS_MS, 10, viewer_id, 4, 3, 0, 5, ad_id=2)
        if server.promise(promise):
            self.open.append(promise)
        else:
            self.refused += 1

    def _comes(self, promise: Promise) -> None:
        taker = self.rng.choice(self.servers)
        entry = shown(promise.decision_id, promise.viewer_id, self.now_ms)
        taker.count(entry)
        if isinstance(taker, RedisCounters):  # Told within the minute for which a promise outlives its time there.
            taker.pump(patience.SECONDS)  # Sends it;
            taker.pump(patience.SECONDS)  # hears that it has come.
        for server in self.servers:  # By the log, which may be late: some learn it, some do not.
            if server is not taker and self.rng.random() < 0.5:
                server.learn(entry)
        insort(self.shown[promise.viewer_id], self.now_ms)

    def check(self) -> None:
        for instants in self.shown.values():
            for caps in CAPS.values():
                for cap in caps:
                    window_ms = cap.window_seconds * 1000
                    most = max((sum(at - window_ms < one <= at for one in instants) for at in instants), default=0)
                    assert most <= cap.impressions


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.mark.parametrize("seed", range(6))
def test_no_interleaving_of_several_servers_passes_a_cap(redis: RedisServer, seed: int) -> None:
    rng, clock = Random(seed), [0]
    servers = [
        RedisCounters(
            MemoryCounters(),
            redis.url,
            server=str(name),
            prefix=f"caps-{seed}",
            grace_ms=0,
            machine_ms=lambda: clock[0],
        )
        for name in range(3)
    ]
    town = Town([prepared(server) for server in servers], rng)
    try:
        for _ in range(250):
            town.step()
            clock[0] = town.now_ms
            if rng.random() < 0.3:  # What became of showings is told later, and by each server in its own time.
                rng.choice(servers).pump(patience.SECONDS)
    finally:
        for server in servers:
            server.close()
    town.check()
    assert sum(map(len, town.shown.values())) >= 6, "They do show something."
    assert town.refused >= 50


def test_one_server_alone_needs_nobody_to_keep_its_caps() -> None:
    for seed in range(20):
        town = Town([prepared(MemoryCounters())], Random(seed))
        for _ in range(250):
            town.step()
        town.check()


def test_while_the_shared_counters_are_out_of_reach_nothing_with_a_cap_is_shown(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with redis_server(tmp_path_factory.mktemp("killed")) as redis:
        counters = prepared(RedisCounters(MemoryCounters(), redis.url, server="1", grace_ms=0))
        assert counters.promise(Promise(1, HOLDS_MS, 10, "vik", 4, 3, 0, 5, ad_id=2))
        redis.kill()
        assert not counters.promise(Promise(2, HOLDS_MS, 10, "ada", 4, 3, 0, 5, ad_id=2))
        assert counters.seen("ada", Level.AD, 2, 0) == SEEN_UNKNOWN
        assert counters.promise(Promise(3, HOLDS_MS, 10, "ada", 4, 3, 0, 5, shown=True, ad_id=2)), "It has no cap."
        assert counters.promises == 2
        counters.close()


def test_no_more_is_kept_than_caps_need_and_no_longer() -> None:
    counters = MemoryCounters()
    counters.cap(Level.CAMPAIGN, 4, (FrequencyCap(2, 60),))
    counters.caps_known()
    for number in range(100):
        counters.count(shown(number, "vik", 1_000 + number))
    kept = msgspec.msgpack.decode(counters.dump())
    assert {level: {key: len(one["vik"]) for key, one in of.items()} for level, of in kept["shown_at"].items()} == {
        int(Level.CAMPAIGN): {4: 2 + TAKEN_BACK_MAX}
    }
    assert kept["shown"] == {}, "The ad group has no cap."
    counters.sweep(1_000 + 99 + 60_000)
    assert msgspec.msgpack.decode(counters.dump())["shown_at"] == {}


def test_what_was_seen_of_a_paused_campaign_stays_counted_over_a_restart() -> None:
    before = prepared(MemoryCounters())
    before.count(shown(1, "vik", 5))
    after = MemoryCounters()
    after.caps_known()  # Nothing is published while it is paused.
    after.load(before.dump())
    after.cap(Level.CAMPAIGN, 4, CAPS[Level.CAMPAIGN, 4])
    assert after.seen("vik", Level.CAMPAIGN, 4, 0) == 1


def test_the_checkpoint_of_before_caps_of_campaigns_is_read() -> None:
    counters = MemoryCounters()
    former = {"spends": [], "tallies": {}, "shown": {3: {"vik": [5, 7]}}, "promises": [
        {"decision_id": 1, "expires_ms": 9, "micros": 1, "viewer_id": "vik", "campaign_id": 4, "ad_group_id": 3,
         "grant_id": 0, "account_id": 5, "shown": False},
    ]}  # fmt: skip
    counters.load(msgspec.msgpack.encode(former))
    assert counters.seen("vik", Level.AD_GROUP, 3, 5) == 2, "One shown, one promised."
    assert counters.release_expired(9) == 1
