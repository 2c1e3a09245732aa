"""All ads that may win are predicted at once: kernels against plain Python, decisions against those that ask about every ad,
and beside a twin whose arrays are made anew before each.
"""

import random
from functools import cache

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.unit.delivery.making import AD, NOW_MS, POST, VIK, campaign, grant, index_of, post, publish, rival, withdraw
from tests.unit.delivery.test_deciding import MARKETS, RESERVES, ask, market
from tests.unit.delivery.test_kept import bill, news
from tests.unit.delivery.test_kept import market as paced_market
from vonk.delivery.auction import bidding
from vonk.delivery.auction import survey as surveying
from vonk.delivery.auction.predictor import Surveyor
from vonk.delivery.auction.survey import Survey
from vonk.delivery.decide import decide
from vonk.delivery.market.shortlist import value_lost
from vonk.delivery.matching.board import Board
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.matching.targets import Viewer
from vonk.delivery.prediction import listing_kernels
from vonk.delivery.prediction.learner import Learner
from vonk.delivery.prediction.listing import BID, BONUS, COLUMNS, COUNT, FROM, KEY, STALE, UNTIL
from vonk.delivery.prediction.plan import Floats, Ints
from vonk.delivery.snapshot import (
    AdDocument,
    AdGroupDocument,
    Billing,
    Budget,
    BudgetMode,
    Document,
    Goal,
    Pacing,
    PostDocument,
    ResultsDocument,
)
from vonk.delivery.trained import features
from vonk.delivery.trained.served import ServedModel
from vonk.storage.memory.counters import MemoryCounters


class Tastes(Surveyor):
    """Lifts each ad by what is drawn from its id; tells how many it was asked about."""

    version = "tastes"
    second_stage = False

    def __init__(self, lift_max: float = 3.0, beyond: float = 1.4, salt: int = 0) -> None:
        self.lift_max, self.beyond, self.salt = lift_max, beyond, salt
        self.asked: list[int] = []

    def rate(self, row: Row) -> float:
        return row.rate * random.Random(row.ad.id + self.salt).uniform(0.2, self.lift_max * self.beyond)

    def rates(self, viewer: Viewer, rows: list[Row], now_ms: int) -> list[float]:  # type: ignore[override]  # Lists are all it gets here.
        del viewer, now_ms
        return [self.rate(row) for row in rows]

    def rates_at(self, viewer: Viewer, board: Board, places: Ints, now_ms: int, rates: Floats) -> None:
        del viewer, now_ms
        rows = [row for place in places.tolist() if (row := board.rows[place]) is not None]
        self.asked += [row.ad.id for row in rows]
        rates[:] = [self.rate(row) for row in rows]

    def survey(self, index: Index, places: int, viewer: Viewer, *, reserve: int, now_ms: int) -> Survey:
        return Survey(index.board(), places, viewer, self, reserve=reserve, now_ms=now_ms)


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 300), st.integers(1, 40), st.sampled_from([0.0, 3.0, 9.0]))
def test_a_listing_is_the_first_of_all_that_are_sorted(seed: int, places: int, wanted: int, least: float) -> None:
    chance = np.random.default_rng(seed)
    columns = np.zeros((-(-places // 32) * 32, COLUMNS))
    columns[:, KEY] = chance.integers(0, 12, len(columns))  # Few, so that many are alike.
    columns[:, BID] = columns[:, KEY] - chance.integers(0, 2, len(columns))
    columns[:, FROM], columns[:, UNTIL] = chance.choice([5, 15], len(columns)), chance.choice([10, 20], len(columns))
    columns[:, BONUS] = 1.0
    ads = chance.permutation(len(columns))
    open_ = chance.random(len(columns)) < 0.6
    open_[places:] = False
    bits = sum(1 << int(place) for place in np.flatnonzero(open_))
    words = np.frombuffer(bits.to_bytes(max(-(-bits.bit_length() // 64), 1) * 8, "little"), np.uint64)
    tops = np.maximum.accumulate(columns[:, KEY].reshape(-1, 32).max(axis=1)[::-1])[::-1].copy()
    listed, keys, stale, told = np.zeros(40, np.int64), np.zeros(40), np.zeros(40, np.int64), np.zeros(2, np.int64)
    listing_kernels.list_best(words, columns, ads, tops, 12, least, wanted, listed, keys, stale, told)

    known = {int(place): columns[place, FROM] <= 12 < columns[place, UNTIL] for place in np.flatnonzero(open_)}
    plain = {place: columns[place, BID if fresh else KEY] for place, fresh in known.items()}
    best = sorted((place for place in plain if plain[place] >= least), key=lambda place: (-plain[place], ads[place]))
    assert listed[: told[COUNT]].tolist() == best[:wanted]
    assert keys[: told[COUNT]].tolist() == [plain[place] for place in best[:wanted]]
    assert sorted(stale[: told[STALE]].tolist()) == sorted(place for place in best[:wanted] if not known[place])


@given(st.lists(st.integers(-1, 9), max_size=60), st.integers(1, 7))
def test_the_best_are_chosen_and_struck_out(values: list[int], wanted: int) -> None:
    left = np.array(values, np.float64)
    plain = sorted((number for number, one in enumerate(values) if one >= 0), key=lambda number: -values[number])
    found: list[int] = []
    while count := listing_kernels.choose(
        left, len(left), chosen := np.zeros(wanted, np.int64), told := np.zeros(wanted)
    ):
        assert told[:count].tolist() == [values[number] for number in chosen[:count]]
        found += chosen[:count].tolist()
    assert found == plain


@settings(max_examples=examples(80), deadline=None)
@given(MARKETS, RESERVES, st.integers(0, 2**63))
def test_decisions_are_those_of_an_auction_that_asks_about_every_ad(market_seed: int, reserve: int, seed: int) -> None:
    documents = market(market_seed)
    predictor = Tastes(salt=seed % 7)
    outcomes = []
    for shortlist in (None, 1_000):
        index, counters = index_of(*documents)
        decision = ask(index, counters, reserve, seed, predictor=predictor, shortlist=shortlist)
        outcomes.append((
            decision.row and decision.row.ad.id, decision.price_micros, decision.reserved_micros, decision.worth,
            decision.rate, decision.propensity, decision.runner_up and decision.runner_up.ad.id,
            decision.runner_up_worth, decision.empty is None,
        ))  # fmt: skip
    assert outcomes[0] == outcomes[1]


@settings(max_examples=examples(40), deadline=None)
@given(MARKETS, st.integers(0, 2**63))
def test_rounds_go_on_until_no_other_ad_may_well_win(market_seed: int, seed: int) -> None:
    """In plain Python: who is listed, how far each round lifts, and when it is enough."""
    rounds = (4, 12, 30, 200)
    index, _ = index_of(*market(market_seed))
    predictor = Tastes(salt=seed % 7)
    rows = [row for row in index.rows.values() if index.open_among(index.match(VIK)) >> row.place & 1]
    bids = {row.ad.id: bidding.paced_worth(row, NOW_MS) for row in rows}

    def key(row: Row) -> float:
        return (bids[row.ad.id] - row.esteem) * row.bonus + max(row.esteem, 0)

    rows.sort(key=lambda row: (-key(row), row.ad.id))
    lifts: list[float] = []
    best = 0.0
    for asked in rounds:
        lifts, best = [], 0.0
        for row in rows[:asked]:
            lift = 1.0
            if row.aim is not None:
                lift = min(predictor.rate(row), row.rate * predictor.lift_max, 1.0) / row.rate
                lifts.append(lift)
            best = max(best, (bids[row.ad.id] - row.esteem) * lift * row.bonus + row.esteem)
        mean = sum(lifts) / len(lifts) if lifts else 1.0
        top = max(lifts, default=0.0)
        usual = min(max(top + surveying.FURTHER * (top - mean), 1.0), predictor.lift_max)
        last = asked >= rounds[-2] and best > 0
        if asked >= len(rows) or last or key(rows[asked - 1]) * usual <= best * (1 - 1e-12):
            break
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(surveying, "ROUNDS", rounds)
        survey = predictor.survey(index, index.open_among(index.match(VIK)), VIK, reserve=0, now_ms=NOW_MS)
        survey.widen(0)
    assert predictor.asked == [row.ad.id for row in rows[: len(predictor.asked)]]
    assert len(predictor.asked) == min(asked, len(rows))


def test_who_is_refused_makes_room_and_nobody_left_is_told() -> None:
    documents = [one for number in range(40) for one in rival(number, billing=Billing.CPC, bid_micros=300_000)]
    index, counters = index_of(*documents)
    for number in range(40):
        withdraw(index, next(one for one in rival(number) if type(one).__name__ == "GrantDocument"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(surveying, "ROUNDS", (4, 8, 12, 100))
        decision = ask(index, counters, 0, 1, predictor=Tastes())
    assert decision.row is None
    assert decision.refusals == {Refusal.GRANT_ABSENT: 40}


@pytest.mark.parametrize("wrong", [float("nan"), 0.0, -1.0, float("inf")])
def test_a_prediction_that_is_none_breaks_nothing(wrong: float) -> None:
    class Wrong(Tastes):
        def rate(self, row: Row) -> float:
            del row
            return wrong

    index, counters = index_of(
        *[one for number in range(90) for one in rival(number, billing=Billing.CPC, bid_micros=300_000)]
    )
    decision = ask(index, counters, 0, 1, predictor=Wrong(2.0))
    assert decision.row is not None
    assert 0 < decision.rate <= decision.row.rate * 2
    assert decision.price_micros <= decision.row.bid_micros


def test_what_is_lost_by_asking_in_rounds_is_less_than_by_a_list() -> None:
    documents = [
        one for number in range(300) for one in rival(number, billing=Billing.CPC, bid_micros=300_000 + number * 500)
    ]
    index, counters = index_of(*documents)
    lost = [
        value_lost([VIK], index, counters, Tastes(), reserve=0, now_ms=NOW_MS, seed=1, shortlist=length)
        for length in (None, 1)
    ]
    assert lost[0] == 0.0
    assert lost[1] > 0.0


def _news(chance: random.Random, documents: list[Document]) -> Document:
    """As ``test_kept.news``, and now and then other terms of an ad group, an ad or a post."""
    document = news(chance, documents)
    if isinstance(document, AdDocument):
        return msgspec.structs.replace(document, category=chance.choice(["", "food", "sports"]))
    if isinstance(document, PostDocument):
        return msgspec.structs.replace(document, profile_id=chance.choice([1, 2]))
    return document


LIKE_BIDS = {  # By which a thousand impressions are worth about as much.
    (billing, goal): {Billing.CPM: 1_000_000, Billing.CPV: 2_200}.get(
        billing, 3_400_000 if (billing, goal) == (Billing.OCPM, Goal.CONVERSION) else 68_000
    )
    for billing in Billing
    for goal in Goal
}


class Forgetful(ServedModel):
    def forget(self) -> None:
        """Let everything that is kept of ads be made anew."""
        self._board = None
        self._items.clear()
        self._scorer.items.clear()


@pytest.mark.parametrize("seed", range(8))
def test_arrays_that_are_kept_up_change_no_decision(seed: int) -> None:
    chance = random.Random(seed)
    documents = paced_market(chance)
    for at, document in enumerate(documents):
        if isinstance(document, AdGroupDocument):
            billing, goal = chance.choice(list(Billing)), chance.choice([Goal.CLICK, Goal.CONVERSION])
            documents[at] = msgspec.structs.replace(
                document, billing=billing, goal=goal, bid_micros=chance.randrange(2, 5) * LIKE_BIDS[billing, goal]
            )
    keeping, forgetting = index_of(*documents), index_of(*documents)
    kept, forgetful = _model(), Forgetful(_learnt(), "m")
    now_ms = NOW_MS
    shown: set[int] = set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(surveying, "ROUNDS", (3, 6, 50, 100))
        for step in range(150):
            now_ms += chance.choice([1, 1, 5, 200, 30_000, 60_000, 3_600_000])
            happens, published = chance.randrange(8), _news(chance, documents)
            number, micros = chance.randrange(12), chance.choice([500, 40_000, 3_000_000])
            for index, counters in (keeping, forgetting):
                if happens == 0:
                    publish(index, published)
                elif happens == 1:
                    bill(counters, number, micros, now_ms)
                    index.repredict(AD + number)
                elif happens == 2:
                    index.reorder()
                elif happens == 3:
                    publish(index, *rival(20 + step % 70, billing=Billing.CPC, bid_micros=200_000 + step))
            forgetting[0]._board = None  # noqa: SLF001 - the test is about it.
            forgetting[0].edition.number += 1
            forgetful.forget()
            viewer = msgspec.structs.replace(VIK, viewer_id=f"viewer-{step}", country=chance.choice(["NL", "DE", "FR"]))
            told = [
                _outcome(viewer, *twin, model, now_ms, step + 1)
                for twin, model in zip((keeping, forgetting), (kept, forgetful), strict=True)
            ]
            assert told[0] == told[1], step
            shown.add(told[0][0])
    assert len(shown - {0}) > 1, "Otherwise nothing was tried."


def _outcome(
    viewer: Viewer, index: Index, counters: MemoryCounters, model: ServedModel, now_ms: int, seed: int
) -> tuple[int, ...]:
    counters.release_expired(now_ms)
    index.wake(now_ms)
    decision = decide(
        viewer, index, counters, matched=index.match(viewer), reserve=1_000, shown_campaigns=(), now_ms=now_ms, seed=seed,
        predictor=model,
    )  # fmt: skip
    row = decision.row
    return (0 if row is None else row.ad.id, decision.price_micros, decision.worth, decision.runner_up_worth)


@cache
def _learnt() -> Learner:
    chance = np.random.default_rng(5)
    learner = Learner(features.SPEC)
    codes = chance.integers(1, 40, (4_000, len(features.SPEC.fields)))
    labels = chance.integers(0, 2, (len(codes), len(features.HEADS))).astype(np.int8)
    learner.stream(codes, np.zeros((len(codes), 0)), np.arange(len(codes)) * 1_000, labels)
    learner.settle()
    learner.state.weights[:] += chance.normal(0, 0.2, learner.state.weights.shape)
    return learner


def _model(*, converts: bool = True) -> ServedModel:
    return ServedModel(_learnt(), "m", converts=converts)


@pytest.mark.parametrize("converts", [True, False])
@pytest.mark.parametrize("interests", [(), ("food", "sports")])
def test_a_model_says_of_places_what_it_says_of_their_ads(converts: bool, interests: tuple[str, ...]) -> None:  # noqa: FBT001 - pytest's own way
    chance = random.Random(3)
    documents: list[Document] = []
    for number in range(200):
        terms = {"billing": chance.choice(list(Billing)), "goal": chance.choice(list(Goal)), "bid_micros": 300_000}
        documents += [
            msgspec.structs.replace(one, category=chance.choice(["", "food", "sports", "travel"]))
            if isinstance(one, AdDocument)
            else one
            for one in rival(number, **terms)
        ]
        documents.append(ResultsDocument(100 + number, chance.random(), chance.random() / 9, chance.random()))
    index, _ = index_of(*documents)
    model = _model(converts=converts)
    for country in ("NL", "BE"):
        viewer = msgspec.structs.replace(VIK, country=country, interests=interests)
        rows = list(index.rows.values())
        chance.shuffle(rows)
        rates = np.zeros(len(rows))
        model.rates_at(viewer, index.board(), np.array([row.place for row in rows]), NOW_MS, rates)
        plain = model.rates(viewer, rows, NOW_MS)
        assert rates.tolist() == [1.0 if row.aim is None else rate for row, rate in zip(rows, plain, strict=True)]
        publish(index, *rival(300 + len(country), billing=Billing.CPC))
        publish(index, post(id=POST + 1, profile_id=99))  # Whoever keeps codes of it must look again.


def test_of_a_post_that_comes_later_the_profile_is_taken_in() -> None:
    index, _ = index_of(*[one for one in rival(0, billing=Billing.CPC) if not isinstance(one, PostDocument)])
    model, rates = _model(), np.zeros(1)
    row = index.rows[AD]

    def told() -> float:
        model.rates_at(VIK, index.board(), np.array([row.place]), NOW_MS, rates)
        return float(rates[0])

    before = told()
    publish(index, post(id=POST, profile_id=7))
    after = told()
    assert before != after
    assert after == model.rates(VIK, [row], NOW_MS)[0]
    publish(index, post(id=POST, profile_id=8))
    assert after != told() == model.rates(VIK, [row], NOW_MS)[0]


def test_a_bid_is_not_known_any_more_when_its_campaign_is_published_with_another_budget() -> None:
    documents = rival(0, pacing=Pacing.SMOOTH)
    index, counters = index_of(*documents)
    row = index.rows[AD]
    ask(index, counters, 0, 1, predictor=Tastes())
    assert index.board().columns[row.place, UNTIL] > NOW_MS + 60_000, "Without a budget there is no pace."
    publish(index, campaign(budget=Budget(BudgetMode.DAILY, 10**9)))
    assert index.board().columns[row.place, UNTIL] == 0
    ask(index, counters, 0, 1, predictor=Tastes())
    assert index.board().columns[row.place, UNTIL] == NOW_MS + 60_000
    assert index.board().columns[row.place, BID] == bidding.bid_now(row, NOW_MS)


class Twice(Tastes):
    """A second stage that says otherwise of the few that it is asked about."""

    second_stage = True

    def __init__(self) -> None:
        super().__init__(beyond=0.9)
        self.again: list[int] = []

    def rates(self, viewer: Viewer, rows: list[Row], now_ms: int) -> list[float]:  # type: ignore[override]  # Likewise.
        del viewer, now_ms
        self.again += [row.ad.id for row in rows]
        return [row.rate * (2.0 if row.ad.id == self.again[9] else 0.5) for row in rows]


def test_a_second_stage_answers_for_the_best_few_of_the_first_and_for_as_many_more_as_are_refused() -> None:
    documents = [one for number in range(90) for one in rival(number, billing=Billing.CPC, bid_micros=300_000)]
    index, counters = index_of(*documents)
    predictor = Twice()
    decision = ask(index, counters, 0, 1, predictor=predictor)
    best = sorted(index.rows.values(), key=predictor.rate, reverse=True)[:16]
    assert predictor.again == [row.ad.id for row in best]
    assert decision.row is best[9]
    assert decision.rate == best[9].rate * 2.0
    for row in best[:3]:
        withdraw(index, msgspec.structs.replace(grant(), id=row.ad.grant_id))
    predictor.again.clear()
    decision = ask(index, counters, 0, 1, predictor=predictor)
    assert decision.refusals == {Refusal.GRANT_ABSENT: 3}
    assert len(predictor.again) == 32, "Asked about in lists of as many."
