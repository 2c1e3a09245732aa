"""Postpaid: credit, thresholds, months, failures, stops, tax on invoices."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.area.billing.books import assert_sound, left, moved, published
from tests.area.billing.world import EUR, NOW, OPERATOR, Town, build, show
from vonk.advertising.rules import Cause
from vonk.billing import queries
from vonk.billing.actions import invoices, payments, settlement, terms, upkeep
from vonk.billing.errors import CreditBelowOwed, InvoicePaid, PaymentDeclined, PaymentReferenceReused, TermsOutOfBounds
from vonk.billing.funding import Mode
from vonk.billing.models import Invoice, LedgerAccount, Payment
from vonk.control.models import AuditEntry
from vonk.control.paging import Paging
from vonk.core.errors import NotFound, RightMissing
from vonk.core.money import Money
from vonk.reporting import queries as reporting
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
APRIL = datetime(2026, 3, 31, 22, tzinfo=UTC)  # Its local midnight in Amsterdam.


def on_credit(mode: Mode = Mode.MONTHLY, **more: int) -> Town:
    terms.set_tax(OPERATOR, country="NL", rate_ppm=210_000, now=NOW)
    town = build(funds_micros=0)
    terms.set_terms(OPERATOR, town.account, mode=mode, credit_limit_micros=10 * EUR, now=NOW, **more)
    return town


@pytest.fixture
def log() -> MemoryEventLog:
    return MemoryEventLog()


def spend(log: MemoryEventLog, town: Town, micros: int, *, at: datetime = NOW) -> None:
    show(log, town, at=at, price=micros)
    settlement.settle(log, now=at)


class Declines:
    """A provider that says no."""

    name = "test"
    real = False

    def collect(self, reference: str, amount: Money) -> None:
        raise PaymentDeclined

    def refund(self, reference: str, of: str, amount: Money) -> None:
        raise PaymentDeclined


def test_a_credit_line_is_spent_to_its_limit_and_never_further(log: MemoryEventLog) -> None:
    town = on_credit()
    assert published(town.account) == 10 * EUR
    spend(log, town, 7 * EUR)
    assert (published(town.account), left()["credit"]) == (3 * EUR, -7 * EUR)
    spend(log, town, 4 * EUR)
    assert moved("write_off") == [4 * EUR]
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerAccount.objects.filter(kind="credit").update(debits_micros=10 * EUR + 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerAccount.objects.filter(kind="credit").update(credits_micros=8 * EUR)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerAccount.objects.filter(kind="advertiser").update(limit_micros=1)
    assert_sound()


def test_cash_is_spent_before_credit(log: MemoryEventLog) -> None:
    town = on_credit()
    payments.top_up(town.scope, amount_micros=2 * EUR, now=NOW, provider_reference="cash")
    spend(log, town, 3 * EUR)
    assert (left()["credit"], moved("charge")) == (-EUR, [2 * EUR, EUR])


def test_the_month_is_invoiced_on_the_first_with_tax_and_paid_by_the_advertiser(log: MemoryEventLog) -> None:
    town = on_credit(due_days=14)
    spend(log, town, 5 * EUR)
    upkeep.keep_up(APRIL - timedelta(seconds=1))
    assert not Invoice.objects.exists()
    spend(log, town, EUR, at=APRIL)  # April's, though the invoice is not written yet.
    for _ in range(2):
        upkeep.keep_up(APRIL + timedelta(seconds=5))
    found = queries.invoices(town.scope, Paging()).items
    assert [(one.number, one.amount_micros, one.tax_micros, one.total_micros) for one in found] == [
        ("INV-2026-000001", 5 * EUR, 1_050_000, 6_050_000)
    ]
    assert (found[0].period_start, found[0].period_end) == (date(2026, 3, 2), date(2026, 3, 31))
    assert found[0].due_at == APRIL + timedelta(days=14, seconds=5)
    invoices.pay(town.scope, found[0].id, now=APRIL + DAY)
    assert (left()["credit"], left()["tax"], published(town.account)) == (-EUR, 1_050_000, 9 * EUR)
    with pytest.raises(InvoicePaid):
        invoices.pay(town.scope, found[0].id, now=APRIL + DAY)
    may = datetime(2026, 4, 30, 22, tzinfo=UTC)
    upkeep.keep_up(may)
    second = queries.invoices(town.scope, Paging()).items[0]
    assert (second.number, second.amount_micros) == ("INV-2026-000002", EUR)
    assert (second.period_start, second.period_end) == (date(2026, 4, 1), date(2026, 4, 30))
    upkeep.keep_up(datetime(2026, 5, 31, 22, tzinfo=UTC))
    assert Invoice.objects.count() == 2  # Nothing was charged in May.
    assert_sound()


def test_an_overdue_invoice_stops_ads_until_it_is_paid_at_the_bank(log: MemoryEventLog) -> None:
    town = on_credit(due_days=7)
    payments.top_up(town.scope, amount_micros=EUR, now=NOW, provider_reference="cash")
    spend(log, town, 5 * EUR)
    upkeep.keep_up(APRIL)
    due = Invoice.objects.get().due_at
    upkeep.keep_up(due - timedelta(seconds=1))
    assert published(town.account) == 6 * EUR
    for _ in range(2):
        upkeep.keep_up(due)
    assert published(town.account) == 0
    assert queries.terms(town.scope).stopped == "invoice_overdue"
    assert reporting.statuses([town.ad], now=due)[town.ad].causes[-1] is Cause.PAYMENT_OVERDUE
    invoices.note_paid(OPERATOR, Invoice.objects.get().pk, reference="statement 12/3", now=due + DAY)
    assert (published(town.account), queries.terms(town.scope).stopped) == (10 * EUR, "")
    payment = Payment.objects.get(provider="bank_transfer")
    assert (payment.amount_micros, payment.tax_micros, payment.invoice_id) == (
        4 * EUR,
        840_000,
        Invoice.objects.get().pk,
    )
    acts = AuditEntry.objects.filter(noun__in=["invoice", "account"]).order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["terms.set", "invoice.issued", "delivery.stopped", "delivery.resumed", "invoice.paid"]


def test_a_bank_reference_stands_for_one_invoice(log: MemoryEventLog) -> None:
    town = on_credit()
    for at in (NOW, APRIL):
        spend(log, town, EUR, at=at)
        upkeep.keep_up(at + 31 * DAY)
    first, second = Invoice.objects.order_by("issued_at")
    invoices.note_paid(OPERATOR, first.pk, reference="statement 12/3", now=APRIL)
    with pytest.raises(PaymentReferenceReused):
        invoices.note_paid(OPERATOR, second.pk, reference="statement 12/3", now=APRIL)
    invoices.note_paid(OPERATOR, second.pk, reference="statement 12/4", now=APRIL)
    assert Payment.objects.filter(provider="bank_transfer").count() == 2
    assert_sound()


def test_a_threshold_is_collected_as_soon_as_it_is_owed(log: MemoryEventLog) -> None:
    town = on_credit(Mode.THRESHOLD, threshold_micros=3 * EUR)
    spend(log, town, 2 * EUR)
    upkeep.keep_up(NOW)
    assert not Invoice.objects.exists()
    spend(log, town, EUR)
    for _ in range(2):
        upkeep.keep_up(NOW)
    row = Invoice.objects.get()
    assert (row.amount_micros, row.paid_at, left()["tax"]) == (3 * EUR, NOW, 630_000)
    assert "credit" not in left()
    spend(log, town, EUR)
    upkeep.keep_up(APRIL)  # On the first, whatever is owed.
    assert [one.amount_micros for one in Invoice.objects.order_by("pk")] == [3 * EUR, EUR]
    assert moved("credit_repaid") == [3 * EUR, EUR]


def test_more_than_two_failures_stop_ads_until_it_is_paid(log: MemoryEventLog) -> None:
    town = on_credit(Mode.THRESHOLD, threshold_micros=3 * EUR)
    spend(log, town, 4 * EUR)
    invoices.issue(NOW)
    for attempt in range(3):
        assert published(town.account) == 6 * EUR
        at = NOW + attempt * DAY
        assert invoices.collect(at - timedelta(seconds=1), Declines()) == 0
        assert invoices.collect(at, Declines()) == 1
    assert published(town.account) == 0
    row = Invoice.objects.get()
    assert (row.failures, row.failure, row.next_attempt_at) == (3, "payment_declined", None)
    assert invoices.collect(NOW + 9 * DAY, Declines()) == 0
    invoices.pay(town.scope, row.pk, now=NOW + 9 * DAY)
    assert published(town.account) == 10 * EUR
    assert_sound()


def test_back_to_prepay_what_is_owed_is_invoiced_at_once_and_no_more_is_lent(log: MemoryEventLog) -> None:
    town = on_credit()
    spend(log, town, 4 * EUR)
    terms.set_terms(OPERATOR, town.account, mode=Mode.PREPAY, due_days=14, now=NOW + DAY)
    assert published(town.account) == 0
    upkeep.keep_up(NOW + DAY)
    assert [one.amount_micros for one in Invoice.objects.all()] == [4 * EUR]
    assert queries.terms(town.scope).next_invoice_at is None


def test_a_limit_is_no_less_than_what_is_owed(log: MemoryEventLog) -> None:
    town = on_credit()
    spend(log, town, 4 * EUR)
    with pytest.raises(CreditBelowOwed):
        terms.set_terms(OPERATOR, town.account, mode=Mode.MONTHLY, credit_limit_micros=4 * EUR - 1, now=NOW)
    terms.set_terms(OPERATOR, town.account, mode=Mode.MONTHLY, credit_limit_micros=4 * EUR, now=NOW)
    assert published(town.account) == 0


@pytest.mark.parametrize(
    ("mode", "limit", "threshold", "days"),
    [
        (Mode.MONTHLY, 0, 0, 14),
        (Mode.MONTHLY, EUR, 0, 91),
        (Mode.THRESHOLD, EUR, 2 * EUR, 0),
        (Mode.THRESHOLD, EUR, 0, 0),
        (Mode.MONTHLY, 10**14, 0, 14),
    ],
)
def test_terms_have_bounds(mode: Mode, limit: int, threshold: int, days: int) -> None:
    town = build()
    with pytest.raises(TermsOutOfBounds):
        terms.set_terms(
            OPERATOR,
            town.account,
            mode=mode,
            credit_limit_micros=limit,
            threshold_micros=threshold,
            due_days=days,
            now=NOW,
        )


def test_who_may_not(log: MemoryEventLog) -> None:
    town = on_credit()
    spend(log, town, 4 * EUR)
    upkeep.keep_up(APRIL)
    invoice_id = Invoice.objects.get().pk
    with pytest.raises(RightMissing):
        terms.set_terms(town.scope, town.account, mode=Mode.MONTHLY, credit_limit_micros=EUR, now=NOW)
    with pytest.raises(RightMissing):
        terms.set_tax(town.scope, country="NL", rate_ppm=0, now=NOW)
    with pytest.raises(RightMissing):
        invoices.note_paid(town.scope, invoice_id, reference="mine", now=NOW)
    with pytest.raises(NotFound):
        invoices.pay(build().scope, invoice_id, now=NOW)
    with pytest.raises(TermsOutOfBounds):
        terms.set_tax(OPERATOR, country="XX", rate_ppm=0, now=NOW)
    assert Invoice.objects.get().paid_at is None
