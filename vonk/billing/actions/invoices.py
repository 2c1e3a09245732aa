"""Invoices: what was charged on credit is asked for, collected, noticed as overdue, lowered by credit notes."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Subquery, Sum

from vonk.billing import funding, ledger
from vonk.billing.actions import collections, debts, numbers, payments, texts, wallets
from vonk.billing.errors import InvoicePaid, PaymentReferenceReused, PaymentUnanswered, TestPaymentsOff
from vonk.billing.funding import CollectionState, Mode, Stop
from vonk.billing.ledger import AccountKind, Reason
from vonk.billing.models import Collection, Invoice, LedgerAccount, Payment, Terms, Transfer
from vonk.billing.payments import BANK_TRANSFERS, PaymentProvider
from vonk.control import audit
from vonk.control.scope import PLATFORM, Right, Scope
from vonk.core.errors import NotFound, Problem
from vonk.core.money import Money
from vonk.identity import queries as identity
from vonk.identity.queries import AccountFacts

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

    A failure is tried again after a day; after more than two, delivery stops until the invoice is paid. No answer is no
    failure: what is being collected is left to ``collections.take_up``.
    """
    pending = Collection.objects.filter(state=CollectionState.PENDING.value).exclude(invoice_id=None)
    due = Invoice.objects.filter(paid_at=None, next_attempt_at__lte=now).exclude(pk__in=pending.values("invoice_id"))
    ids = list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:PER_STEP])
    for invoice_id in ids:
        try:
            _pay(PLATFORM, invoice_id, provider or payments.provider_in_force(), now)
        except TestPaymentsOff as problem:  # Nobody was asked: there is nobody to ask.
            _log.warning("billing.invoice_not_collected", invoice_id=invoice_id, code=problem.code)
            debts.failed(invoice_id, problem.code, now=now)
        except Problem as problem:
            _log.warning("billing.invoice_not_collected", invoice_id=invoice_id, code=problem.code)
    return len(ids)


def stop_overdue(now: datetime) -> int:
    """Stop the ads of accounts that are late with an invoice; return how many. Safe to repeat."""
    running = Terms.objects.filter(stopped=Stop.NONE.value).values("account_id")
    late = Invoice.objects.filter(paid_at=None, due_at__lte=now, account_id__in=running)
    account_ids = set(late.exclude(mode=Mode.THRESHOLD.value).values_list("account_id", flat=True)[:PER_STEP])
    for account_id in account_ids:
        debts.judge(account_id, now=now)
    return len(account_ids)


def pay(scope: Scope, invoice_id: int, *, now: datetime, provider: PaymentProvider | None = None) -> None:
    """Pay an invoice of the scope's ad account through the payment provider.

    ``provider`` is the one in force unless given. Raises NotFound, InvoicePaid, TestPaymentsOff, PaymentUnanswered when
    it is not known whether it was paid, and what the provider says when it was not.
    """
    scope.require(Right.FUNDS_EDIT)
    if not Invoice.objects.filter(pk=invoice_id, account_id=scope.account).exists():
        raise NotFound(noun="invoice")
    _pay(scope, invoice_id, provider or payments.provider_in_force(), now)


@transaction.atomic
def note_paid(scope: Scope, invoice_id: int, *, reference: str, now: datetime) -> None:
    """Write down that an invoice was paid at the bank; operators only.

    Should a provider collect it too, because it had been asked before, that becomes cash. Raises NotFound, InvoicePaid,
    PaymentReferenceReused, TextOutOfBounds.
    """
    scope.require(Right.OPERATE)
    texts.check("reference", reference, texts.REFERENCE_CHARS_MAX)
    row = _open(scope, invoice_id, now)
    assert row is not None, "An operator is told when it is paid."
    micros = row.amount_micros - row.credited_micros
    try:
        with transaction.atomic():
            payment = Payment.objects.create(
                account_id=row.account_id,
                provider=BANK_TRANSFERS.name,
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
    credit = ledger.credit(row.account_id, row.currency)
    debts.close(row, payment, collections.entries(payment, Reason.CREDIT_REPAID, credit), scope, now=now)


def lower(account_id: int, *, owed_micros: int, micros: int, now: datetime) -> None:
    """Take ``micros`` of a credit note, which the credit line got back, off the account's open invoices.

    ``owed_micros`` is what was owed before. First goes what no invoice asks for yet, then the oldest invoice that is
    not being collected: what a provider is asked for stays as it is.
    """
    opened = list(
        Invoice.objects.select_for_update().filter(account_id=account_id, paid_at=None).order_by("issued_at", "pk")
    )
    pending = Collection.objects.filter(account_id=account_id, state=CollectionState.PENDING.value)
    collected = set(pending.values_list("invoice_id", flat=True))
    asked_micros = sum(row.amount_micros - row.credited_micros for row in opened)
    left_micros = max(0, micros - (owed_micros - asked_micros))
    for row in opened:
        if row.pk in collected:
            continue
        part = min(left_micros, row.amount_micros - row.credited_micros)
        row.credited_micros += part
        left_micros -= part
        if row.credited_micros == row.amount_micros:  # Nothing is left to pay.
            row.paid_at, row.next_attempt_at = now, None
        row.save(update_fields=["credited_micros", "paid_at", "next_attempt_at"])
    assert left_micros == 0, "What is being collected counts as paid: no more comes back than is owed besides it."
    debts.judge(account_id, now=now)


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


def _pay(scope: Scope, invoice_id: int, provider: PaymentProvider, now: datetime) -> None:
    """Have an invoice collected; what is being collected already is asked for again, as it was."""
    row = _begin(scope, invoice_id, provider, now)
    if row is not None:
        collections.ask(row, provider, now=now)


@transaction.atomic(durable=True)
def _begin(scope: Scope, invoice_id: int, provider: PaymentProvider, now: datetime) -> Collection | None:
    """Write down what an invoice is collected with: each try has a reference of its own. None: there is nothing to do."""
    invoice = _open(scope, invoice_id, now)
    if invoice is None:
        return None
    tries = Collection.objects.filter(account_id=invoice.account_id, invoice_id=invoice_id)
    pending = tries.filter(state=CollectionState.PENDING.value).first()
    if pending is not None:
        if pending.provider != provider.name:
            raise PaymentUnanswered
        return pending
    micros = invoice.amount_micros - invoice.credited_micros
    return collections.begin(
        scope,
        account_id=invoice.account_id,
        provider=provider,
        reference=f"{payments.INVOICE_PREFIX}{invoice_id}-{tries.count() + 1}",
        amount=Money(invoice.currency, micros),
        tax_micros=funding.tax_on(micros, invoice.tax_ppm),
        invoice_id=invoice_id,
        now=now,
    )


def _open(scope: Scope, invoice_id: int, now: datetime) -> Invoice | None:
    """Return the open invoice, held together with its wallet; None when it is paid and the platform asks."""
    found = Invoice.objects.filter(pk=invoice_id).first()
    if found is None:
        raise NotFound(noun="invoice")
    wallets.lock_one(found.account_id, found.currency, now=now)
    row = Invoice.objects.select_for_update().get(pk=invoice_id)
    if row.paid_at is None:
        return row
    if scope is PLATFORM:
        return None
    raise InvoicePaid(number=row.number)
