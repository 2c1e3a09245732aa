"""Double entry, pure: which accounts exist, which way money moves between them, and what a batch of moves amounts to."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

import msgspec


class AccountKind(StrEnum):
    """The kinds of ledger account. An account's balance is its credits less its debits."""

    PAYMENT_PROVIDER = "payment_provider"  # The world outside: what came in stands here as debits.
    ADVERTISER = "advertiser"  # What an ad account may still spend. Never below zero.
    PLATFORM_REVENUE = "platform_revenue"
    CREATOR_EARNINGS = "creator_earnings"  # What the platform owes a creator.
    WRITE_OFF = "write_off"  # What the platform delivered and could not bill; its own cost.


class Reason(StrEnum):
    """Why money moves; each has its own way."""

    TOP_UP = "top_up"  # Payment provider → advertiser.
    CHARGE = "charge"  # Advertiser → revenue.
    WRITE_OFF = "write_off"  # Write-off → revenue: so that revenue is what was delivered, billed or not.
    CREATOR_SHARE = "creator_share"  # Revenue → creator.


class Party(msgspec.Struct, frozen=True, order=True):
    """Names a ledger account. ``owner_id`` is an ad account, a person, or 0 for the platform."""

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
    events: int
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

    Raises ValueError for an entry that moves nothing, moves money to where it was, or from one currency to another.
    """
    moved: dict[Party, Movement] = {}
    for entry in entries:
        if entry.amount_micros <= 0:
            raise ValueError(f"{entry.key}: an amount is above zero, not {entry.amount_micros}")
        if entry.debit == entry.credit or entry.debit.currency != entry.credit.currency:
            raise ValueError(f"{entry.key}: money moves between two accounts of one currency")
        moved.setdefault(entry.debit, Movement()).debits_micros += entry.amount_micros
        moved.setdefault(entry.credit, Movement()).credits_micros += entry.amount_micros
    return moved


def advertiser(account_id: int, currency: str) -> Party:
    """Return the account that holds what an ad account may still spend."""
    return Party(AccountKind.ADVERTISER, account_id, currency)


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
