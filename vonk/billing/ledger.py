"""Double entry, pure: which accounts exist, which way money moves between them, and what a batch of moves amounts to."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec


class AccountKind(StrEnum):
    """The kinds of ledger account. An account's balance is its credits less its debits."""

    PAYMENT_PROVIDER = "payment_provider"  # The world outside: what came in stands here as debits.
    ADVERTISER = "advertiser"  # An ad account's cash: what it paid in and did not spend. Never below zero.
    VOUCHER = "voucher"  # One voucher: what the platform gave and was not spent. Never below zero.
    CREDIT = "credit"  # An ad account's credit line: what it owes, below zero, down to its limit.
    HOLD = "hold"  # One hold: cash set aside until it is posted or voided. Never below zero.
    REFUND = "refund"  # What is granted to go back to an advertiser and has not left yet. Never below zero.
    PLATFORM_REVENUE = "platform_revenue"
    CREATOR_EARNINGS = "creator_earnings"  # What the platform owes a creator.
    TAX = "tax"  # What was collected for the state.
    WRITE_OFF = "write_off"  # What the platform delivered and could not bill; its own cost.


FLOORED: Final = (  # Balance plus limit never falls below zero; only a credit line has a limit above zero.
    AccountKind.ADVERTISER,
    AccountKind.VOUCHER,
    AccountKind.CREDIT,
    AccountKind.HOLD,
    AccountKind.REFUND,
)
SOURCES: Final = (AccountKind.VOUCHER, AccountKind.ADVERTISER, AccountKind.CREDIT)  # What charges draw on, in order.


class Reason(StrEnum):
    """Why money moves; ``WAYS`` says between which kinds of account."""

    TOP_UP = "top_up"
    TAX = "tax"
    VOUCHER_GRANTED = "voucher_granted"
    VOUCHER_EXPIRED = "voucher_expired"
    CHARGE = "charge"
    WRITE_OFF = "write_off"
    CREATOR_SHARE = "creator_share"
    HOLD_PLACED = "hold_placed"
    HOLD_POSTED = "hold_posted"
    HOLD_VOIDED = "hold_voided"
    REFUND = "refund"
    REFUND_RETURNED = "refund_returned"
    TAX_REFUND = "tax_refund"
    CREDIT_REPAID = "credit_repaid"
    CREDIT_NOTE = "credit_note"
    CREATOR_SHARE_REVERSED = "creator_share_reversed"


class Way(msgspec.Struct, frozen=True):
    """Between which kinds of account a reason moves money: from one of ``debits`` to one of ``credits``."""

    debits: tuple[AccountKind, ...]
    credits: tuple[AccountKind, ...]
    of_events: bool  # Whether each of its transfers names the events it stands for, and their place in the log.
    meaning: str

    def allows(self, debit: AccountKind, credit: AccountKind) -> bool:
        """Return whether the reason may join these two."""
        return debit in self.debits and credit in self.credits


_OUTSIDE: Final = (AccountKind.PAYMENT_PROVIDER,)
_CASH: Final = (AccountKind.ADVERTISER,)
_REVENUE: Final = (AccountKind.PLATFORM_REVENUE,)
_HOLD: Final = (AccountKind.HOLD,)
_REFUND: Final = (AccountKind.REFUND,)
_TAX: Final = (AccountKind.TAX,)
_CREATOR: Final = (AccountKind.CREATOR_EARNINGS,)

# The one table of what may move: posting refuses all else, the audit checks each transfer against it, the docs show it.
WAYS: Final[Mapping[Reason, Way]] = MappingProxyType(
    {
        Reason.TOP_UP: Way(_OUTSIDE, _CASH, False, "a payment, without its tax"),
        Reason.TAX: Way(_OUTSIDE, _TAX, False, "the tax on a payment"),
        Reason.VOUCHER_GRANTED: Way(
            _REVENUE, (AccountKind.VOUCHER,), False, "what an operator gave; less revenue, as any rebate"
        ),
        Reason.VOUCHER_EXPIRED: Way((AccountKind.VOUCHER,), _REVENUE, False, "what was left of a voucher at its end"),
        Reason.CHARGE: Way(SOURCES, _REVENUE, True, "the part of a group's billed events that one source paid"),
        Reason.WRITE_OFF: Way(
            (AccountKind.WRITE_OFF,), _REVENUE, True, "a group's events that were delivered and could not be billed"
        ),
        Reason.CREATOR_SHARE: Way(
            _REVENUE, _CREATOR, True, "the share of a group's billed amount, rounded down; only under a consent"
        ),
        Reason.HOLD_PLACED: Way(_CASH, _HOLD, False, "cash set aside"),
        Reason.HOLD_POSTED: Way(_HOLD, _REFUND, False, "what of a hold goes its way"),
        Reason.HOLD_VOIDED: Way(_HOLD, _CASH, False, "what of a hold comes back"),
        Reason.REFUND: Way(_REFUND, _OUTSIDE, False, "cash paid back through the payment provider"),
        Reason.REFUND_RETURNED: Way(_REFUND, _CASH, False, "a refund that the payment provider could not pay"),
        Reason.TAX_REFUND: Way(_TAX, _OUTSIDE, False, "the tax on what is paid back"),
        Reason.CREDIT_REPAID: Way(_OUTSIDE, (AccountKind.CREDIT,), False, "a payment of what was owed"),
        Reason.CREDIT_NOTE: Way(
            _REVENUE, SOURCES, True, "billed events found invalid later, given back to what paid them"
        ),
        Reason.CREATOR_SHARE_REVERSED: Way(_CREATOR, _REVENUE, True, "the creator's share of such events"),
    }
)


class Party(msgspec.Struct, frozen=True, order=True):
    """Names a ledger account. ``owner_id`` is an ad account, a person, a voucher, a hold, or 0 for the platform."""

    kind: AccountKind
    owner_id: int
    currency: str


class Events(msgspec.Struct, frozen=True):
    """The billable events that a transfer stands for: those of this ad, kind, hour and day in a segment of the log."""

    account_id: int
    campaign_id: int
    ad_group_id: int
    ad_id: int
    post_id: int
    grant_id: int  # 0 for a non-Spark ad.
    event_kind: str
    hour_at: datetime  # The UTC hour in which the ad server received them.
    day: date  # The account's local date then; its daily budgets count by it.
    first_position: int  # The bounds of the segment that was settled at once.
    last_position: int
    events: int  # A group's charges and credit notes to several sources count them once, in the first one's.
    share_ppm: int  # The creator's share of the charge, in millionths.


class Entry(msgspec.Struct, frozen=True):
    """One transfer to be: ``amount_micros`` (above zero) leaves ``debit`` and arrives at ``credit``."""

    key: str
    reason: str
    debit: Party
    credit: Party
    amount_micros: int
    of: Events | None = None


class Movement(msgspec.Struct):
    """What a batch adds to one account's totals."""

    debits_micros: int = 0
    credits_micros: int = 0


def movements(entries: Iterable[Entry]) -> dict[Party, Movement]:
    """Return what the entries add to each account; debits and credits are equal in sum.

    Raises ValueError for an entry that moves nothing, goes no way of its reason, or from one currency to another.
    """
    moved: dict[Party, Movement] = {}
    for entry in entries:
        if entry.amount_micros <= 0:
            raise ValueError(f"{entry.key}: an amount is above zero, not {entry.amount_micros}")
        if entry.debit == entry.credit or entry.debit.currency != entry.credit.currency:
            raise ValueError(f"{entry.key}: money moves between two accounts of one currency")
        if not WAYS[Reason(entry.reason)].allows(entry.debit.kind, entry.credit.kind):
            raise ValueError(f"{entry.key}: {entry.reason} goes not from {entry.debit.kind} to {entry.credit.kind}")
        moved.setdefault(entry.debit, Movement()).debits_micros += entry.amount_micros
        moved.setdefault(entry.credit, Movement()).credits_micros += entry.amount_micros
    return moved


def advertiser(account_id: int, currency: str) -> Party:
    """Return the account that holds an ad account's cash."""
    return Party(AccountKind.ADVERTISER, account_id, currency)


def voucher(voucher_id: int, currency: str) -> Party:
    """Return the account of one voucher."""
    return Party(AccountKind.VOUCHER, voucher_id, currency)


def credit(account_id: int, currency: str) -> Party:
    """Return an ad account's credit line."""
    return Party(AccountKind.CREDIT, account_id, currency)


def hold(hold_id: int, currency: str) -> Party:
    """Return the account of one hold."""
    return Party(AccountKind.HOLD, hold_id, currency)


def refund(account_id: int, currency: str) -> Party:
    """Return the account of what is on its way back to an ad account's owner."""
    return Party(AccountKind.REFUND, account_id, currency)


def tax(currency: str) -> Party:
    """Return the account of what was collected for the state."""
    return Party(AccountKind.TAX, 0, currency)


def payment_provider(currency: str) -> Party:
    """Return the account of the world outside."""
    return Party(AccountKind.PAYMENT_PROVIDER, 0, currency)


def revenue(currency: str) -> Party:
    """Return the platform's revenue account."""
    return Party(AccountKind.PLATFORM_REVENUE, 0, currency)


def write_off(currency: str) -> Party:
    """Return the account of what was delivered and could not be billed."""
    return Party(AccountKind.WRITE_OFF, 0, currency)


def creator(person_id: int, currency: str) -> Party:
    """Return the account of what is owed to a creator."""
    return Party(AccountKind.CREATOR_EARNINGS, person_id, currency)
