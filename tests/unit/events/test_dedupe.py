from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.events.making import DAY_MS, NOW_MS, showing
from vonk.events import dedupe
from vonk.events.dedupe import Novelty, Seen, Waiting
from vonk.events.records import ONCE_PER_SHOWING, EventRecord, Kind

EVENTS = st.lists(
    st.tuples(
        st.integers(1, 3), st.sampled_from("abc"), st.sampled_from(list(Kind)), st.sampled_from(["", "not_rendered"])
    ),
    max_size=40,
)


def event(decision_id: int, event_id: str, kind: Kind, invalid: str = "", value: int = 5) -> EventRecord:
    return EventRecord(event_id, kind, NOW_MS, NOW_MS, 0, value, showing(decision_id), invalid=invalid)


def noted(seen: Seen, record: EventRecord) -> bool | Novelty:
    """Note it when it is new; return whether it was its showing's first, or why it was not new."""
    text = seen.of(record.claims)
    novelty = dedupe.novelty(text, record.event_id, record.kind)
    return seen.note(record, text) if novelty is Novelty.NEW else novelty


@settings(deadline=None)
@given(EVENTS)
def test_each_event_once_and_some_kinds_once_per_showing(events: list[tuple[int, str, Kind, str]]) -> None:
    seen = Seen()
    ids: set[tuple[int, str]] = set()
    kinds: set[tuple[int, Kind]] = set()
    valid: set[tuple[int, Kind]] = set()
    for decision_id, event_id, kind, invalid in events:
        found = noted(seen, event(decision_id, event_id, kind, invalid))
        if (decision_id, event_id) in ids:
            assert found is Novelty.EVENT_REPEATED
            continue
        if kind in ONCE_PER_SHOWING and (decision_id, kind) in kinds:
            assert found is Novelty.KIND_REPEATED
            continue
        assert found is (not invalid and (decision_id, kind) not in valid)
        ids.add((decision_id, event_id))
        kinds.add((decision_id, kind))
        if not invalid:
            valid.add((decision_id, kind))


@settings(deadline=None)
@given(EVENTS)
def test_forgetting_in_reverse_leaves_nothing(events: list[tuple[int, str, Kind, str]]) -> None:
    seen = Seen()
    taken = [
        (record, first) for record in (event(*one) for one in events) if isinstance(first := noted(seen, record), bool)
    ]
    for record, first in reversed(taken):
        assert seen.forget(record) is first
    assert len(seen) == 0


def test_what_was_watched_adds_up_and_is_taken_back_from_the_middle() -> None:
    seen = Seen()
    watched = [event(1, name, Kind.WATCH, value=value) for name, value in (("a", 100), ("b", 20), ("c", 3))]
    for record in watched:
        noted(seen, record)
    noted(seen, event(1, "d", Kind.WATCH, "not_rendered", 1_000))
    assert dedupe.watched_ms(seen.of(showing())) == 1_123
    seen.forget(watched[1])
    assert dedupe.watched_ms(seen.of(showing())) == 1_103


def test_what_waits_is_known_whole_and_restored_in_place() -> None:
    seen = Seen()
    noted(seen, event(1, "a", Kind.WATCH, "not_rendered", 70))
    noted(seen, event(1, "b", Kind.CLICK_MUSIC, "too_fast"))
    assert dedupe.waiting(seen.of(showing())) == [Waiting(Kind.WATCH, "a", NOW_MS, 70)]
    restored = EventRecord("a", Kind.WATCH, NOW_MS, NOW_MS + 1, 0, 70, showing(), restored="not_rendered")
    assert seen.note(restored, seen.of(showing())) is True
    assert dedupe.waiting(seen.of(showing())) == []
    assert seen.forget(restored) is True
    assert dedupe.waiting(seen.of(showing())) == [Waiting(Kind.WATCH, "a", NOW_MS, 70)]


def test_a_record_whose_showing_was_let_go_of_is_no_trouble() -> None:
    seen = Seen()
    restored = EventRecord("a", Kind.WATCH, NOW_MS, NOW_MS + 1, 0, 70, showing(), restored="not_rendered")
    assert seen.forget(restored) is False
    assert seen.note(restored, "") is True


def test_showings_are_let_go_when_their_tokens_no_longer_count() -> None:
    seen = Seen()
    noted(seen, event(1, "a", Kind.PLAY))
    decided_day_ms = NOW_MS // DAY_MS * DAY_MS
    seen.drop_expired(decided_day_ms + 8 * DAY_MS - 1)
    assert len(seen) == 1
    seen.drop_expired(decided_day_ms + 8 * DAY_MS)
    assert len(seen) == 0
