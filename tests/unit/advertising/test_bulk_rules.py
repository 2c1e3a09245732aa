"""What comes of a change of many objects for one of them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.advertising.rules import bulk
from vonk.advertising.rules.bulk import Act, Kind, Step

EUR = 1_000_000
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("step", "amount", "before", "after"),
    [
        (Step.SET, 30 * EUR, 20 * EUR, 30 * EUR),
        (Step.ADD, -5 * EUR, 20 * EUR, 15 * EUR),
        (Step.ADD, -25 * EUR, 20 * EUR, 0),
        (Step.PERCENT, 10, 20 * EUR, 22 * EUR),
        (Step.PERCENT, -33, 10_010_000, 6_710_000),  # 6.7067, to whole cents.
        (Step.PERCENT, -50, 4_000, 2_000),  # A bid of less than a cent stays one.
    ],
)
def test_amounts_are_set_moved_and_scaled_to_whole_coins(step: Step, amount: int, before: int, after: int) -> None:
    assert bulk.moved(Act(kind=Kind.BUDGET, step=step, amount=amount), before, "EUR") == after


def test_yen_have_no_cents() -> None:
    assert bulk.moved(Act(kind=Kind.BUDGET, step=Step.PERCENT, amount=1), 150 * EUR, "JPY") == 152 * EUR


@given(st.integers(0, 10**15), st.integers(bulk.PERCENT_MIN, bulk.PERCENT_MAX))
def test_a_percentage_never_turns_an_amount_around(micros: int, percent: int) -> None:
    after = bulk.moved(Act(kind=Kind.BUDGET, step=Step.PERCENT, amount=percent), micros, "EUR")

    assert after >= 0
    assert abs(after - micros * (100 + percent) / 100) <= 5_000 + micros * 1e-9


def test_what_has_no_amount_says_so() -> None:
    none, unset = {"budget": {"mode": "none", "micros": 0}}, {"bid_micros": None}

    assert bulk.wanted(Act(kind=Kind.BUDGET, amount=EUR), none, "EUR") == "no_budget"
    assert bulk.wanted(Act(kind=Kind.BID, step=Step.PERCENT, amount=5), unset, "EUR") == "no_bid"
    assert bulk.wanted(Act(kind=Kind.BID, amount=EUR), unset, "EUR") == {"bid_micros": EUR}


def test_deletions_and_undoings_stay_and_others_can_be_taken_back_for_a_while() -> None:
    long_ago = NOW - timedelta(days=bulk.UNDO_DAYS)

    assert bulk.may_undo(Kind.BUDGET, NOW, undone=False, now=NOW)
    assert not bulk.may_undo(Kind.BUDGET, NOW, undone=True, now=NOW)
    assert not bulk.may_undo(Kind.BUDGET, long_ago, undone=False, now=NOW)
    assert not bulk.may_undo(Kind.DELETE, NOW, undone=False, now=NOW)
    assert not bulk.may_undo(Kind.UNDO, NOW, undone=False, now=NOW)
    assert not bulk.may_undo(Kind.SWITCH, None, undone=False, now=NOW)
