"""Bids for results that impressions bill (OCPM): clicks, 6-second views, conversions; what they are worth and what they cost."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.unit.delivery.making import (
    AD,
    GROUP,
    NOW_MS,
    VIK,
    ad_group,
    funds,
    index_of,
    one_ad,
    publish,
    rival,
    withdraw,
)
from vonk.core.clock import MINUTE_MS
from vonk.delivery.auction import bidding
from vonk.delivery.decide import Decision, decide
from vonk.delivery.limits.counters import Counters
from vonk.delivery.matching import eligibility
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.matching.targets import Viewer
from vonk.delivery.prediction.prior import CLICKS, CONVERSIONS, VIEWS
from vonk.delivery.pricing import costs
from vonk.delivery.snapshot import Billing, Document, Goal, ResultsDocument, Strategy
from vonk.events.records import Kind

EUR = 1_000_000
BID = 20 * EUR  # For a conversion.


class Told:
    """Says one rate of every ad."""

    version = "told"
    lift_max = 50.0

    def __init__(self, rate: float) -> None:
        self._rate = rate

    def rates(self, viewer: Viewer, rows: Sequence[Row], now_ms: int) -> list[float]:
        return [self._rate for _ in rows]


def group(**changes: Any) -> Document:
    return ad_group(**{"billing": Billing.OCPM, "goal": Goal.CONVERSION, "bid_micros": BID, **changes})


def ask(index: Index, counters: Counters, **more: Any) -> Decision:
    return decide(
        VIK, index, counters, matched=index.match(VIK), shown_campaigns=(), now_ms=NOW_MS,
        **{"reserve": 0, "seed": 1, **more},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("goal", "rate"),
    [
        (Goal.CLICK, CLICKS.mean(0, 0)),
        (Goal.VIEW, VIEWS.mean(0, 0)),
        (Goal.CONVERSION, CLICKS.mean(0, 0) * CONVERSIONS.mean(0, 0)),
    ],
)
def test_an_impression_is_worth_the_bid_times_the_chance_of_its_goal(goal: Goal, rate: float) -> None:
    index, _ = index_of(*one_ad(ad_group=group(goal=goal)))
    row = index.rows[AD]
    assert (row.aim, row.bills) == (goal, Kind.IMPRESSION)
    assert row.rate == pytest.approx(rate)
    assert row.worth == int(BID * row.rate * 1000)


def test_what_attribution_counted_moves_the_worth_at_once_and_what_is_withdrawn_leaves_the_prior() -> None:
    index, counters = index_of(*one_ad(ad_group=group()), *rival(1, bid_micros=9 * EUR))
    row = index.rows[AD]
    usual, clicks = row.rate, CLICKS.mean(0, 0)
    assert ask(index, counters).row is not row
    after = ResultsDocument(GROUP, 0.10, 0.001)
    publish(index, after)
    assert row.rate == pytest.approx(clicks * 0.10 + 0.001)
    won = ask(index, counters)
    assert (won.row, won.price_micros, won.reserved_micros) == (row, 9_000, 9_000)  # The second price, by impression.
    withdraw(index, after)
    assert row.rate == usual
    started = Index(counters)  # A server that begins has the results before the ad.
    publish(started, after, *one_ad(ad_group=group()))
    assert started.rows[AD].rate == pytest.approx(clicks * 0.10 + 0.001)


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(Billing), st.sampled_from(Goal), st.integers(1, 60 * EUR)), min_size=1, max_size=20
    ),
    st.sampled_from([0, 50_000, 3_000_000]),
    st.floats(0.0, 1.0),
    st.sampled_from([0.0, 1.0]),
    st.integers(0, 2**63),
)
def test_nobody_pays_more_for_a_result_than_was_bid_nor_more_for_an_impression_than_was_held_room_for(
    groups: list[tuple[Billing, Goal, int]], reserve: int, told: float, random_share: float, seed: int
) -> None:
    documents = [
        document
        for number, (billing, goal, bid) in enumerate(groups)
        for document in rival(number, billing=billing, goal=goal, bid_micros=bid)
    ]
    index, counters = index_of(*documents)
    for predictor in (None, Told(told)):
        found = ask(index, counters, reserve=reserve, predictor=predictor, random_share=random_share, seed=seed)
        again = ask(index, counters, reserve=reserve, predictor=predictor, random_share=random_share, seed=seed)
        assert (found.row, found.price_micros, found.rate) == (again.row, again.price_micros, again.rate)
        if found.row is None:
            continue
        assert found.price_micros <= found.row.cost_micros_max
        if found.row.terms.billing is Billing.OCPM:
            assert found.price_micros <= found.row.bid_micros * found.rate
            assert found.reserved_micros == found.price_micros
            assert found.rate <= found.row.rate * 4


@settings(max_examples=examples(40), deadline=None)
@given(st.integers(1, 40 * EUR), st.integers(1, 40 * EUR), st.integers(0, 2**63))
def test_a_higher_bid_for_a_conversion_never_loses_what_a_lower_one_won(bid: int, more: int, seed: int) -> None:
    won = []
    for own in (bid, bid + more):
        index, counters = index_of(*one_ad(ad_group=group(bid_micros=own)), *rival(1, bid_micros=2 * EUR))
        won.append(ask(index, counters, seed=seed).row is index.rows[AD])
    assert won[1] or not won[0] or bid == bid + more


def test_a_bid_for_a_conversion_needs_room_for_an_impression_alone() -> None:
    index, counters = index_of(*one_ad(ad_group=group(), funds=funds(balance_micros=BID // 100)))
    row = index.rows[AD]
    assert row.cost_micros_max < BID // 100
    assert eligibility.refuse_anew(row, VIK, counters, NOW_MS) is None
    publish(index, ResultsDocument(GROUP, 1.0, 0.0))  # An impression may be worth more now than is left.
    assert row.cost_micros_max > BID // 100
    assert eligibility.refuse_anew(row, VIK, counters, NOW_MS) is Refusal.OUT_OF_FUNDS


def test_results_of_a_cost_cap_are_those_expected_of_what_was_clicked() -> None:
    index, counters = index_of(*one_ad(ad_group=group(strategy=Strategy.COST_CAP)))
    row, tally = index.rows[AD], counters.tally(AD)
    tally.impressions, tally.clicks, tally.views = 10_000, 200, 4_000
    publish(index, ResultsDocument(GROUP, 0.05, 0.0001))
    assert bidding.results(Goal.CONVERSION, row.group) == (200, 10_000, (0.05, 0.0001))
    assert bidding.results(Goal.CLICK, row.group) == (200, 0, (1, 0))
    assert bidding.results(Goal.VIEW, row.group) == (4_000, 0, (1, 0))
    assert bidding.results(None, row.group) == (10, 0, (1, 0))


def test_a_new_cost_cap_assumes_what_the_market_says_and_never_more_than_itself() -> None:
    index, _ = index_of(*one_ad(ad_group=group(strategy=Strategy.COST_CAP)))
    row = index.rows[AD]
    worths = []
    for usual in (0.0, 0.8, 5.0):  # Of what a thousand impressions at the cap are worth.
        index.usual.ecpm_micros = int(usual * BID * row.rate * 1000)
        row.group.cost = costs.Cost()
        worths.append(bidding.paced_worth(row, NOW_MS) / (row.rate * 1000))
    assert worths == pytest.approx([BID, BID / 0.8, BID], rel=0.001)
    assert costs.assumed(BID, 1.0) == BID / costs.SWING_MAX


def test_clicks_are_judged_anew_by_what_they_turn_out_to_lead_to() -> None:
    cost = costs.Cost()
    cost.advance(MINUTE_MS, cap_micros=EUR, billed=0, results=1_000, impressions=5_000)  # Before anybody looked.
    for minute, per_click in ((2, 0.4), (3, 0.05)):  # The rate was thought to be eight times what it is.
        cost.advance(
            minute * MINUTE_MS,
            cap_micros=EUR,
            billed=20 * EUR,
            results=1_100,
            impressions=9_000,
            worths=(per_click, 0.001),
        )
    assert (cost.value, cost.shown) == pytest.approx((100, 4_000), rel=0.001)
    assert cost.multiplier == pytest.approx(costs.multiplier(EUR, 20 * EUR, 100 * 0.05 + 4), rel=0.001)
    again = costs.Cost()
    again.load(cost.dump())
    assert again.dump() == cost.dump()
