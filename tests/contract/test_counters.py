"""What every engine of the counters promises."""

from collections.abc import Callable, Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chance import examples
from tests.contract.redis_server import redis_server
from vonk.delivery.limits.counters import Counters, Level, Promise, Purse
from vonk.delivery.snapshot import FrequencyCap
from vonk.events.ingest import Entry
from vonk.events.log import Position
from vonk.events.records import Claims, EventRecord, Kind
from vonk.storage.memory.counters import MemoryCounters
from vonk.storage.redis.counters import RedisCounters

HOUR_MS = 3_600_000


@pytest.fixture(scope="module", params=["memory", "redis"])
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Counters]]:
    if request.param == "memory":
        yield MemoryCounters
        return
    made: list[Counters] = []

    def shared() -> Counters:
        made.append(RedisCounters(MemoryCounters(), redis.url, server=f"server-{len(made)}"))
        return made[-1]

    with redis_server(tmp_path_factory.mktemp("redis")) as redis:
        yield shared
        for counters in made:
            counters.close()


@pytest.fixture
def counters(make: Callable[[], Counters]) -> Counters:
    return make()


def event(
    kind: Kind, at_ms: int = 0, *, charge: int = 0, decision_id: int = 1, first: bool = True, bills: str = "impression"
) -> Entry:
    claims = Claims(decision_id, 2, 3, 4, 5, 6, 7, 8, "vik", bills, 10, "EUR", 0, "for_you")
    return Entry(EventRecord("e", kind, at_ms, at_ms, charge, 0, claims), first)


def promise(decision_id: int = 1, expires_ms: int = 600_000, micros: int = 10, *, shown: bool = False) -> Promise:
    return Promise(decision_id, expires_ms, micros, "vik", 4, 3, 6, 5, shown)


def purses(counters: Counters) -> list[tuple[int, int]]:
    spends = [
        counters.spend(purse, object_id)
        for purse, object_id in ((Purse.CAMPAIGN, 4), (Purse.AD_GROUP, 3), (Purse.GRANT, 6), (Purse.ACCOUNT, 5))
    ]
    return [(spend.billed, spend.reserved) for spend in spends]


def test_a_promise_is_held_in_every_purse_until_its_event(counters: Counters) -> None:
    counters.promise(promise())
    assert (purses(counters), counters.promises) == ([(0, 10)] * 4, 1)
    counters.count(event(Kind.IMPRESSION, charge=10))
    assert (purses(counters), counters.promises) == ([(10, 0)] * 4, 0)


def test_a_promise_counts_once(counters: Counters) -> None:
    counters.promise(promise())
    counters.promise(promise())
    assert purses(counters) == [(0, 10)] * 4


def test_a_promise_is_released_when_its_time_is_over(counters: Counters) -> None:
    counters.promise(promise(1, 1_000))
    counters.promise(promise(2, 2_000))
    assert counters.release_expired(999) == 0
    assert counters.release_expired(1_000) == 1
    assert purses(counters) == [(0, 10)] * 4


def test_an_impression_that_does_not_bill_leaves_the_money_held(counters: Counters) -> None:
    counters.promise(promise())
    counters.count(event(Kind.IMPRESSION, bills="click_destination"))
    assert purses(counters) == [(0, 10)] * 4
    assert counters.seen("vik", Level.AD_GROUP, 3, -1) == 1  # Shown once, promised no more.


def test_a_viewer_has_seen_what_was_shown_in_the_window_and_what_is_promised(counters: Counters) -> None:
    counters.cap(Level.AD_GROUP, 3, (FrequencyCap(5, 3_600),))
    counters.caps_known()
    counters.count(event(Kind.IMPRESSION, 1_000, decision_id=1))
    counters.count(event(Kind.IMPRESSION, 2_000, decision_id=2))
    counters.promise(promise(3))
    assert [counters.seen("vik", Level.AD_GROUP, 3, since) for since in (0, 1_000, 2_000)] == [3, 2, 1]
    assert counters.seen("ada", Level.AD_GROUP, 3, 0) == 0
    counters.sweep(2_000 + HOUR_MS)
    assert counters.seen("vik", Level.AD_GROUP, 3, 0) == 1


def test_a_day_is_the_quarters_in_it(counters: Counters) -> None:
    for at_ms, micros in ((0, 1), (HOUR_MS - 1, 2), (HOUR_MS, 4), (2 * HOUR_MS, 8)):
        counters.count(event(Kind.IMPRESSION, at_ms, charge=micros))
    spend = counters.spend(Purse.CAMPAIGN, 4)
    assert spend.billed_between(0, HOUR_MS) == 3
    assert spend.billed_between(HOUR_MS, 2 * HOUR_MS) == 4
    counters.count(event(Kind.IMPRESSION, HOUR_MS + 5, charge=16))
    assert spend.billed_between(HOUR_MS, 2 * HOUR_MS) == 20
    assert spend.billed == 31


def test_a_settled_charge_is_part_of_the_balance(counters: Counters) -> None:
    account = counters.spend(Purse.ACCOUNT, 5)
    for position in (1, 2, 3):
        counters.count(event(Kind.IMPRESSION, charge=10))
        counters.place(5, 10, Position(position))
    assert account.unsettled == 30
    counters.settle(5, 2)
    assert account.unsettled == 10
    counters.settle(5, 4)
    counters.count(event(Kind.IMPRESSION, charge=10))
    assert account.unsettled == 10
    counters.place(5, 10, Position(4))  # The balance was struck before we learned where the charge stands.
    assert account.unsettled == 0


def test_results_are_counted_once_for_a_showing(counters: Counters) -> None:
    for kind in (Kind.IMPRESSION, Kind.CLICK_DESTINATION, Kind.VIEW_6S, Kind.PLAY):
        counters.count(event(kind))
    counters.count(event(Kind.CLICK_DESTINATION, first=False))
    tally = counters.tally(2)
    assert (tally.impressions, tally.clicks, tally.views) == (1, 1, 1)


@settings(max_examples=examples(15))
@given(
    st.lists(
        st.tuples(
            st.sampled_from([Kind.IMPRESSION, Kind.CLICK_DESTINATION, Kind.VIEW_6S, Kind.WATCH]),
            st.integers(0, 50 * HOUR_MS),
            st.integers(0, 100),
            st.booleans(),
        ),
        max_size=30,
    )
)
def test_taking_back_undoes_and_a_dump_brings_everything_back(
    make: Callable[[], Counters], events: list[tuple[Kind, int, int, bool]]
) -> None:
    counters, again, fresh = make(), make(), make()
    counters.promise(promise(99, shown=False))
    before = counters.dump()
    entries = [event(kind, at_ms, charge=charge, first=first) for kind, at_ms, charge, first in events]
    for entry in entries:
        counters.count(entry)
    again.load(counters.dump())
    assert state(again) == state(counters)
    for entry in reversed(entries):
        counters.take_back(entry)
    fresh.load(before)
    assert state(counters) == state(fresh)
    for one in (counters, again, fresh):
        one.close()


def state(counters: Counters) -> tuple[object, ...]:
    tally = counters.tally(2)
    spend = counters.spend(Purse.CAMPAIGN, 4)
    days = [spend.billed_between(start, start + 24 * HOUR_MS) for start in (0, 24 * HOUR_MS, 48 * HOUR_MS)]
    results = (tally.impressions, tally.clicks, tally.views)
    return (
        purses(counters),
        days,
        results,
        counters.seen("vik", Level.AD_GROUP, 3, -1),
        counters.spend(Purse.ACCOUNT, 5).unsettled,
    )


def test_what_the_log_tells_again_counts_like_what_is_new(make: Callable[[], Counters]) -> None:
    new, told = make(), make()
    new.promise(promise(1))
    told.learn_promise(promise(1))
    assert purses(new) == purses(told) == [(0, 10)] * 4
    new.count(event(Kind.IMPRESSION, charge=10))
    told.learn(event(Kind.IMPRESSION, charge=10))
    assert state(new) == state(told)


def test_what_is_no_dump_changes_nothing(counters: Counters) -> None:
    counters.promise(promise())
    with pytest.raises(msgspec.MsgspecError):  # A ValueError.
        counters.load(b"\x93")
    assert purses(counters) == [(0, 10)] * 4
