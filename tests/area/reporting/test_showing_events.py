"""A showing's events, found in the log by its decision's id."""

from typing import NoReturn

import pytest

from tests.area.billing.world import NOW, OPERATOR, Town, build, claims, decision, event
from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.core.errors import RightMissing
from vonk.core.ids import EPOCH_MS, IdSource, at_ms
from vonk.events.log import Position, StoredRecord
from vonk.events.records import Claims, Kind
from vonk.events.tokens import Signer
from vonk.reporting import showing_events
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

SHOWINGS = 2_000
STEP_MS = 30_000


def id_at(ms: int, number: int = 0) -> int:
    return (ms - EPOCH_MS << 22) + number


def showing(town: Town, number: int, *, shift_ms: int = 0) -> Claims:
    """Return the claims of one of many showings, half a minute apart; the log's clock may be another than the ids'."""
    ms = to_ms(NOW) + number * STEP_MS
    return claims(town, decision_id=id_at(ms, number % 7), decided_ms=ms + shift_ms)


class Counted(MemoryEventLog):
    """Counts the records that are read."""

    read_records = 0

    def read(self, after: Position, limit: int) -> list[StoredRecord]:
        found = super().read(after, limit)
        self.read_records += len(found)
        return found


@pytest.fixture(params=[0, 40 * 24 * 3_600_000, -3_600_000])
def log(request: pytest.FixtureRequest) -> Counted:
    """A log of many showings, two records each; ids and clock agree or do not."""
    town, log = build(funds_micros=0), Counted()
    for number in range(SHOWINGS):
        one = showing(town, number, shift_ms=request.param)
        log.append([decision(one), event(one)])
    return log


def positions(found: showing_events.Followed) -> list[int]:
    return [stored.position for stored in found.events]


@pytest.mark.parametrize("number", [0, 1, 700, SHOWINGS - 1])
def test_an_event_is_found_by_its_decision_wherever_it_stands(log: Counted, number: int) -> None:
    ms = to_ms(NOW) + number * STEP_MS
    found = showing_events.find(OPERATOR, log, id_at(ms, number % 7))
    assert (positions(found), found.after) == ([2 * number + 2], None)
    assert showing_events.find(OPERATOR, log, id_at(ms, 9)).events == ()


def test_what_came_before_is_not_read(log: Counted) -> None:
    number = SHOWINGS - 10
    showing_events.find(OPERATOR, log, id_at(to_ms(NOW) + number * STEP_MS, number % 7))
    assert log.read_records < 4 * 500 + 600  # Some looks while halving, then the end of the log.


def test_late_events_and_one_events_records_are_told_apart() -> None:
    town, log = build(funds_micros=0), MemoryEventLog()
    first = showing(town, 0)
    click = event(first, Kind.CLICK_DESTINATION, after_ms=3 * 24 * 3_600_000)
    log.append([decision(first), event(first)])
    for number in range(1, 50):
        log.append([decision(showing(town, number))])
    log.append([click])
    assert positions(showing_events.find(OPERATOR, log, first.decision_id)) == [2, 52]
    assert positions(showing_events.find(OPERATOR, log, first.decision_id, event_id=click.event_id)) == [52]
    after_a_week = showing(town, 8 * 24 * 120)
    log.append([decision(after_a_week), event(first)])
    assert positions(showing_events.find(OPERATOR, log, first.decision_id)) == [2, 52]  # None counts so late.


def test_a_search_is_bounded_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    town, log = build(funds_micros=0), MemoryEventLog()
    first = showing(town, 0)
    log.append([decision(first), *(decision(showing(town, number)) for number in range(1, 30)), event(first)])
    monkeypatch.setattr(showing_events, "RECORDS_MAX", 20)
    found = showing_events.find(OPERATOR, log, first.decision_id)
    assert (positions(found), found.after) == ([], 20)
    found = showing_events.find(OPERATOR, log, first.decision_id, after=found.after)
    assert (positions(found), found.after) == ([31], None)
    monkeypatch.setattr(showing_events, "EVENTS_MAX", 1)
    log.append([event(first, Kind.PLAY)])
    assert showing_events.find(OPERATOR, log, first.decision_id, after=Position(30)).after == 31


def test_a_showing_is_named_by_its_id_or_its_token() -> None:
    one = showing(build(funds_micros=0), 3)
    signer = Signer([b"k" * 32])
    assert showing_events.decision_id_of(f" {one.decision_id} ", signer) == one.decision_id
    assert showing_events.decision_id_of(signer.sign_showing(one) + "\n", signer) == one.decision_id
    for text in ("", "0", "é", "99999999999999999999", "no token", signer.sign_showing(one)[:-2] + "AA"):
        with pytest.raises(showing_events.ShowingUnreadable):
            showing_events.decision_id_of(text, signer)
    with pytest.raises(showing_events.ShowingUnreadable):
        showing_events.decision_id_of(Signer([b"x" * 32]).sign_showing(one), signer)


def test_an_id_tells_when_it_was_made() -> None:
    made = IdSource(node=3).next()
    assert at_ms(id_at(to_ms(NOW), 4_194_303)) == to_ms(NOW)
    assert at_ms(made) > EPOCH_MS


def test_only_operators_search() -> None:
    class Unread(MemoryEventLog):
        def read(self, after: Position, limit: int) -> NoReturn:
            raise AssertionError

    with pytest.raises(RightMissing):
        showing_events.find(Scope(person_id=1, rights=frozenset({Right.VIEW})), Unread(), 5)
