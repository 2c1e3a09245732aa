"""Invoices: what was charged on credit is asked for, collected, noticed as overdue, lowered by credit notes."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Subquery, Sum

from vonk.billing import funding, ledger
from vonk.billing.actions import funds, numbers, payments, texts, wallets
from vonk.billing.errors import InvoicePaid, PaymentReferenceReused
from vonk.billing.funding import FAILURES_MAX, Mode, Stop
from vonk.billing.ledger import AccountKind, Reason
from vonk.billing.models import Invoice, LedgerAccount, Payment, Terms, Transfer
from vonk.billing.payments import BANK_TRANSFERS, PaymentProvider
from vonk.control import audit
from vonk.control.scope import PLATFORM, Right, Scope
from vonk.core.errors import NotFound, Problem
from vonk.core.money import Money
from vonk.identity import queries as identity
from vonk.identity.queries import AccountFacts

RETRY: Final = timedelta(days=1)
PER_STEP: Final = 50

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def issue(now: datetime) -> int:
    """Write the invoices that are due: of the month that ended, or because as much is owed. Safe to repeat."""
    monthly = Terms.objects.filter(next_invoice_at__lte=now).order_by("next_invoice_at")
    due = list(monthly.values_list("account_id", flat=True)[:PER_STEP])
    for account_id in due:
        _issue(account_id, now)
    return len(due) + _issue_thresholds(now)


def collect(now: datetime, provider: PaymentProvider | None = None) -> int:
    """Collect open invoices of accounts that pay so; return how many were tried. Safe to repeat.

    A failure is tried again after a day; after more than two, delivery stops until the invoice is paid.
    """
    due = Invoice.objects.filter(paid_at=None, next_attempt_at__lte=now).order_by("next_attempt_at")
    ids = list(due.values_list("pk", flat=True)[:PER_STEP])
    for invoice_id in ids:
        try:
            _settle(
                PLATFORM,
                invoice_id,
                provider or payments.provider_in_force(),
                f"{payments.INVOICE_PREFIX}{invoice_id}",
                now,
            )
        except Problem as problem:
            _log.warning("billing.invoice_not_collected", invoice_id=invoice_id, code=problem.code)
            _failed(invoice_id, problem.code, now)
    return len(ids)


def stop_overdue(now: datetime) -> int:
    """Stop the ads of accounts that are late with an invoice; return how many. Safe to repeat."""
    running = Terms.objects.filter(stopped=Stop.NONE.value).values("account_id")
    late = Invoice.objects.filter(paid_at=None, due_at__lte=now, account_id__in=running)
    account_ids = set(late.exclude(mode=Mode.THRESHOLD.value).values_list("account_id", flat=True)[:PER_STEP])
    for account_id in account_ids:
        _judge(account_id, now)
    return len(account_ids)


def pay(scope: Scope, invoice_id: int, *, now: datetime) -> None:
    """Pay an invoice of the scope's ad account through the payment provider.

    Raises NotFound, InvoicePaid, TestPaymentsOff, and what the provider says when it was not paid.
    """
    scope.require(Right.FUNDS_EDIT)
    if not Invoice.objects.filter(pk=invoice_id, account_id=scope.account).exists():
        raise NotFound(noun="invoice")
    _settle(scope, invoice_id, payments.provider_in_force(), f"{payments.INVOICE_PREFIX}{invoice_id}", now)


def note_paid(scope: Scope, invoice_id: int, *, reference: str, now: datetime) -> None:
    """Write down that an invoice was paid at the bank; operators only.

    Raises NotFound, InvoicePaid, PaymentReferenceReused, TextOutOfBounds.
    """
    scope.require(Right.OPERATE)
    texts.check("reference", reference, texts.REFERENCE_CHARS_MAX)
    _settle(scope, invoice_id, BANK_TRANSFERS, reference, now)


def lower(account_id: int, *, owed_micros: int, micros: int, now: datetime) -> None:
    """Take ``micros`` of a credit note, which the credit line got back, off the account's open invoices.

    ``owed_micros`` is what was owed before. First goes what no invoice asks for yet, then the oldest invoice.
    """
    opened = list(
        Invoice.objects.select_for_update().filter(account_id=account_id, paid_at=None).order_by("issued_at", "pk")
    )
    asked_micros = sum(row.amount_micros - row.credited_micros for row in opened)
    left_micros = max(0, micros - (owed_micros - asked_micros))
    for row in opened:
        part = min(left_micros, row.amount_micros - row.credited_micros)
        row.credited_micros += part
        left_micros -= part
        if row.credited_micros == row.amount_micros:  # Nothing is left to pay.
            row.paid_at, row.next_attempt_at = now, None
        row.save(update_fields=["credited_micros", "paid_at", "next_attempt_at"])
    _judge(account_id, now)


def owed_micros(account_id: int, currency: str) -> int:
    """Return what an ad account owes on its credit line."""
    row = LedgerAccount.objects.filter(kind=AccountKind.CREDIT.value, owner_id=account_id, currency=currency).first()
    return row.debits_micros - row.credits_micros if row is not None else 0


@transaction.atomic
def _issue(account_id: int, now: datetime, *, for_threshold: bool = False) -> None:
    facts = identity.account_facts(account_id)
    wallets.lock_one(account_id, facts.currency, now=now)
    terms = Terms.objects.get(account_id=account_id)
    until: datetime | None = None  # Everything.
    if not for_threshold:
        if terms.next_invoice_at is None or terms.next_invoice_at > now:
            return  # Somebody else was first.
        at = max(terms.next_invoice_at, _month_of(now, facts))
        if Mode(terms.mode) is Mode.PREPAY:
            terms.next_invoice_at = None
        else:
            until, terms.next_invoice_at = at, funding.next_month(at, facts.time_zone)
        terms.save(update_fields=["next_invoice_at"])
    micros = _to_ask(account_id, facts.currency, until)
    if micros <= 0 or (for_threshold and micros < (terms.threshold_micros or 0)):
        return
    last_day = (
        (until - timedelta(microseconds=1) if until is not None else now).astimezone(ZoneInfo(facts.time_zone)).date()
    )
    at_once = Mode(terms.mode) is Mode.THRESHOLD
    row = Invoice.objects.create(
        number=numbers.take("INV", now),
        account_id=account_id,
        mode=terms.mode,
        amount_micros=micros,
        tax_ppm=payments.tax_ppm(facts.country),
        currency=facts.currency,
        period_start=min(last_day, _first_day(account_id, terms, facts)),
        period_end=last_day,
        issued_at=now,
        due_at=now + timedelta(days=terms.due_days),
        next_attempt_at=now if at_once else None,
    )
    detail = {"number": row.number, "micros": micros, "currency": facts.currency}
    audit.record(PLATFORM, "invoice.issued", "invoice", row.pk, at=now, account_id=account_id, detail=detail)


def _month_of(now: datetime, facts: AccountFacts) -> datetime:
    """Return the local midnight that began this month: work that slept for months catches up with one invoice."""
    zone = ZoneInfo(facts.time_zone)
    local = now.astimezone(zone)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def _issue_thresholds(now: datetime) -> int:
    """Write invoices of accounts that owe their threshold and have no open invoice."""
    credit = LedgerAccount.objects.filter(kind=AccountKind.CREDIT.value, owner_id=OuterRef("account_id"))
    owing = Terms.objects.filter(mode=Mode.THRESHOLD.value).annotate(
        owed=Subquery(credit.annotate(owed=F("debits_micros") - F("credits_micros")).values("owed")[:1])
    )
    opened = Invoice.objects.filter(paid_at=None).values("account_id")
    due = owing.filter(owed__gte=F("threshold_micros")).exclude(account_id__in=opened)
    ids = list(due.values_list("account_id", flat=True)[:PER_STEP])
    for account_id in ids:
        _issue(account_id, now, for_threshold=True)
    return len(ids)


def _to_ask(account_id: int, currency: str, until: datetime | None) -> int:
    """Return what was charged on credit (before ``until``) and no invoice asked for. The wallet is held."""
    row = LedgerAccount.objects.filter(kind=AccountKind.CREDIT.value, owner_id=account_id, currency=currency).first()
    if row is None:
        return 0
    later = 0
    if until is not None:
        later = Transfer.objects.filter(debit_id=row.pk, at__gte=until).aggregate(sum=Sum("amount_micros"))["sum"] or 0
    asked = Invoice.objects.filter(account_id=account_id, paid_at=None).aggregate(
        sum=Sum(F("amount_micros") - F("credited_micros"))
    )["sum"]
    return row.debits_micros - row.credits_micros - later - int(asked or 0)


def _first_day(account_id: int, terms: Terms, facts: AccountFacts) -> date:
    last = Invoice.objects.filter(account_id=account_id).order_by("-period_end").first()
    if last is None:
        return terms.set_at.astimezone(ZoneInfo(facts.time_zone)).date()
    return last.period_end if Mode(terms.mode) is Mode.THRESHOLD else last.period_end + timedelta(days=1)


@transaction.atomic
def _settle(scope: Scope, invoice_id: int, provider: PaymentProvider, reference: str, now: datetime) -> None:
    found = Invoice.objects.filter(pk=invoice_id).first()
    if found is None:
        raise NotFound(noun="invoice")
    wallets.lock_one(found.account_id, found.currency, now=now)
    row = Invoice.objects.select_for_update().get(pk=invoice_id)
    if row.paid_at is not None:
        if scope is PLATFORM:
            return
        raise InvoicePaid(number=row.number)
    micros = row.amount_micros - row.credited_micros
    try:
        with transaction.atomic():
            payment = Payment.objects.create(
                account_id=row.account_id,
                provider=provider.name,
                provider_reference=reference,
                amount_micros=micros,
                tax_micros=funding.tax_on(micros, row.tax_ppm),
                currency=row.currency,
                paid_at=now,
                person_id=scope.person_id,
                invoice_id=row.pk,
            )
    except IntegrityError as error:
        raise PaymentReferenceReused from error
    provider.collect(reference, Money(row.currency, micros + payment.tax_micros))
    row.paid_at, row.next_attempt_at = now, None
    row.save(update_fields=["paid_at", "next_attempt_at"])
    credit = ledger.credit(row.account_id, row.currency)
    funds.move(row.account_id, row.currency, payments.entries(payment, Reason.CREDIT_REPAID, credit), now=now)
    _judge(row.account_id, now)
    detail = {"number": row.number, "micros": micros, "tax_micros": payment.tax_micros, "provider": provider.name}
    audit.record(scope, "invoice.paid", "invoice", row.pk, at=now, account_id=row.account_id, detail=detail)


@transaction.atomic
def _failed(invoice_id: int, code: str, now: datetime) -> None:
    found = Invoice.objects.get(pk=invoice_id)
    wallets.lock_one(found.account_id, found.currency, now=now)  # Before the invoice, as everybody.
    row = Invoice.objects.select_for_update().get(pk=invoice_id)
    if row.paid_at is not None:
        return
    row.failures += 1
    row.failure = code
    row.next_attempt_at = now + RETRY if row.failures <= FAILURES_MAX else None
    row.save(update_fields=["failures", "failure", "next_attempt_at"])
    _judge(row.account_id, now)


@transaction.atomic
def _judge(account_id: int, now: datetime) -> None:
    """Stop or start delivery as the account's open invoices say, and tell the ad servers when that changes."""
    currency = identity.account_facts(account_id).currency
    wallets.lock_one(account_id, currency, now=now)  # Before the terms, as everybody.
    opened = Invoice.objects.filter(account_id=account_id, paid_at=None)
    stop = Stop.NONE
    if opened.filter(failures__gt=FAILURES_MAX).exists():
        stop = Stop.PAYMENT_FAILED
    elif opened.filter(due_at__lte=now).exclude(mode=Mode.THRESHOLD.value).exists():
        stop = Stop.INVOICE_OVERDUE
    changed = Terms.objects.filter(account_id=account_id).exclude(stopped=stop.value).update(stopped=stop.value)
    if changed:
        funds.tell(account_id, currency, now=now)
        act = "delivery.stopped" if stop is not Stop.NONE else "delivery.resumed"
        audit.record(PLATFORM, act, "account", account_id, at=now, account_id=account_id, detail={"cause": stop.value})
