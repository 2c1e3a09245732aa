"""The money of an organisation: it has none of its own, but that of the ad accounts with which the reader works."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec
from django.db.models import Q

from vonk.billing.ledger import AccountKind, Reason
from vonk.billing.models import LedgerAccount, Transfer, Voucher
from vonk.billing.queries.papers import InvoiceView, unpaid_of
from vonk.billing.queries.spendable import Balance, balances
from vonk.control.paging import Numbered, Numbering, numbered
from vonk.control.scope import Scope
from vonk.identity import queries as identity
from vonk.identity.queries import AccountAsset


class Funds(StrEnum):
    """Which of an ad account's sources moved."""

    CASH = "cash"
    VOUCHER = "voucher"
    CREDIT = "credit"


_KIND_OF: Final = {
    Funds.CASH: AccountKind.ADVERTISER,
    Funds.VOUCHER: AccountKind.VOUCHER,
    Funds.CREDIT: AccountKind.CREDIT,
}


class AccountMoney(msgspec.Struct, frozen=True):
    """An ad account and its money, without what was ever paid, billed and held."""

    account: AccountAsset
    balance: Balance


class MovesWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which movements a list holds; None of a filter means any. From ``start`` to before ``end``."""

    account_ids: Collection[int] | None = None
    funds: Collection[Funds] | None = None
    reasons: Collection[Reason] | None = None
    start: datetime | None = None
    end: datetime | None = None


class Move(msgspec.Struct, frozen=True):
    """Money that came into one source of an ad account (above zero) or went out of it."""

    id: int
    at: datetime
    account: AccountAsset
    funds: Funds
    reason: Reason
    amount_micros: int


class Unpaid(msgspec.Struct, frozen=True):
    """An invoice that is not paid, and whose it is."""

    account: AccountAsset
    invoice: InvoiceView


def business_money(scope: Scope, *, now: datetime) -> tuple[AccountMoney, ...]:
    """Return the money of the ad accounts with which the acting person works by way of the organisation, oldest first."""
    accounts = identity.account_assets(scope)
    found = balances([one.id for one in accounts], now=now)
    return tuple(
        AccountMoney(one, found.get(one.id) or Balance(account_id=one.id, currency=one.currency)) for one in accounts
    )


def business_moves(scope: Scope, wanted: MovesWanted, numbering: Numbering) -> Numbered[Move]:
    """Return a numbered page of what moved in those ad accounts, newest first. Others' are not among them."""
    accounts = {
        one.id: one
        for one in identity.account_assets(scope)
        if wanted.account_ids is None or one.id in wanted.account_ids
    }
    sources = _sources(accounts, wanted.funds)
    rows = Transfer.objects.filter(Q(debit_id__in=sources) | Q(credit_id__in=sources))
    if wanted.reasons is not None:
        rows = rows.filter(reason__in=[one.value for one in wanted.reasons])
    if wanted.start is not None:
        rows = rows.filter(at__gte=wanted.start)
    if wanted.end is not None:
        rows = rows.filter(at__lt=wanted.end)

    def move(row: Transfer) -> Move:
        came = row.credit_id in sources
        account_id, funds = sources[row.credit_id if came else row.debit_id]
        amount = row.amount_micros if came else -row.amount_micros
        return Move(row.pk, row.at, accounts[account_id], funds, Reason(row.reason), amount)

    return numbered(rows, numbering, move)


def business_unpaid(scope: Scope) -> tuple[Unpaid, ...]:
    """Return the invoices of those ad accounts that are not paid, oldest first (a few an account at most)."""
    accounts = {one.id: one for one in identity.account_assets(scope)}
    return tuple(Unpaid(accounts[one.account_id], one) for one in unpaid_of(accounts))


def _sources(account_ids: Collection[int], funds: Collection[Funds] | None) -> dict[int, tuple[int, Funds]]:
    """Return the ledger accounts that are the ad accounts' sources, each with whose it is and what."""
    wanted = set(Funds) if funds is None else set(funds)
    of_voucher = dict(Voucher.objects.filter(account_id__in=account_ids).values_list("pk", "account_id"))
    found = {}
    for one in wanted:
        owners = of_voucher if one is Funds.VOUCHER else account_ids
        rows = LedgerAccount.objects.filter(kind=_KIND_OF[one].value, owner_id__in=owners)
        for pk, owner in rows.values_list("pk", "owner_id"):
            found[pk] = (of_voucher[owner] if one is Funds.VOUCHER else owner, one)
    return found
