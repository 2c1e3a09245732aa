"""Budgets and bids (reference §5). Amounts are micros of the account's currency."""

from typing import Final

from vonk.advertising.errors import (
    BidNotBelowBudget,
    BudgetBelowMinimum,
    BudgetBelowSpend,
    BudgetMissing,
    BudgetModeFixed,
)
from vonk.core.errors import FieldInvalid
from vonk.core.money import MICROS_MAX, format_micros
from vonk.delivery.snapshot import Budget, BudgetMode

# Sums over many ads and days stay within 64 bits.
AMOUNT_MICROS_MAX: Final = MICROS_MAX // 1_000


def check(budget: Budget, *, minimum_micros: int, currency: str) -> Budget:
    """Return the budget; one of mode NONE has no amount.

    Raises FieldInvalid for an amount that is none, BudgetBelowMinimum for one below ``minimum_micros``.
    """
    if budget.mode is BudgetMode.NONE:
        return Budget()
    if not 1 <= budget.micros <= AMOUNT_MICROS_MAX:
        raise FieldInvalid("budget_micros", f"from 1 to {AMOUNT_MICROS_MAX} micros")
    if budget.micros < minimum_micros:
        raise BudgetBelowMinimum(minimum=format_micros(minimum_micros, currency), currency=currency)
    return budget


def check_change(old: Budget, new: Budget, *, live: bool, billed_micros: int, currency: str) -> None:
    """Raise BudgetModeFixed or BudgetBelowSpend when the budget cannot become ``new``.

    ``billed_micros`` is what was billed against it in its present period: today for DAILY, ever for LIFETIME.
    """
    if new.mode is not old.mode and live:
        raise BudgetModeFixed
    if new.mode is not BudgetMode.NONE and new.micros < billed_micros:
        raise BudgetBelowSpend(spent=format_micros(billed_micros, currency), currency=currency)


def check_bid(bid_micros: int, *, ad_group: Budget, campaign: Budget, currency: str) -> int:
    """Return the bid.

    Raises FieldInvalid unless it is 1 or more, BudgetMissing when neither level has a budget, BidNotBelowBudget unless
    it is below the ad group's budget and the campaign's.
    """
    if not 1 <= bid_micros <= AMOUNT_MICROS_MAX:
        raise FieldInvalid("bid_micros", f"from 1 to {AMOUNT_MICROS_MAX} micros")
    amounts = [budget.micros for budget in (ad_group, campaign) if budget.mode is not BudgetMode.NONE]
    if not amounts:
        raise BudgetMissing
    if bid_micros >= min(amounts):
        raise BidNotBelowBudget(budget=format_micros(min(amounts), currency), currency=currency)
    return bid_micros
