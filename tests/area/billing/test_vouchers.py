"""Vouchers: granted once, spent first and the soonest ending before others, taken back at their end."""

from datetime import timedelta

import pytest

from tests.area.billing.books import assert_sound, left, moved, published
from tests.area.billing.world import EUR, NOW, OPERATOR, build, show
from vonk.billing import queries
from vonk.billing.actions import settlement, upkeep, vouchers
from vonk.billing.errors import TermsOutOfBounds, VoucherOutOfBounds, VoucherReused, VouchersTooMany
from vonk.billing.models import Transfer, Voucher
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging
from vonk.core.errors import RightMissing
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def grant(account_id: int, micros: int = EUR, reference: str = "v1", days: int = 30) -> int:
    return vouchers.grant(
        OPERATOR,
        account_id,
        amount_micros=micros,
        reason="Welcome",
        reference=reference,
        expires_at=NOW + days * DAY,
        now=NOW,
    )


def test_a_voucher_may_be_spent_at_once_and_is_not_cash() -> None:
    town = build(funds_micros=2 * EUR)
    first = grant(town.account)
    assert published(town.account) == 3 * EUR
    assert left() == {"payment_provider": -2 * EUR, "advertiser": 2 * EUR, "voucher": EUR, "platform_revenue": -EUR}
    found = queries.balance(town.account)
    assert (found.cash_micros, found.voucher_micros, found.micros) == (2 * EUR, EUR, 3 * EUR)
    assert (found.paid_micros, found.billed_micros) == (2 * EUR, 0)
    assert grant(town.account) == first
    with pytest.raises(VoucherReused):
        grant(town.account, 2 * EUR)
    assert (Voucher.objects.count(), AuditEntry.objects.filter(action="voucher.granted").count()) == (1, 1)


def test_charges_draw_on_the_soonest_ending_voucher_then_the_next_then_cash() -> None:
    town = build(funds_micros=2 * EUR)
    later = grant(town.account, EUR, "later", days=60)
    sooner = grant(town.account, EUR, "sooner", days=10)
    log = MemoryEventLog()
    show(log, town, times=5, price=500_000)
    settlement.settle(log, now=NOW)
    charges = Transfer.objects.filter(reason="charge").select_related("debit").order_by("pk")
    assert [(row.debit.owner_id, row.amount_micros, row.events, row.key.rpartition(":")[2]) for row in charges] == [
        (sooner, EUR, 5, f"v{sooner}"),
        (later, EUR, 0, f"v{later}"),
        (town.account, EUR // 2, 0, "cash"),
    ]
    assert moved("creator_share") == [EUR // 2]  # 20 % of the whole, also of what vouchers paid.
    assert published(town.account) == 3 * EUR // 2
    assert queries.balance(town.account).billed_micros == 5 * EUR // 2
    assert_sound()


def test_an_event_is_billed_whole_over_all_sources_or_not_at_all() -> None:
    town = build(funds_micros=EUR)
    grant(town.account, EUR)
    log = MemoryEventLog()
    show(log, town, price=1_500_000)
    show(log, town, price=600_000)
    show(log, town, price=500_000)
    settled = settlement.settle(log, now=NOW)
    assert (settled.billed_micros, settled.written_off_micros) == (2 * EUR, 600_000)
    assert published(town.account) == 0


def test_what_is_left_goes_back_at_the_end_and_may_be_spent_no_more() -> None:
    town = build(funds_micros=2 * EUR)
    voucher_id = grant(town.account, EUR, days=1)
    log = MemoryEventLog()
    show(log, town, price=400_000)
    settlement.settle(log, now=NOW)
    upkeep.keep_up(NOW + DAY - timedelta(seconds=1))
    assert moved("voucher_expired") == []
    for _ in range(2):
        upkeep.keep_up(NOW + DAY)
        assert moved("voucher_expired") == [600_000]
    assert published(town.account) == 2 * EUR
    view = queries.vouchers(town.scope, Paging()).items[0]
    assert (view.id, view.left_micros, view.ended) == (voucher_id, 0, True)
    assert queries.balance(town.account).billed_micros == 400_000
    assert_sound()


def test_a_voucher_that_ended_pays_nothing_even_before_it_is_taken_back() -> None:
    town = build(funds_micros=EUR)
    grant(town.account, EUR, days=1)
    log = MemoryEventLog()
    show(log, town, price=400_000)
    settlement.settle(log, now=NOW + DAY)
    assert left()["voucher"] == EUR
    assert left()["advertiser"] == 600_000


def test_bounds() -> None:
    town = build()
    with pytest.raises(VoucherOutOfBounds):
        grant(town.account, EUR - 1)
    for days in (0, 731):
        with pytest.raises(TermsOutOfBounds):
            grant(town.account, days=days)
    for number in range(vouchers.LIVE_MAX):
        grant(town.account, reference=f"v{number}")
    with pytest.raises(VouchersTooMany):
        grant(town.account, reference="one more")
    with pytest.raises(RightMissing):
        vouchers.grant(
            town.scope,
            town.account,
            amount_micros=EUR,
            reason="Mine",
            reference="mine",
            expires_at=NOW + DAY,
            now=NOW,
        )
