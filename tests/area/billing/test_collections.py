"""Whatever happens around a payment provider's call, what it collected and what the books say is the same in the end."""

import threading
from contextlib import suppress
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import patience
from tests.area.billing.books import assert_sound, left, moved, published, undone
from tests.area.billing.test_workers import in_threads
from tests.area.billing.till import Killed, Till, Trouble
from tests.area.billing.world import EUR, NOW, OPERATOR, Town, build, show
from tests.chance import examples
from vonk.billing import proof
from vonk.billing.actions import findings, invoices, payments, refunds, settlement, terms, upkeep
from vonk.billing.errors import (
    PaymentDeclined,
    PaymentReferenceReused,
    PaymentUnanswered,
    RefundDecided,
    RefundOutOfBounds,
    RefundUnderWay,
)
from vonk.billing.funding import Mode
from vonk.billing.models import Collection, Invoice, LedgerAccount, Payment, Refund, RefundPart
from vonk.control import positions
from vonk.control.models import AuditEntry
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

SOON = timedelta(minutes=5)
DAY = timedelta(days=1)
UNKNOWN = [Trouble.DIES_BEFORE, Trouble.DIES_AFTER, Trouble.SILENT_BEFORE, Trouble.SILENT_AFTER, Trouble.BREAKS_AFTER]
QUIET = {Trouble.DIES_BEFORE: Killed, Trouble.DIES_AFTER: Killed}


@pytest.fixture
def log() -> MemoryEventLog:
    return MemoryEventLog()


def pay_in(town: Town, till: Till, reference: str = "ref", micros: int = 5 * EUR) -> int:
    return payments.top_up(town.scope, amount_micros=micros, now=NOW, provider_reference=reference, provider=till)


def owing(log: MemoryEventLog, micros: int, *, times: int = 1) -> Town:
    """Return a town on threshold terms that owes so much, a given number of times."""
    town = build(funds_micros=0)
    terms.set_terms(
        OPERATOR, town.account, mode=Mode.THRESHOLD, credit_limit_micros=50 * EUR, threshold_micros=EUR, now=NOW
    )
    show(log, town, times=times, price=micros)
    settlement.settle(log, now=NOW)
    return town


def outside() -> int:
    """What the books say that the world outside gave and did not get back."""
    return -left().get("payment_provider", 0)


@pytest.mark.parametrize("trouble", UNKNOWN)
def test_a_top_up_whose_outcome_got_lost_is_asked_for_again(trouble: Trouble) -> None:
    town, till = build(funds_micros=0), Till(trouble)
    with pytest.raises(QUIET.get(trouble, PaymentUnanswered)):
        pay_in(town, till)
    assert (left(), Payment.objects.count(), Collection.objects.get().state) == ({}, 0, "pending")
    assert upkeep.keep_up(NOW + SOON - timedelta(seconds=1), till) == 0
    assert upkeep.keep_up(NOW + SOON, till) == 1
    assert upkeep.keep_up(NOW + SOON, till) == 0
    assert (till.collected, outside(), published(town.account)) == ({"ref": 5 * EUR}, 5 * EUR, 5 * EUR)
    entry = AuditEntry.objects.get(action="funds.topped_up")
    assert (entry.person_id, entry.account_id, entry.object_id) == (town.ada, town.account, Payment.objects.get().pk)
    assert_sound()


@pytest.mark.parametrize("trouble", UNKNOWN)
def test_the_same_reference_again_takes_up_what_got_lost(trouble: Trouble) -> None:
    town, till = build(funds_micros=0), Till(trouble)
    with pytest.raises(QUIET.get(trouble, PaymentUnanswered)):
        pay_in(town, till)
    with pytest.raises(PaymentReferenceReused):
        pay_in(town, till, micros=6 * EUR)
    paid = pay_in(town, till)
    assert {paid, pay_in(town, till)} == {Payment.objects.get().pk}
    assert upkeep.keep_up(NOW + SOON, till) == 0
    assert (till.collected, outside()) == ({"ref": 5 * EUR}, 5 * EUR)


def test_the_tax_that_was_asked_for_is_what_is_asked_for_again() -> None:
    town, till = build(funds_micros=0), Till(Trouble.SILENT_AFTER, Trouble.DECLINED)
    terms.set_tax(OPERATOR, country="NL", rate_ppm=210_000, now=NOW)
    with pytest.raises(PaymentUnanswered):
        pay_in(town, till)
    terms.set_tax(OPERATOR, country="NL", rate_ppm=70_000, now=NOW)
    pay_in(town, till)
    assert (till.collected, left()["tax"]) == ({"ref": 6_050_000}, 1_050_000)


def test_a_declined_top_up_may_be_tried_again_under_its_reference() -> None:
    town, till = build(funds_micros=0), Till(Trouble.DECLINED, Trouble.SILENT_BEFORE, Trouble.DECLINED)
    for said in (PaymentDeclined, PaymentUnanswered):
        with pytest.raises(said):
            pay_in(town, till)
    upkeep.keep_up(NOW + SOON, till)
    assert (Collection.objects.get().state, Collection.objects.get().failure) == ("declined", "payment_declined")
    assert upkeep.keep_up(NOW + 2 * SOON, till) == 0
    assert pay_in(town, till) == Payment.objects.get().pk
    assert outside() == till.total_micros == 5 * EUR


@pytest.mark.parametrize("trouble", UNKNOWN)
def test_a_threshold_whose_outcome_got_lost_is_collected_once_and_is_no_failure(
    log: MemoryEventLog, trouble: Trouble
) -> None:
    town, till = owing(log, 3 * EUR), Till(trouble)
    if trouble in QUIET:
        with pytest.raises(Killed):
            upkeep.keep_up(NOW, till)
    else:
        upkeep.keep_up(NOW, till)
    upkeep.keep_up(NOW + timedelta(seconds=1), till)
    assert len(till.calls) == 1
    assert Invoice.objects.get().paid_at is None
    upkeep.keep_up(NOW + SOON, till)
    row = Invoice.objects.get()
    assert (row.paid_at, row.failures, outside()) == (NOW + SOON, 0, 3 * EUR)
    assert (list(till.collected.values()), published(town.account)) == ([3 * EUR], 50 * EUR)
    assert_sound()


def test_three_failures_stop_ads_also_where_answers_were_late(log: MemoryEventLog) -> None:
    town = owing(log, 4 * EUR)
    silent, no = Trouble.SILENT_BEFORE, Trouble.DECLINED
    till = Till(no, silent, silent, no, no)
    late = NOW + DAY + 2 * SOON  # When the second failure is known.
    rounds = ((NOW, 1, 1), (NOW + DAY, 2, 1), (NOW + DAY + SOON, 3, 1), (late, 4, 2), (late + DAY - SOON, 4, 2))
    for at, calls, failures in rounds:
        for _ in range(2):
            upkeep.keep_up(at, till)
        assert (len(till.calls), Invoice.objects.get().failures) == (calls, failures)
        assert published(town.account) == 46 * EUR
    upkeep.keep_up(late + DAY, till)
    row = Invoice.objects.get()
    assert (row.failures, row.next_attempt_at, published(town.account)) == (3, None, 0)
    upkeep.keep_up(late + 9 * DAY, till)
    assert len(till.calls) == 5
    invoices.pay(town.scope, row.pk, now=late + 9 * DAY, provider=till)
    assert (published(town.account), outside()) == (50 * EUR, 4 * EUR)


def test_what_the_advertiser_pays_in_vain_is_no_failure_of_the_platform(log: MemoryEventLog) -> None:
    town, till = owing(log, 4 * EUR), Till(Trouble.DECLINED, Trouble.SILENT_BEFORE, Trouble.DECLINED)
    invoices.issue(NOW)
    for said in (PaymentDeclined, PaymentUnanswered):
        with pytest.raises(said):
            invoices.pay(town.scope, Invoice.objects.get().pk, now=NOW, provider=till)
    assert invoices.collect(NOW, till) == 0  # What is under way is left alone.
    assert upkeep.keep_up(NOW + SOON, till) == 2  # Declined, and so due again.
    row = Invoice.objects.get()
    assert (row.failures, row.paid_at, list(till.collected.values())) == (0, NOW + SOON, [4 * EUR])


def test_a_credit_note_leaves_what_is_being_collected_as_it_is(log: MemoryEventLog) -> None:
    town, till = owing(log, 2 * EUR, times=2), Till(Trouble.SILENT_AFTER)
    upkeep.keep_up(NOW, till)
    show(log, town, price=3 * EUR)  # Position 5, 6: owed too, and asked for by no invoice.
    settlement.settle(log, now=NOW)
    findings.reverse(OPERATOR, log, positions=[2, 4], rule="r", reason="r", now=NOW)
    assert (left()["credit"], left().get("advertiser", 0)) == (-4 * EUR, EUR)  # 3 of 4 EUR are owed besides.
    assert Invoice.objects.get().credited_micros == 0
    upkeep.keep_up(NOW + SOON, till)
    assert (Invoice.objects.get().paid_at, left().get("credit", 0)) == (NOW + SOON, 0)
    assert outside() == till.total_micros == 4 * EUR
    assert published(town.account) == 51 * EUR
    assert proof.prove(log, now=NOW).holds


def test_a_credit_note_lowers_what_was_declined_and_is_asked_for_anew(log: MemoryEventLog) -> None:
    owing(log, 2 * EUR, times=2)
    till = Till(Trouble.DECLINED)
    upkeep.keep_up(NOW, till)
    findings.reverse(OPERATOR, log, positions=[2], rule="r", reason="r", now=NOW)
    upkeep.keep_up(NOW + DAY, till)
    assert (list(till.collected.values()), Invoice.objects.get().credited_micros) == ([2 * EUR], 2 * EUR)
    assert len(set(till.calls)) == 2  # Each under its own reference, as the amounts are two.
    assert proof.prove(log, now=NOW).holds


def test_what_was_paid_at_the_bank_meanwhile_is_cash_when_it_is_collected_too(log: MemoryEventLog) -> None:
    town, till = owing(log, 3 * EUR), Till(Trouble.SILENT_AFTER)
    upkeep.keep_up(NOW, till)
    invoices.note_paid(OPERATOR, Invoice.objects.get().pk, reference="statement 1", now=NOW)
    upkeep.keep_up(NOW + SOON, till)
    assert (moved("credit_repaid"), moved("top_up"), published(town.account)) == ([3 * EUR], [3 * EUR], 53 * EUR)
    assert proof.prove(log, now=NOW).holds


@pytest.mark.parametrize("trouble", UNKNOWN)
def test_a_refund_whose_outcome_got_lost_is_paid_once(trouble: Trouble) -> None:
    town, till = build(funds_micros=0), Till()
    pay_in(town, till)
    refund_id = refunds.ask(town.scope, amount_micros=2 * EUR, reason="Over", reference="r", now=NOW)
    refunds.approve(OPERATOR, refund_id, now=NOW)
    till.troubles = [trouble]
    if trouble in QUIET:
        with pytest.raises(Killed):
            upkeep.keep_up(NOW, till)
    else:
        upkeep.keep_up(NOW, till)
    assert (RefundPart.objects.get().paid_at, left()["refund"]) == (None, 2 * EUR)
    for act in (refunds.retry, lambda *args, **more: refunds.give_up(*args, answer="No", **more)):
        with pytest.raises(RefundUnderWay):
            act(OPERATOR, refund_id, now=NOW)
    upkeep.keep_up(NOW + SOON, till)
    row = Refund.objects.get()
    assert (row.state, row.failures, outside()) == ("paid", 0, 3 * EUR)
    assert till.total_micros == 3 * EUR
    assert_sound()


def test_a_declined_refund_may_be_given_up() -> None:
    town, till = build(funds_micros=0), Till()
    pay_in(town, till)
    refund_id = refunds.ask(town.scope, amount_micros=2 * EUR, reason="Over", reference="r", now=NOW)
    refunds.approve(OPERATOR, refund_id, now=NOW)
    till.troubles = [Trouble.DECLINED]
    upkeep.keep_up(NOW, till)
    assert (Refund.objects.get().failures, Refund.objects.get().next_attempt_at) == (1, NOW + DAY)
    refunds.give_up(OPERATOR, refund_id, answer="Card closed", now=NOW)
    assert (outside(), published(town.account), till.total_micros) == (5 * EUR, 5 * EUR, 5 * EUR)


@pytest.mark.django_db(transaction=True)
def test_nothing_waits_for_a_provider(log: MemoryEventLog) -> None:
    town, till = owing(log, 3 * EUR), Till()
    seen: list[int] = []

    def meanwhile() -> None:
        assert not connection.in_atomic_block
        show(log, town, price=EUR)
        seen.append(settlement.settle(log, now=NOW).billed_micros)

    till.meanwhile = meanwhile
    upkeep.keep_up(NOW, till)
    pay_in(town, till)
    asked = refunds.ask(town.scope, amount_micros=EUR, reason="Over", reference="r", now=NOW)
    refunds.approve(OPERATOR, asked, now=NOW)
    upkeep.keep_up(NOW, till)
    assert seen == [EUR] * 4  # The invoice, the top-up, the refund, and the invoice for what was owed by then.
    assert outside() == till.total_micros
    assert proof.prove(log, now=NOW).holds


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_book_once(log: MemoryEventLog) -> None:
    town, till = owing(log, 3 * EUR), Till()
    invoices.issue(NOW)
    invoice_id = Invoice.objects.get().pk
    both = threading.Barrier(2, timeout=patience.SECONDS)

    def meanwhile() -> None:
        if threading.current_thread() is not threading.main_thread():
            both.wait()

    till.meanwhile = meanwhile

    def work(number: int) -> None:
        if number < 2:  # Whoever comes second finds it begun, and asks for the same.
            invoices.pay(town.scope, invoice_id, now=NOW, provider=till)

    in_threads(work)
    assert (len(till.calls), outside(), moved("credit_repaid")) == (2, 3 * EUR, [3 * EUR])
    assert Payment.objects.get().pk == Collection.objects.get().pk
    assert proof.prove(log, now=NOW).holds


def test_payments_from_before_collections_were_written_down_get_one_each(log: MemoryEventLog) -> None:
    town = build(funds_micros=5 * EUR)
    written = list(Collection.objects.values("id", "provider", "reference", "amount_micros", "tax_micros", "state"))
    Collection.objects.all().delete()
    assert not proof.prove(log, now=NOW).holds
    import_module("vonk.billing.migrations.0007_collections_of_payments").write_down(apps, connection.schema_editor())
    assert list(Collection.objects.values(*written[0])) == written
    assert Collection.objects.get().person_id == town.ada
    assert proof.prove(log, now=NOW).holds


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["show", "show", "top_up", "pay", "note", "ask", "approve", "give_up", "find", "work", "work"]),
        st.integers(0, 5),
        st.sampled_from([None, None, *Trouble]),
        st.sampled_from([0, 0, 5, 1440]),
    ),
    max_size=25,
)


class Business:
    """Does one thing after the other, with a troubled provider; then waits until nothing is under way."""

    def __init__(self) -> None:
        self.log, self.till, self.now, self.number = MemoryEventLog(), Till(), NOW, 0
        self.town = owing(self.log, EUR)

    def do(self, act: str, value: int, trouble: Trouble | None, minutes: int) -> None:
        self.number += 1
        self.now += timedelta(minutes=minutes)
        self.till.troubles = [trouble] if trouble else []
        refused = (PaymentDeclined, PaymentUnanswered, RefundUnderWay, RefundDecided, RefundOutOfBounds)
        with suppress(Killed, *refused):  # As it may happen; what must hold is judged at the end.
            self._do(act, value)
        self.till.troubles = []

    def _do(self, act: str, value: int) -> None:
        town, now = self.town, self.now
        opened = Invoice.objects.filter(account_id=town.account, paid_at=None).first()
        refund = Refund.objects.filter(account_id=town.account).order_by("-pk").first()
        match act:
            case "show":
                show(self.log, town, at=now, price=(value + 1) * EUR // 2)
                settlement.settle(self.log, now=now)
            case "top_up":
                reference = f"ref {value}"
                payments.top_up(
                    town.scope,
                    amount_micros=(value + 1) * EUR,
                    now=now,
                    provider_reference=reference,
                    provider=self.till,
                )
            case "pay" if opened is not None:
                invoices.pay(town.scope, opened.pk, now=now, provider=self.till)
            case "note" if opened is not None:
                invoices.note_paid(OPERATOR, opened.pk, reference=f"statement {self.number}", now=now)
            case "ask":
                reference = str(self.number)
                refunds.ask(town.scope, amount_micros=(value + 1) * EUR // 3, reason="r", reference=reference, now=now)
            case "approve" if refund is not None:
                refunds.approve(OPERATOR, refund.pk, now=now)
            case "give_up" if refund is not None:
                refunds.give_up(OPERATOR, refund.pk, answer="No", now=now)
            case "find":
                settled = positions.of(settlement.CONSUMER)
                wanted = [at for at in range(2, settled + 1, 2) if at // 2 % 3 == value % 3]
                if wanted:
                    findings.reverse(OPERATOR, self.log, positions=wanted, rule="r", reason="r", now=now)
            case "work":
                upkeep.keep_up(now, self.till)

    def rest(self) -> None:
        for days in range(4):
            upkeep.keep_up(self.now + days * DAY, self.till)
        assert not Collection.objects.filter(state="pending").exists()
        assert not RefundPart.objects.filter(paid_at=None, refund__state="approved").exclude(asked_at=None).exists()


@settings(max_examples=examples(6), deadline=None)
@given(acts=ACTS)
def test_at_rest_the_providers_total_is_the_books(acts: list[tuple[str, int, Trouble | None, int]]) -> None:
    with undone():
        business = Business()
        for act in acts:
            business.do(*act)
        business.rest()
        at_the_bank = sum(
            payment.amount_micros + payment.tax_micros for payment in Payment.objects.filter(provider="bank_transfer")
        )
        gone = sum(
            RefundPart.objects.exclude(paid_at=None)
            .filter(payment__provider="bank_transfer")
            .values_list("amount_micros", flat=True)
        )
        assert outside() == business.till.total_micros + at_the_bank - gone
        assert {one.provider_reference: one.amount_micros for one in Payment.objects.filter(provider="test")} == (
            business.till.collected
        )
        assert LedgerAccount.objects.filter(kind="credit").exists()
        assert_sound()
        proved = proof.prove(business.log, now=business.now)
        assert [(line.name, line.wrong) for line in proved.lines if line.wrong] == []
