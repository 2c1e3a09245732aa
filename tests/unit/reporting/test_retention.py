"""How long showings were watched, and the curve of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from vonk.core.clock import DAY_MS, to_ms
from vonk.events.log import Position, StoredRecord
from vonk.events.records import Claims, EventRecord, Kind
from vonk.reporting.retention import rules
from vonk.reporting.retention.rules import COUNTS_FOR_MS, SECONDS_MAX, Point, Watched

AT = datetime(2026, 3, 2, 23, 59, tzinfo=UTC)
CLAIMS = Claims(
    decision_id=1, ad_id=0, ad_group_id=0, campaign_id=0, account_id=0, grant_id=0, post_id=5, profile_id=6, viewer_id="vik",
    bills="", price_micros=0, currency="", decided_ms=to_ms(AT), surface="feed", duration_ms=6_040,
)  # fmt: skip


def stored(kind: Kind, value: int = 0, *, after_ms: int = 1_000, invalid: str = "", **of: Any) -> StoredRecord:
    claims = msgspec.structs.replace(CLAIMS, **of)
    received_ms = claims.decided_ms + after_ms
    event = EventRecord("e", kind, received_ms, received_ms, 0, value, claims, invalid)
    return StoredRecord(Position(1), event)


def test_a_showing_is_its_play_and_all_that_was_watched_of_it_on_the_day_it_was_decided() -> None:
    records = [
        stored(Kind.PLAY),
        stored(Kind.WATCH, 1_400),
        stored(Kind.WATCH, 2_100, after_ms=DAY_MS),
        stored(Kind.WATCH, 9_000, invalid="too_fast"),
        stored(Kind.WATCH, 9_000, after_ms=COUNTS_FOR_MS + 1),
        stored(Kind.VIEW_2S),
        stored(Kind.PLAY, decision_id=2, ad_id=8, duration_ms=0),
    ]
    assert rules.count(records) == {
        1: Watched(5, False, AT.date(), 6, 3_500),
        2: Watched(5, True, AT.date(), SECONDS_MAX, 0),
    }


def test_replays_do_not_make_a_video_longer() -> None:
    assert rules.second_of(3_500, 6) == 4
    assert rules.second_of(25_000, 6) == 6
    assert rules.seconds_max(3_600_000) == SECONDS_MAX


def test_a_curve_says_who_was_still_there() -> None:
    assert rules.curve({}) == ()
    assert rules.curve({(0, False): 2, (2, False): 1, (2, True): 3, (4, True): 0}) == (
        Point(0, 3, 3),
        Point(1, 1, 3),
        Point(2, 1, 3),
    )


@given(st.dictionaries(st.tuples(st.integers(0, 30), st.booleans()), st.integers(0, 50)))
def test_a_curve_begins_with_everybody_and_never_rises(showings: Mapping[tuple[int, bool], int]) -> None:
    points = rules.curve(showings)
    totals = [point.total for point in points]
    assert totals == sorted(totals, reverse=True)
    assert (totals[0] if totals else 0) == sum(showings.values())
    assert not totals or totals[-1] > 0
