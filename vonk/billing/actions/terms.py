"""How an ad account pays, and what its country's tax is: set by operators, told to the ad servers at once."""

from datetime import datetime

from django.db import transaction

from vonk.billing import funding, ledger
from vonk.billing.actions import funds, payments, transfers, wallets
from vonk.billing.errors import CreditBelowOwed, TermsOutOfBounds
from vonk.billing.funding import CREDIT_UNITS_MAX, DUE_DAYS_MAX, TAX_PPM_MAX, Mode
from vonk.billing.models import LedgerAccount, TaxRate, Terms
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.money import MICROS_PER_UNIT, Money
from vonk.core.taxonomy import COUNTRIES
from vonk.identity import queries as identity


@transaction.atomic
def set_terms(
    scope: Scope,
    account_id: int,
    *,
    mode: Mode,
    credit_limit_micros: int = 0,
    threshold_micros: int = 0,
    due_days: int = 0,
    now: datetime,
) -> None:
    """Say how an ad account pays; operators only.

    ``prepay`` has no credit; ``threshold`` collects when as much is owed and on the 1st of the month; ``monthly`` sends
    an invoice on the 1st, due after as many days. What is owed when an account goes back to prepay is invoiced at once.
    Raises TermsOutOfBounds, CreditBelowOwed; TestPaymentsOff for ``threshold`` where nothing can be collected.
    """
    scope.require(Right.OPERATE)
    facts = identity.account_facts(account_id)
    _check(mode, credit_limit_micros, threshold_micros, due_days)
    if mode is Mode.THRESHOLD:
        payments.provider_in_force()
    wallets.lock_one(account_id, facts.currency, now=now)
    party = ledger.credit(account_id, facts.currency)
    row = transfers.lock_accounts({party})[party]
    owed_micros = row.debits_micros - row.credits_micros
    if mode is Mode.PREPAY:
        credit_limit_micros = owed_micros  # Nothing more can be drawn, and what is owed stays owed.
    elif credit_limit_micros < owed_micros:
        raise CreditBelowOwed(owed=Money(facts.currency, owed_micros))
    LedgerAccount.objects.filter(pk=row.pk).update(limit_micros=credit_limit_micros)
    first = funding.next_month(now, facts.time_zone)
    due = now if owed_micros else None
    Terms.objects.update_or_create(
        account_id=account_id,
        defaults={
            "mode": mode.value,
            "threshold_micros": threshold_micros if mode is Mode.THRESHOLD else None,
            "due_days": due_days,
            "next_invoice_at": due if mode is Mode.PREPAY else first,
            "set_at": now,
        },
    )
    funds.tell(account_id, facts.currency, now=now)
    detail = {
        "mode": mode.value,
        "credit_limit_micros": credit_limit_micros,
        "threshold_micros": threshold_micros,
        "due_days": due_days,
    }
    audit.record(scope, "terms.set", "account", account_id, at=now, account_id=account_id, detail=detail)


@transaction.atomic
def set_tax(scope: Scope, *, country: str, rate_ppm: int, now: datetime) -> None:
    """Say what ad accounts of a country pay in tax, in millionths, from now on; operators only. TermsOutOfBounds."""
    scope.require(Right.OPERATE)
    if country not in COUNTRIES:
        raise TermsOutOfBounds("country", "Choose a country (ISO 3166-1, two letters).")
    if not 0 <= rate_ppm <= TAX_PPM_MAX:
        raise TermsOutOfBounds("rate_ppm", "A tax rate lies between 0 and %(most)s millionths.", most=TAX_PPM_MAX)
    TaxRate.objects.update_or_create(country=country, defaults={"rate_ppm": rate_ppm, "set_at": now})
    audit.record(scope, "tax.set", "tax_rate", 0, at=now, detail={"country": country, "rate_ppm": rate_ppm})


def _check(mode: Mode, credit_limit_micros: int, threshold_micros: int, due_days: int) -> None:
    most = CREDIT_UNITS_MAX * MICROS_PER_UNIT
    if not 0 <= due_days <= DUE_DAYS_MAX:
        raise TermsOutOfBounds("due_days", "An invoice is due within %(most)s days.", most=DUE_DAYS_MAX)
    if mode is Mode.PREPAY:
        return
    if not 0 < credit_limit_micros <= most:
        raise TermsOutOfBounds(
            "credit_limit_micros", "A credit line is above 0 and at most %(most)s units.", most=CREDIT_UNITS_MAX
        )
    if mode is Mode.THRESHOLD and not 0 < threshold_micros <= credit_limit_micros:
        raise TermsOutOfBounds("threshold_micros", "A threshold is above 0 and within the credit line.")
