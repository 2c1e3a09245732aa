"""The fold from events to money, by example and by property."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vonk.billing import ledger, rules
from vonk.billing.rules import Calendar, Charge, Group, Outcome, Purse, Segment
from vonk.core.clock import HOUR_MS, to_ms
from vonk.core.money import MICROS_MAX
from vonk.delivery.snapshot import BudgetMode
from vonk.events.log import Position, StoredRecord
from vonk.events.records import Claims, EventRecord, Kind

NOON = to_ms(datetime(2026, 3, 2, 12, tzinfo=UTC))


def group(place: int) -> Group:
    return Group(1, 2, 3, place, 5, 6, 7, "EUR", "impression", NOON, date(2026, 3, 2))


def segment(prices: Sequence[tuple[int, int]]) -> Segment:
    charges = [Charge(number, NOON, place, micros) for number, (place, micros) in enumerate(prices)]
    return Segment([group(0), group(1)], charges)


def impression(
    decision_id: int, *, ad_id: int = 4, received_ms: int = NOON, charge: int = 5, **more: int
) -> EventRecord:
    claims = Claims(
        decision_id=decision_id,
        ad_id=ad_id,
        ad_group_id=3,
        campaign_id=2,
        account_id=more.get("account_id", 1),
        grant_id=7,
        post_id=more.get("post_id", 5),
        profile_id=6,
        viewer_id="vik",
        bills="impression",
        price_micros=charge,
        currency="EUR",
        decided_ms=more.get("decided_ms", received_ms),
        surface="feed",
    )
    return EventRecord(f"e{decision_id}", Kind.IMPRESSION, received_ms, received_ms, charge, 0, claims)


def collect(events: Sequence[EventRecord], zone: str = "UTC") -> Segment:
    stored = [StoredRecord(Position(number), event) for number, event in enumerate(events, start=1)]
    return rules.collect(stored, Calendar(lambda _: zone))


def test_events_are_grouped_by_ad_hour_and_post() -> None:
    hour = HOUR_MS
    events = [
        impression(1),
        impression(2, ad_id=9),
        impression(3),
        impression(4, received_ms=NOON + hour),
        impression(5, post_id=8),
        impression(6, received_ms=NOON + hour - 1),
    ]
    found = collect(events)
    assert [(one.ad_id, one.post_id, one.hour_ms - NOON) for one in found.groups] == [
        (4, 5, 0),
        (9, 5, 0),
        (4, 5, hour),
        (4, 8, 0),
    ]
    assert [(charge.decision_id, charge.place) for charge in found.charges] == [
        (1, 0),
        (2, 1),
        (3, 0),
        (4, 2),
        (5, 3),
        (6, 0),
    ]


def test_what_does_not_bill_is_left_out() -> None:
    late = impression(2, decided_ms=NOON - 24 * HOUR_MS - 1)
    in_time = impression(3, decided_ms=NOON - 24 * HOUR_MS)
    found = collect([impression(1, charge=0), late, in_time, in_time])
    assert [charge.decision_id for charge in found.charges] == [3]


@pytest.mark.parametrize(
    ("zone", "hour", "minute", "day"),
    [
        ("Europe/Amsterdam", 22, 59, date(2026, 3, 2)),
        ("Europe/Amsterdam", 23, 0, date(2026, 3, 3)),
        ("Asia/Kolkata", 18, 29, date(2026, 3, 2)),
        ("Asia/Kolkata", 18, 30, date(2026, 3, 3)),
        ("Asia/Kathmandu", 18, 14, date(2026, 3, 2)),
        ("Asia/Kathmandu", 18, 15, date(2026, 3, 3)),
        ("America/Los_Angeles", 7, 59, date(2026, 3, 1)),
    ],
)
def test_a_day_is_the_accounts(zone: str, hour: int, minute: int, day: date) -> None:
    at = to_ms(datetime(2026, 3, 2, hour, minute, 59, tzinfo=UTC))
    assert collect([impression(1, received_ms=at)], zone).groups[0].day == day


def test_each_event_is_billed_whole_or_not_at_all_in_order() -> None:
    purse = Purse(10)
    outcomes = rules.bill(segment([(0, 6), (1, 5), (0, 4), (1, 1)]), range(4), [(purse,), (purse,)])
    assert outcomes == [Outcome(10, 2, 0, 0), Outcome(0, 0, 6, 2)]
    assert purse.remaining_micros == 0


def test_the_tightest_purse_decides_and_none_is_drawn_on_alone() -> None:
    wide, tight = Purse(100), Purse(3)
    assert rules.bill(segment([(0, 4)]), {0}, [(wide, tight), (wide, tight)]) == [Outcome(0, 0, 4, 1), Outcome()]
    assert (wide.remaining_micros, tight.remaining_micros) == (100, 3)


def test_showings_settled_before_count_for_nothing() -> None:
    assert rules.bill(segment([(0, 4), (0, 5)]), {1}, [(Purse(9),), ()]) == [Outcome(5, 1, 0, 0), Outcome()]


@given(
    prices=st.lists(st.tuples(st.integers(0, 1), st.integers(1, 50))),
    limits=st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300)),
    skipped=st.sets(st.integers(0, 20)),
)
def test_billed_and_written_off_are_all_charges_and_no_purse_is_passed(
    prices: list[tuple[int, int]], limits: tuple[int, int, int], skipped: set[int]
) -> None:
    shared, first, second = (Purse(limit) for limit in limits)
    fresh = set(range(len(prices))) - skipped
    outcomes = rules.bill(segment(prices), fresh, [(shared, first), (shared, second)])
    for place, (outcome, limit) in enumerate(zip(outcomes, limits[1:], strict=True)):
        charges = [micros for number, (of, micros) in enumerate(prices) if of == place and number in fresh]
        assert outcome.billed_micros + outcome.written_off_micros == sum(charges)
        assert outcome.billed_events + outcome.written_off_events == len(charges)
        assert outcome.billed_micros <= limit
    assert outcomes[0].billed_micros + outcomes[1].billed_micros == limits[0] - shared.remaining_micros
    assert min(shared.remaining_micros, first.remaining_micros, second.remaining_micros) >= 0


@pytest.mark.parametrize(
    ("mode", "budget", "billed", "left"),
    [
        (BudgetMode.NONE, 0, 10**12, MICROS_MAX),
        (BudgetMode.DAILY, 50, 20, 30),
        (BudgetMode.LIFETIME, 50, 50, 0),
        (BudgetMode.LIFETIME, 50, 60, 0),
    ],
)
def test_what_a_budget_still_bears(mode: BudgetMode, budget: int, billed: int, left: int) -> None:
    assert rules.remaining_micros(mode, budget, billed) == left


def test_the_bounds_of_a_payment_follow_the_size_of_the_unit() -> None:
    assert rules.top_up_bounds_micros("EUR") == (1_000_000, 10**12)
    assert rules.top_up_bounds_micros("JPY") == (1_000_000, 10**14)


def test_keys_of_one_segment_differ_and_fit() -> None:
    big = 2**63 - 1
    wide = Group(big, big, big, big, big, big, big, "EUR", "click_destination", NOON, date(2026, 3, 2))
    reasons = ["write_off", "creator_share", "charge"]
    keys = [
        rules.transfer_key(reason, wide, place, first=10**14, last=10**14) for reason in reasons for place in (0, 1)
    ]
    sources = [ledger.voucher(big, "EUR"), ledger.advertiser(1, "EUR"), ledger.credit(1, "EUR")]
    keys += [f"{keys[-1]}:{rules.source_name(party)}" for party in sources]
    assert len(set(keys)) == 9
    assert max(map(len, keys)) <= 120


@given(st.sets(st.integers(1, 2**63 - 1)))
def test_positions_are_packed_without_loss(positions: set[int]) -> None:
    assert rules.unpacked(rules.packed(positions)) == sorted(positions)
