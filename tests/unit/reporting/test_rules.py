"""Counting: gross is net + invalid, whatever is invalid and however late it is healed."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from vonk.content.rules import METRIC_CHARS_MAX
from vonk.core.clock import HOUR_MS
from vonk.events.log import Position, StoredRecord
from vonk.events.records import Claims, EventRecord, Kind
from vonk.reporting import rules
from vonk.reporting.rules import EVENTS, INVALID, RULE, TALLY_OF

CLAIMS = Claims(1, 2, 3, 4, 5, 6, 7, 8, "vik", "impression", 5_000, "EUR", 1_790_000_000_000, "feed")


def event(kind: Kind, *, hours: int = 0, value: int = 0, invalid: str = "", restored: str = "") -> EventRecord:
    received_ms = CLAIMS.decided_ms + hours * HOUR_MS
    return EventRecord("e", kind, received_ms, received_ms, 0, value, CLAIMS, invalid, restored)


def counted(events: list[EventRecord]) -> Counter[str]:
    total: Counter[str] = Counter()
    for key, value in rules.count(StoredRecord(Position(at), one) for at, one in enumerate(events, 1)).items():
        total[key.metric] += value
    return total


def test_a_healed_event_is_taken_back_in_the_hour_that_healed_it() -> None:
    records = [
        event(Kind.CLICK_DESTINATION, invalid="not_rendered"),
        event(Kind.CLICK_DESTINATION, hours=1, restored="not_rendered"),
    ]
    found = rules.count(StoredRecord(Position(at), one) for at, one in enumerate(records, 1))
    hour = CLAIMS.decided_ms // HOUR_MS * HOUR_MS
    assert {(key.hour_ms - hour, key.metric): value for key, value in found.items()} == {
        (0, "invalid_clicks_destination"): 1,
        (0, "rule_not_rendered"): 1,
        (0, "events"): 1,
        (HOUR_MS, "clicks_destination"): 1,
        (HOUR_MS, "invalid_clicks_destination"): -1,
        (HOUR_MS, "rule_not_rendered"): -1,
    }


@given(
    st.lists(
        st.tuples(
            st.sampled_from(Kind), st.integers(0, 5_000), st.sampled_from(["", "known_bot", "too_fast"]), st.booleans()
        )
    )
)
def test_net_and_invalid_are_gross_and_rules_count_what_stayed_invalid(
    drawn: list[tuple[Kind, int, str, bool]],
) -> None:
    events, gross, still = [], Counter[str](), Counter[str]()
    for kind, value, rule, healed in drawn:
        events.append(event(kind, value=value, invalid=rule))
        gross[TALLY_OF[kind]] += value if kind is Kind.WATCH else 1
        if rule and healed:
            events.append(event(kind, hours=2, value=value, restored=rule))
        elif rule:
            still[f"{RULE}{rule}"] += 1
    found = counted(events)
    for metric in TALLY_OF.values():
        assert found[metric] + found[f"{INVALID}{metric}"] == gross[metric]
    assert found[EVENTS] == len(drawn)
    assert +Counter({name: value for name, value in found.items() if name.startswith(RULE)}) == still


def test_every_counters_name_fits_its_column() -> None:
    assert max(len(f"{INVALID}{metric}") for metric in TALLY_OF.values()) <= METRIC_CHARS_MAX
