"""Whom an ad reached: counted once with the counters, shown without small groups, and held against the counters."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NoReturn

import msgspec
import pytest
from django.apps import apps
from django.db import connection

from tests.area.billing.world import NOW, build, claims, event, organic, show
from vonk.billing.proof import prove
from vonk.control import positions
from vonk.events.records import Kind
from vonk.reporting import rollups
from vonk.reporting.models import Audience
from vonk.reporting.proof import witnesses
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db


def counts(dimension: str) -> dict[tuple[date, str, str], int]:
    rows = Audience.objects.filter(dimension=dimension).values_list("day", "value", "metric", "count")
    return {(day, value, metric): count for day, value, metric, count in rows if count}


def wrong(log: MemoryEventLog) -> tuple[str, ...]:
    lines = prove(log, now=NOW, more=witnesses(NOW)).lines
    return next(line.wrong for line in lines if line.name == "audiences_add_up")


def test_an_audience_is_counted_once_with_the_counters_and_stays_when_a_viewer_is_erased(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    town, log = build(), MemoryEventLog()
    dutch = claims(town, country="NL", age_band="25_34", gender="female")
    click = event(dutch, Kind.CLICK_DESTINATION, charge=0)
    french = claims(town, at=NOW + timedelta(days=1), country="FR", viewer_id="zoe")
    log.append([event(dutch), event(dutch, Kind.VIEW_6S), event(dutch, Kind.LIKE), event(organic(town)), event(french)])
    log.append([msgspec.structs.replace(click, invalid="not_rendered")])

    def die(*_: Any, **__: Any) -> NoReturn:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(positions, "advance", die)
        with pytest.raises(KeyboardInterrupt):
            rollups.roll_up(log, now=NOW)
    assert counts("country") == {}
    while rollups.roll_up(log, now=NOW, limit=2).records:
        pass
    first, second = NOW.date(), NOW.date() + timedelta(days=1)
    assert counts("country") == {
        (first, "NL", "impressions"): 1,
        (first, "NL", "view_6s"): 1,
        (second, "FR", "impressions"): 1,
    }
    assert counts("gender") == {
        (first, "female", "impressions"): 1,
        (first, "female", "view_6s"): 1,
        (second, "", "impressions"): 1,
    }
    log.append([msgspec.structs.replace(click, restored="not_rendered")])
    rollups.roll_up(log, now=NOW)
    assert counts("age_band")[first, "25_34", "clicks_destination"] == 1
    assert wrong(log) == ()
    assert log.redact({"vik"}, log.end()) == 6
    assert wrong(log) == ()
    assert set(counts("country").values()) == {1}


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda rows: rows.filter(value="NL").update(count=3), "3 by country, 2 in the counters"),
        (lambda rows: rows.filter(value="NL").delete(), "0 by country, 2 in the counters"),
        (lambda rows: rows.filter(dimension="gender").update(ad_id=5), "0 by gender, 2 in the counters"),
    ],
)
def test_the_audit_names_an_audience_that_does_not_add_up(harm: Callable[[Any], Any], told: str) -> None:
    town, log = build(), MemoryEventLog()
    log.append([event(claims(town, country="NL")), event(claims(town, country="NL"))])
    rollups.roll_up(log, now=NOW)
    harm(Audience.objects.all())
    assert f"impressions of ad {town.ad}: {told}" in wrong(log)


def test_what_was_counted_before_tokens_told_anything_is_told_by_nobody() -> None:
    town, log = build(), MemoryEventLog()
    show(log, town, times=3)
    rollups.roll_up(log, now=NOW)
    Audience.objects.all().delete()
    migration = __import__("vonk.reporting.migrations.0002_audience", fromlist=["count_what_was"])
    migration.count_what_was(apps, connection.schema_editor())
    assert counts("age_band") == {(NOW.date(), "", "impressions"): 3}
    assert wrong(log) == ()
