"""The longer runs behind ``vonk bench decide``: publications under load, a restart, and decisions without HTTP."""

import contextlib
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from vonk.cli import ads as ads_command
from vonk.cli import bench_load, bench_world
from vonk.core.clock import DAY_MS
from vonk.delivery.decide import decide
from vonk.delivery.matching.context import Context, viewer_of
from vonk.delivery.matching.index import Index
from vonk.delivery.server import checkpoint
from vonk.delivery.server.checkpoint import Checkpoint
from vonk.delivery.snapshot import DocumentKind, GrantDocument, Publication
from vonk.events.ingest import Entry
from vonk.events.records import Claims, EventRecord, Kind
from vonk.storage.memory.counters import MemoryCounters

PAUSE_SECONDS: Final = 0.3  # Between publications.
MANY: Final = 1_000  # Documents in every fourth: somebody uploads a campaign.
PATIENCE_SECONDS: Final = 30.0
DAYS_EVENTS_MAX: Final = 400_000
ALONE: Final = 20_000
SEED: Final = 17


class Effect(msgspec.Struct, frozen=True):
    """The longest that a publication took to act, and the answers' latency meanwhile."""

    effect_ms_max: float
    p99_ms: float


class _Sequence(msgspec.Struct, frozen=True):
    publication_sequence: int


def publications(
    server: bench_load.Server,
    writer: bench_world.PublicationWriter,
    script: Path,
    *,
    seconds: int,
    clients: int,
    ads: int,
) -> Effect:
    """Publish while the server is loaded: one consent at a time, now and then a thousand."""
    loads: list[bench_load.Load] = []

    def load() -> None:
        loads.append(bench_load.wrk(server, "/v1/decisions", script, seconds=seconds, clients=clients))

    loading = threading.Thread(target=load)
    loading.start()
    chance = random.Random(SEED)
    longest, number = 0.0, 0
    until = time.monotonic() + seconds - 1
    while time.monotonic() < until:
        time.sleep(PAUSE_SECONDS)
        number += 1
        count = min(MANY, ads) if number % 4 == 0 else 1
        sequence = writer.publish([_grant(ad_id) for ad_id in chance.sample(range(1, ads + 1), count)])
        longest = max(longest, _until_known(server, sequence))
    loading.join()
    return Effect(round(longest * 1000, 1), loads[0].p99_us / 1000)


def _grant(ad_id: int) -> tuple[DocumentKind, int, GrantDocument]:
    now_ms = time.time_ns() // 1_000_000
    account_id = (ad_id - 1) // bench_world.ADS_PER_ACCOUNT + 1
    return DocumentKind.GRANT, ad_id, GrantDocument(ad_id, ad_id, account_id, now_ms - DAY_MS, now_ms + 20 * DAY_MS)


def _until_known(server: bench_load.Server, sequence: int) -> float:
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE_SECONDS:
        if msgspec.json.decode(server.get("/healthz"), type=_Sequence).publication_sequence >= sequence:
            break
        time.sleep(0.002)
    return time.monotonic() - started


def keep_a_day(directory: Path, ads: int) -> None:
    """Leave a checkpoint of a day's billed showings for the next start."""
    chance = random.Random(SEED)
    counters = MemoryCounters()
    now_ms = time.time_ns() // 1_000_000
    for number in range(min(ads * 4, DAYS_EVENTS_MAX)):
        ad_id = chance.randrange(ads) + 1
        group_id = (ad_id - 1) // bench_world.ADS_PER_GROUP + 1
        campaign_id = (group_id - 1) // bench_world.GROUPS_PER_CAMPAIGN + 1
        account_id = (ad_id - 1) // bench_world.ADS_PER_ACCOUNT + 1
        received_ms = now_ms - chance.randrange(DAY_MS)
        claims = Claims(
            number, ad_id, group_id, campaign_id, account_id, ad_id, ad_id, 1, f"viewer-{chance.randrange(50_000)}",
            Kind.IMPRESSION, 4_000, "EUR", received_ms, "for_you",
        )  # fmt: skip
        counters.learn(Entry(EventRecord("e", Kind.IMPRESSION, received_ms, received_ms, 4_000, 0, claims), first=True))
    kept = Checkpoint(0, counters.dump(), {}, [], {}, {})
    checkpoint.write(directory / ads_command.COUNTERS_DIR, checkpoint.encode(kept))


class Timer:
    """Measures from when it is made until it is stopped."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self.seconds = 0.0

    def stop(self) -> None:
        """Note the time that has passed."""
        self.seconds = round(time.monotonic() - self._started, 2)


@contextlib.contextmanager
def timed() -> Iterator[Timer]:
    """Yield a timer that has begun."""
    yield Timer()


def first_answer(server: bench_load.Server, viewer: str) -> None:
    """Ask for one decision; exits when it is no success."""
    server.post("/v1/decisions", msgspec.json.encode({"viewer": viewer, "slots": [{"position": 4}]}))


def alone(ads: int, eligible: float) -> tuple[float, float]:
    """Return median and 99th percentile of one decision in µs of this process's processor time: match and auction."""
    counters = MemoryCounters()
    index = Index(counters)
    documents = enumerate(bench_world.world(ads, eligible), start=1)
    index.load(Publication(number, kind, object_id, document) for number, (kind, object_id, document) in documents)
    counters.caps_known()
    chance = random.Random(SEED)
    expires_ms = time.time_ns() // 1_000_000 + DAY_MS
    viewers = [
        viewer_of(claims, Context(device=chance.choice(("android", "ios"))), "for_you")
        for claims in bench_world.viewer_claims(expires_ms)
    ]
    took: list[int] = []
    for number in range(ALONE):
        now_ms = time.time_ns() // 1_000_000
        viewer = viewers[number * 7919 % len(viewers)]
        started = time.thread_time_ns()
        decide(
            viewer,
            index,
            counters,
            matched=index.match(viewer),
            reserve=100_000,
            shown_campaigns=(),
            now_ms=now_ms,
            seed=number,
        )
        took.append(time.thread_time_ns() - started)
    took.sort()
    return took[ALONE // 2] / 1000, took[ALONE * 99 // 100] / 1000
