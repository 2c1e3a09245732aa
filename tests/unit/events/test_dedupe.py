from hypothesis import given
from hypothesis import strategies as st

from vonk.events.dedupe import Novelty, Seen
from vonk.events.records import ONCE_PER_SHOWING, Claims, EventRecord, Kind

DAY_MS = 86_400_000
EVENTS = st.lists(st.tuples(st.integers(1, 3), st.sampled_from("abc"), st.sampled_from(list(Kind))), max_size=40)


@given(EVENTS)
def test_each_event_once_and_some_kinds_once_per_showing(events: list[tuple[int, str, Kind]]) -> None:
    seen = Seen()
    ids: set[tuple[int, str]] = set()
    kinds: set[tuple[int, Kind]] = set()
    for decision_id, event_id, kind in events:
        novelty = seen.add(decision_id, DAY_MS, event_id, kind)
        once = kind in ONCE_PER_SHOWING and (decision_id, kind) in kinds
        if (decision_id, event_id) in ids or once:
            assert novelty is Novelty.DUPLICATE
            continue
        assert novelty is (Novelty.REPEAT if (decision_id, kind) in kinds else Novelty.FIRST)
        ids.add((decision_id, event_id))
        kinds.add((decision_id, kind))


@given(EVENTS)
def test_forgetting_in_reverse_leaves_nothing(events: list[tuple[int, str, Kind]]) -> None:
    seen = Seen()
    taken = [event for event in events if seen.add(event[0], DAY_MS, event[1], event[2]) is not Novelty.DUPLICATE]
    for decision_id, event_id, kind in reversed(taken):
        seen.forget(decision_id, DAY_MS, event_id, kind)
    assert len(seen) == 0


def test_the_first_of_a_kind_is_known_as_such() -> None:
    seen = Seen()
    claims = Claims(1, 0, 0, 0, 0, 0, 0, 0, "vik", "", 0, "", 0, "")
    for event_id in ("a", "b"):
        seen.add(1, 0, event_id, Kind.WATCH)
    first, second = (EventRecord(event_id, Kind.WATCH, 0, 0, 0, 0, claims) for event_id in ("a", "b"))
    assert (seen.is_first(first), seen.is_first(second)) == (True, False)


def test_showings_are_let_go_when_their_tokens_no_longer_count() -> None:
    seen = Seen()
    seen.add(1, 0, "a", Kind.PLAY)
    seen.drop_expired(8 * DAY_MS - 1)
    assert len(seen) == 1
    seen.drop_expired(8 * DAY_MS)
    assert len(seen) == 0
