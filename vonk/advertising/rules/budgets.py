"""Budgets and bids (reference §5). Amounts are micros of the account's currency."""

from collections.abc import Iterable
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
from vonk.delivery.snapshot import Billing, Budget, BudgetMode, Goal

# Sums over many ads and days stay within 64 bits.
AMOUNT_MICROS_MAX: Final = MICROS_MAX // 1_000

# Results that maximum delivery leaves room for in a day's budget: clicks, 6-second views, thousands of impressions.
RESULTS_A_DAY_MIN: Final[dict[Billing, int]] = {Billing.CPC: 20, Billing.CPV: 100, Billing.CPM: 4}
GOALS_A_DAY_MIN: Final[dict[Goal, int]] = {Goal.CLICK: 20, Goal.VIEW: 100, Goal.CONVERSION: 5}  # Of OCPM.
_DAYS_WITHOUT_END: Final = 30


def check(budget: Budget, *, minimum_micros: int, currency: str) -> Budget:
    """Return the budget; one of mode NONE has no amount.

    Raises FieldInvalid for an amount that is none, BudgetBelowMinimum for one below ``minimum_micros``.
    """
    if budget.mode is BudgetMode.NONE:
        return Budget()
    if not 1 <= budget.micros <= AMOUNT_MICROS_MAX:
        raise FieldInvalid("budget_micros", "from 1 to %(most)s micros", most=AMOUNT_MICROS_MAX)
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


def maximum_bid(billing: Billing, budgets: Iterable[Budget], *, days: int | None, goal: Goal | None = None) -> int:
    """Return the bid of an ad group for which nobody set one: what lets each day's budget buy some results, at the least.

    That is a twentieth of the smallest daily budget for a click, a hundredth for a 6-second view, a fifth for a
    conversion, a quarter for a thousand impressions. A lifetime budget counts a day's part of ``days``, of a month where there is no end. The second
    price keeps what is paid below. Raises BudgetMissing without any budget.
    """
    amounts = [
        budget.micros if budget.mode is BudgetMode.DAILY else budget.micros // (days or _DAYS_WITHOUT_END)
        for budget in budgets
        if budget.mode is not BudgetMode.NONE
    ]
    if not amounts:
        raise BudgetMissing
    results = GOALS_A_DAY_MIN[goal] if goal is not None else RESULTS_A_DAY_MIN[billing]
    return max(1, min(amounts) // results)


def check_bid(bid_micros: int, *, ad_group: Budget, campaign: Budget, currency: str) -> int:
    """Return the bid.

    Raises FieldInvalid unless it is 1 or more, BudgetMissing when neither level has a budget, BidNotBelowBudget unless
    it is below the ad group's budget and the campaign's.
    """
    if not 1 <= bid_micros <= AMOUNT_MICROS_MAX:
        raise FieldInvalid("bid_micros", "from 1 to %(most)s micros", most=AMOUNT_MICROS_MAX)
    amounts = [budget.micros for budget in (ad_group, campaign) if budget.mode is not BudgetMode.NONE]
    if not amounts:
        raise BudgetMissing
    if bid_micros >= min(amounts):
        raise BidNotBelowBudget(budget=format_micros(min(amounts), currency), currency=currency)
    return bid_micros
