"""A decision is made again from its record: over random markets, and not when somebody changed the record."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.unit.delivery.making import (
    AD,
    NOW_MS,
    VIK,
    Ads,
    ad_group,
    index_of,
    one_ad,
    rival,
    with_ads,
)
from tests.unit.delivery.test_survey import Tastes
from vonk.delivery.auction import trace
from vonk.delivery.auction.predictor import Predictor
from vonk.delivery.auction.trace import BIDS_MAX
from vonk.delivery.decide import Decision, decide
from vonk.delivery.explaining import explain
from vonk.delivery.explaining.replay import changed_since, replay
from vonk.delivery.matching.cells import Row
from vonk.delivery.matching.refusals import Refusal
from vonk.delivery.matching.separation import Beside
from vonk.delivery.matching.targets import Viewer
from vonk.delivery.snapshot import Billing, Document, Goal, Priority, Strategy
from vonk.events import records
from vonk.events.records import DecisionRecord

GROUPS = st.fixed_dictionaries(
    {
        "billing": st.sampled_from(list(Billing)),
        "goal": st.sampled_from(list(Goal)),
        "bid_micros": st.sampled_from([1, 40_000, 100_000, 300_000, 4_999_999, 5_000_000, 10**9]),
        "strategy": st.sampled_from(list(Strategy)),
        "priority": st.sampled_from([*[Priority.AUCTION] * 4, *Priority]),
    }
)


class Oracle:
    """A model of which nothing is known but that it says the same for the same."""

    lift_max = 3.0
    version = "oracle"

    def rates(self, viewer: Viewer, rows: Sequence[Row], now_ms: int) -> list[float]:
        return [0.001 + (row.ad.id * 7919 % 997) / 1_000 for row in rows]


def recorded(decision: Decision, *, shown: tuple[int, ...] = ()) -> DecisionRecord:
    """The record as the ad server keeps it, through its bytes."""
    row, runner_up = decision.row, decision.runner_up
    kept = trace.written(
        decision.heard,
        row,
        runner_up,
        floor=0,
        formats=("video",),
        campaigns_shown=shown,
        drawn_rate=decision.rate if decision.random else None,
    )
    record = DecisionRecord(
        1, NOW_MS, "vik", "for_you", 4, 9, decision.seed, decision.candidates,
        row.ad.id if row else 0, 0, 0, row.ad.account_id if row else 0, 0, 0, row.bills if row else "",
        decision.price_micros, decision.worth // 1000,
        runner_up.ad.id if runner_up else 0, decision.runner_up_worth // 1000,
        decision.empty.value if decision.empty else "",
        {refusal.value: count for refusal, count in decision.refusals.items()},
        probability=decision.rate, reserved_micros=decision.reserved_micros,
        random=decision.random, trace=kept,
    )  # fmt: skip
    back = records.decode(records.encode(record))
    assert isinstance(back, DecisionRecord)
    return back


@settings(max_examples=examples(120), deadline=None)
@given(
    st.lists(GROUPS, max_size=40),
    st.sampled_from([0, 100_000, 5_000_000, 10**10]),
    st.integers(0, 2**63 - 1),
    st.sampled_from([0.0, 1.0]),
    st.sampled_from([None, Oracle(), Tastes()]),
    st.integers(1, 3),
)
def test_every_decision_is_made_again_from_its_record(
    groups: list[dict[str, Any]],
    reserve: int,
    seed: int,
    random_share: float,
    predictor: Predictor | None,
    of_account: int,
) -> None:
    documents: list[Document] = []
    for number, group in enumerate(groups):
        documents += [
            msgspec.structs.replace(document, account_id=1 + number // of_account)
            if hasattr(document, "account_id")
            else document
            for document in rival(number, **group)
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
        predictor=predictor,
        random_share=random_share,
    )
    record = recorded(decision)
    done = replay(record)
    assert done.agrees, done.differences
    assert done.outcome.ad_id == record.ad_id
    assert done.drawn == decision.random
    assert len(trace.decode(record.trace).bids) <= BIDS_MAX


def test_more_that_tie_than_are_kept_still_end_the_same() -> None:
    index, counters = index_of(*(document for number in range(70) for document in rival(number)))
    late = 0
    for seed in range(40):
        decision = decide(
            VIK, index, counters, matched=index.match(VIK), reserve=1, shown_campaigns=(), now_ms=NOW_MS, seed=seed
        )
        record = recorded(decision)
        kept = trace.decode(record.trace)
        assert (kept.took_part, replay(record).differences) == (70, ())
        late += len(kept.bids) == 2
    assert late, "Some winners came after the first that are kept."


def test_what_stands_beside_is_needed_for_no_replay() -> None:
    index, counters = index_of(*one_ad(), *(document for number in range(1, 4) for document in rival(number)))
    alone = decide(VIK, index, counters, matched=index.match(VIK), reserve=1, shown_campaigns=(), now_ms=NOW_MS, seed=9)
    assert alone.row is not None
    decision = decide(
        VIK,
        index,
        counters,
        matched=index.match(VIK),
        reserve=1,
        shown_campaigns=(),
        beside=Beside((alone.row.ad.account_id,)),
        now_ms=NOW_MS,
        seed=9,
    )
    assert decision.row is not alone.row
    record = recorded(decision)
    assert replay(record).agrees, "Who may not stand there took no part."
    kept = trace.decode(record.trace)
    assert [refused.reason for refused in kept.refused] == [Refusal.NEIGHBOUR_COMPETES]
    assert alone.row.ad.id not in {bid.ad_id for bid in kept.bids}


def decided() -> DecisionRecord:
    index, counters = index_of(*one_ad(), *rival(1, bid_micros=3_000_000), *rival(2, bid_micros=2_000_000))
    return recorded(
        decide(VIK, index, counters, matched=index.match(VIK), reserve=1, shown_campaigns=(), now_ms=NOW_MS, seed=9)
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ad_id", AD + 1),
        ("price_micros", 2_999),
        ("runner_up_id", AD + 2),
        ("runner_up_micros", 1),
        ("score_micros", 1),
        ("reserved_micros", 1),
        ("reason", "all_refused"),
        ("trace", b"\xc1"),
        ("trace", b"\x90"),
    ],
)
def test_a_changed_record_is_noticed(field: str, value: Any) -> None:
    record = decided()
    assert replay(record).agrees
    assert replay(msgspec.structs.replace(record, **{field: value})).differences


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    "change", [{"bid_micros": 1}, {"rate": 0.5, "billing": "cpc"}, {"multiplier": 0.5}, {"worth": 1}, {"esteem": 7_000}]
)
def test_a_changed_bid_is_noticed(place: int, change: dict[str, Any]) -> None:
    record = decided()
    kept = trace.decode(record.trace)
    bids = list(kept.bids)
    if place >= len(bids):
        assert (len(bids), place) == (2, 2), "The third could neither win nor raise the price, so it did not take part."
        return
    bids[place] = msgspec.structs.replace(bids[place], **change)
    forged = trace.encode(msgspec.structs.replace(kept, bids=tuple(bids)))
    assert replay(msgspec.structs.replace(record, trace=forged)).differences


def test_a_record_of_before_there_were_traces_cannot_be_replayed() -> None:
    done = replay(msgspec.structs.replace(decided(), trace=b""))
    assert (done.possible, done.agrees) == (False, False)


def test_terms_that_have_changed_since_are_named() -> None:
    kept = trace.decode(decided().trace)
    now = ad_group()
    assert changed_since(kept, {AD: now}) == ()
    assert changed_since(kept, {AD: msgspec.structs.replace(now, bid_micros=1)}) == (AD,)
    assert changed_since(kept, {AD: None, AD + 1: None}) == (AD, AD + 1)


def test_the_ad_servers_own_records_are_replayed() -> None:
    async def story(ads: Ads) -> None:
        shown = await ads.slot()
        nothing = await ads.slot(floor_micros=10**12)
        for decision_id, ad_id in ((shown["decision_id"], AD), (nothing["decision_id"], 0)):
            record = ads.app.runtime.recent.get(int(decision_id))
            assert record is not None
            assert replay(record).agrees
            assert record.ad_id == ad_id
            told = explain.explanation(record)
            assert told.replay is not None
            assert told.replay.agrees

    with_ads(story, *one_ad(), *rival(1, bid_micros=3_000_000))
