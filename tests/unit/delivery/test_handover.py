"""Minutes that are over go to the log in numbered records: each count once, whatever the clock and whatever the bounds."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.delivery.making import AD, NOW_MS, Ads, ad_group, one_ad, with_ads
from vonk.core.clock import MINUTE_MS
from vonk.delivery.explaining import handover
from vonk.delivery.explaining.handover import COUNTS_PER_RECORD, LOOKED, WAITS, Handover
from vonk.delivery.matching import minutes
from vonk.delivery.matching.minutes import NO_AD, Minutes
from vonk.events.log import Position, StoredRecord
from vonk.events.records import MinuteRecord
from vonk.storage.memory.event_log import MemoryEventLog
from vonk.storage.parquet import columns, sheets

Sums = Counter[tuple[int, int, str]]
STEPS = st.lists(
    st.tuples(
        st.integers(0, 6),  # The minute, forth and back.
        st.integers(1, 3),
        st.sampled_from([minutes.WON, minutes.LOST, minutes.GAP, minutes.SHOWN, "below_reserve"]),
        st.integers(1, 9),
        st.booleans(),  # Whether what is over is handed over after it.
    ),
    max_size=60,
)


def summed(records: list[MinuteRecord]) -> Sums:
    found: Sums = Counter()
    for record in records:
        for ad_id, name, count in handover.read(record):
            found[record.minute_ms, ad_id, name] += count
    return found


@given(STEPS)
def test_every_count_is_handed_over_once_in_its_minute_under_one_number(
    steps: list[tuple[int, int, str, int, bool]],
) -> None:
    counted, told, records = Minutes(), Counter[tuple[int, int, str]](), list[MinuteRecord]()
    handed = Handover(counted, {}, "a")
    for minute, ad_id, name, by, over in steps:
        counted.note(ad_id, name, minute * MINUTE_MS + 7, by)
        if name != minutes.SHOWN:  # The roll-up's own.
            told[minute * MINUTE_MS, ad_id, name] += by
        if over:
            records += [one for one in handed.due(minute * MINUTE_MS + 8) if one is not None]
    last_ms = max((step[0] for step in steps), default=0) * MINUTE_MS + 9
    records += handed.last(last_ms)
    assert {key: count for key, count in summed(records).items() if key[2] != LOOKED} == told
    assert [one.number for one in records] == list(range(1, len(records) + 1))
    assert [one.ends for one in records] == [False] * (len(records) - 1) + [True] * bool(records)
    assert [one.through_ms for one in records[-1:]] == [last_ms] * bool(records)


def test_a_silent_minute_is_handed_over_too_once_anything_was_counted() -> None:
    counted = Minutes()
    handed = Handover(counted, {}, "a")
    assert list(handed.due(5 * MINUTE_MS)) == []
    counted.note(AD, minutes.WON, 5 * MINUTE_MS)
    for minute in (6, 7, 8):
        reached = [one.through_ms for one in handed.due(minute * MINUTE_MS + 500) if one is not None]
        assert reached[-1] == minute * MINUTE_MS
        assert list(handed.due(minute * MINUTE_MS + 900)) == []


def test_many_counts_go_in_pieces_and_what_had_no_room_is_told() -> None:
    counted = Minutes(counts_max=2 * COUNTS_PER_RECORD + 1)
    handed = Handover(counted, {}, "a")
    for ad_id in range(1, 2 * COUNTS_PER_RECORD + 5):
        counted.note(ad_id, minutes.WON, 0)
    records = [one for one in handed.due(MINUTE_MS) if one is not None]
    sizes = [sum(1 for _, name, _ in handover.read(one) if name == minutes.WON) for one in records]
    assert [size for size in sizes if size] == [COUNTS_PER_RECORD, COUNTS_PER_RECORD, 1]
    assert sum(one.unkept for one in records) == counted.unkept == 3
    assert [one.through_ms for one in records[:3]] == [0, 0, MINUTE_MS], "Only the last piece ends the minute."


def test_a_server_that_stops_in_order_leaves_nothing_behind() -> None:
    log = MemoryEventLog()

    async def story(ads: Ads) -> None:
        await ads.slot()
        await ads.slot()

    with_ads(story, *one_ad(), log=log)
    records = [one.record for one in log.read(Position(0), 99) if isinstance(one.record, MinuteRecord)]
    sums = summed(records)
    assert (sums[NOW_MS // MINUTE_MS * MINUTE_MS, AD, minutes.WON], records[-1].ends) == (2, True)
    assert sums[NOW_MS // MINUTE_MS * MINUTE_MS, NO_AD, minutes.ASKED] == 2


def test_records_of_minutes_are_archived_and_exported_as_they_are() -> None:
    record = MinuteRecord("a", 3, NOW_MS, NOW_MS + 9, NOW_MS + 5, b"\x80", unkept=2, ends=True)
    stored = [StoredRecord(Position(7), record)]
    assert columns.records_of(columns.table_of(stored)) == stored
    row = sheets.row_of(stored[0])
    assert (row["tag"], row["received_ms"], row["server"], row["number"]) == ("minute", NOW_MS + 9, "a", 3)


def test_it_is_looked_at_which_ads_wait_outside_all_auctions() -> None:
    async def story(ads: Ads) -> Sums:
        await ads.slot()
        runtime = ads.app.runtime
        now_ms = runtime.clock.now_ms()
        first = [one for one in runtime.handover.due(now_ms + MINUTE_MS) if one is not None]
        again = [one for one in runtime.handover.due(now_ms + 2 * MINUTE_MS) if one is not None]
        later = [one for one in runtime.handover.due(now_ms + 12 * MINUTE_MS) if one is not None]
        looks = summed(first + again + later)
        return Counter({(0, ad_id, name): 0 for _, ad_id, name in looks}) + Counter(
            {
                (0, ad_id, name): sum(n for (_, a, b), n in looks.items() if (a, b) == (ad_id, name))
                for _, ad_id, name in looks
            }
        )

    found = with_ads(story, *one_ad(ad_group=ad_group(ends_ms=NOW_MS)))
    assert (found[0, NO_AD, LOOKED], found[0, AD, f"{WAITS}ended"]) == (2, 2)
