from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.unit.delivery.making import (
    ACCOUNT,
    AD,
    CAMPAIGN,
    DAY_MS,
    GROUP,
    NOW_MS,
    VIK,
    ad_group,
    campaign,
    funds,
    grant,
    index_of,
    one_ad,
    publish,
    rival,
    withdraw,
)
from vonk.core.clock import to_ms
from vonk.delivery.decide import Decision, decide
from vonk.delivery.limits.counters import Leases, Limit, Purse
from vonk.delivery.matching.cells import local_day
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.refusals import REFUSALS, Empty, Refusal
from vonk.delivery.matching.targets import Viewer
from vonk.delivery.snapshot import Billing, Budget, BudgetMode, Document, FrequencyCap, Targeting
from vonk.events.ingest import Entry
from vonk.events.records import Claims, EventRecord, Kind
from vonk.storage.memory.counters import MemoryCounters

RESERVE = 100_000


def ask(
    index: Index, counters: MemoryCounters, viewer: Viewer = VIK, *, now_ms: int = NOW_MS, reserve: int = RESERVE
) -> Decision:
    counters.release_expired(now_ms)
    index.wake(now_ms)
    return decide(
        viewer,
        index,
        counters,
        matched=index.match(viewer),
        reserve=reserve,
        shown_campaigns=(),
        now_ms=now_ms,
        seed=9,
    )


def charged(micros: int, *, received_ms: int = NOW_MS, viewer_id: str = "vik") -> Entry:
    claims = Claims(
        5, AD, GROUP, CAMPAIGN, ACCOUNT, 2_000, 3_000, 7, viewer_id, "impression", micros, "EUR", received_ms, "for_you"
    )
    return Entry(EventRecord("e", Kind.IMPRESSION, received_ms, received_ms, micros, 0, claims), first=True)


def test_a_single_bidder_pays_the_reserve() -> None:
    decision = ask(*index_of(*one_ad()))
    assert decision.row is not None
    assert (decision.row.ad.id, decision.price_micros, decision.worth) == (AD, 100, 5_000_000)


def test_the_winner_pays_the_second_price() -> None:
    index, counters = index_of(*one_ad(), *rival(1, bid_micros=3_000_000))
    decision = ask(index, counters)
    assert decision.row is not None
    assert decision.runner_up is not None
    assert (decision.row.ad.id, decision.price_micros, decision.runner_up.ad.id) == (AD, 3_000, AD + 1)


CASES: list[tuple[Refusal, list[Document]]] = [
    (Refusal.NOT_STARTED, one_ad(ad_group=ad_group(starts_ms=NOW_MS + 1))),
    (Refusal.ENDED, one_ad(ad_group=ad_group(ends_ms=NOW_MS))),
    (Refusal.GRANT_EXPIRED, one_ad(grant=grant(ends_ms=NOW_MS))),
    (Refusal.GRANT_NOT_STARTED, one_ad(grant=grant(starts_ms=NOW_MS + 1))),
    (Refusal.GRANT_ABSENT, one_ad(grant=grant(account_id=66))),
    (Refusal.GRANT_COUNTRY, one_ad(grant=grant(countries=("BE",)))),
    (Refusal.GRANT_SPEND_CAP, one_ad(grant=grant(spend_cap_micros=4_999))),
    (Refusal.FUNDS_ABSENT, one_ad(funds=funds(currency="USD"))),
    (Refusal.OUT_OF_FUNDS, one_ad(funds=funds(balance_micros=4_999))),
    (Refusal.CAMPAIGN_OUT_OF_BUDGET, one_ad(campaign=campaign(budget=Budget(BudgetMode.DAILY, 4_999)))),
    (Refusal.AD_GROUP_OUT_OF_BUDGET, one_ad(ad_group=ad_group(budget=Budget(BudgetMode.LIFETIME, 4_999)))),
    (Refusal.SEEN_TOO_OFTEN, one_ad(ad_group=ad_group(cap=FrequencyCap(0, 60)))),
    (Refusal.BELOW_RESERVE, one_ad(ad_group=ad_group(bid_micros=99_999))),
]


@pytest.mark.parametrize(("refusal", "documents"), CASES, ids=[refusal for refusal, _ in CASES])
def test_each_reason_is_named(refusal: Refusal, documents: list[Document]) -> None:
    index, counters = index_of(*documents)
    empty = Empty.BELOW_RESERVE if refusal is Refusal.BELOW_RESERVE else Empty.ALL_REFUSED
    for _ in range(2):  # Parked or not, the answer is the same.
        decision = ask(index, counters)
        assert (decision.row, decision.empty, decision.refusals) == (None, empty, {refusal: 1})


class Stingy(MemoryCounters):
    """Counters of one of several servers, which has leased so much of the purse and notes what it is asked."""

    def __init__(self, micros: dict[Purse, int]) -> None:
        super().__init__()
        self.micros = micros
        self.asked: list[Limit] = []

    @property
    def leases(self) -> Leases:
        return self

    def allow(self, limit: Limit, cost_micros: int) -> bool:
        self.asked.append(limit)
        return cost_micros <= self.micros[limit.purse]


def test_what_is_not_leased_is_not_promised_and_every_purse_is_asked() -> None:
    plenty = dict.fromkeys(Purse, 5_000)
    documents = one_ad(
        campaign=campaign(budget=Budget(BudgetMode.DAILY, 70_000)),
        ad_group=ad_group(budget=Budget(BudgetMode.LIFETIME, 60_000)),
        grant=grant(spend_cap_micros=50_000),
        funds=funds(balance_micros=40_000),
    )
    for short in Purse:
        counters = Stingy(plenty | {short: 4_999})
        index, _ = index_of(*documents, counters=counters)
        assert ask(index, counters).refusals == {Refusal.BUDGET_NOT_LEASED: 1}
        assert [(limit.purse, limit.micros) for limit in counters.asked] == [
            (Purse.CAMPAIGN, 70_000),
            (Purse.AD_GROUP, 60_000),
            (Purse.GRANT, 50_000),
            (Purse.ACCOUNT, 40_000),
        ]
        day, ever = counters.asked[:2]
        assert day.start_ms <= NOW_MS < day.end_ms == day.start_ms + 86_400_000
        assert (ever.start_ms, ever.end_ms) == (0, 0)
    counters = Stingy(plenty)
    index, _ = index_of(*documents, counters=counters)
    assert ask(index, counters).row is not None


@pytest.mark.parametrize(
    ("refusal", "which"),
    [
        (Refusal.CAMPAIGN_NOT_DELIVERING, 0),
        (Refusal.GRANT_ABSENT, 3),
        (Refusal.POST_GONE, 4),
        (Refusal.FUNDS_ABSENT, 5),
    ],
)
def test_each_withdrawal_is_named(refusal: Refusal, which: int) -> None:
    index, counters = index_of(*one_ad())
    withdraw(index, one_ad()[which])
    assert ask(index, counters).refusals == {refusal: 1}


def test_every_reason_has_cause_actor_and_remedy() -> None:
    assert set(REFUSALS) == set(Refusal)
    assert all(entry.cause and entry.remedy for entry in REFUSALS.values())


def test_nobody_wanted_is_no_candidates() -> None:
    index, counters = index_of(*one_ad(ad_group=ad_group(targeting=Targeting(countries=("BE",)))))
    assert ask(index, counters).empty is Empty.NO_CANDIDATES


@pytest.mark.parametrize(
    ("documents", "later_ms"),
    [
        (one_ad(ad_group=ad_group(starts_ms=NOW_MS + 1_000)), NOW_MS + 1_000),
        (one_ad(grant=grant(starts_ms=NOW_MS + 1_000)), NOW_MS + 1_000),
    ],
)
def test_what_waits_for_an_instant_is_shown_from_that_instant(documents: list[Document], later_ms: int) -> None:
    index, counters = index_of(*documents)
    assert ask(index, counters).row is None
    assert ask(index, counters, now_ms=later_ms - 1).row is None
    assert ask(index, counters, now_ms=later_ms).row is not None


def test_a_grant_ends_on_the_millisecond() -> None:
    index, counters = index_of(*one_ad(grant=grant(ends_ms=NOW_MS + 5)))
    assert ask(index, counters, now_ms=NOW_MS + 4).row is not None
    assert ask(index, counters, now_ms=NOW_MS + 5).refusals == {Refusal.GRANT_EXPIRED: 1}


def test_a_daily_budget_comes_back_at_the_accounts_midnight() -> None:
    index, counters = index_of(*one_ad(campaign=campaign(budget=Budget(BudgetMode.DAILY, 9_000))))
    counters.count(charged(5_000))
    midnight = to_ms(datetime(2026, 11, 22, 23, 0, tzinfo=UTC))  # In Amsterdam.
    assert ask(index, counters).refusals == {Refusal.CAMPAIGN_OUT_OF_BUDGET: 1}
    assert ask(index, counters, now_ms=midnight - 1).row is None
    assert ask(index, counters, now_ms=midnight).row is not None


def test_days_have_23_or_25_hours_where_clocks_change() -> None:
    hour = 3_600_000
    spring = local_day("Europe/Amsterdam", to_ms(datetime(2026, 3, 29, 12, tzinfo=UTC)))
    autumn = local_day("Europe/Amsterdam", to_ms(datetime(2026, 10, 25, 12, tzinfo=UTC)))
    assert ((spring[1] - spring[0]) // hour, (autumn[1] - autumn[0]) // hour) == (23, 25)


def test_a_raised_budget_brings_a_parked_ad_back() -> None:
    index, counters = index_of(*one_ad(campaign=campaign(budget=Budget(BudgetMode.LIFETIME, 4_999))))
    assert ask(index, counters).row is None
    publish(index, campaign(budget=Budget(BudgetMode.LIFETIME, 5_000)))
    assert ask(index, counters).row is not None


def test_charges_that_the_balance_knows_are_not_taken_off_twice() -> None:
    index, counters = index_of(*one_ad(funds=funds(balance_micros=10_000, settled_position=0)))
    counters.count(charged(5_001))
    assert ask(index, counters).refusals == {Refusal.OUT_OF_FUNDS: 1}
    counters.place(ACCOUNT, 5_001, 7)  # type: ignore[arg-type]  # A position.
    publish(index, funds(balance_micros=5_000, settled_position=7))
    assert ask(index, counters).row is not None


def test_interests_do_not_reach_minors() -> None:
    index, counters = index_of(
        *one_ad(ad_group=ad_group(targeting=Targeting(interests=("food",)))),
        *rival(1, targeting=Targeting(age_bands=("13_17",))),
    )
    minor = Viewer("vik", "NL", "nl", "13_17", "male", "android", ("food",)).contextual()
    decision = ask(index, counters, minor)
    assert decision.row is not None
    assert (decision.row.ad.id, decision.candidates) == (AD + 1, 1)


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(list(Billing)), st.integers(1_000, 9_000_000)), min_size=1, max_size=90),
    st.integers(0, 10**7),
    st.integers(0, 2**63),
)
def test_stopping_early_decides_as_looking_at_everything_does(
    bids: list[tuple[Billing, int]], reserve: int, seed: int
) -> None:
    documents = [
        document
        for number, (billing, bid) in enumerate(bids)
        for document in rival(number, billing=billing, bid_micros=bid)
    ]
    index, counters = index_of(*documents)
    decision = decide(
        VIK,
        index,
        counters,
        matched=index.match(VIK),
        reserve=reserve,
        shown_campaigns=(),
        now_ms=NOW_MS,
        seed=seed,
    )
    worths = sorted((row.worth for row in index.rows.values() if row.worth >= reserve), reverse=True)
    if not worths:
        assert decision.row is None
        return
    assert decision.row is not None
    second = worths[1] if len(worths) > 1 else 0
    assert (decision.worth, decision.runner_up_worth) == (worths[0], second)
    row = decision.row
    ocpm = row.terms.billing is Billing.OCPM
    most = int(row.bid_micros * row.rate) if ocpm else row.cost_micros_max
    assert decision.price_micros <= most <= row.cost_micros_max
    paid = decision.price_micros * (1.0 if ocpm else row.rate)  # For a showing.
    assert paid * 1000 >= reserve * 0.999_999 or decision.price_micros == most


@given(st.integers(0, 2**63), st.integers(2, 30))
def test_the_same_seed_decides_alike_and_ties_are_drawn(seed: int, ads: int) -> None:
    documents = [document for number in range(ads) for document in rival(number)]
    outcomes = set()
    for order in (documents, documents[::-1]):
        index, counters = index_of(*order)
        decision = decide(
            VIK,
            index,
            counters,
            matched=index.match(VIK),
            reserve=RESERVE,
            shown_campaigns=(),
            now_ms=NOW_MS,
            seed=seed,
        )
        assert decision.row is not None
        outcomes.add((decision.row.ad.id, decision.price_micros, decision.propensity))
    assert len(outcomes) == 1
    assert outcomes.pop()[1:] == (5_000, 1 / ads)


def test_results_move_an_ad_up() -> None:
    index, counters = index_of(
        *one_ad(ad_group=ad_group(billing=Billing.CPC, bid_micros=300_000)), *rival(1, bid_micros=5_000_000)
    )
    first = ask(index, counters)
    assert first.row is not None
    assert first.row.ad.id == AD + 1
    tally: Callable[[int], object] = counters.tally
    assert tally(AD) is index.rows[AD].tally
    index.rows[AD].tally.impressions, index.rows[AD].tally.clicks = 100, 10
    index.repredict(AD)
    second = ask(index, counters)
    assert second.row is not None
    assert second.row.ad.id == AD
    assert index.rows[AD].worth <= index.rows[AD].bound


def test_a_lifetime_budget_counts_days_gone_by() -> None:
    index, counters = index_of(*one_ad(ad_group=ad_group(budget=Budget(BudgetMode.LIFETIME, 9_000))))
    counters.count(charged(5_000, received_ms=NOW_MS - 3 * DAY_MS))
    assert ask(index, counters).refusals == {Refusal.AD_GROUP_OUT_OF_BUDGET: 1}
