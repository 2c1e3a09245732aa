"""Everything that moves one account's money, at once: nobody waits in a circle, nothing passes its floor, nothing is lost."""

from datetime import timedelta

import pytest

from tests.area.billing.books import assert_sound, moved, published
from tests.area.billing.test_workers import in_threads
from tests.area.billing.world import EUR, NOW, OPERATOR, build, show
from vonk.billing import queries
from vonk.billing.actions import findings, payments, refunds, settlement, terms, upkeep, vouchers
from vonk.billing.funding import Mode
from vonk.billing.models import FindingEvent, Refund
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


def test_charges_vouchers_refunds_and_findings_side_by_side() -> None:
    towns = [build(funds_micros=20 * EUR) for _ in range(2)]
    log = MemoryEventLog()
    for town in towns:
        terms.set_terms(
            OPERATOR, town.account, mode=Mode.THRESHOLD, credit_limit_micros=9 * EUR, threshold_micros=2 * EUR, now=NOW
        )
        show(log, town, times=8, price=EUR)
    settlement.settle(log, now=NOW)

    def work(number: int) -> None:
        for place in range(ROUNDS):
            town, name, at = towns[(number + place) % 2], f"{number}-{place}", NOW + timedelta(seconds=place)
            match number:
                case 0:
                    show(log, town, times=3, price=EUR)
                    settlement.settle(log, now=at)
                case 1:
                    vouchers.grant(
                        OPERATOR,
                        town.account,
                        amount_micros=EUR,
                        reason="r",
                        reference=name,
                        expires_at=at + timedelta(seconds=2),
                        now=at,
                    )
                    payments.top_up(town.scope, amount_micros=EUR, now=at, provider_reference=name)
                case 2:
                    asked = refunds.ask(town.scope, amount_micros=EUR // 4, reason="r", reference=name, now=at)
                    refunds.approve(OPERATOR, asked, now=at)
                    upkeep.keep_up(at)
                case _:
                    both = [2 * place + 2, 16 + 2 * place + 2]  # One of each account, met in either order.
                    findings.reverse(OPERATOR, log, positions=both, rule="r", reason="r", now=at)
                    upkeep.keep_up(at)

    in_threads(work)
    while settlement.settle(log, now=NOW + timedelta(minutes=1)).records:
        pass
    upkeep.keep_up(NOW + timedelta(minutes=1))
    assert_sound()
    for town in towns:
        assert published(town.account) == queries.balance(town.account, now=NOW + timedelta(minutes=1)).micros
    assert FindingEvent.objects.count() == 2 * ROUNDS
    assert sum(moved("credit_note")) == 2 * ROUNDS * EUR
    assert sum(moved("charge")) + sum(moved("write_off")) == (16 + 3 * ROUNDS) * EUR
    assert set(Refund.objects.values_list("state", flat=True)) == {"paid"}
