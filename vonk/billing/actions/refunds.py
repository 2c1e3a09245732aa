"""Refunds: cash that was not spent goes back. Asked for by the advertiser, decided by an operator, paid by work."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from django.db import transaction
from django.db.models import F

from vonk.billing import funding, ledger
from vonk.billing.actions import funds, holds, texts, wallets
from vonk.billing.errors import ProviderMissing, RefundDecided, RefundOutOfBounds, RefundReused, RefundUnderWay
from vonk.billing.funding import FAILURES_MAX, HoldState, RefundState
from vonk.billing.ledger import Entry, Reason
from vonk.billing.models import Payment, Refund, RefundPart
from vonk.billing.payments import ASKED_AGAIN, PROVIDERS, PaymentProvider, asked
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, Problem, Unavailable
from vonk.core.money import Money
from vonk.identity import queries as identity

PURPOSE: Final = "refund"
UNANSWERED_DAYS: Final = 30  # Then the hold ends, and what was asked for may be spent again.
RETRY: Final = timedelta(days=1)
PAID_PER_STEP: Final = 20

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@transaction.atomic
def ask(scope: Scope, *, amount_micros: int, reason: str, reference: str, now: datetime) -> int:
    """Ask for cash of the scope's ad account back and set it aside; return the refund's id.

    The same reference again, for the same amount, asks for nothing. Raises RefundOutOfBounds, RefundReused,
    TextOutOfBounds.
    """
    scope.require(Right.FUNDS_EDIT)
    texts.check("reason", reason)
    texts.check("reference", reference, texts.REFERENCE_CHARS_MAX)
    currency = identity.account_facts(scope.account).currency
    wallet = wallets.lock_one(scope.account, currency, now=now)
    asked = Refund.objects.filter(account_id=scope.account, reference=reference).first()
    if asked is not None:
        if asked.amount_micros != amount_micros:
            raise RefundReused
        return asked.pk
    row = wallet.accounts[ledger.advertiser(scope.account, currency)]
    most_micros = min(row.credits_micros - row.debits_micros, _refundable_micros(scope.account))
    if not 0 < amount_micros <= most_micros:
        raise RefundOutOfBounds(most=Money(currency, most_micros))
    hold = holds.place(
        scope.account,
        amount_micros=amount_micros,
        currency=currency,
        purpose=PURPOSE,
        expires_at=now + timedelta(days=UNANSWERED_DAYS),
        now=now,
    )
    refund = Refund.objects.create(
        account_id=scope.account,
        hold=hold,
        reference=reference,
        amount_micros=amount_micros,
        currency=currency,
        state=RefundState.ASKED.value,
        reason=reason,
        person_id=scope.person,
        asked_at=now,
    )
    detail = {"micros": amount_micros, "currency": currency, "reason": reason}
    audit.record(scope, "refund.asked", "refund", refund.pk, at=now, detail=detail)
    return refund.pk


@transaction.atomic
def approve(scope: Scope, refund_id: int, *, now: datetime) -> None:
    """Grant a refund; operators only. The payment provider pays within a second; the tax paid on it goes back too.

    Raises RefundDecided, HoldEnded.
    """
    scope.require(Right.OPERATE)
    refund = _decide(refund_id, RefundState.APPROVED, "", now)
    holds.post(refund.hold_id, amount_micros=refund.amount_micros, now=now)
    tax_micros = _allocate(refund)
    Refund.objects.filter(pk=refund.pk).update(tax_micros=tax_micros, next_attempt_at=now)
    _tell(scope, "refund.approved", refund, now, {"tax_micros": tax_micros})


@transaction.atomic
def decline(scope: Scope, refund_id: int, *, answer: str, now: datetime) -> None:
    """Refuse a refund with a reason that the advertiser reads; operators only. What was held may be spent again.

    Raises RefundDecided, TextOutOfBounds.
    """
    scope.require(Right.OPERATE)
    texts.check("answer", answer)
    refund = _decide(refund_id, RefundState.DECLINED, answer, now)
    holds.void(refund.hold_id, now=now)
    _tell(scope, "refund.declined", refund, now, {"answer": answer})


@transaction.atomic
def give_up(scope: Scope, refund_id: int, *, answer: str, now: datetime) -> None:
    """Put what the payment provider could not pay back into the ad account; operators only.

    Raises RefundDecided unless it is approved and not paid, RefundUnderWay while the provider may have paid it,
    TextOutOfBounds.
    """
    scope.require(Right.OPERATE)
    texts.check("answer", answer)
    refund = _get(refund_id)
    # Parts, then the account's cash, then payments: the order of everybody who locks several of them.
    left = [part for part in refund.parts.select_for_update() if part.paid_at is None]
    if not left:
        raise RefundDecided(state=refund.state)
    if any(part.asked_at is not None for part in left):
        raise RefundUnderWay
    given_up = Refund.objects.filter(pk=refund.pk, state=RefundState.APPROVED.value)
    if not given_up.update(state=RefundState.RETURNED.value, answer=answer, next_attempt_at=None):
        raise RefundDecided(state=refund.state)
    out = ledger.refund(refund.account_id, refund.currency)
    cash = ledger.advertiser(refund.account_id, refund.currency)
    reason, micros = Reason.REFUND_RETURNED.value, sum(part.amount_micros for part in left)
    funds.move(refund.account_id, refund.currency, [Entry(f"{reason}:{refund.pk}", reason, out, cash, micros)], now=now)
    for part in left:
        Payment.objects.filter(pk=part.payment_id).update(
            refunded_micros=F("refunded_micros") - part.amount_micros,
            tax_refunded_micros=F("tax_refunded_micros") - part.tax_micros,
        )
        part.delete()
    _tell(scope, "refund.returned", refund, now, {"answer": answer})


@transaction.atomic
def retry(scope: Scope, refund_id: int, *, now: datetime) -> None:
    """Have the payment provider asked again at once; operators only.

    Raises RefundDecided unless it is approved and unpaid, RefundUnderWay while it is asked again anyway.
    """
    scope.require(Right.OPERATE)
    refund = _get(refund_id)
    if refund.parts.select_for_update().filter(paid_at=None).exclude(asked_at=None).exists():
        raise RefundUnderWay
    if not Refund.objects.filter(pk=refund.pk, state=RefundState.APPROVED.value).update(next_attempt_at=now):
        raise RefundDecided(state=refund.state)
    _tell(scope, "refund.retried", refund, now, {})


def pay_out(now: datetime, provider: PaymentProvider | None = None) -> int:
    """Have approved refunds paid by their payments' providers; return how many were tried. Safe to repeat.

    ``provider`` stands in for the one of its name. What it says no to is tried tomorrow, at most three times; what it
    does not answer, or somebody died over, is asked again in some minutes, as often as it takes.
    """
    due = Refund.objects.filter(state=RefundState.APPROVED.value, next_attempt_at__lte=now)
    ids = list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:PAID_PER_STEP])
    for refund_id in ids:
        if due.filter(pk=refund_id).update(next_attempt_at=now + ASKED_AGAIN):  # Else another worker was first.
            _pay_out(refund_id, now, {**PROVIDERS, **({provider.name: provider} if provider else {})})
    return len(ids)


def lapse(now: datetime) -> int:
    """Note that refunds nobody answered have ended with their holds; return how many. Safe to repeat."""
    unanswered = Refund.objects.filter(state=RefundState.ASKED.value, hold__state=HoldState.EXPIRED.value)
    return unanswered.update(state=RefundState.LAPSED.value, decided_at=now)


def _pay_out(refund_id: int, now: datetime, providers: Mapping[str, PaymentProvider]) -> None:
    unpaid = RefundPart.objects.filter(refund_id=refund_id, paid_at=None).order_by("pk")
    for part in list(unpaid.select_related("payment")):
        payment = part.payment
        amount = Money(payment.currency, part.amount_micros + part.tax_micros)
        reference, of = f"refund-{part.pk}", payment.provider_reference
        try:
            if payment.provider not in providers:
                raise ProviderMissing(name=payment.provider)
            if not unpaid.filter(pk=part.pk, refund__state=RefundState.APPROVED.value).update(asked_at=now):
                return  # It was given up.
            through = providers[payment.provider]
            asked(through, partial(through.refund, reference, of, amount), reference)
        except Unavailable as problem:
            _log.warning("billing.refund_not_paid", refund_id=refund_id, code=problem.code)
            return
        except Problem as problem:
            _log.warning("billing.refund_not_paid", refund_id=refund_id, code=problem.code)
            _not_paid(part.pk, refund_id, problem.code, now)
            return
        _note_paid(part.pk, now)
    paid = Refund.objects.filter(pk=refund_id, state=RefundState.APPROVED.value)
    paid.exclude(parts__paid_at=None).update(state=RefundState.PAID.value, paid_at=now, next_attempt_at=None)


@transaction.atomic(durable=True)
def _not_paid(part_id: int, refund_id: int, code: str, now: datetime) -> None:
    """Write down that the provider paid nothing. Counted once."""
    if not RefundPart.objects.filter(pk=part_id, paid_at=None).exclude(asked_at=None).update(asked_at=None):
        return
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    Refund.objects.filter(pk=refund_id, state=RefundState.APPROVED.value).update(
        failures=F("failures") + 1,
        failure=code,
        next_attempt_at=now + RETRY if refund.failures < FAILURES_MAX else None,  # Then an operator decides.
    )


@transaction.atomic(durable=True)
def _note_paid(part_id: int, now: datetime) -> None:
    """Book what the provider paid, once."""
    part = RefundPart.objects.select_for_update().filter(pk=part_id, paid_at=None).first()
    if part is None:
        return
    refund = part.refund
    out, outside = ledger.refund(refund.account_id, refund.currency), ledger.payment_provider(refund.currency)
    entries = [Entry(f"{Reason.REFUND.value}:{part.pk}", Reason.REFUND.value, out, outside, part.amount_micros)]
    if part.tax_micros:
        key, tax = f"{Reason.TAX_REFUND.value}:{part.pk}", ledger.tax(refund.currency)
        entries.append(Entry(key, Reason.TAX_REFUND.value, tax, outside, part.tax_micros))
    funds.move(refund.account_id, refund.currency, entries, now=now)
    RefundPart.objects.filter(pk=part.pk).update(paid_at=now)


def _refundable_micros(account_id: int) -> int:
    """Return what of the account's payments has not gone back and is not about to."""
    asked = Refund.objects.filter(account_id=account_id, state=RefundState.ASKED.value)
    payments = Payment.objects.filter(account_id=account_id).values_list("amount_micros", "refunded_micros")
    return sum(amount - back for amount, back in payments) - sum(asked.values_list("amount_micros", flat=True))


def _allocate(refund: Refund) -> int:
    """Share the refund among the account's payments, the newest first; return the tax that goes back with it."""
    left_micros, tax_micros = refund.amount_micros, 0
    payments = Payment.objects.select_for_update().filter(
        account_id=refund.account_id, refunded_micros__lt=F("amount_micros")
    )
    for payment in payments.order_by("-paid_at", "-pk"):
        micros = min(left_micros, payment.amount_micros - payment.refunded_micros)
        if not micros:
            break
        tax = funding.part_of_tax(
            payment.tax_micros,
            payment.amount_micros,
            after_micros=payment.refunded_micros + micros,
            returned_micros=payment.tax_refunded_micros,
        )
        RefundPart.objects.create(refund=refund, payment=payment, amount_micros=micros, tax_micros=tax)
        Payment.objects.filter(pk=payment.pk).update(
            refunded_micros=F("refunded_micros") + micros, tax_refunded_micros=F("tax_refunded_micros") + tax
        )
        left_micros -= micros
        tax_micros += tax
    assert left_micros == 0, "Asking saw to it that payments cover every refund."
    return tax_micros


def _decide(refund_id: int, state: RefundState, answer: str, now: datetime) -> Refund:
    refund = _get(refund_id)
    # The account's cash row first, as everybody who moves its money.
    wallets.lock_one(refund.account_id, refund.currency, now=now)
    asked = Refund.objects.filter(pk=refund_id, state=RefundState.ASKED.value)
    if not asked.update(state=state.value, answer=answer, decided_at=now):
        refund.refresh_from_db()
        raise RefundDecided(state=refund.state)
    return refund


def _get(refund_id: int) -> Refund:
    refund = Refund.objects.filter(pk=refund_id).first()
    if refund is None:
        raise NotFound(noun="refund")
    return refund


def _tell(scope: Scope, act: str, refund: Refund, now: datetime, detail: dict[str, object]) -> None:
    told = {"micros": refund.amount_micros, "currency": refund.currency, **detail}
    audit.record(scope, act, "refund", refund.pk, at=now, account_id=refund.account_id, detail=told)
