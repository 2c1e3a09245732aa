"""Counts by audience: in any order and any pieces the same, and each dimension's sum is the counter's."""

from collections import Counter
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.events.making import NOW_MS, showing
from vonk.core.clock import DAY_MS
from vonk.events.log import Position, StoredRecord, redacted
from vonk.events.records import EventRecord, Kind
from vonk.reporting import rules
from vonk.reporting.audience.rules import METRICS, SMALL, Dimension, count, shown

KINDS = (Kind.IMPRESSION, Kind.VIEW_6S, Kind.CLICK_DESTINATION, Kind.LIKE)


@st.composite
def records(draw: st.DrawFn) -> list[StoredRecord]:
    """Events of a few ads and of none, on two days, some invalid and some healed."""
    made = []
    for position in range(1, draw(st.integers(0, 30)) + 1):
        told: dict[str, Any] = {
            "ad_id": draw(st.sampled_from([0, 9, 10])),
            "country": draw(st.sampled_from(["", "NL", "FR"])),
            "age_band": draw(st.sampled_from(["", "25_34"])),
            "gender": draw(st.sampled_from(["", "female", "other"])),
        }
        judged = draw(st.sampled_from([{}, {"invalid": "known_bot"}, {"restored": "not_rendered"}]))
        received_ms = NOW_MS + draw(st.sampled_from([0, DAY_MS]))
        kind = draw(st.sampled_from(KINDS))
        event = EventRecord(f"e{position}", kind, NOW_MS, received_ms, 0, 0, showing(position, **told), **judged)
        made.append(StoredRecord(Position(position), event))
    return made


@given(records(), st.randoms(use_true_random=False), st.integers(0, 30))
def test_pieces_in_any_order_add_up_to_the_counters(made: list[StoredRecord], chance: Any, cut: int) -> None:
    whole = Counter(count(made))
    mixed = made.copy()
    chance.shuffle(mixed)
    assert Counter(count(mixed[:cut])) + Counter(count(mixed[cut:])) == whole
    counters: Counter[tuple[int, str]] = Counter()
    for key, value in rules.count(made).items():
        if key.ad_id and key.metric in METRICS:
            counters[key.ad_id, key.metric] += value
    for dimension in Dimension:
        sums: Counter[tuple[int, str]] = Counter()
        for seen, times in whole.items():
            if seen.dimension == dimension:
                sums[seen.ad_id, seen.metric] += times
        assert sums == +counters


@given(
    st.dictionaries(
        st.sampled_from(["", "NL", "FR", "DE"]), st.fixed_dictionaries({m: st.integers(0, 30) for m in METRICS})
    )
)
def test_what_is_small_is_shown_together_and_nothing_is_lost(counts: dict[str, dict[str, int]]) -> None:
    parts = shown(counts)
    assert all(part.counts["impressions"] >= SMALL for part in parts if not part.other)
    assert sum(part.other for part in parts[:-1]) == 0
    for metric in METRICS:
        assert sum(part.counts[metric] for part in parts) == sum(of[metric] for of in counts.values())


def test_an_erasure_takes_what_was_told_of_the_viewer() -> None:
    event = EventRecord("e", Kind.IMPRESSION, 1, 1, 0, 0, showing(country="NL", age_band="25_34", gender="male"))
    found = redacted(event, {"vik"})
    assert isinstance(found, EventRecord)
    assert found.claims == msgspec.structs.replace(showing(), viewer_id="~")
