"""The roll-up: every record counted once, and the audit counts again."""

from datetime import UTC, datetime, timedelta
from typing import NoReturn

import msgspec
import pytest

from tests.area.billing.world import NOW, build, claims, decision, event, organic, show
from vonk.billing.proof import prove
from vonk.content import queries as content
from vonk.content.actions import tallies
from vonk.content.models import Tally
from vonk.control import positions
from vonk.events.log import Position
from vonk.events.records import Kind
from vonk.reporting import rollups
from vonk.reporting.proof import TalliesWitness
from vonk.reporting.rollups import RolledUp
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

HOUR = NOW.replace(minute=0)


@pytest.fixture
def log() -> MemoryEventLog:
    return MemoryEventLog()


def counters(post_id: int) -> dict[tuple[int, datetime, str], int]:
    return {
        (row.ad_id, row.hour_at.astimezone(UTC), row.metric): row.value for row in Tally.objects.filter(post_id=post_id)
    }


def test_events_become_counters_by_ad_hour_and_metric(log: MemoryEventLog) -> None:
    town = build()
    show(log, town, times=2)
    show(log, town, at=NOW + timedelta(hours=1))
    log.append(
        [
            event(claims(town), Kind.WATCH, value=1_500),
            event(claims(town), Kind.WATCH, value=2_000),
            event(claims(town), Kind.LIKE),
            event(organic(town)),
            event(organic(town), Kind.CLICK_MUSIC),
            decision(claims(town)),
        ]
    )
    assert rollups.roll_up(log, now=NOW) == RolledUp(12, Position(12))
    assert counters(town.post) == {
        (town.ad, HOUR, "served"): 3,
        (town.ad, HOUR + timedelta(hours=1), "served"): 1,
        (town.ad, HOUR, "events"): 5,
        (town.ad, HOUR + timedelta(hours=1), "events"): 1,
        (0, HOUR, "events"): 2,
        (town.ad, HOUR, "impressions"): 2,
        (town.ad, HOUR + timedelta(hours=1), "impressions"): 1,
        (town.ad, HOUR, "watch_ms"): 3_500,
        (town.ad, HOUR, "likes"): 1,
        (0, HOUR, "impressions"): 1,
        (0, HOUR, "clicks_music"): 1,
    }


def test_segments_add_up_and_replaying_is_impossible(log: MemoryEventLog) -> None:
    town = build()
    show(log, town, times=5)
    rounds = 0
    while rollups.roll_up(log, now=NOW, limit=3).records:
        rounds += 1
    assert rounds == 4
    assert rollups.roll_up(log, now=NOW) == RolledUp(0, Position(10))
    assert counters(town.post) == {
        (town.ad, HOUR, "served"): 5,
        (town.ad, HOUR, "events"): 5,
        (town.ad, HOUR, "impressions"): 5,
    }


def test_a_crash_before_commit_counts_nothing(log: MemoryEventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def die(*args: object, **kwargs: object) -> NoReturn:
        raise Killed

    town = build()
    show(log, town)
    with monkeypatch.context() as patch:
        patch.setattr(positions, "advance", die)
        with pytest.raises(Killed):
            rollups.roll_up(log, now=NOW)
    assert counters(town.post) == {}
    rollups.roll_up(log, now=NOW)
    assert counters(town.post) == {
        (town.ad, HOUR, "served"): 1,
        (town.ad, HOUR, "events"): 1,
        (town.ad, HOUR, "impressions"): 1,
    }


def wrong_tallies(log: MemoryEventLog) -> tuple[str, ...]:
    lines = prove(log, now=NOW, more=[TalliesWitness]).lines
    return next(line.wrong for line in lines if line.name == "tallies_are_the_logs_counts")


def test_the_audit_counts_what_was_rolled_up_and_no_more(log: MemoryEventLog) -> None:
    town = build()
    show(log, town, times=2)
    assert wrong_tallies(log) == ()
    rollups.roll_up(log, now=NOW)
    show(log, town)
    assert wrong_tallies(log) == ()


def test_the_audit_names_a_wrong_counter_and_lets_engagements_of_our_own_site_be(log: MemoryEventLog) -> None:
    town = build()
    show(log, town, times=2)
    rollups.roll_up(log, now=NOW)
    tallies.add({tallies.TallyKey(town.post, town.ad, HOUR, "likes"): 1})
    assert wrong_tallies(log) == ()
    tallies.add({tallies.TallyKey(town.post, town.ad, HOUR, "impressions"): 1})
    tallies.add({tallies.TallyKey(town.post, 0, HOUR, "plays"): 1})
    where = f"post {town.post}, ad {{}}, hour {HOUR.isoformat()}"
    assert sorted(wrong_tallies(log)) == [
        f"impressions of {where.format(town.ad)}: 3 in the counters, 2 in the log",
        f"plays of {where.format(0)}: 1 in the counters, 0 in the log",
    ]


def test_what_content_reads_is_what_was_counted(log: MemoryEventLog) -> None:
    town = build()
    show(log, town, times=3)
    rollups.roll_up(log, now=NOW)
    rows = content.tallies(post_ids=[town.post], start=HOUR, end=HOUR + timedelta(hours=1))
    assert [(row.ad_id, row.metric, row.value) for row in rows] == [
        (town.ad, "events", 3),
        (town.ad, "impressions", 3),
        (town.ad, "served", 3),
    ]


def test_what_broke_a_rule_is_counted_apart_until_it_is_healed(log: MemoryEventLog) -> None:
    town = build()
    click = event(claims(town), Kind.CLICK_DESTINATION, charge=0)
    log.append([msgspec.structs.replace(click, invalid="not_rendered")])
    log.append([msgspec.structs.replace(event(claims(town), Kind.WATCH, value=900), invalid="too_fast")])
    rollups.roll_up(log, now=NOW)
    assert counters(town.post) == {
        (town.ad, HOUR, "events"): 2,
        (town.ad, HOUR, "invalid_clicks_destination"): 1,
        (town.ad, HOUR, "rule_not_rendered"): 1,
        (town.ad, HOUR, "invalid_watch_ms"): 900,
        (town.ad, HOUR, "rule_too_fast"): 1,
    }
    log.append([msgspec.structs.replace(click, restored="not_rendered")])
    rollups.roll_up(log, now=NOW)
    assert {key: value for key, value in counters(town.post).items() if value} == {
        (town.ad, HOUR, "events"): 2,
        (town.ad, HOUR, "clicks_destination"): 1,
        (town.ad, HOUR, "invalid_watch_ms"): 900,
        (town.ad, HOUR, "rule_too_fast"): 1,
    }
    assert wrong_tallies(log) == ()


def test_the_audit_names_an_invalid_event_that_was_counted_as_valid(log: MemoryEventLog) -> None:
    town = build()
    log.append([msgspec.structs.replace(event(claims(town), Kind.LIKE), invalid="known_bot")])
    rollups.roll_up(log, now=NOW)
    tallies.add({tallies.TallyKey(town.post, town.ad, HOUR, "invalid_likes"): -1})
    assert wrong_tallies(log) == (
        f"invalid_likes of post {town.post}, ad {town.ad}, hour {HOUR.isoformat()}: 0 in the counters, 1 in the log",
    )
