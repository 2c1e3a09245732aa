"""Advertisers pay: into their ad accounts, or what they owe. Tax is collected with the amount and kept apart."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from vonk.billing import funding, ledger, rules
from vonk.billing.actions import funds
from vonk.billing.errors import PaymentReferenceInvalid, PaymentReferenceReused, TestPaymentsOff, TopUpOutOfBounds
from vonk.billing.ledger import Entry, Party, Reason
from vonk.billing.models import Payment, TaxRate
from vonk.billing.payments import TEST_PAYMENTS, PaymentProvider
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.money import Money
from vonk.identity import queries as identity

REFERENCE_CHARS_MAX: Final = 100
INVOICE_PREFIX: Final = "invoice-"  # Of references under which invoices are collected: nobody else pays under one.


def provider_in_force() -> PaymentProvider:
    """Return how advertisers pay here; TestPaymentsOff outside a sandbox, where no provider is set up."""
    if not settings.VONK.sandbox:
        raise TestPaymentsOff
    return TEST_PAYMENTS


def tax_ppm(country: str) -> int:
    """Return the tax rate in millionths that a country's ad accounts pay; 0 where none is set."""
    return TaxRate.objects.filter(country=country).values_list("rate_ppm", flat=True).first() or 0


@transaction.atomic
def top_up(
    scope: Scope,
    *,
    amount_micros: int,
    now: datetime,
    provider_reference: str,
    provider: PaymentProvider | None = None,
) -> int:
    """Put money into the scope's ad account and tell the ad servers; return the payment's id.

    What is collected is the amount and the tax of the account's country on it. ``provider`` is the one in force unless
    given. The same reference again, for the same account and amount, pays nothing and returns the first payment's id.
    Raises TopUpOutOfBounds, PaymentReferenceInvalid, PaymentReferenceReused, TestPaymentsOff, and what the provider
    says when it was not paid.
    """
    scope.require(Right.FUNDS_EDIT)
    facts = identity.account_facts(scope.account)
    amount = _bounded(Money(facts.currency, amount_micros))
    if (
        not 1 <= len(provider_reference) <= REFERENCE_CHARS_MAX
        or not provider_reference.isprintable()
        or provider_reference.startswith(INVOICE_PREFIX)
    ):
        raise PaymentReferenceInvalid(most=REFERENCE_CHARS_MAX)
    through = provider if provider is not None else provider_in_force()
    tax_micros = funding.tax_on(amount_micros, tax_ppm(facts.country))
    payment, created = _record(scope, through, provider_reference, amount, tax_micros=tax_micros, now=now)
    if (payment.account_id, payment.amount_micros, payment.invoice_id) != (scope.account, amount_micros, None):
        raise PaymentReferenceReused
    if not created:
        return payment.pk
    through.collect(provider_reference, Money(facts.currency, amount_micros + tax_micros))
    advertiser = ledger.advertiser(scope.account, facts.currency)
    funds.move(scope.account, facts.currency, entries(payment, Reason.TOP_UP, advertiser), now=now)
    audit.record(
        scope,
        "funds.topped_up",
        "payment",
        payment.pk,
        at=now,
        detail={
            "micros": amount_micros,
            "currency": facts.currency,
            "provider": through.name,
            **({"tax_micros": tax_micros} if tax_micros else {}),
        },
    )
    return payment.pk


def entries(payment: Payment, reason: Reason, to: Party) -> Sequence[Entry]:
    """Return the transfers of a payment: its amount to ``to``, its tax to the state's."""
    outside = ledger.payment_provider(payment.currency)
    moved = [Entry(f"{reason.value}:{payment.pk}", reason.value, outside, to, payment.amount_micros)]
    if payment.tax_micros:
        tax = ledger.tax(payment.currency)
        moved.append(Entry(f"{Reason.TAX.value}:{payment.pk}", Reason.TAX.value, outside, tax, payment.tax_micros))
    return moved


def _bounded(amount: Money) -> Money:
    least, most = rules.top_up_bounds_micros(amount.currency)
    if not least <= amount.micros <= most:
        raise TopUpOutOfBounds(least=Money(amount.currency, least), most=Money(amount.currency, most))
    return amount


def _record(
    scope: Scope, provider: PaymentProvider, reference: str, amount: Money, *, tax_micros: int, now: datetime
) -> tuple[Payment, bool]:
    """Return the payment of this reference, and whether it was made just now."""
    try:
        with transaction.atomic():
            return Payment.objects.create(
                account_id=scope.account,
                provider=provider.name,
                provider_reference=reference,
                amount_micros=amount.micros,
                tax_micros=tax_micros,
                currency=amount.currency,
                paid_at=now,
                person_id=scope.person,
            ), True
    except IntegrityError:  # The reference is there: somebody was first, and has committed.
        return Payment.objects.get(provider=provider.name, provider_reference=reference), False
