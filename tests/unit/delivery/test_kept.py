"""What decisions keep for the next one changes none of them: tried beside a twin that forgets all of it before each."""

import random
from typing import Any

import msgspec
import pytest

from tests.unit.delivery.making import (
    ACCOUNT,
    AD,
    CAMPAIGN,
    DAY_MS,
    GRANT,
    GROUP,
    NOW_MS,
    VIK,
    index_of,
    publish,
    rival,
)
from vonk.delivery.auction import bidding
from vonk.delivery.decide import decide
from vonk.delivery.limits.counters import Promise
from vonk.delivery.matching import eligibility
from vonk.delivery.matching.index import Index
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.snapshot import (
    Billing,
    Budget,
    BudgetMode,
    CampaignDocument,
    Document,
    FrequencyCap,
    FundsDocument,
    GrantDocument,
    Pacing,
    PostDocument,
    Strategy,
)
from vonk.events.ingest import Entry
from vonk.events.records import Claims, EventRecord, Kind
from vonk.storage.memory.counters import MemoryCounters

ADS = 12
STEPS = 150
Twin = tuple[Index, MemoryCounters]


def market(chance: random.Random) -> list[Document]:
    documents: list[Document] = []
    for number in range(ADS):
        budget = Budget(chance.choice([BudgetMode.DAILY, BudgetMode.LIFETIME]), chance.choice([4_000_000, 10**9]))
        documents += rival(
            number,
            billing=Billing.CPM,
            bid_micros=chance.choice([1_000_000, 3_000_000, 9_000_000]),
            pacing=chance.choice(list(Pacing)),
            strategy=chance.choice([Strategy.BID_CAP, Strategy.COST_CAP]),
            budget=chance.choice([Budget(), budget]),
            ends_ms=chance.choice([None, NOW_MS + 2 * DAY_MS]),
            cap=chance.choice([None, FrequencyCap(2, 60)]),
        )
    return [_limited(chance, document) for document in documents]


def _limited(chance: random.Random, document: Document) -> Document:
    match document:
        case CampaignDocument():
            return msgspec.structs.replace(document, budget=chance.choice([Budget(), Budget(BudgetMode.DAILY, 10**8)]))
        case GrantDocument():
            limits: dict[str, Any] = chance.choice([{}, {"spend_cap_micros": 20_000_000}, {"countries": ("NL",)}])
            return msgspec.structs.replace(document, ends_ms=NOW_MS + 3 * DAY_MS, **limits)
        case FundsDocument():
            return msgspec.structs.replace(document, balance_micros=chance.choice([50_000_000, 10**12]))
        case _:
            return document


def news(chance: random.Random, documents: list[Document]) -> Document:
    """Something that is published meanwhile."""
    document = chance.choice(documents)
    match document:
        case CampaignDocument():
            return msgspec.structs.replace(document, budget=Budget(BudgetMode.DAILY, chance.choice([1, 10**9])))
        case GrantDocument():
            return msgspec.structs.replace(document, ends_ms=NOW_MS + chance.choice([-1, 1]) * 9 * DAY_MS)
        case PostDocument():
            return msgspec.structs.replace(document, countries=chance.choice([(), ("BE",), ("NL",)]))
        case FundsDocument():
            return msgspec.structs.replace(document, balance_micros=chance.choice([2_000, 10**12]))
        case _:
            return document


def bill(counters: MemoryCounters, number: int, micros: int, now_ms: int) -> None:
    claims = Claims(
        0, AD + number, GROUP + number, CAMPAIGN + number, ACCOUNT + number, GRANT + number, 1, 1, "ada",
        Kind.IMPRESSION, micros, "EUR", now_ms, "for_you",
    )  # fmt: skip
    counters.learn(Entry(EventRecord("e", Kind.IMPRESSION, now_ms, now_ms, micros, 0, claims), first=True))


def outcome(twin: Twin, now_ms: int, seed: int) -> tuple[object, ...]:
    """Decide and promise; return everything that is told of the decision."""
    index, counters = twin
    counters.release_expired(now_ms)
    index.wake(now_ms)
    decision = decide(
        VIK, index, counters, matched=index.match(VIK), reserve=100_000, shown_campaigns=(), now_ms=now_ms, seed=seed
    )
    row = decision.row
    if row is not None:
        ad = row.ad
        promise = Promise(
            seed, now_ms + 600_000, decision.reserved_micros, VIK.viewer_id, ad.campaign_id, ad.ad_group_id,
            ad.grant_id, ad.account_id, ad_id=ad.id,
        )  # fmt: skip
        counters.promise(promise)
    runner_up = decision.runner_up.ad.id if decision.runner_up is not None else None
    return (
        row and row.ad.id, decision.price_micros, decision.worth, runner_up, decision.runner_up_worth,
        decision.refusals, decision.empty, decision.propensity,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_what_is_kept_changes_no_decision(seed: int) -> None:
    chance = random.Random(seed)
    documents = market(chance)
    keeping, forgetting = index_of(*documents), index_of(*documents)
    now_ms, kept = NOW_MS, 0
    for step in range(STEPS):
        now_ms += chance.choice([1, 1, 5, 200, 30_000, 60_000, 3_600_000, 20_000_000])
        happens = chance.randrange(8)
        number, micros = chance.randrange(ADS), chance.choice([500, 40_000, 3_000_000])
        published = news(chance, documents)
        for index, counters in (keeping, forgetting):
            if happens == 0:
                publish(index, published)
            elif happens == 1:
                bill(counters, number, micros, now_ms)
            elif happens == 2:
                index.repredict(AD + number)
        forgetting[0].edition.number += 1
        assert outcome(keeping, now_ms, step + 1) == outcome(forgetting, now_ms, step + 1), step
        kept += sum(row.fit_until_ms > now_ms for row in keeping[0].rows.values())
        for row in keeping[0].rows.values():
            anew = eligibility.refuse_anew(row, VIK, keeping[1], now_ms)
            assert eligibility.refuse(row, VIK, keeping[1], now_ms) == anew, (step, row.ad.id)
    assert kept > STEPS, "Otherwise nothing was tried."


def test_what_empties_a_purse_refuses_at_once_what_was_known_to_fit() -> None:
    index, counters = index_of(*rival(0, budget=Budget(BudgetMode.DAILY, 10_000_000)))
    row = index.rows[AD]
    for _ in range(3):
        assert eligibility.refuse(row, VIK, counters, NOW_MS) is None
    assert row.fit_until_ms > NOW_MS
    bill(counters, 0, 9_995_001, NOW_MS)
    assert eligibility.refuse(row, VIK, counters, NOW_MS) is Refusal.AD_GROUP_OUT_OF_BUDGET
    tomorrow_ms = NOW_MS + DAY_MS - 1  # The consent ends with this day.
    assert eligibility.refuse(row, VIK, counters, tomorrow_ms) is None


def test_a_kept_bid_is_worked_out_anew_when_its_pace_may_move() -> None:
    index, _ = index_of(*rival(0, pacing=Pacing.SMOOTH, budget=Budget(BudgetMode.DAILY, 10**9)))
    row = index.rows[AD]
    first = bidding.settle_bid(row, NOW_MS)
    assert (row.bid, row.bid_from_ms, row.bid_until_ms) == (first, NOW_MS, NOW_MS + 60_000)
    index.repredict(AD)
    assert row.bid_until_ms == 0


def test_nothing_is_kept_beyond_an_end_that_is_known() -> None:
    late_ms = NOW_MS + 11 * 3_600_000 - 600_000  # Ten minutes before midnight in Amsterdam.
    ends_ms = late_ms + 300_000
    daily, group_ends, consent_ends = (
        index_of(*rival(0, budget=Budget(BudgetMode.DAILY, 10**9))),
        index_of(*rival(0, ends_ms=ends_ms)),
        index_of(*rival(0), msgspec.structs.replace(rival(0)[3], ends_ms=ends_ms)),
    )
    for (index, counters), until_ms, refusal in (
        (daily, late_ms + 600_000, None),
        (group_ends, ends_ms, Refusal.ENDED),
        (consent_ends, ends_ms, Refusal.GRANT_EXPIRED),
    ):
        row = index.rows[AD]
        for _ in range(2):
            assert eligibility.refuse(row, VIK, counters, late_ms) is None
        assert row.fit_until_ms == until_ms
        assert eligibility.refuse(row, VIK, counters, until_ms) is refusal


def test_a_new_budget_moves_a_kept_bid() -> None:
    documents = rival(0, pacing=Pacing.SMOOTH)
    index, counters = index_of(*documents)
    whole = outcome((index, counters), NOW_MS, 1)[2]
    publish(index, msgspec.structs.replace(documents[0], budget=Budget(BudgetMode.DAILY, 10**9)))
    paced = outcome((index, counters), NOW_MS, 2)[2]
    assert isinstance(whole, int)
    assert isinstance(paced, int)
    assert 0 < paced < whole / 2
