"""How long showings were watched is counted once, however the log is cut, and what is kept of showings is let go."""

from datetime import timedelta
from typing import Any, NoReturn

import pytest

from tests.area.billing.world import NOW, build, claims, event, organic
from vonk.control import positions
from vonk.events.records import Kind
from vonk.reporting.models import WatchedShowing
from vonk.reporting.retention import consumer, queries
from vonk.reporting.retention.rules import Point
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_a_showing_moves_on_with_what_is_watched_however_the_log_is_cut(
    monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    town, log = build(), MemoryEventLog()
    short, long, paid = organic(town), organic(town), claims(town)
    for showing in (short, long, paid):
        log.append([event(showing, Kind.PLAY)])
    log.append([event(long, Kind.WATCH, value=2_000), event(paid, Kind.WATCH, value=1_000)])
    log.append([event(long, Kind.WATCH, value=1_100, after_ms=5_000)])

    def die(*_: Any, **__: Any) -> NoReturn:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(positions, "advance", die)
        with pytest.raises(KeyboardInterrupt):
            consumer.count(log, now=NOW)
    assert queries.curve([town.post], start=NOW.date(), end=NOW.date() + DAY) == ()
    while consumer.count(log, now=NOW, limit=limit).records:
        pass
    points = (Point(0, 2, 1), Point(1, 1, 1), Point(2, 1, 0), Point(3, 1, 0))
    assert queries.curve([town.post], start=NOW.date(), end=NOW.date() + DAY) == points
    assert queries.curve([town.post], start=NOW.date() - DAY, end=NOW.date()) == ()
    assert queries.curve([town.post + 1], start=NOW.date(), end=NOW.date() + DAY) == ()


def test_showings_are_forgotten_and_their_counts_stay() -> None:
    town, log = build(), MemoryEventLog()
    log.append([event(organic(town), Kind.WATCH, value=2_000)])
    consumer.count(log, now=NOW)
    assert WatchedShowing.objects.count() == 1
    log.append([event(organic(town, at=NOW + 5 * DAY), Kind.PLAY)])
    consumer.count(log, now=NOW + 5 * DAY)
    assert WatchedShowing.objects.get().day == (NOW + 5 * DAY).date()
    assert queries.curve([town.post], start=NOW.date(), end=NOW.date() + 9 * DAY)[0].total == 2
