"""A day of decisions against drawn prices: what campaign budgets and cost caps come to."""

import random

from tests.unit.delivery.making import AD, CAMPAIGN, GROUP, VIK, ad, ad_group, campaign, index_of, one_ad
from vonk.core.clock import DAY_MS, MINUTE_MS
from vonk.delivery.decide import decide
from vonk.delivery.matching.index import Index
from vonk.delivery.snapshot import Billing, Budget, BudgetMode, Document, Pacing, Strategy
from vonk.events.ingest import Entry
from vonk.events.records import Claims, EventRecord, Kind
from vonk.storage.memory.counters import MemoryCounters

UNITS = 1_000_000
MORNING_MS = 1_795_302_000_000  # In November 2026; the account's day that holds it is lived.


def live_a_day(index: Index, counters: MemoryCounters, *, each_minute: int = 4) -> dict[int, list[int]]:
    """Bill each won impression its expected cost; return impressions and micros by ad group."""
    chance = random.Random(5)
    start_ms, end_ms = index.campaign(CAMPAIGN).day(MORNING_MS)
    won: dict[int, list[int]] = {}
    results = 0.0  # Expected, and not counted as a whole one yet.
    for now_ms in range(start_ms, end_ms, MINUTE_MS):
        for turn in range(each_minute):
            decision = decide(
                VIK,
                index,
                counters,
                matched=index.match(VIK),
                reserve=int(chance.lognormvariate(15, 0.8)),
                shown_campaigns=(),
                now_ms=now_ms,
                seed=turn,
            )
            row = decision.row
            if row is None:
                continue
            claims = Claims(
                now_ms + turn, row.ad.id, row.ad.ad_group_id, CAMPAIGN, 1, 0, 3_000, 7, "vik", row.bills,
                decision.price_micros, "EUR", now_ms, "",
            )  # fmt: skip
            cost = decision.reserved_micros
            counters.count(Entry(EventRecord("e", Kind.VIEWABLE, now_ms, now_ms, cost, 0, claims), first=False))
            results += row.rate
            row.tally.clicks += int(results)
            results -= int(results)
            counts = won.setdefault(row.ad.ad_group_id, [0, 0])
            counts[0] += 1
            counts[1] += cost
    return won


def known(index: Index, counters: MemoryCounters, ad_id: int, rate: float) -> None:
    counters.tally(ad_id).impressions, counters.tally(ad_id).clicks = 10**9, int(rate * 10**9)
    index.repredict(ad_id)


def running(**terms: object) -> dict[str, object]:
    return {"billing": Billing.CPC, "pacing": Pacing.SMOOTH, "starts_ms": MORNING_MS - 9 * DAY_MS, **terms}


def test_a_campaigns_budget_goes_to_the_ad_group_with_more_results_for_the_money() -> None:
    budget = Budget(BudgetMode.DAILY, 4 * UNITS)
    documents: list[Document] = [
        *one_ad(campaign=campaign(budget=budget), ad_group=ad_group(**running(bid_micros=UNITS)), ad=ad(grant_id=0)),
        ad_group(id=GROUP + 1, **running(bid_micros=UNITS)),
        ad(id=AD + 1, ad_group_id=GROUP + 1, grant_id=0),
    ]
    index, counters = index_of(*documents)
    known(index, counters, AD, 0.03)
    known(index, counters, AD + 1, 0.02)
    won = live_a_day(index, counters)
    spent = sum(micros for _, micros in won.values())
    assert 0.7 * budget.micros < spent <= budget.micros
    assert won[GROUP][1] > 4 * won.get(GROUP + 1, [0, 0])[1]


def test_a_cost_cap_keeps_the_average_near_and_not_above_and_a_bid_cap_never_pays_more_than_itself() -> None:
    averages, cap = {}, UNITS // 10
    for strategy in (Strategy.BID_CAP, Strategy.COST_CAP):
        terms = running(bid_micros=cap, strategy=strategy, pacing=Pacing.FAST)
        index, counters = index_of(*one_ad(ad_group=ad_group(**terms), ad=ad(grant_id=0)))
        known(index, counters, AD, 0.03)
        impressions, micros = live_a_day(index, counters)[GROUP]
        averages[strategy] = micros / (impressions * index.rows[AD].rate)
    assert averages[Strategy.BID_CAP] < averages[Strategy.COST_CAP] <= 1.02 * cap
