"""Advertisers put money into their ad accounts."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from vonk.billing import ledger, rules
from vonk.billing.actions import funds, settlement, transfers
from vonk.billing.errors import PaymentReferenceInvalid, PaymentReferenceReused, TestPaymentsOff, TopUpOutOfBounds
from vonk.billing.ledger import Entry, Reason
from vonk.billing.models import Payment
from vonk.billing.payments import TEST_PAYMENTS, PaymentProvider
from vonk.control import audit, positions
from vonk.control.scope import Right, Scope
from vonk.core.money import Money
from vonk.identity import queries as identity

REFERENCE_CHARS_MAX: Final = 100


def provider_in_force() -> PaymentProvider:
    """Return how advertisers pay here; TestPaymentsOff outside a sandbox, where no provider is set up."""
    if not settings.VONK.sandbox:
        raise TestPaymentsOff
    return TEST_PAYMENTS


@transaction.atomic
def top_up(scope: Scope, *, amount_micros: int, now: datetime, provider_reference: str) -> int:
    """Put money into the scope's ad account and tell the ad servers; return the payment's id.

    The same reference again, for the same account and amount, pays nothing and returns the first payment's id. Raises
    TopUpOutOfBounds, PaymentReferenceInvalid, PaymentReferenceReused, TestPaymentsOff.
    """
    scope.require(Right.FUNDS_EDIT)
    facts = identity.account_facts(scope.account)
    amount = _bounded(Money(facts.currency, amount_micros))
    if not 1 <= len(provider_reference) <= REFERENCE_CHARS_MAX or not provider_reference.isprintable():
        raise PaymentReferenceInvalid(most=REFERENCE_CHARS_MAX)
    provider = provider_in_force()
    payment, created = _record(scope, provider, provider_reference, amount, now)
    if (payment.account_id, payment.amount_micros) != (scope.account, amount_micros):
        raise PaymentReferenceReused
    if not created:
        return payment.pk
    provider.collect(provider_reference, amount)
    advertiser = ledger.advertiser(scope.account, facts.currency)
    outside = ledger.payment_provider(facts.currency)
    accounts = transfers.lock_accounts({advertiser, outside})
    key = f"{Reason.TOP_UP.value}:{payment.pk}"
    transfers.append([Entry(key, Reason.TOP_UP.value, outside, advertiser, amount_micros)], accounts, now=now)
    # Read under the ledger account's lock: a settlement that has taken charges off has moved the position too.
    funds.publish(scope.account, accounts[advertiser], settled=positions.of(settlement.CONSUMER), now=now)
    audit.record(
        scope,
        "funds.topped_up",
        "payment",
        payment.pk,
        at=now,
        detail={"micros": amount_micros, "currency": facts.currency, "provider": provider.name},
    )
    return payment.pk


def _bounded(amount: Money) -> Money:
    least, most = rules.top_up_bounds_micros(amount.currency)
    if not least <= amount.micros <= most:
        raise TopUpOutOfBounds(least=Money(amount.currency, least), most=Money(amount.currency, most))
    return amount


def _record(
    scope: Scope, provider: PaymentProvider, reference: str, amount: Money, now: datetime
) -> tuple[Payment, bool]:
    """Return the payment of this reference, and whether it was made just now."""
    try:
        with transaction.atomic():
            return Payment.objects.create(
                account_id=scope.account,
                provider=provider.name,
                provider_reference=reference,
                amount_micros=amount.micros,
                currency=amount.currency,
                paid_at=now,
                person_id=scope.person,
            ), True
    except IntegrityError:  # The reference is there: somebody was first, and has committed.
        return Payment.objects.get(provider=provider.name, provider_reference=reference), False
