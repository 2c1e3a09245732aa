"""What holds of every decision: tried on seeded markets against a plain auction that looks at every ad."""

import random
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.unit.delivery.making import ACCOUNT, AD, NOW_MS, VIK, index_of, one_ad, publish, rival
from vonk.delivery import prediction
from vonk.delivery.auction import bidding, drawing
from vonk.delivery.decide import Decision, decide
from vonk.delivery.market.shortlist import value_lost
from vonk.delivery.matching import eligibility
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.matching.targets import Viewer
from vonk.delivery.pricing import second_price
from vonk.delivery.snapshot import (
    AdDocument,
    Billing,
    Budget,
    BudgetMode,
    CampaignDocument,
    Document,
    FrequencyCap,
    FundsDocument,
    Goal,
    GrantDocument,
    Pacing,
    PostDocument,
    Targeting,
)
from vonk.storage.memory.counters import MemoryCounters

MARKETS = st.integers(0, 2**32)
RESERVES = st.sampled_from([0, 100_000, 2_000_000, 10**9])
WORTH_LEAST = 1_000


def market(seed: int, ads: int = 70) -> list[Document]:
    """Ads of few accounts and bids, so that ties and rivals of one house are met; a good part may not be shown."""
    chance = random.Random(seed)
    documents: list[Document] = []
    for number in range(chance.randrange(1, ads)):
        account = ACCOUNT + chance.randrange(6)
        terms: dict[str, Any] = {
            "billing": chance.choice(list(Billing)),
            "goal": chance.choice(list(Goal)),
            "bid_micros": chance.choice([90_000, 400_000, 900_000, 3_000_000, 3_000_000, 9_000_000]),
            "pacing": chance.choice(list(Pacing)),
            "budget": chance.choice([Budget(), Budget(BudgetMode.DAILY, chance.choice([4_000, 10**9]))]),
            "starts_ms": NOW_MS + chance.choice([-1_000, -1_000, -1_000, 1_000]),
            "targeting": chance.choice([Targeting(), Targeting(countries=("NL",)), Targeting(countries=("BE",))]),
            "cap": chance.choice([None, None, FrequencyCap(chance.randrange(2), 60)]),
        }
        for document in rival(number, **terms):
            match document:
                case CampaignDocument() | AdDocument():
                    documents.append(msgspec.structs.replace(document, account_id=account))
                case GrantDocument():
                    ends_ms = NOW_MS + chance.choice([-1, 1_000, 1_000, 1_000])
                    documents.append(msgspec.structs.replace(document, account_id=account, ends_ms=ends_ms))
                case FundsDocument():
                    balance = chance.choice([5_000, 10**12, 10**12])
                    documents.append(msgspec.structs.replace(document, account_id=account, balance_micros=balance))
                case _:
                    documents.append(document)
    return documents


def ask(index: Index, counters: MemoryCounters, reserve: int, seed: int, **more: Any) -> Decision:
    return decide(
        VIK,
        index,
        counters,
        matched=index.match(VIK),
        reserve=reserve,
        shown_campaigns=(),
        now_ms=NOW_MS,
        seed=seed,
        **more,
    )


def admitted(index: Index, counters: MemoryCounters, reserve: int) -> list[tuple[int, Row]]:
    """Every ad that may take part, with its bid, without index, order or early stop."""
    open_rows = [
        row
        for row in index.rows.values()
        if row.terms.targeting.countries in {(), ("NL",)} and eligibility.refuse(row, VIK, counters, NOW_MS) is None
    ]
    bids = [(bidding.paced_worth(row, NOW_MS), row) for row in open_rows]
    return [(worth, row) for worth, row in bids if worth >= reserve]


@settings(max_examples=examples(60), deadline=None)
@given(MARKETS, RESERVES, st.integers(0, 2**63))
def test_the_outcome_is_that_of_an_auction_among_all(market_seed: int, reserve: int, seed: int) -> None:
    index, counters = index_of(*market(market_seed))
    bids = admitted(index, counters, reserve)
    decision = ask(index, counters, reserve, seed)
    if not bids:
        assert decision.row is None
        assert decision.empty is not None
        return
    best = max(worth for worth, _ in bids)
    tied = [row for worth, row in bids if worth == best]
    winner = max(tied, key=lambda row: second_price.tie_break(seed, row.ad.id))
    others = [worth for worth, row in bids if row.ad.account_id != winner.ad.account_id]
    to_pay = max(others, default=reserve)
    assert decision.row is winner
    assert (decision.worth, decision.runner_up_worth) == (best, max(others, default=0))
    assert decision.propensity == 1 / len(tied)
    assert decision.price_micros == second_price.price(winner.terms.billing, winner.bid_micros, winner.rate, to_pay)


@settings(max_examples=examples(60), deadline=None)
@given(MARKETS, RESERVES, st.integers(0, 2**63))
def test_no_refused_ad_is_shown_and_no_price_leaves_its_bounds(market_seed: int, reserve: int, seed: int) -> None:
    index, counters = index_of(*market(market_seed))
    for number in range(4):
        decision = ask(index, counters, reserve, seed + number)
        if decision.row is None:
            return
        row = decision.row
        assert eligibility.refuse(row, VIK, counters, NOW_MS) is None
        assert row.parked is None
        assert decision.price_micros <= row.cost_micros_max
        ocpm = row.terms.billing is Billing.OCPM
        revenue = decision.price_micros * (1.0 if ocpm else decision.rate) * 1000
        most = int(row.bid_micros * decision.rate) if ocpm else row.cost_micros_max
        assert revenue >= reserve * 0.999_999 or decision.price_micros == most


@settings(max_examples=examples(40), deadline=None)
@given(MARKETS, st.integers(0, 2**63), st.integers(1, 5_000_000))
@example(1048577, 0, 1_001_000)  # A budget of one showing at the lower bid.
def test_a_higher_bid_never_loses_what_a_lower_one_won(market_seed: int, seed: int, more: int) -> None:
    index, counters = index_of(*market(market_seed))
    first = ask(index, counters, 100_000, seed)
    if first.row is None:
        return
    winner = first.row
    raised = msgspec.structs.replace(winner.terms, bid_micros=winner.terms.bid_micros + more, budget=Budget())
    publish(index, raised)
    assume(eligibility.refuse(index.rows[winner.ad.id], VIK, counters, NOW_MS) is None)  # A small budget may lack room.
    second = ask(index, counters, 100_000, seed)
    assert second.row is not None
    assert second.row.ad.id == winner.ad.id
    assert second.price_micros <= raised.bid_micros


@settings(max_examples=examples(30), deadline=None)
@given(MARKETS, st.integers(0, 2**63))
def test_publications_in_another_order_decide_alike(market_seed: int, seed: int) -> None:
    documents = market(market_seed, 40)
    latest = {(type(document), getattr(document, "id", 0) or document.account_id): document for document in documents}  # type: ignore[union-attr]  # Only funds have no id, and they have an account.
    outcomes = []
    for order in (list(latest.values()), list(latest.values())[::-1]):
        index, counters = index_of(*order)
        decision = ask(index, counters, 100_000, seed)
        outcomes.append((decision.row and decision.row.ad.id, decision.price_micros, decision.propensity))
    assert outcomes[0] == outcomes[1]


class Tilted:
    """A predictor whose word on each ad is drawn from the ad's id, within its bound or beyond."""

    version = "tilted"

    def __init__(self, lift_max: float, beyond: float = 1.0) -> None:
        self.lift_max = lift_max
        self.beyond = beyond
        self.asked: list[int] = []

    def rates(self, viewer: Viewer, rows: Sequence[Row], now_ms: int) -> list[float]:
        del viewer, now_ms
        self.asked += [row.ad.id for row in rows]
        return [row.rate * random.Random(row.ad.id).uniform(0.2, self.lift_max * self.beyond) for row in rows]


@settings(max_examples=examples(40), deadline=None)
@given(MARKETS, RESERVES, st.integers(0, 2**63))
def test_predictions_rank_and_price_as_among_all_that_were_asked_about(
    market_seed: int, reserve: int, seed: int
) -> None:
    index, counters = index_of(*market(market_seed))
    predictor = Tilted(3.0, beyond=1.4)  # Some predictions are more than it promised.
    rates: dict[int, float] = {}
    worths: dict[int, int] = {}
    bids: list[tuple[int, Row]] = []
    for worth, row in admitted(index, counters, 0):
        if row.terms.billing is Billing.CPM:
            bids.append((worth, row))
            continue
        rate = min(predictor.rates(VIK, [row], NOW_MS)[0], row.rate * 3.0, 1.0)
        rates[row.ad.id] = rate
        worths[row.ad.id] = int(worth * (rate / row.rate))
        if worths[row.ad.id] >= reserve:
            bids.append((int(worth * (rate / row.rate) * prediction.bonus(row.aim, row.tally)), row))
    bids = [(worth, row) for worth, row in bids if worth >= reserve]
    decision = ask(index, counters, reserve, seed, predictor=predictor, shortlist=1_000)
    if not bids:
        assert decision.row is None
        return
    best = max(worth for worth, _ in bids)
    winner = max((row for worth, row in bids if worth == best), key=lambda row: second_price.tie_break(seed, row.ad.id))
    assert decision.row is winner
    assert decision.worth == worths.get(winner.ad.id, best)
    assert decision.rate == rates.get(winner.ad.id, winner.rate)
    assert decision.price_micros <= winner.cost_micros_max


def test_a_predictor_is_asked_about_the_most_promising_first() -> None:
    documents = [
        document
        for number in range(200)
        for document in rival(number, billing=Billing.CPC, bid_micros=300_000 + number * 1_000)
    ]
    index, counters = index_of(*documents)
    predictor = Tilted(1.5)
    assert ask(index, counters, 0, 1, predictor=predictor, shortlist=16).row is not None
    assert sorted(predictor.asked) == list(range(AD + 184, AD + 200))


@pytest.mark.parametrize("wrong", [float("nan"), 0.0, -1.0, float("inf")])
def test_a_prediction_that_is_none_breaks_nothing(wrong: float) -> None:
    class Wrong(Tilted):
        def rates(self, viewer: Viewer, rows: Sequence[Row], now_ms: int) -> list[float]:
            del viewer, now_ms
            return [wrong for _ in rows]

    index, counters = index_of(
        *[document for number in range(3) for document in rival(number, billing=Billing.CPC, bid_micros=300_000)]
    )
    decision = ask(index, counters, 0, 1, predictor=Wrong(2.0))
    assert decision.row is not None
    assert 0 < decision.rate <= decision.row.rate * 2
    assert decision.price_micros <= decision.row.bid_micros


def test_nobody_to_ask_about_asks_nobody() -> None:
    index, counters = index_of(*(document for document in one_ad() if not isinstance(document, PostDocument)))
    predictor = Tilted(2.0)
    assert ask(index, counters, 0, 1, predictor=predictor).refusals == {Refusal.POST_GONE: 1}
    assert predictor.asked == []


def test_who_is_refused_makes_room_on_the_list() -> None:
    documents: list[Document] = []
    for number in range(40):
        of_ad = rival(number, billing=Billing.CPC, bid_micros=300_000 + number * 1_000)
        documents += [
            msgspec.structs.replace(one, ends_ms=NOW_MS) if isinstance(one, GrantDocument) and number >= 20 else one
            for one in of_ad
        ]
    index, counters = index_of(*documents)
    predictor = Tilted(1.0)
    decision = ask(index, counters, 0, 1, predictor=predictor, shortlist=8)
    assert decision.refusals[Refusal.GRANT_EXPIRED] >= 8, "Those that would have won are all on the first list."
    assert decision.row is not None
    assert decision.runner_up is not None
    assert max(decision.row.ad.id, decision.runner_up.ad.id) < AD + 20


def test_what_a_short_list_loses_is_told() -> None:
    documents = [
        document
        for number in range(300)
        for document in rival(number, billing=Billing.CPC, bid_micros=300_000 + number * 500)
    ]
    index, counters = index_of(*documents)
    lost = [
        value_lost([VIK], index, counters, Tilted(3.0), reserve=0, now_ms=NOW_MS, seed=1, shortlist=length)
        for length in (300, 64, 1)
    ]
    assert lost[0] == 0.0
    assert 0.0 <= lost[1] < lost[2] < 1.0


@settings(max_examples=examples(40), deadline=None)
@given(MARKETS, RESERVES, st.integers(0, 2**63))
def test_a_drawn_slot_goes_to_an_ad_that_may_be_shown_at_the_reserve(market_seed: int, reserve: int, seed: int) -> None:
    index, counters = index_of(*market(market_seed))
    may = [row for worth, row in admitted(index, counters, reserve)]
    decision = ask(index, counters, reserve, seed, random_share=1.0)
    if not may:
        assert decision.row is None
        return
    row = decision.row
    assert row in may
    assert decision.random
    assert decision.propensity == pytest.approx(1 / len(may))
    assert decision.price_micros == second_price.price(row.terms.billing, row.bid_micros, row.rate, reserve)
    again = ask(index, counters, reserve, seed, random_share=1.0)
    assert again.row is row


def test_every_ad_that_may_be_shown_is_drawn_about_as_often_and_only_in_the_share() -> None:
    documents = [document for number in range(5) for document in rival(number, bid_micros=1_000_000 * (number + 1))]
    index, counters = index_of(*documents)
    drawn: dict[int, int] = {}
    for seed in range(4_000):
        decision = ask(index, counters, 0, seed * 0x9E3779B97F4A7C15 % 2**63, random_share=0.5)
        assert decision.row is not None
        if decision.random:
            drawn[decision.row.ad.id] = drawn.get(decision.row.ad.id, 0) + 1
        else:
            assert decision.row.ad.id == AD + 4
    assert sum(drawn.values()) == pytest.approx(2_000, abs=150)
    assert all(count == pytest.approx(400, abs=80) for count in drawn.values()), drawn
    assert not any(drawing.is_due(seed, 0.0) for seed in range(100))
