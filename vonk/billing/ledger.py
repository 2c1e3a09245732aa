"""Double entry, pure: which accounts exist and which way money moves between them."""

from enum import StrEnum

import msgspec


class AccountKind(StrEnum):
    """The kinds of ledger account. An account's balance is its credits less its debits."""

    PAYMENT_PROVIDER = "payment_provider"  # The world outside: what came in stands here as debits.
    ADVERTISER = "advertiser"  # What an ad account may still spend. Never below zero.
    PLATFORM_REVENUE = "platform_revenue"
    CREATOR_EARNINGS = "creator_earnings"  # What the platform owes a creator.
    WRITE_OFF = "write_off"  # What the platform delivered and could not bill; its own cost.


class Party(msgspec.Struct, frozen=True, order=True):
    """Names a ledger account. ``owner_id`` is an ad account, a person, or 0 for the platform."""

    kind: AccountKind
    owner_id: int
    currency: str


class Entry(msgspec.Struct, frozen=True):
    """One transfer to be: ``amount_micros`` (above zero) leaves ``debit`` and arrives at ``credit``."""

    key: str
    reason: str
    debit: Party
    credit: Party
    amount_micros: int
