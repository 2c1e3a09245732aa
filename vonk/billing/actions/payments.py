"""Advertisers pay: into their ad accounts, or what they owe. Tax is collected with the amount and kept apart."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from vonk.billing import funding, rules
from vonk.billing.actions import collections
from vonk.billing.errors import PaymentReferenceInvalid, TestPaymentsOff, TopUpOutOfBounds
from vonk.billing.models import TaxRate
from vonk.billing.payments import TEST_PAYMENTS, PaymentProvider
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
    What is not known to be paid is asked again until it is known, by this reference again or by work. No transaction
    is open when this is called. Raises TopUpOutOfBounds, PaymentReferenceInvalid, PaymentReferenceReused,
    TestPaymentsOff, PaymentUnanswered when it is not known whether it was paid, and what the provider says when it was
    not.
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
    with transaction.atomic(durable=True):
        row = collections.begin(
            scope,
            account_id=scope.account,
            provider=through,
            reference=provider_reference,
            amount=amount,
            tax_micros=tax_micros,
            now=now,
        )
    return collections.ask(row, through, now=now)


def _bounded(amount: Money) -> Money:
    least, most = rules.top_up_bounds_micros(amount.currency)
    if not least <= amount.micros <= most:
        raise TopUpOutOfBounds(least=Money(amount.currency, least), most=Money(amount.currency, most))
    return amount
