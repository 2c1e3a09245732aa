"""How ad accounts pay, pure: modes and states, what a group draws from which source, tax, refunds, months."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from vonk.billing.ledger import Party
from vonk.core.money import share_of

TAX_PPM_MAX: Final = 500_000  # A slip of the keyboard is not the law of any country.
CREDIT_UNITS_MAX: Final = 10_000_000
DUE_DAYS_MAX: Final = 90
FAILURES_MAX: Final = 2  # With one more, delivery stops until the invoice is paid (reference §5).


class Mode(StrEnum):
    """When an ad account pays (reference §5)."""

    PREPAY = "prepay"  # Before: nothing is spent beyond the balance.
    THRESHOLD = "threshold"  # When it owes as much, and on the 1st of the month: collected by the platform.
    MONTHLY = "monthly"  # By an invoice on the 1st of the month.


class Stop(StrEnum):
    """Why an ad account's ads stand still for its payments' sake."""

    NONE = ""
    PAYMENT_FAILED = "payment_failed"  # Collecting failed more than twice.
    INVOICE_OVERDUE = "invoice_overdue"


class HoldState(StrEnum):
    """A hold ends once."""

    PLACED = "placed"
    POSTED = "posted"
    VOIDED = "voided"
    EXPIRED = "expired"


class CollectionState(StrEnum):
    """What became of what a payment provider was asked to collect."""

    PENDING = "pending"  # Asked or about to be; the outcome is not known.
    PAID = "paid"
    DECLINED = "declined"  # The provider said that it was not paid.


class RefundState(StrEnum):
    """What became of a refund that was asked for."""

    ASKED = "asked"
    APPROVED = "approved"  # Granted; the payment provider has not paid it yet.
    PAID = "paid"
    DECLINED = "declined"
    LAPSED = "lapsed"  # Nobody answered in time.
    RETURNED = "returned"  # The provider could not pay; the cash is back.


class Source(msgspec.Struct):
    """What charges may draw on: a ledger account and what is left on it."""

    party: Party
    left_micros: int


def draw(sources: Sequence[Source], micros: int) -> list[tuple[Party, int]]:
    """Take ``micros`` out of the sources in their order; return what each gave.

    The caller has seen to it that they hold as much: what is billed fits into their sum.
    """
    taken: list[tuple[Party, int]] = []
    for source in sources:
        part = min(micros, source.left_micros)
        if part > 0:
            source.left_micros -= part
            taken.append((source.party, part))
            micros -= part
    assert micros == 0, "Nothing is billed that the sources do not hold."
    return taken


def give_back(charged: Sequence[int], already_micros: int, micros: int) -> list[int]:
    """Return what of ``micros`` goes back to each source that charged a group, in the order they were charged.

    What was taken last goes back first; ``already_micros`` went back before.
    """
    assert already_micros + micros <= sum(charged), "No more goes back than was billed."
    back = [0] * len(charged)
    skip = already_micros
    for place in reversed(range(len(charged))):
        skipped = min(skip, charged[place])
        skip -= skipped
        back[place] = min(micros, charged[place] - skipped)
        micros -= back[place]
    return back


def tax_on(micros: int, tax_ppm: int) -> int:
    """Return the tax on an amount, rounded down to a micro."""
    return share_of(micros, tax_ppm)


def part_of_tax(tax_micros: int, amount_micros: int, *, after_micros: int, returned_micros: int) -> int:
    """Return the tax to give back with a refund after which ``after_micros`` of a payment of ``amount_micros`` are back.

    ``returned_micros`` of its tax went back before; when the whole payment is back, the whole tax is, to the micro.
    """
    return max(0, tax_micros * after_micros // amount_micros - returned_micros)


def next_month(at: datetime, time_zone: str) -> datetime:
    """Return the first local midnight of a month after ``at``."""
    local = at.astimezone(ZoneInfo(time_zone)).date()
    return datetime.combine(month_after(local), time.min, ZoneInfo(time_zone)).astimezone(at.tzinfo)


def days_of_month(month: date) -> tuple[date, date]:
    """Return the first and the last day of the month that ``month`` lies in."""
    return month.replace(day=1), month.replace(day=monthrange(month.year, month.month)[1])


def month_before(month: date) -> date:
    """Return the first day of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def month_after(month: date) -> date:
    """Return the first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
