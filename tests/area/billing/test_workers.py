"""Two workers at once, each in a thread with its own connection."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from tests.area.billing.world import EUR, NOW, build, show
from vonk.billing.actions import payments, settlement
from vonk.billing.models import Payment, Transfer
from vonk.billing.proof import prove
from vonk.events.log import EventLog
from vonk.reporting import rollups
from vonk.reporting.proof import TalliesWitness
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 4


def in_threads(work: Callable[[int], None]) -> None:
    """Run ``work`` in several threads that start together; raise what any of them raised."""
    barrier = threading.Barrier(WORKERS)
    errors: list[Exception] = []

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except Exception as error:  # noqa: BLE001 - raised below, in the test's own thread.
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def drain(log: EventLog) -> None:
    while settlement.settle(log, now=NOW, limit=7).records:
        rollups.roll_up(log, now=NOW, limit=5)
    while rollups.roll_up(log, now=NOW, limit=5).records:
        pass


def test_workers_side_by_side_settle_and_count_everything_once() -> None:
    towns = [build() for _ in range(3)]
    log = MemoryEventLog()
    for _ in range(20):
        for town in towns:
            show(log, town)

    def work(number: int) -> None:
        town = towns[number % len(towns)]
        payments.top_up(town.scope, amount_micros=EUR, now=NOW, provider_reference=f"during-{number}")
        drain(log)

    in_threads(work)
    charged = Transfer.objects.filter(reason="charge")
    assert sum(row.events or 0 for row in charged) == 60
    assert sum(row.amount_micros for row in charged) == 300_000
    assert prove(log, now=NOW, more=[TalliesWitness]).holds


def test_one_payment_reference_at_once_pays_once() -> None:
    town = build(funds_micros=0)
    paid: list[int] = []

    def work(_: int) -> None:
        paid.append(payments.top_up(town.scope, amount_micros=EUR, now=NOW, provider_reference="same"))

    in_threads(work)
    assert set(paid) == {Payment.objects.get().pk}
    assert Transfer.objects.get().amount_micros == EUR


def test_the_audit_holds_while_others_work() -> None:
    town = build()
    log = MemoryEventLog()
    proofs: list[bool] = []

    def work(number: int) -> None:
        for place in range(15):
            if number == 0:
                proofs.append(prove(log, now=NOW, more=[TalliesWitness]).holds)
            elif number == 1:
                show(log, town, times=4)
                reference = f"while-{place}"
                payments.top_up(town.scope, amount_micros=EUR, now=NOW, provider_reference=reference)
            else:
                drain(log)

    in_threads(work)
    assert proofs == [True] * 15
    drain(log)
    assert prove(log, now=NOW, more=[TalliesWitness]).holds
