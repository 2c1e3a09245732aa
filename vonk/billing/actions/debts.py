"""What becomes of an ad account's open invoices: closed by a payment, not collected, late; and what that stops."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from vonk.billing.actions import funds, wallets
from vonk.billing.funding import FAILURES_MAX, Mode, Stop
from vonk.billing.ledger import Entry
from vonk.billing.models import Invoice, Payment, Terms
from vonk.control import audit
from vonk.control.scope import PLATFORM, Scope
from vonk.identity import queries as identity

RETRY: Final = timedelta(days=1)


def close(invoice: Invoice, payment: Payment, entries: Sequence[Entry], who: Scope, *, now: datetime) -> None:
    """Note that an invoice, whose row and wallet are held, was paid as it asks; ads that stood still for it go on."""
    invoice.paid_at, invoice.next_attempt_at = now, None
    invoice.save(update_fields=["paid_at", "next_attempt_at"])
    funds.move(invoice.account_id, invoice.currency, entries, now=now)
    judge(invoice.account_id, now=now)
    detail = {
        "number": invoice.number,
        "micros": payment.amount_micros,
        "tax_micros": payment.tax_micros,
        "provider": payment.provider,
    }
    audit.record(who, "invoice.paid", "invoice", invoice.pk, at=now, account_id=invoice.account_id, detail=detail)


@transaction.atomic
def failed(invoice_id: int, code: str, *, now: datetime) -> None:
    """Note that the platform could not collect an invoice that was due to be: tomorrow again, but no fourth time."""
    found = Invoice.objects.get(pk=invoice_id)
    wallets.lock_one(found.account_id, found.currency, now=now)  # Before the invoice, as everybody.
    row = Invoice.objects.select_for_update().get(pk=invoice_id)
    if row.paid_at is not None or row.next_attempt_at is None or row.next_attempt_at > now:
        return  # It was paid, or somebody else noted this failure.
    row.failures += 1
    row.failure = code
    row.next_attempt_at = now + RETRY if row.failures <= FAILURES_MAX else None
    row.save(update_fields=["failures", "failure", "next_attempt_at"])
    judge(row.account_id, now=now)


@transaction.atomic
def judge(account_id: int, *, now: datetime) -> None:
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
