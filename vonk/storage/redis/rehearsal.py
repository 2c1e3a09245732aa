"""A Redis that is not there: the purses of ``exchange``'s scripts in plain Python, for simulations with many ad servers.

A batch may be lost before it arrives, or its answer afterwards, as on a network. What is not rehearsed: exposures
told to others, which are for caps, and the grace after Redis was emptied, which it never is here.
"""

from collections.abc import Callable
from random import Random
from typing import Final

import msgspec

from vonk.delivery.limits.counters import Promise
from vonk.storage.redis.exchange import SERVER_SECONDS, Batch, Billed, Heard, Period, Wanted

EPOCH: Final = "0 rehearsal"


class _Purse(msgspec.Struct):
    billed: int
    leases: dict[str, int] = {}
    told: dict[str, tuple[str, int]] = {}


class Ledger:
    """What Redis holds: for each purse and period what was billed, and what each server has leased of the rest."""

    def __init__(self, machine_ms: Callable[[], int]) -> None:
        self.purses: dict[Period, _Purse] = {}
        self._machine_ms = machine_ms
        self.promises: list[tuple[str, Promise]] = []  # As told, with the server.
        self._alive: dict[str, int] = {}  # Until when.

    def greet(self, server: str) -> None:
        """Learn that the server lives."""
        self._alive[server] = self._machine_ms() + SERVER_SECONDS * 1_000

    def bill(self, server: str, life: str, billed: Billed) -> None:
        """Count a charge once, however often it is told."""
        purse = self.purses.get(billed.of)
        if purse is None:
            return
        told = purse.told.get(server)
        if told is not None and told[0] == life and told[1] >= billed.number:
            return
        purse.told[server] = (life, billed.number)
        purse.billed += billed.micros
        if server in purse.leases:
            purse.leases[server] = max(0, purse.leases[server] - billed.micros)

    def lease(self, server: str, wanted: Wanted) -> int:
        """Return how much more the server may promise."""
        purse = self.purses.setdefault(wanted.of, _Purse(wanted.billed_micros))
        purse.billed = max(purse.billed, wanted.settled_micros)
        if wanted.anew or server not in purse.leases:
            purse.leases[server] = max(0, wanted.held_micros)
        elif wanted.micros < 0:
            purse.leases[server] = max(0, purse.leases[server] + wanted.micros)
        if wanted.micros <= 0:
            return 0
        now_ms = self._machine_ms()
        for other in [one for one in purse.leases if one != server and self._alive.get(one, 0) <= now_ms]:
            del purse.leases[other]
        left = wanted.limit_micros - max(0, purse.billed) - sum(purse.leases.values())
        granted = max(0, min(left, wanted.micros))
        purse.leases[server] += granted
        return granted


class Faults(msgspec.Struct, frozen=True):
    """How the network is: shares of batches, and how long an answer takes."""

    lost: float = 0.0  # Before they arrive.
    unanswered: float = 0.0  # After they arrived.
    answer_ms: int = 5


class RehearsedExchange:
    """Talks to a ledger as an Exchange does to Redis."""

    def __init__(  # noqa: PLR0913 - by name
        self, ledger: Ledger, *, server: str, life: str, machine_ms: Callable[[], int], chance: Random, faults: Faults
    ) -> None:
        self.tag = "rehearsal"
        self.under_way = False
        self.reachable = True
        self._ledger = ledger
        self._server = server
        self._life = life
        self._machine_ms = machine_ms
        self._chance = chance
        self._faults = faults
        self._heard: Heard | None = None
        self._heard_ms = 0
        self._listened = len(ledger.promises)

    def send(self, batch: Batch) -> None:
        """Send the batch; none may be under way."""
        self.under_way = True
        self._heard_ms = self._machine_ms() + self._faults.answer_ms
        luck = self._chance.random()
        if luck < self._faults.lost:
            self._heard = Heard(batch, failed=True)
            return
        self._ledger.greet(self._server)
        for bill in batch.billed:
            self._ledger.bill(self._server, self._life, bill)
        granted = [self._ledger.lease(self._server, wanted) for wanted in batch.wanted]
        promises = self._ledger.promises
        promises += [(self._server, msgspec.structs.replace(promise)) for promise in batch.promises]
        failed = luck < self._faults.lost + self._faults.unanswered
        if failed:
            self._heard = Heard(batch, failed=True)
            return
        theirs = [promise for server, promise in promises[self._listened :] if server != self._server]
        self._heard = Heard(batch, granted, EPOCH, [msgspec.structs.replace(promise) for promise in theirs])
        self._listened = len(promises)

    def hear(self, timeout_seconds: float = 0.0) -> Heard | None:  # noqa: ARG002 - nobody waits here
        """Return what came back, None when nothing did."""
        if self._heard is None or self._machine_ms() < self._heard_ms:
            return None
        heard, self._heard = self._heard, None
        self.under_way, self.reachable = False, not heard.failed
        return heard

    def close(self) -> None:
        """Nothing is held."""


class Stage:
    """A ledger that servers share, in each of their lives by an exchange of its own."""

    def __init__(self, chance: Random, faults: Faults) -> None:
        self._chance = chance
        self._faults = faults
        self._ledger: Ledger | None = None
        self._lives = 0

    def enter(self, server: str, machine_ms: Callable[[], int]) -> RehearsedExchange:
        """Return the exchange of a new life of the server; all share the first one's clock."""
        self._ledger = self._ledger or Ledger(machine_ms)
        self._lives += 1
        return RehearsedExchange(
            self._ledger,
            server=server,
            life=str(self._lives),
            machine_ms=machine_ms,
            chance=self._chance,
            faults=self._faults,
        )
