"""Money of a Business Center's ad accounts: balances, movements, unpaid invoices. A Business Center itself holds none."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, get_args

import msgspec

from vonk.billing import queries as billing
from vonk.billing.ledger import Reason
from vonk.billing.queries import AccountMoney, Funds, Move, MovesWanted
from vonk.control.paging import Numbered, numbered_of
from vonk.control.scope import Right
from vonk.identity import queries as identity
from vonk.wire.business.asked import AskedOfBusiness, Text, day, numbering
from vonk.wire.business.centers.assets import no_children
from vonk.wire.business.centers.bc import PAGE_SIZE_MAX
from vonk.wire.business.given import Digits, Given, PageInfo, moment, page_info, units
from vonk.wire.business.operation import Call, Over, operation
from vonk.wire.codec import Id

FundsType = Literal["CASH", "GRANT", "CREDIT"]
TransactionType = Literal[
    "TOP_UP",
    "VOUCHER_GRANTED",
    "VOUCHER_EXPIRED",
    "CHARGE",
    "HOLD_PLACED",
    "HOLD_VOIDED",
    "REFUND_RETURNED",
    "CREDIT_REPAID",
    "CREDIT_NOTE",
]
_FUNDS: Final[dict[FundsType, Funds]] = {"CASH": Funds.CASH, "GRANT": Funds.VOUCHER, "CREDIT": Funds.CREDIT}
_TYPES: Final[dict[str, TransactionType]] = {one.lower(): one for one in get_args(TransactionType)}
_NAMES: Final = {funds: name for name, funds in _FUNDS.items()}


class Amounts(Given, frozen=True):
    """What may be spent and where it lies, in one currency; grants are vouchers. Everything that is valid is spendable."""

    currency: str
    account_balance: float
    valid_account_balance: float
    cash_balance: float
    valid_cash_balance: float
    grant_balance: float
    valid_grant_balance: float
    credit_balance: float


class BalanceGet(AskedOfBusiness, frozen=True):
    child_bc_id: Id | None = None


class BcBalance(Amounts, frozen=True):
    """The sum over the ad accounts in the currency of the first of them; ``balances`` has one row for each currency."""

    bc_id: Digits
    balances: tuple[Amounts, ...]


@operation("GET", "bc/balance/get", may=Right.BUSINESS_VIEW, over=Over.BUSINESS, summary="Read what may be spent")
def get_balance(call: Call[BalanceGet]) -> BcBalance:
    """The sums over the ad accounts with which the caller works: each of them has its own money."""
    no_children(call.asked.child_bc_id)
    money = billing.business_money(call.scope, now=call.now)
    home = identity.organisation_homes([call.asked.bc_id]).get(call.asked.bc_id)
    first = home.currency if home is not None else "EUR"
    by_currency: dict[str, list[AccountMoney]] = {first: []}
    for one in money:
        by_currency.setdefault(one.account.currency, []).append(one)
    rows = tuple(_amounts(currency, several) for currency, several in by_currency.items())
    return BcBalance(bc_id=str(call.asked.bc_id), balances=rows, **msgspec.structs.asdict(rows[0]))


class AccountFilter(msgspec.Struct, frozen=True, kw_only=True):
    """``keyword`` is looked for in names, whatever its case, or is an id."""

    keyword: Text | None = None
    advertiser_status: list[str] | None = None


class AdvertiserBalanceGet(AskedOfBusiness, frozen=True):
    child_bc_id: Id | None = None
    filtering: AccountFilter | None = None
    page: int | None = None
    page_size: int | None = None


class AdvertiserBalance(Amounts, frozen=True):
    """An ad account and its money. ``owed`` is on credit."""

    advertiser_id: Digits
    advertiser_name: str
    advertiser_status: str
    timezone: str
    owed: float


class AdvertiserBalances(Given, frozen=True):
    advertiser_account_list: tuple[AdvertiserBalance, ...]
    page_info: PageInfo


@operation(
    "GET", "advertiser/balance/get", may=Right.BUSINESS_VIEW, over=Over.BUSINESS, summary="List ad accounts' balances"
)
def get_balances(call: Call[AdvertiserBalanceGet]) -> AdvertiserBalances:
    """Of the ad accounts with which the caller works, partners' too, oldest first."""
    asked = call.asked
    no_children(asked.child_bc_id)
    filters = asked.filtering or AccountFilter()
    rows = [_balance(one) for one in billing.business_money(call.scope, now=call.now)]
    said = (filters.keyword or "").casefold()
    kept = [
        one
        for one in rows
        if (said in one.advertiser_name.casefold() or said == one.advertiser_id)
        and (filters.advertiser_status is None or one.advertiser_status in filters.advertiser_status)
    ]
    page = numbered_of(kept, numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX))
    return AdvertiserBalances(advertiser_account_list=page.items, page_info=page_info(page))


class MoveRow(Given, frozen=True):
    """Money that came in (above zero) or went out of one kind of funds of an ad account."""

    transaction_id: Digits
    advertiser_id: Digits
    advertiser_name: str
    transaction_type: TransactionType
    funds_type: FundsType
    amount: float
    currency: str
    timezone: str
    create_time: str


class Moves(Given, frozen=True):
    transaction_list: tuple[MoveRow, ...]
    page_info: PageInfo


class MoveFilter(msgspec.Struct, frozen=True, kw_only=True):
    funds_type: list[FundsType] | None = None
    transaction_types: list[TransactionType] | None = None


class BcTransactionGet(AskedOfBusiness, frozen=True):
    """Dates are UTC, both included; a missing one does not bind."""

    filtering: MoveFilter | None = None
    start_date: str | None = None
    end_date: str | None = None
    page: int | None = None
    page_size: int | None = None


@operation("GET", "bc/transaction/get", may=Right.BUSINESS_VIEW, over=Over.BUSINESS, summary="List movements of money")
def get_transactions(call: Call[BcTransactionGet]) -> Moves:
    """Of all ad accounts with which the caller works, newest first."""
    asked = call.asked
    filters = asked.filtering or MoveFilter()
    wanted = _moves_wanted(None, filters.funds_type, filters.transaction_types, asked.start_date, asked.end_date)
    return _moves(call, wanted, asked.page, asked.page_size)


class AccountMoveFilter(msgspec.Struct, frozen=True, kw_only=True):
    account_ids: list[Id] | None = None
    account_name: Text | None = None
    transaction_types: list[TransactionType] | None = None
    start_time: str | None = None
    end_time: str | None = None


class AccountTransactionGet(AskedOfBusiness, frozen=True):
    """``transaction_level``: movements are of ad accounts, so there are none of the level BC."""

    child_bc_id: Id | None = None
    transaction_level: Literal["BC", "ADVERTISER"] = "ADVERTISER"
    filtering: AccountMoveFilter | None = None
    page: int | None = None
    page_size: int | None = None


@operation(
    "GET",
    "bc/account/transaction/get",
    may=Right.BUSINESS_VIEW,
    over=Over.BUSINESS,
    summary="List movements of money of some ad accounts",
)
def get_account_transactions(call: Call[AccountTransactionGet]) -> Moves:
    """Newest first; ids of ad accounts with which the caller does not work find nothing."""
    asked = call.asked
    no_children(asked.child_bc_id)
    filters = asked.filtering or AccountMoveFilter()
    ids = filters.account_ids
    if filters.account_name is not None:
        said = filters.account_name.casefold()
        named = [one.id for one in identity.account_assets(call.scope) if said in one.name.casefold()]
        ids = [Id(one) for one in named if ids is None or one in ids]
    if asked.transaction_level == "BC":
        ids = []
    wanted = _moves_wanted(ids, None, filters.transaction_types, filters.start_time, filters.end_time)
    return _moves(call, wanted, asked.page, asked.page_size)


class AdvertiserMoveFilter(msgspec.Struct, frozen=True, kw_only=True):
    keyword: Text | None = None
    funds_type: list[FundsType] | None = None
    transfer_type: TransactionType | None = None
    start_date: str | None = None
    end_date: str | None = None


class AdvertiserTransactionGet(AskedOfBusiness, frozen=True):
    filtering: AdvertiserMoveFilter | None = None
    page: int | None = None
    page_size: int | None = None


@operation(
    "GET",
    "advertiser/transaction/get",
    may=Right.BUSINESS_VIEW,
    over=Over.BUSINESS,
    summary="List movements of ad accounts' money",
)
def get_advertiser_transactions(call: Call[AdvertiserTransactionGet]) -> Moves:
    """Newest first, one row a movement."""
    filters = call.asked.filtering or AdvertiserMoveFilter()
    ids = None
    if filters.keyword is not None:
        said = filters.keyword.casefold()
        mine = identity.account_assets(call.scope)
        ids = [Id(one.id) for one in mine if said in one.name.casefold() or said == str(one.id)]
    types = [filters.transfer_type] if filters.transfer_type is not None else None
    wanted = _moves_wanted(ids, filters.funds_type, types, filters.start_date, filters.end_date)
    return _moves(call, wanted, call.asked.page, call.asked.page_size)


class UnpaidGet(AskedOfBusiness, frozen=True):
    """``invoice_type`` is read and does not choose: there is one kind of invoice."""

    invoice_type: str


class UnpaidRow(Given, frozen=True):
    """The sum of the unpaid invoices in one currency, tax included."""

    currency: str
    amount: float
    invoices: int


class UnpaidSums(Given, frozen=True):
    """``amount`` and ``currency`` are of the first row; with nothing to pay there is none, and the amount is 0."""

    amount: float
    currency: str | None
    list: tuple[UnpaidRow, ...]


@operation(
    "GET", "bc/invoice/unpaid/get", may=Right.BUSINESS_VIEW, over=Over.BUSINESS, summary="Read what invoices are unpaid"
)
def get_unpaid(call: Call[UnpaidGet]) -> UnpaidSums:
    """Of the ad accounts with which the caller works; those that pay beforehand have no invoices."""
    sums: dict[str, list[int]] = {}
    for one in billing.business_unpaid(call.scope):
        sums.setdefault(one.invoice.currency, []).append(one.invoice.total_micros)
    rows = tuple(
        UnpaidRow(currency=currency, amount=units(sum(totals)), invoices=len(totals))
        for currency, totals in sums.items()
    )
    return UnpaidSums(amount=rows[0].amount if rows else 0, currency=rows[0].currency if rows else None, list=rows)


def _amounts(currency: str, money: list[AccountMoney]) -> Amounts:
    spendable = units(sum(one.balance.micros for one in money))
    cash = units(sum(one.balance.cash_micros for one in money))
    grants = units(sum(one.balance.voucher_micros for one in money))
    credit = sum(one.balance.limit_micros - one.balance.owed_micros for one in money if one.balance.mode != "prepay")
    return Amounts(
        currency=currency,
        account_balance=spendable,
        valid_account_balance=spendable,
        cash_balance=cash,
        valid_cash_balance=cash,
        grant_balance=grants,
        valid_grant_balance=grants,
        credit_balance=units(credit),
    )


def _balance(one: AccountMoney) -> AdvertiserBalance:
    return AdvertiserBalance(
        advertiser_id=str(one.account.id),
        advertiser_name=one.account.name,
        advertiser_status="STATUS_LIMIT" if one.account.suspended else "STATUS_ENABLE",
        timezone=one.account.time_zone,
        owed=units(one.balance.owed_micros),
        **msgspec.structs.asdict(_amounts(one.account.currency, [one])),
    )


def _moves_wanted(
    account_ids: list[Id] | None,
    funds: list[FundsType] | None,
    types: list[TransactionType] | None,
    start: str | None,
    end: str | None,
) -> MovesWanted:
    return MovesWanted(
        account_ids=account_ids,
        funds=None if funds is None else [_FUNDS[one] for one in funds],
        reasons=None if types is None else [Reason(one.lower()) for one in types],
        start=None if start is None else _midnight(day(start, "start_date")),
        end=None if end is None else _midnight(day(end, "end_date") + timedelta(days=1)),
    )


def _midnight(of: date) -> datetime:
    return datetime.combine(of, time.min, UTC)


def _moves(
    call: Call[BcTransactionGet] | Call[AccountTransactionGet] | Call[AdvertiserTransactionGet],
    wanted: MovesWanted,
    page: int | None,
    page_size: int | None,
) -> Moves:
    found: Numbered[Move] = billing.business_moves(call.scope, wanted, numbering(page, page_size, most=PAGE_SIZE_MAX))
    return Moves(transaction_list=tuple(_row(one) for one in found.items), page_info=page_info(found))


def _row(one: Move) -> MoveRow:
    return MoveRow(
        transaction_id=str(one.id),
        advertiser_id=str(one.account.id),
        advertiser_name=one.account.name,
        transaction_type=_TYPES[one.reason.value],
        funds_type=_NAMES[one.funds],
        amount=units(one.amount_micros),
        currency=one.account.currency,
        timezone=one.account.time_zone,
        create_time=moment(one.at),
    )
