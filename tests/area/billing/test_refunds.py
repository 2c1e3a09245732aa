"""Refunds and the holds under them: set aside, posted or voided once, paid by the provider with their tax."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.area.billing.books import assert_sound, left, moved, published
from tests.area.billing.world import EUR, NOW, OPERATOR, Town, build, show
from vonk.billing import queries
from vonk.billing.actions import holds, payments, refunds, settlement, terms, upkeep
from vonk.billing.errors import (
    FundsShort,
    HoldEnded,
    HoldExceeded,
    PaymentDeclined,
    RefundDecided,
    RefundOutOfBounds,
    RefundReused,
)
from vonk.billing.models import Hold, Payment, Refund
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, RightMissing
from vonk.core.money import Money
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def town() -> Town:
    terms.set_tax(OPERATOR, country="NL", rate_ppm=210_000, now=NOW)
    return build(funds_micros=10 * EUR)


def ask(town: Town, micros: int = 4 * EUR, reference: str = "r1") -> int:
    return refunds.ask(town.scope, amount_micros=micros, reason="Campaign is over", reference=reference, now=NOW)


def state(refund_id: int) -> str:
    return Refund.objects.get(pk=refund_id).state


def test_tax_is_collected_with_a_top_up_and_kept_apart(town: Town) -> None:
    assert left() == {"payment_provider": -12_100_000, "advertiser": 10 * EUR, "tax": 2_100_000}
    payment = Payment.objects.get()
    assert (payment.amount_micros, payment.tax_micros) == (10 * EUR, 2_100_000)
    assert published(town.account) == 10 * EUR


def test_what_is_asked_back_is_set_aside_and_goes_back_with_its_tax(town: Town) -> None:
    refund_id = ask(town)
    assert ask(town) == refund_id
    with pytest.raises(RefundReused):
        ask(town, 5 * EUR)
    assert published(town.account) == 6 * EUR
    assert queries.balance(town.account).held_micros == 4 * EUR
    refunds.approve(OPERATOR, refund_id, now=NOW)
    assert (state(refund_id), left()["refund"]) == ("approved", 4 * EUR)
    for _ in range(2):
        upkeep.keep_up(NOW)
    assert state(refund_id) == "paid"
    assert left() == {"payment_provider": -7_260_000, "advertiser": 6 * EUR, "tax": 1_260_000}
    assert (moved("refund"), moved("tax_refund"), moved("hold_posted")) == ([4 * EUR], [840_000], [4 * EUR])
    found = queries.balance(town.account)
    assert (found.paid_micros, found.billed_micros, found.held_micros) == (10 * EUR, 0, 0)
    with pytest.raises(RefundDecided):
        refunds.approve(OPERATOR, refund_id, now=NOW)
    with pytest.raises(RefundDecided):
        refunds.decline(OPERATOR, refund_id, answer="Too late", now=NOW)
    acts = list(AuditEntry.objects.filter(noun="refund").order_by("pk").values_list("action", flat=True))
    assert acts == ["refund.asked", "refund.approved"]
    assert_sound()


def test_a_refund_is_shared_among_payments_and_their_tax_to_the_micro(town: Town) -> None:
    terms.set_tax(OPERATOR, country="NL", rate_ppm=70_000, now=NOW)
    payments.top_up(town.scope, amount_micros=3_333_333, now=NOW + DAY, provider_reference="second")
    for reference, micros in (("r1", 1_000_001), ("r2", 5_000_000), ("r3", 7_333_332)):
        refund_id = ask(town, micros, reference)
        refunds.approve(OPERATOR, refund_id, now=NOW)
        upkeep.keep_up(NOW)
    assert left() == {}
    rows = Payment.objects.all()
    assert all(row.refunded_micros == row.amount_micros for row in rows)
    assert all(row.tax_refunded_micros == row.tax_micros for row in rows)


def test_a_declined_refund_may_be_spent_again(town: Town) -> None:
    refund_id = ask(town)
    refunds.decline(OPERATOR, refund_id, answer="Your ads are running", now=NOW)
    assert (state(refund_id), published(town.account)) == ("declined", 10 * EUR)
    assert queries.refunds(town.scope, Paging()).items[0].answer == "Your ads are running"
    with pytest.raises(RefundDecided):
        refunds.approve(OPERATOR, refund_id, now=NOW)
    assert moved("hold_voided") == [4 * EUR]


def test_nobody_spends_what_is_held(town: Town) -> None:
    ask(town, 9 * EUR)
    log = MemoryEventLog()
    show(log, town, times=3, price=500_000)
    settled = settlement.settle(log, now=NOW)
    assert (settled.billed_micros, settled.written_off_micros) == (EUR, 500_000)


def test_unanswered_it_lapses(town: Town) -> None:
    refund_id = ask(town)
    upkeep.keep_up(NOW + timedelta(days=30) - timedelta(seconds=1))
    assert state(refund_id) == "asked"
    for _ in range(2):
        upkeep.keep_up(NOW + timedelta(days=30))
    assert (state(refund_id), published(town.account)) == ("lapsed", 10 * EUR)
    with pytest.raises(RefundDecided):
        refunds.approve(OPERATOR, refund_id, now=NOW)
    assert moved("hold_voided") == [4 * EUR]


def test_only_unspent_cash_that_was_paid_in_is_asked_back(town: Town) -> None:
    for micros in (0, -EUR, 10 * EUR + 1):
        with pytest.raises(RefundOutOfBounds):
            ask(town, micros)
    ask(town, 10 * EUR)
    with pytest.raises(RefundOutOfBounds):
        ask(town, 1, "r2")


def test_a_provider_that_does_not_pay_is_asked_again_and_given_up_by_an_operator() -> None:
    town = build(funds_micros=0)
    payments.top_up(town.scope, amount_micros=10 * EUR, now=NOW, provider_reference="later", provider=Reluctant())
    Payment.objects.update(provider_reference="declined-later")  # The test provider refuses its refunds.
    refund_id = ask(town)
    refunds.approve(OPERATOR, refund_id, now=NOW)
    for days in range(5):
        upkeep.keep_up(NOW + days * DAY)
    row = Refund.objects.get()
    assert (row.state, row.failures, row.failure, row.next_attempt_at) == ("approved", 3, "payment_declined", None)
    refunds.give_up(OPERATOR, refund_id, answer="Your card is closed", now=NOW)
    assert (state(refund_id), published(town.account)) == ("returned", 10 * EUR)
    assert Payment.objects.get().refunded_micros == 0
    with pytest.raises(RefundDecided):
        refunds.retry(OPERATOR, refund_id, now=NOW)
    assert_sound()


def test_a_payment_that_is_declined_leaves_nothing() -> None:
    town = build(funds_micros=0)
    with pytest.raises(PaymentDeclined):
        payments.top_up(town.scope, amount_micros=EUR, now=NOW, provider_reference="declined-1")
    assert (left(), Payment.objects.count()) == ({}, 0)


def test_mallory_neither_asks_nor_decides(town: Town) -> None:
    refund_id = ask(town)
    mallory = Scope(person_id=66, rights=frozenset({Right.ACCOUNT_VIEW, Right.VIEW}), account_id=town.account)
    with pytest.raises(RightMissing):
        refunds.ask(mallory, amount_micros=EUR, reason="Mine", reference="m", now=NOW)
    with pytest.raises(RightMissing):
        refunds.approve(town.scope, refund_id, now=NOW)
    with pytest.raises(RightMissing):
        refunds.decline(town.scope, refund_id, answer="No", now=NOW)
    with pytest.raises(RightMissing):
        refunds.give_up(town.scope, refund_id, answer="No", now=NOW)
    assert state(refund_id) == "asked"
    other = build()
    with pytest.raises(NotFound):
        queries.refund(other.scope, refund_id)


def test_a_hold_posts_a_part_once_and_the_rest_comes_back(town: Town) -> None:
    hold = holds.place(
        town.account, amount_micros=5 * EUR, currency="EUR", purpose="test", expires_at=NOW + DAY, now=NOW
    )
    with pytest.raises(HoldExceeded):
        holds.post(hold.pk, amount_micros=5 * EUR + 1, now=NOW)
    holds.post(hold.pk, amount_micros=2 * EUR, now=NOW)
    assert (left()["refund"], left()["advertiser"]) == (2 * EUR, 8 * EUR)
    with pytest.raises(HoldEnded):
        holds.post(hold.pk, amount_micros=EUR, now=NOW)
    with pytest.raises(HoldEnded):
        holds.void(hold.pk, now=NOW)
    assert holds.expire(NOW + DAY) == 0
    with pytest.raises(FundsShort):
        holds.place(town.account, amount_micros=9 * EUR, currency="EUR", purpose="t", expires_at=NOW, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(posted_micros=6 * EUR)
    assert_sound()


class Reluctant:
    """A provider that collects; its payments are the test provider's afterwards."""

    name = "test"
    real = False

    def collect(self, reference: str, amount: Money) -> None:
        """It works."""

    def refund(self, reference: str, of: str, amount: Money) -> None:
        """It works too."""
