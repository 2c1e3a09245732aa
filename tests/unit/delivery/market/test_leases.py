"""Ad servers that share a budget by leases, on a rehearsed Redis: crashes, repeated events, lost messages."""

from collections.abc import Callable
from random import Random

import pytest

from vonk.delivery.limits.counters import Counters
from vonk.delivery.market import leases
from vonk.storage.memory.counters import MemoryCounters
from vonk.storage.redis.counters import RedisCounters
from vonk.storage.redis.rehearsal import Faults, Stage


def _leasing(lost: float) -> Callable[[str, Callable[[], int]], Counters]:
    stage = Stage(Random(7), Faults(lost=lost, unanswered=lost))
    return lambda name, machine_ms: RedisCounters(
        MemoryCounters(),
        "redis://rehearsed/",
        server=name,
        machine_ms=machine_ms,
        exchange=stage.enter(name, machine_ms),
    )


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half an hour, in which each server crashes three times and comes back under its name."""
    monkeypatch.setattr(leases, "LASTS_MS", 1_800_000)
    monkeypatch.setattr(leases, "REPLACED_SHARE", 0.0)
    monkeypatch.setattr(leases, "CRASHES_EVERY_MS", 600_000)
    monkeypatch.setattr(leases, "REQUESTS_MIN", 3_000)


@pytest.mark.parametrize("prices_vary", [False, True])
def test_the_budget_is_delivered_and_never_passed(prices_vary: bool) -> None:  # noqa: FBT001 - a parameter
    found = leases.run(_leasing(0.02), impressions=100, servers=8, seed=1, prices_vary=prices_vary)
    assert found.crashes > 5
    assert found.over_micros == found.unpaid_micros == 0
    assert found.delivered > 0.97


def test_without_leases_the_same_servers_show_what_nobody_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "ABSENT_SHARE", 0.0)
    monkeypatch.setattr(leases, "EVENT_AFTER_MS", 300)
    monkeypatch.setattr(leases, "LASTS_MS", 6_000)  # Five hundred requests a second.
    found = leases.run(lambda _name, _ms: MemoryCounters(), impressions=100, servers=8, seed=1)
    assert found.over_micros == 0  # The book holds,
    assert found.unpaid_micros > 0  # at the platform's expense.
