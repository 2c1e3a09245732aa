"""An ad account's money as it stands: by source, what may be spent, what is owed, how it pays."""

from datetime import datetime

import msgspec
from django.db.models import F, Q, Sum

from vonk.billing.actions.payments import tax_ppm
from vonk.billing.funding import Mode, Stop
from vonk.billing.ledger import AccountKind
from vonk.billing.models import Hold, LedgerAccount, Payment, RefundPart, Terms, Voucher
from vonk.billing.queries.spendable import Balance, balances
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.identity import queries as identity

_LEFT = F("credits_micros") - F("debits_micros")


class TermsView(msgspec.Struct, frozen=True, kw_only=True):
    """How an ad account pays. ``tax_ppm`` is its country's rate, in millionths, on all it pays."""

    mode: str
    credit_limit_micros: int
    threshold_micros: int | None
    due_days: int
    next_invoice_at: datetime | None
    stopped: str
    tax_ppm: int


def own_accounts(account_id: int) -> dict[int, AccountKind]:
    """Return the ledger accounts that an ad account's charges draw on, with their kinds."""
    vouchers = Voucher.objects.filter(account_id=account_id).values("pk")
    rows = LedgerAccount.objects.filter(
        Q(kind__in=(AccountKind.ADVERTISER.value, AccountKind.CREDIT.value), owner_id=account_id)
        | Q(kind=AccountKind.VOUCHER.value, owner_id__in=vouchers)
    )
    return {pk: AccountKind(kind) for pk, kind in rows.values_list("pk", "kind")}


def balance(account_id: int, *, now: datetime | None = None) -> Balance:
    """Return the account's money, for an area that has the account inside its scope; NotFound when there is none.

    With ``now``, vouchers that ended a moment ago do not count any more.
    """
    currency = identity.account_facts(account_id).currency
    found = balances([account_id], now=now).get(account_id, Balance(account_id=account_id, currency=currency))
    holds = Hold.objects.filter(account_id=account_id).values("pk")
    held = LedgerAccount.objects.filter(
        Q(kind=AccountKind.HOLD.value, owner_id__in=holds) | Q(kind=AccountKind.REFUND.value, owner_id=account_id)
    )
    held_micros = held.aggregate(sum=Sum(_LEFT))["sum"] or 0
    paid = Payment.objects.filter(account_id=account_id).aggregate(sum=Sum("amount_micros"))["sum"] or 0
    granted = Voucher.objects.filter(account_id=account_id).aggregate(sum=Sum(F("amount_micros") - F("expired_micros")))
    back = RefundPart.objects.filter(refund__account_id=account_id).exclude(paid_at=None)
    refunded = back.aggregate(sum=Sum("amount_micros"))["sum"] or 0
    own = LedgerAccount.objects.filter(pk__in=own_accounts(account_id)).aggregate(sum=Sum(_LEFT))["sum"] or 0
    return msgspec.structs.replace(
        found,
        held_micros=held_micros,
        paid_micros=paid,
        # All that came in and is neither there nor gone back was billed.
        billed_micros=paid + (granted["sum"] or 0) - refunded - held_micros - own,
    )


def accounts_money(scope: Scope, paging: Paging, *, now: datetime) -> Page[Balance]:
    """Return the money of ad accounts that ever had some, the newest first; operators only."""
    scope.require(Right.OPERATE)
    page = page_of(LedgerAccount.objects.filter(kind=AccountKind.ADVERTISER.value), paging, lambda row: row.owner_id)
    found = balances(page.items, now=now)
    return Page(tuple(found[account_id] for account_id in page.items), page.next_cursor)


def terms(scope: Scope) -> TermsView:
    """Return how the scope's ad account pays."""
    scope.require(Right.ACCOUNT_VIEW)
    return terms_of(scope.account)


def terms_of(account_id: int) -> TermsView:
    """Return how an ad account pays, for whoever has it inside their scope; NotFound when there is none."""
    facts = identity.account_facts(account_id)
    row = Terms.objects.filter(account_id=account_id).first()
    credit = LedgerAccount.objects.filter(kind=AccountKind.CREDIT.value, owner_id=account_id, currency=facts.currency)
    limit = credit.values_list("limit_micros", flat=True).first() or 0
    prepaid = row is None or row.mode == Mode.PREPAY.value
    return TermsView(
        mode=row.mode if row is not None else Mode.PREPAY.value,
        credit_limit_micros=0 if prepaid else limit,
        threshold_micros=row.threshold_micros if row is not None else None,
        due_days=row.due_days if row is not None else 0,
        next_invoice_at=row.next_invoice_at if row is not None else None,
        stopped=row.stopped if row is not None else Stop.NONE.value,
        tax_ppm=tax_ppm(facts.country),
    )
