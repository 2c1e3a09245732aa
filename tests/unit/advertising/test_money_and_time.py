"""Budgets, bids and schedules."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.advertising.errors import (
    BidNotBelowBudget,
    BudgetBelowMinimum,
    BudgetBelowSpend,
    BudgetMissing,
    BudgetModeFixed,
    EndMissing,
    ScheduleInPast,
    ScheduleReversed,
    ScheduleStarted,
)
from vonk.advertising.rules import budgets, schedules
from vonk.core.errors import FieldInvalid
from vonk.delivery.snapshot import Billing, Budget, BudgetMode

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
NONE = Budget()


def daily(micros: int) -> Budget:
    return Budget(BudgetMode.DAILY, micros)


def lifetime(micros: int) -> Budget:
    return Budget(BudgetMode.LIFETIME, micros)


def test_the_minimum_itself_is_enough() -> None:
    assert budgets.check(daily(50), minimum_micros=50, currency="EUR") == daily(50)
    with pytest.raises(BudgetBelowMinimum) as caught:
        budgets.check(daily(49_999_999), minimum_micros=50_000_000, currency="EUR")
    assert str(caught.value) == "The budget must be at least 50.00 EUR."
    assert caught.value.field == "budget_micros"


def test_no_budget_has_no_amount() -> None:
    assert budgets.check(Budget(BudgetMode.NONE, 7), minimum_micros=50, currency="EUR") == NONE


@pytest.mark.parametrize("micros", [0, -1, budgets.AMOUNT_MICROS_MAX + 1])
def test_an_amount_has_bounds(micros: int) -> None:
    with pytest.raises(FieldInvalid):
        budgets.check(daily(micros), minimum_micros=0, currency="EUR")
    with pytest.raises(FieldInvalid):
        budgets.check_bid(micros, ad_group=daily(10**15), campaign=NONE, currency="EUR")


@pytest.mark.parametrize(("billing", "results"), [(Billing.CPC, 20), (Billing.CPV, 100), (Billing.CPM, 4)])
def test_maximum_delivery_leaves_room_for_results_in_the_smallest_days_budget(billing: Billing, results: int) -> None:
    def bid(*of: Budget, days: int | None = None) -> int:
        return budgets.maximum_bid(billing, of, days=days)

    assert bid(daily(600_000), NONE) == 600_000 // results
    assert bid(daily(600_000), daily(500_000)) == 500_000 // results
    assert bid(NONE, lifetime(600_000)) == 20_000 // results  # No end: a month.
    assert bid(lifetime(600_000), NONE, days=3) == 200_000 // results
    assert bid(daily(1), NONE) == 1
    with pytest.raises(BudgetMissing):
        bid(NONE, NONE)


@given(st.integers(1, 100), st.integers(0, 100), st.integers(0, 100))
def test_a_bid_is_below_every_budget(bid: int, ad_group_micros: int, campaign_micros: int) -> None:
    ad_group = daily(ad_group_micros) if ad_group_micros else NONE
    campaign = lifetime(campaign_micros) if campaign_micros else NONE
    amounts = [amount for amount in (ad_group_micros, campaign_micros) if amount]
    if not amounts:
        with pytest.raises(BudgetMissing):
            budgets.check_bid(bid, ad_group=ad_group, campaign=campaign, currency="EUR")
    elif bid >= min(amounts):
        with pytest.raises(BidNotBelowBudget):
            budgets.check_bid(bid, ad_group=ad_group, campaign=campaign, currency="EUR")
    else:
        assert budgets.check_bid(bid, ad_group=ad_group, campaign=campaign, currency="EUR") == bid


def test_the_mode_is_fixed_once_live() -> None:
    budgets.check_change(daily(50), lifetime(500), live=False, billed_micros=0, currency="EUR")
    budgets.check_change(daily(50), daily(60), live=True, billed_micros=0, currency="EUR")
    with pytest.raises(BudgetModeFixed):
        budgets.check_change(daily(50), lifetime(500), live=True, billed_micros=0, currency="EUR")


def test_a_budget_never_goes_below_spend() -> None:
    budgets.check_change(daily(50), daily(30), live=True, billed_micros=30, currency="EUR")
    with pytest.raises(BudgetBelowSpend):
        budgets.check_change(daily(50), daily(30), live=True, billed_micros=31, currency="EUR")


def test_a_new_schedule() -> None:
    schedules.check(NOW, None, now=NOW)
    schedules.check(NOW, NOW + MINUTE, now=NOW)
    with pytest.raises(ScheduleInPast):
        schedules.check(NOW - MINUTE, None, now=NOW)
    for ends_at in (NOW, NOW - MINUTE):
        with pytest.raises(ScheduleReversed):
            schedules.check(NOW, ends_at, now=NOW)


def test_a_start_that_has_come_stays() -> None:
    schedules.check_change(NOW - DAY, None, NOW - DAY, NOW + DAY, now=NOW)
    with pytest.raises(ScheduleStarted):
        schedules.check_change(NOW, None, NOW + DAY, None, now=NOW)
    schedules.check_change(NOW + DAY, None, NOW, None, now=NOW)
    with pytest.raises(ScheduleInPast):
        schedules.check_change(NOW + DAY, None, NOW - MINUTE, None, now=NOW)


def test_an_end_moves_to_what_is_to_come() -> None:
    start = NOW - DAY
    schedules.check_change(start, NOW - MINUTE, start, NOW - MINUTE, now=NOW)
    schedules.check_change(start, NOW - MINUTE, start, NOW + MINUTE, now=NOW)
    with pytest.raises(ScheduleInPast) as caught:
        schedules.check_change(start, NOW + DAY, start, NOW, now=NOW)
    assert caught.value.field == "ends_at"
    with pytest.raises(ScheduleReversed):
        schedules.check_change(start, NOW + DAY, start, start, now=NOW)


@pytest.mark.parametrize(
    ("length", "days"), [(MINUTE, 1), (DAY, 1), (DAY + MINUTE, 2), (7 * DAY, 7), (7 * DAY - MINUTE, 7)]
)
def test_a_lifetime_minimum_counts_days_begun(length: timedelta, days: int) -> None:
    assert schedules.minimum_micros(lifetime(1), 20, NOW, NOW + length) == 20 * days
    assert schedules.minimum_micros(daily(1), 20, NOW, NOW + length) == 20


def test_a_lifetime_budget_needs_an_end() -> None:
    with pytest.raises(EndMissing):
        schedules.minimum_micros(lifetime(1), 20, NOW, None)
