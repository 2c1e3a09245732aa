"""The measuring behind ``vonk bench consent``."""

import random
import statistics
import time
from collections import Counter
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec
import typer
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from vonk.authorisation import code_lists, codes, lookups, queries
from vonk.authorisation.actions import consents, imports
from vonk.cli import bench_books, migrating
from vonk.control.scope import Scope

POSTS_EACH: Final = 5  # Of a creator.
LOOKS: Final = 9  # At each page of the ledger; their median is what a reader meets.
LIMITED: Final = 1_000  # Random codes that go the way an advertiser's list goes.
LOOKED_UP_AT_ONCE: Final = 10_000
PAGES: Final = {
    "newest": "",
    "soonest": "sort=end",
    "by_creator": "sort=creator",
    "active": "state=active",
    "days": "days_left=30&sort=end",
    "text": "text=bread",
}


class ConsentFigures(msgspec.Struct, frozen=True, kw_only=True):
    """``import_s`` is from the paste to the last result; ``steps`` is how often its progress could be seen to move."""

    codes: int
    creators: int
    import_s: float
    import_cpu_s: float
    codes_per_s: float
    steps: int
    ledger_ms: float  # The slowest kind of page, the median of some looks at each.
    ledger_ms_max: float
    ledger_cpu_ms: float  # The same page by processor time, which neighbours on the machine do not lengthen.
    guesses: int
    guesses_per_s: float
    guesses_accepted: int
    limited: int  # Random codes in an advertiser's list.
    limited_looked_up: int
    limited_accepted: int
    generation_s: float


def measure(directory: Path, *, codes: int, guesses: int) -> ConsentFigures:
    """Make a platform and measure on it; ends the command when a result is not what it must be."""
    migrating.migrate(quiet=True)
    return measure_here(directory, codes=codes, guesses=guesses)


def measure_here(directory: Path, *, codes: int, guesses: int) -> ConsentFigures:
    """Redeem the codes, read the ledger and guess, on the platform that is there; raises as ``measure`` does."""
    began, now = time.monotonic(), datetime.now(UTC)
    scope = bench_books.advertiser(now)
    texts, creators = _issued(directory, codes, now)
    generation_s = time.monotonic() - began
    import_s, cpu_s, steps = _import(scope, texts, now)
    looks = {name: _look(scope, query) for name, query in PAGES.items()}
    began = time.monotonic()
    accepted = _guess(guesses)
    guessing_s = time.monotonic() - began
    looked_up, slipped = _limited(scope, now)
    return ConsentFigures(
        codes=codes,
        creators=creators,
        import_s=round(import_s, 1),
        import_cpu_s=round(cpu_s, 1),
        codes_per_s=round(codes / import_s),
        steps=steps,
        ledger_ms=round(max(statistics.median(times) for times, _ in looks.values()), 1),
        ledger_ms_max=round(max(max(times) for times, _ in looks.values()), 1),
        ledger_cpu_ms=round(max(statistics.median(times) for _, times in looks.values()), 1),
        guesses=guesses,
        guesses_per_s=round(guesses / guessing_s),
        guesses_accepted=accepted,
        limited=LIMITED,
        limited_looked_up=looked_up,
        limited_accepted=slipped,
        generation_s=round(generation_s, 1),
    )


def _issued(directory: Path, count: int, now: datetime) -> tuple[list[str], int]:
    """Return codes that creators made, shuffled, and how many creators there are."""
    clip, creators = bench_books.clip(directory), 0
    texts: list[str] = []
    while len(texts) < count:
        scope, post_ids = bench_books.creator(f"creator{creators}", clip, POSTS_EACH, now)
        creators += 1
        for post_id in post_ids:
            wanted = min(consents.OPEN_CODES_MAX, count - len(texts))
            texts += [consents.issue(scope, post_id, now=now).code for _ in range(wanted)]
    random.Random(1).shuffle(texts)
    return texts, creators


def _import(scope: Scope, texts: list[str], now: datetime) -> tuple[float, float, int]:
    began, cpu = time.monotonic(), time.process_time()
    import_id = imports.start(scope, code_lists.pasted("\n".join(texts)), now=now)
    seen = set()
    while imports.work_off(import_id, now=now):
        seen.add(queries.code_import(scope, import_id).done)
    done = queries.code_import(scope, import_id)
    if done.outcomes != {"redeemed": len(texts)} or done.finished_at is None:
        raise typer.BadParameter(f"of {len(texts)} codes became {done.outcomes}")
    return time.monotonic() - began, time.process_time() - cpu, len(seen) + 1


def _look(scope: Scope, query: str) -> tuple[list[float], list[float]]:
    """Return how many milliseconds the ledger's page took, each time, by the clock and by the processor."""
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    client.force_login(get_user_model().objects.get(pk=scope.person), backend=settings.AUTHENTICATION_BACKENDS[0])
    address = f"{reverse('advertiser:authorisations')}?{query}"
    taken, worked = list[float](), list[float]()
    for _ in range(LOOKS):
        began, cpu = time.monotonic(), time.process_time()
        response = client.get(address)
        taken.append((time.monotonic() - began) * 1_000)
        worked.append((time.process_time() - cpu) * 1_000)
        if response.status_code != HTTPStatus.OK:
            raise typer.BadParameter(f"{address} answered {response.status_code}")
    return taken[1:], worked[1:]  # The first compiles the templates.


def _guess(count: int) -> int:
    """Look up random codes without the bound on guesses; return how many exist."""
    accepted = 0
    for start in range(0, count, LOOKED_UP_AT_ONCE):
        some = (codes.generate() for _ in range(min(LOOKED_UP_AT_ONCE, count - start)))
        accepted += len(lookups.known(some))
    return accepted


def _limited(scope: Scope, now: datetime) -> tuple[int, int]:
    """Have an advertiser bring a list of random codes; return how many were looked up, and how many were accepted."""
    import_id = imports.start(scope, code_lists.given([codes.generate() for _ in range(LIMITED)]), now=now)
    while imports.work_off(import_id, now=now):
        pass
    outcomes = Counter(queries.code_import(scope, import_id).outcomes)
    limited = outcomes.pop("code_guesses_limited", 0)
    accepted = sum(outcomes.values()) - outcomes.pop("auth_code_not_found", 0)
    return LIMITED - limited, accepted
