from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.unit.delivery.making import (
    AD,
    CAMPAIGN,
    DAY_MS,
    GROUP,
    NOW_MS,
    ad,
    ad_group,
    campaign,
    index_of,
    one_ad,
    publish,
    rival,
)
from tests.unit.delivery.test_decide import RESERVE, ask, charged
from vonk.core.clock import HOUR_MS, to_ms
from vonk.delivery.auction import bidding
from vonk.delivery.matching import budgets
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.pricing import costs, second_price
from vonk.delivery.pricing.esteem import above_usual
from vonk.delivery.snapshot import Billing, Budget, BudgetMode, Document, Pacing, Priority, Strategy
from vonk.storage.memory.counters import MemoryCounters, MemoryTally

UNITS = 1_000_000


def group(**terms: object) -> list[Document]:
    return one_ad(ad_group=ad_group(**terms))


def test_a_cost_cap_bids_the_cap_at_first_and_up_to_the_swing_while_results_are_cheap() -> None:
    index, counters = index_of(
        *group(billing=Billing.CPC, bid_micros=UNITS, strategy=Strategy.COST_CAP, pacing=Pacing.FAST)
    )
    row = index.rows[AD]
    assert (row.bid_micros, row.cost_micros_max) == (1_600_000, 1_600_000)
    assert bidding.paced_worth(row, NOW_MS) == int(row.revenue / costs.SWING_MAX)
    tally = counters.tally(AD)
    tally.clicks += 100
    index.group(GROUP).spend.billed += 25 * UNITS
    assert bidding.paced_worth(row, NOW_MS + 60_000) == row.revenue
    index.group(GROUP).spend.billed += 500 * UNITS
    assert bidding.paced_worth(row, NOW_MS + 120_000) == int(row.revenue * (costs.SWING_MIN / costs.SWING_MAX))


def test_a_bid_cap_is_the_bid_and_nothing_raises_it() -> None:
    index, counters = index_of(*group(billing=Billing.CPC, bid_micros=UNITS, strategy=Strategy.BID_CAP))
    counters.tally(AD).clicks += 1_000
    assert bidding.paced_worth(index.rows[AD], NOW_MS) <= index.rows[AD].revenue
    assert index.rows[AD].bid_micros == UNITS


@given(st.integers(1, 10**9), st.floats(0, 1e15), st.floats(0, 1e6))
def test_the_cap_moves_within_its_swing_and_down_with_what_was_paid(cap: int, cost: float, results: float) -> None:
    now = costs.multiplier(cap, cost, results)
    assert costs.SWING_MIN <= now <= costs.SWING_MAX
    assert costs.multiplier(cap, cost * 2, results) <= now
    assert costs.multiplier(cap, cost, results * 2) >= now


def test_what_is_reserved_outranks_the_auction_at_its_own_price() -> None:
    index, counters = index_of(
        *group(bid_micros=2_000_000, priority=Priority.RESERVED),
        *rival(1, bid_micros=900_000_000),
        *rival(2, bid_micros=1_000_000, priority=Priority.TOP_VIEW),
    )
    won = [(ask(index, counters), one) for one in (AD + 2, AD, AD + 1)]
    decision = won[0][0]
    assert decision.row is not None
    assert (decision.row.ad.id, decision.price_micros, decision.worth) == (AD + 2, 1_000, 1_000_000)
    assert decision.runner_up is not None
    assert (decision.runner_up.ad.id, decision.runner_up_worth) == (AD, 2_000_000)


def test_an_ad_that_pays_by_click_does_not_stand_before_the_auction() -> None:
    index, counters = index_of(
        *group(billing=Billing.CPC, bid_micros=9_000, priority=Priority.TOP_VIEW), *rival(1, bid_micros=900_000_000)
    )
    decision = ask(index, counters)
    assert decision.row is not None
    assert decision.row.ad.id == AD + 1


def pleasing(index: Index, counters: MemoryCounters, weight: int) -> None:
    index.esteem.weight_micros = weight
    tally = counters.tally(AD)
    tally.impressions, tally.views = 1_000, 900
    bad = counters.tally(AD + 1)
    bad.impressions, bad.reports = 1_000, 20
    index.repredict(AD)
    index.repredict(AD + 1)


def test_who_pleases_viewers_wins_and_pays_less_but_never_below_the_reserve() -> None:
    documents = (*group(bid_micros=3_000_000), *rival(1, bid_micros=3_100_000))
    index, counters = index_of(*documents)
    pleasing(index, counters, 0)
    decision = ask(index, counters)
    assert decision.row is not None
    assert (decision.row.ad.id, decision.price_micros) == (AD + 1, 3_000)
    pleasing(index, counters, 200_000)
    decision = ask(index, counters)
    assert decision.row is not None
    assert decision.row.ad.id == AD
    assert 0 < index.rows[AD].esteem < 100_000
    assert decision.price_micros < 3_000
    pleasing(index, counters, 100_000_000)
    decision = ask(index, counters)
    assert (decision.price_micros, decision.refusals) == (RESERVE // 1_000, {})


def test_esteem_pays_no_reserve() -> None:
    index, counters = index_of(*group(bid_micros=RESERVE - 1))
    pleasing(index, counters, 100_000_000)
    assert ask(index, counters).refusals == {Refusal.BELOW_RESERVE: 1}


def test_hides_and_reports_weigh_more_than_likes() -> None:
    liked, hidden, reported = MemoryTally(1_000, 0, 450), MemoryTally(1_000, 0, 450), MemoryTally(1_000, 0, 450)
    liked.likes, hidden.hides, reported.reports = 10, 10, 10
    assert above_usual(reported) < above_usual(hidden) < 0.1 * above_usual(hidden) < above_usual(liked)


@settings(max_examples=examples(60))
@given(
    st.lists(st.tuples(st.integers(200_000, 9_000_000), st.integers(0, 1_000)), min_size=2, max_size=6),
    st.integers(0, 2_000_000),
    st.sampled_from(list(Billing)),
)
def test_the_price_is_between_reserve_and_bid_and_more_wins_more(
    rivals: list[tuple[int, int]], weight: int, billing: Billing
) -> None:
    documents = [rival(number, billing=billing, bid_micros=bid) for number, (bid, _) in enumerate(rivals)]
    index, counters = index_of(*(document for of_one in documents for document in of_one))
    index.esteem.weight_micros = weight
    for number, (_, views) in enumerate(rivals):
        counters.tally(AD + number).impressions, counters.tally(AD + number).views = 1_000, views
        index.repredict(AD + number)
    decision = ask(index, counters)
    if decision.row is None:
        return
    row = decision.row
    paid = decision.price_micros * 1_000 * (1.0 if billing is Billing.OCPM else decision.rate)
    assert decision.price_micros <= row.bid_micros
    assert paid >= min(RESERVE, bidding.paced_worth(row, NOW_MS))
    assert paid - 1_000 <= bidding.paced_worth(row, NOW_MS) - row.esteem
    before = row.ad.ad_group_id
    publish(index, ad_group(id=before, campaign_id=row.ad.campaign_id, billing=billing, bid_micros=row.bid_micros * 2))
    index.esteem.weight_micros = weight
    more = ask(index, counters)
    assert more.row is not None
    assert more.row.ad.ad_group_id == before, "Who wins still wins with a higher bid."
    rounding = 1  # A bid that is no whole number of micros for one impression bounds the price below it.
    assert 0 <= more.price_micros - decision.price_micros <= rounding, "It pays the same: others set the price."


SATURDAY_MS = to_ms(datetime(2026, 11, 21, 12, 0, tzinfo=UTC))
MONDAY_MS = to_ms(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))


def carrying(spent: int, at_ms: int, *, carries: bool = True) -> int:
    budget = Budget(BudgetMode.DAILY, 1_000_000, carries)
    index, counters = index_of(*one_ad(campaign=campaign(budget=budget)))
    if spent:
        counters.count(charged(spent, received_ms=at_ms - DAY_MS))
    cell = index.campaign(CAMPAIGN)
    allowed = budgets.allowed(budget, cell, cell, at_ms)
    assert cell.spend.billed_between(*cell.day(at_ms)) == 0
    return allowed


def test_a_budget_carries_at_most_a_quarter_of_a_day_and_not_over_a_week() -> None:
    assert carrying(900_000, NOW_MS) == 1_100_000
    assert carrying(100_000, NOW_MS) == 1_250_000
    assert carrying(1_200_000, NOW_MS) == 1_000_000
    assert carrying(0, NOW_MS) == 1_000_000, "Nobody knows whether there was anything to deliver."
    assert carrying(900_000, MONDAY_MS) == 1_000_000
    assert carrying(900_000, NOW_MS, carries=False) == 1_000_000


@given(st.lists(st.integers(1, 1_250_000), min_size=7, max_size=7))
def test_a_week_never_pays_more_than_its_days(wanted: list[int]) -> None:
    budget = Budget(BudgetMode.DAILY, 1_000_000, carries=True)
    index, counters = index_of(*one_ad(campaign=campaign(budget=budget)))
    cell = index.campaign(CAMPAIGN)
    total = 0
    for day, want in enumerate(wanted):
        at_ms = MONDAY_MS + day * DAY_MS
        spent = min(want, budgets.allowed(budget, cell, cell, at_ms))
        counters.count(charged(spent, received_ms=at_ms))
        total += spent
    assert total <= 7_000_000


def test_a_daily_budget_is_spread_over_the_hours_that_the_ad_group_is_shown() -> None:
    noon_to_two = "".join("1" if 24 <= half % 48 < 28 else "0" for half in range(336))
    targeting = ad_group().targeting
    terms = {
        "pacing": Pacing.SMOOTH,
        "budget": Budget(BudgetMode.DAILY, 100 * UNITS),
        "targeting": type(targeting)(dayparting=f"{int(noon_to_two, 2):084x}"),
    }
    index, _ = index_of(*group(**terms))
    row, cell = index.rows[AD], index.campaign(CAMPAIGN)
    plan = cell.traffic.plan(row.hours, cell.offset_ms(NOW_MS))
    start_ms, end_ms = cell.day(NOW_MS)
    noon_ms = start_ms + 12 * HOUR_MS
    assert plan.mass(noon_ms, noon_ms + 2 * HOUR_MS) == pytest.approx(plan.mass(start_ms, end_ms))


def test_a_price_in_esteem_is_never_negative() -> None:
    assert second_price.to_pay(500_000, 100_000, esteem=900_000, standing=0) == 100_000
    assert second_price.to_pay(500_000, 100_000, esteem=-50_000, standing=0) == 550_000


def test_two_groups_of_one_campaign_share_its_multiplier() -> None:
    budget = Budget(BudgetMode.DAILY, 100 * UNITS)
    index, _ = index_of(
        *one_ad(campaign=campaign(budget=budget), ad_group=ad_group(pacing=Pacing.SMOOTH)),
        ad_group(id=GROUP + 1, bid_micros=10_000_000, pacing=Pacing.SMOOTH),
        ad(id=AD + 1, ad_group_id=GROUP + 1),
    )
    first, second = (bidding.paced_worth(index.rows[ad_id], NOW_MS) for ad_id in (AD, AD + 1))
    assert (first, second) == (1_500_000, 3_000_000)
