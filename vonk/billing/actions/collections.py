"""Money is collected in three steps: written down, asked for with no transaction open, its outcome written down.

Whoever dies in between leaves what was written down pending. The provider is asked again, under the same reference for
the same amount, until it says what became of it: so what it collected and what stands in the books are the same.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Sum

from vonk.billing import ledger
from vonk.billing.actions import debts, funds, wallets
from vonk.billing.errors import PaymentReferenceReused, PaymentUnanswered, ProviderMissing
from vonk.billing.funding import CollectionState
from vonk.billing.ledger import Entry, Party, Reason
from vonk.billing.models import Collection, Invoice, Payment
from vonk.billing.payments import ASKED_AGAIN, PROVIDERS, PaymentProvider, asked
from vonk.control import audit
from vonk.control.scope import Scope, Via
from vonk.core.errors import Problem
from vonk.core.money import Money

ASKED_PER_STEP: Final = 20  # Each may take as long as a provider's call.

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def begin(
    scope: Scope,
    *,
    account_id: int,
    provider: PaymentProvider,
    reference: str,
    amount: Money,
    tax_micros: int,
    invoice_id: int | None = None,
    now: datetime,
) -> Collection:
    """Write down what a provider is about to be asked for, in the caller's transaction; return it.

    The same reference again, for the same account, amount and purpose, returns what is there, whatever became of it;
    what was declined is pending again, with the tax of then. Raises PaymentReferenceReused.
    """
    try:
        with transaction.atomic():
            return Collection.objects.create(
                account_id=account_id,
                provider=provider.name,
                reference=reference,
                amount_micros=amount.micros,
                tax_micros=tax_micros,
                currency=amount.currency,
                invoice_id=invoice_id,
                person_id=scope.person_id,
                via=scope.via.value,
                state=CollectionState.PENDING.value,
                begun_at=now,
                ask_again_at=now + ASKED_AGAIN,
            )
    except IntegrityError:  # The reference is there: somebody was first, and has committed.
        pass
    row = Collection.objects.select_for_update().get(provider=provider.name, reference=reference)
    if (row.account_id, row.amount_micros, row.invoice_id) != (account_id, amount.micros, invoice_id):
        raise PaymentReferenceReused
    if row.state == CollectionState.DECLINED.value:
        row.state, row.ask_again_at, row.ended_at = CollectionState.PENDING.value, now + ASKED_AGAIN, None
        row.save(update_fields=["state", "ask_again_at", "ended_at"])
    return row


def ask(row: Collection, provider: PaymentProvider, *, now: datetime) -> int:
    """Ask the provider for what is pending and write down the outcome; return the payment's id. No transaction is open.

    Raises PaymentUnanswered when the outcome is not known, and what the provider says when it was not paid.
    """
    if row.state == CollectionState.PAID.value:
        return row.pk
    due = Money(row.currency, row.amount_micros + row.tax_micros)
    try:
        asked(provider, lambda: provider.collect(row.reference, due), row.reference)
    except PaymentUnanswered:
        raise
    except Problem as problem:
        if _declined(row, problem.code, now):
            raise
        return row.pk  # It was paid after all: somebody else asked, and was told so.
    _paid(row, now)
    return row.pk


def take_up(now: datetime, provider: PaymentProvider | None = None) -> int:
    """Ask again for what is pending since somebody died or was not answered; return how many. Safe to repeat.

    ``provider`` stands in for the one of its name.
    """
    pending = Collection.objects.filter(state=CollectionState.PENDING.value, ask_again_at__lte=now)
    rows = list(pending.order_by("ask_again_at", "pk")[:ASKED_PER_STEP])
    providers: Mapping[str, PaymentProvider] = {**PROVIDERS, **({provider.name: provider} if provider else {})}
    for row in rows:
        if not pending.filter(pk=row.pk).update(ask_again_at=now + ASKED_AGAIN):
            continue  # Another worker was first.
        try:
            if row.provider not in providers:
                raise ProviderMissing(name=row.provider)
            ask(row, providers[row.provider], now=now)
        except Problem as problem:
            _log.warning("billing.not_collected", collection_id=row.pk, code=problem.code)
    return len(rows)


def under_way_micros(account_id: int) -> int:
    """Return what providers are being asked for and would pay open invoices of an account with. The wallet is held."""
    opened = Invoice.objects.filter(account_id=account_id, paid_at=None).values("pk")
    rows = Collection.objects.filter(account_id=account_id, state=CollectionState.PENDING.value, invoice_id__in=opened)
    return rows.aggregate(sum=Sum("amount_micros"))["sum"] or 0


def entries(payment: Payment, reason: Reason, to: Party) -> Sequence[Entry]:
    """Return the transfers of a payment: its amount to ``to``, its tax to the state's."""
    outside = ledger.payment_provider(payment.currency)
    moved = [Entry(f"{reason.value}:{payment.pk}", reason.value, outside, to, payment.amount_micros)]
    if payment.tax_micros:
        tax = ledger.tax(payment.currency)
        moved.append(Entry(f"{Reason.TAX.value}:{payment.pk}", Reason.TAX.value, outside, tax, payment.tax_micros))
    return moved


@transaction.atomic(durable=True)
def _paid(found: Collection, now: datetime) -> None:
    """Book what was collected, once. What is no longer asked for as it was becomes cash."""
    wallets.lock_one(found.account_id, found.currency, now=now)
    row = Collection.objects.select_for_update().get(pk=found.pk)
    if row.state == CollectionState.PAID.value:
        return
    row.state, row.ask_again_at, row.ended_at, row.failure = CollectionState.PAID.value, None, now, ""
    row.save(update_fields=["state", "ask_again_at", "ended_at", "failure"])
    invoice = None
    if row.invoice_id is not None:
        invoice = Invoice.objects.select_for_update().filter(pk=row.invoice_id, paid_at=None).first()
    asks = invoice is not None and invoice.amount_micros - invoice.credited_micros == row.amount_micros
    payment = Payment.objects.create(
        id=row.pk,
        account_id=row.account_id,
        provider=row.provider,
        provider_reference=row.reference,
        amount_micros=row.amount_micros,
        tax_micros=row.tax_micros,
        currency=row.currency,
        paid_at=now,
        person_id=row.person_id,
        invoice_id=row.invoice_id if asks else None,
    )
    who = Scope(person_id=row.person_id, rights=frozenset(), account_id=row.account_id, via=Via(row.via))
    if invoice is not None and asks:
        credit = ledger.credit(row.account_id, row.currency)
        debts.close(invoice, payment, entries(payment, Reason.CREDIT_REPAID, credit), who, now=now)
        return
    cash = ledger.advertiser(row.account_id, row.currency)
    funds.move(row.account_id, row.currency, entries(payment, Reason.TOP_UP, cash), now=now)
    detail = {
        "micros": row.amount_micros,
        "currency": row.currency,
        "provider": row.provider,
        **({"tax_micros": row.tax_micros} if row.tax_micros else {}),
        **({"invoice_id": str(row.invoice_id)} if row.invoice_id is not None else {}),
    }
    audit.record(who, "funds.topped_up", "payment", payment.pk, at=now, detail=detail)


@transaction.atomic(durable=True)
def _declined(found: Collection, code: str, now: datetime) -> bool:
    """Write down that nothing was paid; False when somebody else was told that it was. A failure is counted once."""
    wallets.lock_one(found.account_id, found.currency, now=now)
    row = Collection.objects.select_for_update().get(pk=found.pk)
    if row.state != CollectionState.PENDING.value:
        return row.state == CollectionState.DECLINED.value
    row.state, row.failure, row.ask_again_at, row.ended_at = CollectionState.DECLINED.value, code, None, now
    row.save(update_fields=["state", "failure", "ask_again_at", "ended_at"])
    if row.invoice_id is not None and row.person_id is None:
        debts.failed(row.invoice_id, code, now=now)
    return True
