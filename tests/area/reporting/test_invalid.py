"""Invalid traffic by rule, hour and ad, and the search for its events."""

from datetime import date, timedelta

import msgspec
import pytest

from tests.area.billing.world import NOW, OPERATOR, Town, build, claims, event, organic, show
from vonk.control.scope import Right, Scope
from vonk.core.errors import RightMissing
from vonk.events.log import EventLog, Position
from vonk.events.records import EventRecord, Kind
from vonk.reporting import invalid, log_search, rollups
from vonk.reporting.errors import SpanInvalid
from vonk.reporting.invalid import AccountInvalid
from vonk.reporting.log_search import Viewer, Wanted
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
EVERYTHING_ELSE = Scope(person_id=1, rights=frozenset(Right) - {Right.OPERATE}, account_id=1)


def broken(town: Town, rule: str, kind: Kind = Kind.IMPRESSION, *, hours: int = 0, viewer: str = "vik") -> EventRecord:
    of = claims(town, at=NOW + timedelta(hours=hours), viewer_id=viewer)
    return msgspec.structs.replace(event(of, kind, charge=0), invalid=rule)


def traffic(log: EventLog, town: Town) -> None:
    show(log, town, times=6)
    log.append([broken(town, "known_bot"), broken(town, "too_fast", Kind.WATCH)])
    log.append([msgspec.structs.replace(event(organic(town)), invalid="own_showing")])
    log.append([broken(town, "known_bot", hours=1)])
    rollups.roll_up(log, now=NOW)


def test_invalid_traffic_is_told_by_rule_hour_and_ad() -> None:
    town, log = build(funds_micros=0), MemoryEventLog()
    traffic(log, town)
    found = invalid.invalid_traffic(OPERATOR, start_date=TODAY, end_date=TODAY)
    assert (found.events, found.invalid, found.share) == (10, 4, 0.4)
    assert {one.rule: (one.events, one.share) for one in found.rules if one.events} == {
        "own_showing": (1, 0.1),
        "known_bot": (2, 0.2),
        "too_fast": (1, 0.1),
    }
    assert [(hour.hour_at, hour.events, hour.by_rule) for hour in found.hours] == [
        (NOW, 9, {"own_showing": 1, "known_bot": 1, "too_fast": 1}),
        (NOW + timedelta(hours=1), 1, {"known_bot": 1}),
    ]
    first, second = found.ads
    assert first.ad is not None
    assert (first.ad_id, first.ad.name, first.ad.account_id, first.ad.account_name) == (
        town.ad,
        "First",
        town.account,
        "Ada",
    )
    assert (first.invalid, first.by_rule) == (3, {"known_bot": 2, "too_fast": 1})
    assert (second.ad_id, second.ad, second.invalid) == (0, None, 1)
    assert found.accounts == (AccountInvalid(town.account, "Ada", 3, 1),)


def test_without_events_there_is_no_share() -> None:
    found = invalid.invalid_traffic(OPERATOR, start_date=TODAY, end_date=TODAY)
    assert (found.events, found.share, found.hours, found.ads) == (0, None, (), ())
    assert [one.share for one in found.rules] == [None] * 7


def test_invalid_traffic_is_the_operators_and_bounded() -> None:
    with pytest.raises(RightMissing):
        invalid.invalid_traffic(EVERYTHING_ELSE, start_date=TODAY, end_date=TODAY)
    with pytest.raises(SpanInvalid):
        invalid.invalid_traffic(OPERATOR, start_date=date(2026, 1, 1), end_date=TODAY)


def wanted(**changes: object) -> Wanted:
    return msgspec.structs.replace(Wanted(start=NOW, end=NOW + timedelta(hours=1)), **changes)


def test_a_search_finds_events_by_time_ad_viewer_kind_and_rule() -> None:
    town, log = build(funds_micros=0), MemoryEventLog()
    log.append(
        [broken(town, "too_many", Kind.CLICK_DESTINATION, viewer="mallory"), event(claims(town, viewer_id="mallory"))]
    )
    traffic(log, town)

    def count(**changes: object) -> tuple[int, int]:
        found = log_search.search(OPERATOR, log, wanted(**changes))
        assert found.complete
        assert len(found.events) == found.count
        return found.count, found.invalid

    assert count() == (11, 4)
    assert count(end=NOW + timedelta(hours=2)) == (12, 5)
    assert count(start=NOW + timedelta(hours=1), end=NOW + timedelta(hours=2)) == (1, 1)
    assert count(ad_id=0) == (1, 1)
    assert count(ad_id=town.ad, rule="known_bot") == (1, 1)
    assert count(rule="") == (7, 0)
    assert count(viewer_id="mallory") == (2, 1)
    assert count(viewer_id="mallory", kind=Kind.IMPRESSION) == (1, 0)
    viewers = log_search.search(OPERATOR, log, wanted()).viewers
    assert viewers == (Viewer("vik", 9, 3), Viewer("mallory", 2, 1))


def test_a_search_says_when_it_did_not_read_or_keep_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    town, log = build(funds_micros=0), MemoryEventLog()
    show(log, town, times=5)
    monkeypatch.setattr(log_search, "EVENTS_MAX", 3)
    found = log_search.search(OPERATOR, log, wanted())
    assert (found.count, len(found.events), found.complete, found.until) == (5, 3, False, None)
    monkeypatch.setattr(log_search, "RECORDS_MAX", 4)
    found = log_search.search(OPERATOR, log, wanted())
    assert (found.count, found.complete, found.until) == (2, False, NOW)


@pytest.mark.parametrize("trimmed", [0, 7])
def test_a_search_begins_where_its_time_begins(trimmed: int) -> None:
    town, log = build(funds_micros=0), MemoryEventLog()
    for hour in range(12):
        show(log, town, at=NOW + timedelta(hours=hour))
    log.trim(Position(trimmed))
    for hour in range(4, 12):
        start = NOW + timedelta(hours=hour)
        found = log_search.search(OPERATOR, log, wanted(start=start, end=start + timedelta(hours=1)))
        assert found.count == 1


def test_only_operators_search() -> None:
    with pytest.raises(RightMissing):
        log_search.search(EVERYTHING_ELSE, MemoryEventLog(), wanted())
