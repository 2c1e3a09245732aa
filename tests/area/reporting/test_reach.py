"""Different viewers: exact by ad, ad group, campaign and account, by day and over days; forgotten with the person."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from django.apps import apps
from django.db import connection

from tests.area.billing.world import NOW, Town, build, claims, event, organic
from vonk.advertising.models import Ad
from vonk.billing.proof import prove
from vonk.control.paging import Numbering
from vonk.events.records import Kind
from vonk.reporting import export, metrics, queries, rollups
from vonk.reporting.attribution.forgetting import forget_viewers
from vonk.reporting.breakdowns.columns import of_metric
from vonk.reporting.breakdowns.queries import breakdown
from vonk.reporting.breakdowns.wanted import Condition, Part, Wanted
from vonk.reporting.models import ViewerDay, ViewerNumber
from vonk.reporting.proof import witnesses
from vonk.reporting.queries import By, Level
from vonk.reporting.reach import queries as reach
from vonk.reporting.reach import store
from vonk.reporting.reach.rules import KEPT_DAYS, REACH, Met
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

TODAY, TOMORROW = NOW.date(), NOW.date() + timedelta(days=1)
COLUMNS = {name: of_metric(name) for name in ("reach", "frequency", "impressions")}


def seen(log: MemoryEventLog, town: Town, *viewers: str, after: timedelta = timedelta(), **told: Any) -> None:
    log.append([event(claims(town, at=NOW + after, viewer_id=viewer, price=0, **told)) for viewer in viewers])


def second_ad(town: Town) -> int:
    ad = Ad.objects.get(pk=town.ad)
    ad.pk = ad.pk + 1
    ad.save(force_insert=True)
    return ad.pk


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def log(town: Town) -> MemoryEventLog:
    """Vik sees both ads and comes again, Viv sees one, Zoe comes the next day; what is organic or invalid reaches nobody."""
    log, other = MemoryEventLog(), second_ad(town)
    seen(log, town, "vik", "vik", "viv")
    seen(log, town, "vik", ad_id=other)
    seen(log, town, "vik", "zoe", after=timedelta(days=1))
    log.append([event(organic(town)), event(claims(town, viewer_id="viv"), Kind.PLAY)])
    log.append([msgspec.structs.replace(event(claims(town, viewer_id="ivo")), invalid="not_rendered")])
    rollups.roll_up(log, now=NOW)
    return log


def values(town: Town, level: Level, **more: Any) -> dict[tuple[int, Any], tuple[metrics.Value, ...]]:
    report = queries.ad_report(town.scope, level=level, start_date=TODAY, end_date=TOMORROW, with_reach=True, **more)
    rows = (*report.rows, *report.steps, msgspec.structs.replace(report.total, id=-1))
    return {(row.id, row.step): (row.values["reach"], row.counts.get("impressions")) for row in rows if row.counts}


@pytest.mark.usefixtures("log")
def test_who_sees_two_ads_or_comes_again_is_one_viewer(town: Town) -> None:
    other = town.ad + 1
    whole = (3, 6)
    assert values(town, Level.AD) == {
        (town.ad, None): (3, 5), (other, None): (1, 1), (0, None): whole, (-1, None): whole
    }  # fmt: skip
    assert values(town, Level.CAMPAIGN)[town.campaign, None] == whole
    assert values(town, Level.AD_GROUP)[town.ad_group, None] == whole
    assert values(town, Level.AD, by=By.DAY) == {
        (town.ad, TODAY): (2, 3), (town.ad, TOMORROW): (2, 2), (other, TODAY): (1, 1),
        (0, TODAY): (2, 4), (0, TOMORROW): (2, 2), (-1, None): whole,
    }  # fmt: skip
    hours = values(town, Level.AD, by=By.HOUR)
    assert {found for place, (found, _) in hours.items() if place[0] >= 0} == {None}  # By hour nobody is told apart.
    assert hours[-1, None] == whole
    row = queries.ad_report(
        town.scope, level=Level.CAMPAIGN, start_date=TODAY, end_date=TOMORROW, with_reach=True
    ).rows[0]
    assert (row.values["frequency"], row.values["cost_per_1000_reached"]) == (2.0, 0)
    assert "reach" in next(export.report_csv(town.scope, level=Level.CAMPAIGN, start_date=TODAY, end_date=TOMORROW))


@pytest.mark.usefixtures("log")
def test_breakdowns_tell_viewers_of_days_accounts_and_the_whole(town: Town) -> None:
    def read(**more: Any) -> list[tuple[metrics.Value, ...]]:
        given: dict[str, Any] = {"noun": "ad", "start_date": TODAY, "end_date": TOMORROW}
        wanted = Wanted(columns=COLUMNS, numbering=Numbering(1, 10), **{**given, **more})
        rows = breakdown([town.scope], wanted, now=NOW).rows
        return [tuple(row.values[name] for name in COLUMNS) for row in rows]

    assert read() == [(1, 1.0, 1), (3, 5 / 3, 5)]
    assert read(by_object=False) == read(noun=None) == read(noun="campaign") == [(3, 2.0, 6)]
    assert read(by_object=False, start_date=None, end_date=None) == [(3, 2.0, 6)]
    assert read(noun="campaign", by=By.DAY) == [(2, 2.0, 4), (2, 1.0, 2)]
    assert read(conditions=(Condition("reach", lambda value: (value or 0) > 1),)) == [(3, 5 / 3, 5)]
    assert read(by_object=False, utc=True) == read(by_object=False, parts=(Part.OTHER,)) == [(None, None, 6)]


@pytest.mark.usefixtures("log")
def test_an_erased_viewer_stays_counted_and_nothing_names_them(town: Town) -> None:
    before = values(town, Level.AD)
    assert forget_viewers(["vik"]) == 1
    assert values(town, Level.AD) == before
    assert set(ViewerNumber.objects.values_list("viewer_id", flat=True)) == {"viv", "zoe"}


def test_each_account_numbers_its_viewers_for_itself(town: Town, log: MemoryEventLog) -> None:
    other = build()
    seen(log, other, "vik", "", "")
    rollups.roll_up(log, now=NOW)
    first, second = ViewerNumber.objects.filter(viewer_id="vik").order_by("pk")
    assert (first.account_id, second.account_id) == (town.account, other.account)
    assert not set(ViewerDay.objects.filter(ad_id=other.ad).values_list("viewer", flat=True)) & {first.pk}
    assert values(other, Level.AD)[other.ad, None] == (
        None,
        3,
    )  # Two are nobody's: so it is not known how many there were.


def test_pseudonyms_of_any_kind_are_counted_and_forgotten(town: Town) -> None:
    log, long = MemoryEventLog(), "v" * 100_000
    seen(log, town, long, long, long + "w", "\N{GRINNING FACE}")
    rollups.roll_up(log, now=NOW)
    assert values(town, Level.AD)[town.ad, None] == (3, 4)
    assert max(len(one) for one in ViewerNumber.objects.values_list("viewer_id", flat=True)) < 100
    assert forget_viewers([long]) == 1
    seen(log, town, "nul\0")
    rollups.roll_up(log, now=NOW)
    assert values(town, Level.AD)[town.ad, None] == (None, 5)
    assert log.redact({long}, log.end()) == 2
    seen(log, town, "~")  # As the log says it of who was erased before it was counted.
    rollups.roll_up(log, now=NOW)
    assert ViewerNumber.objects.filter(viewer_id="~").exists()


def test_what_is_old_is_let_go_and_still_counted(town: Town, log: MemoryEventLog) -> None:
    later = NOW + timedelta(days=KEPT_DAYS + 2)
    store.let_go(NOW + timedelta(days=KEPT_DAYS))
    assert ViewerDay.objects.filter(viewer=0).count() == 0
    store.let_go(later)
    found = values(town, Level.AD, by=By.DAY)
    assert (found[town.ad, TODAY], found[town.ad, TOMORROW]) == ((None, 3), (2, 2))
    assert values(town, Level.AD)[-1, None] == (None, 6)
    assert not ViewerNumber.objects.filter(viewer_id="viv").exists()
    assert ViewerNumber.objects.filter(viewer_id="vik").exists()  # Who was there the day after.
    assert wrong(log) == ()


def test_an_object_of_more_ads_than_a_statement_takes(
    town: Town, log: MemoryEventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    del log
    monkeypatch.setattr(reach, "ADS_PER_QUERY", 1)
    span: dict[str, Any] = {"first": TODAY, "last": TOMORROW}
    ads = {town.ad: 7, town.ad + 1: 7}
    assert reach.reach(ads, **span, by_day=False) == {(7, None): Met(3, 6)}
    assert reach.reach(ads, **span, by_day=True) == {(7, TODAY): Met(2, 4), (7, TOMORROW): Met(2, 2)}
    apart = reach.reach({town.ad: 1, town.ad + 1: 2}, **span, by_day=False)
    assert apart == {(1, None): Met(3, 5), (2, None): Met(1, 1)}


def wrong(log: MemoryEventLog) -> tuple[str, ...]:
    lines = prove(log, now=NOW, more=witnesses(NOW)).lines
    return next(line.wrong for line in lines if line.name == "audiences_add_up")


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda rows: rows.filter(day=TOMORROW).delete(), "3 by day, 5 in the counters"),
        (lambda rows: rows.filter(day=TODAY, impressions=2).update(impressions=3), "6 by day, 5 in the counters"),
    ],
)
def test_the_audit_names_viewers_that_do_not_add_up(
    town: Town, log: MemoryEventLog, harm: Callable[[Any], Any], told: str
) -> None:
    assert wrong(log) == ()
    harm(ViewerDay.objects.all())
    assert wrong(log) == (f"impressions of ad {town.ad} by viewer: {told}",)


def test_what_was_shown_before_is_nobodys(town: Town, log: MemoryEventLog) -> None:
    ViewerDay.objects.all().delete()
    migration = __import__("vonk.reporting.migrations.0005_viewer_days", fromlist=["count_what_was"])
    migration.count_what_was(apps, SimpleNamespace(connection=connection))
    assert wrong(log) == ()
    assert values(town, Level.AD)[town.ad, None] == (None, 5)
    assert (
        REACH
        not in queries.ad_report(
            town.scope, level=Level.AD, start_date=TODAY, end_date=TOMORROW, with_reach=True
        ).total.counts
    )
