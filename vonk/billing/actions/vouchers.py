"""Vouchers: what the platform gives ad accounts to spend, and takes back at their end."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from vonk.billing import ledger, rules
from vonk.billing.actions import funds, texts, wallets
from vonk.billing.errors import TermsOutOfBounds, VoucherOutOfBounds, VoucherReused, VouchersTooMany
from vonk.billing.ledger import Entry, Reason
from vonk.billing.models import LedgerAccount, Voucher
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.core.money import Money
from vonk.identity import queries as identity

LIVE_MAX: Final = 20  # For each account; every charge looks at all of them.
LIFE_DAYS_MAX: Final = 730
EXPIRED_PER_STEP: Final = 100
REVIVED_DAYS: Final = 30  # The life of an ended voucher to which a credit note gives something back.


@transaction.atomic
def grant(
    scope: Scope,
    account_id: int,
    *,
    amount_micros: int,
    reason: str,
    reference: str,
    expires_at: datetime,
    now: datetime,
) -> int:
    """Give an ad account a voucher in its currency; operators only. Return the voucher's id.

    The same reference again, for the same amount, grants nothing. Raises VoucherOutOfBounds, VoucherReused,
    VouchersTooMany, TermsOutOfBounds, TextOutOfBounds.
    """
    scope.require(Right.OPERATE)
    currency = identity.account_facts(account_id).currency
    texts.check("reason", reason)
    texts.check("reference", reference, texts.REFERENCE_CHARS_MAX)
    least, most = rules.top_up_bounds_micros(currency)
    if not least <= amount_micros <= most:
        raise VoucherOutOfBounds(least=Money(currency, least), most=Money(currency, most))
    wallets.lock_one(account_id, currency, now=now)  # One grant after the other.
    given = Voucher.objects.filter(account_id=account_id, reference=reference).first()
    if given is not None:
        if given.amount_micros != amount_micros:
            raise VoucherReused
        return given.pk
    if not now < expires_at <= now + timedelta(days=LIFE_DAYS_MAX):
        raise TermsOutOfBounds("expires_at", "A voucher ends in the future, within %(most)s days.", most=LIFE_DAYS_MAX)
    if Voucher.objects.filter(account_id=account_id, ended=False).count() >= LIVE_MAX:
        raise VouchersTooMany(most=LIVE_MAX)
    row = Voucher.objects.create(
        account_id=account_id,
        reference=reference,
        amount_micros=amount_micros,
        currency=currency,
        reason=reason,
        person_id=scope.person,
        granted_at=now,
        expires_at=expires_at,
    )
    entry = Entry(
        f"{Reason.VOUCHER_GRANTED.value}:{row.pk}",
        Reason.VOUCHER_GRANTED.value,
        ledger.revenue(currency),
        ledger.voucher(row.pk, currency),
        amount_micros,
    )
    funds.move(account_id, currency, [entry], now=now)
    detail = {"micros": amount_micros, "currency": currency, "expires_at": expires_at.isoformat(), "reason": reason}
    audit.record(scope, "voucher.granted", "voucher", row.pk, at=now, account_id=account_id, detail=detail)
    return row.pk


def expire(now: datetime) -> int:
    """Take back what is left of vouchers that have ended; return how many. Safe to repeat."""
    due = Voucher.objects.filter(ended=False, expires_at__lte=now).order_by("expires_at")
    ids = list(due.values_list("pk", flat=True)[:EXPIRED_PER_STEP])
    for voucher_id in ids:
        _expire(voucher_id, now)
    return len(ids)


@transaction.atomic
def _expire(voucher_id: int, now: datetime) -> None:
    row = Voucher.objects.get(pk=voucher_id)
    wallets.lock_one(row.account_id, row.currency, now=now)  # No charge draws on it meanwhile.
    row.refresh_from_db()
    if row.ended or row.expires_at > now:
        return
    party = ledger.voucher(row.pk, row.currency)
    account = LedgerAccount.objects.get(kind=party.kind.value, owner_id=row.pk, currency=row.currency)
    left_micros = account.credits_micros - account.debits_micros
    Voucher.objects.filter(pk=row.pk).update(ended=True, expired_micros=row.expired_micros + left_micros)
    if left_micros:
        key = f"{Reason.VOUCHER_EXPIRED.value}:{row.pk}:{to_ms(row.expires_at)}"
        entry = Entry(key, Reason.VOUCHER_EXPIRED.value, party, ledger.revenue(row.currency), left_micros)
        funds.move(row.account_id, row.currency, [entry], now=now)


def revive(voucher_id: int, *, now: datetime) -> None:
    """Let a voucher that has ended live on, because a credit note gives something back to it."""
    Voucher.objects.filter(pk=voucher_id, expires_at__lte=now).update(
        ended=False, expires_at=now + timedelta(days=REVIVED_DAYS)
    )
