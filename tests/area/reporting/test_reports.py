"""Reports, post numbers, statuses and exports over one small town."""

import csv
from datetime import date, timedelta

import pytest

from tests.area.billing.world import EUR, NOW, Span, Town, build, claims, event, organic, show
from vonk.advertising.models import Ad
from vonk.advertising.rules import Cause
from vonk.billing.actions import settlement
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, RightMissing
from vonk.delivery.snapshot import BudgetMode
from vonk.events.records import Kind
from vonk.reporting import export, metrics, queries, rollups
from vonk.reporting.errors import SpanInvalid
from vonk.reporting.queries import By, Level
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
SPAN: Span = {"start_date": TODAY, "end_date": TODAY}


def settled(log: MemoryEventLog) -> None:
    settlement.settle(log, now=NOW)
    rollups.roll_up(log, now=NOW)


@pytest.fixture
def town() -> Town:
    return build(ad_group_budget=(BudgetMode.DAILY, 20 * EUR))


@pytest.fixture
def log(town: Town) -> MemoryEventLog:
    """Four paid impressions over two days, one click, three plays, and two organic impressions."""
    log = MemoryEventLog()
    show(log, town, times=3)
    show(log, town, at=NOW + timedelta(days=1))
    one = claims(town, price=0)
    log.append([event(one, Kind.PLAY), event(one, Kind.CLICK_DESTINATION), event(one, Kind.WATCH, value=2_500)])
    log.append([event(claims(town, price=0), Kind.PLAY), event(organic(town)), event(organic(town), Kind.PLAY)])
    log.append([event(organic(town), Kind.LIKE)])
    settled(log)
    return log


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("level", list(Level))
def test_a_report_tells_the_same_numbers_at_every_level(town: Town, level: Level) -> None:
    object_id = {Level.CAMPAIGN: town.campaign, Level.AD_GROUP: town.ad_group, Level.AD: town.ad}[level]
    report = queries.ad_report(town.scope, level=level, ids=[object_id], **SPAN)
    counts = {
        "served": 3,
        "events": 7,
        "impressions": 3,
        "plays": 2,
        "clicks_destination": 1,
        "watch_ms": 2_500,
        "spend": 15_000,
    }
    assert [(row.id, row.step, row.counts) for row in report.rows] == [(object_id, None, counts)]
    assert report.total.counts == counts
    values = report.total.values
    assert (values["spend"], values["cpm"], values["cpc"], values["cpv"]) == (15_000, 5_000_000, 15_000, None)
    assert (values["ctr"], values["average_watch_time"], values["clicks_all"]) == (1 / 3, 1_250, 1)


@pytest.mark.usefixtures("log")
def test_a_report_by_day_has_every_day(town: Town) -> None:
    report = queries.ad_report(
        town.scope, level=Level.AD, start_date=TODAY - timedelta(days=1), end_date=TODAY + timedelta(days=1), by=By.DAY
    )
    assert [(row.step, row.counts.get("impressions", 0)) for row in report.steps] == [
        (date(2026, 3, 1), 0),
        (date(2026, 3, 2), 3),
        (date(2026, 3, 3), 1),
    ]
    assert [(row.id, row.step) for row in report.rows] == [(town.ad, date(2026, 3, 2)), (town.ad, date(2026, 3, 3))]
    assert report.total.values["spend"] == 20_000


@pytest.mark.usefixtures("log")
def test_a_report_by_hour_has_every_hour_of_the_accounts_day(town: Town) -> None:
    report = queries.ad_report(town.scope, level=Level.AD, by=By.HOUR, **SPAN)
    assert len(report.steps) == 24
    assert report.steps[0].step == NOW.replace(hour=23) - timedelta(days=1)  # Midnight in Amsterdam.
    assert [(row.step, row.counts["impressions"], row.counts["spend"]) for row in report.rows] == [(NOW, 3, 15_000)]


def test_a_day_is_the_accounts_own(town: Town) -> None:
    log = MemoryEventLog()
    late = NOW.replace(hour=23, minute=30)  # Already the next day in Amsterdam.
    show(log, town, at=late)
    settled(log)
    assert queries.ad_report(town.scope, level=Level.AD, **SPAN).total.counts == {}
    tomorrow = TODAY + timedelta(days=1)
    report = queries.ad_report(town.scope, level=Level.AD, start_date=tomorrow, end_date=tomorrow)
    assert report.total.counts == {"served": 1, "events": 1, "impressions": 1, "spend": 5_000}


@pytest.mark.usefixtures("log")
def test_what_a_deleted_ad_did_remains(town: Town) -> None:
    Ad.objects.filter(pk=town.ad).update(deleted_at=NOW)
    assert queries.ad_report(town.scope, level=Level.CAMPAIGN, **SPAN).total.values["spend"] == 15_000


@pytest.mark.usefixtures("log")
def test_mallory_sees_nothing_of_adas(town: Town) -> None:
    mallorys = build()
    for level, object_id in ((Level.CAMPAIGN, town.campaign), (Level.AD_GROUP, town.ad_group), (Level.AD, town.ad)):
        with pytest.raises(NotFound):
            queries.ad_report(mallorys.scope, level=level, ids=[object_id], **SPAN)
    assert queries.ad_report(mallorys.scope, level=Level.AD, **SPAN).total.counts == {}
    with pytest.raises(RightMissing):
        queries.ad_report(mallorys.creator, level=Level.AD, **SPAN)
    with pytest.raises(NotFound):
        queries.post_numbers(mallorys.creator, town.post)


@pytest.mark.parametrize(("days", "by"), [(0, By.DAY), (367, By.DAY), (32, By.HOUR), (3_661, By.NONE), (-5, By.NONE)])
def test_a_span_is_bounded(town: Town, days: int, by: By) -> None:
    end_date = TODAY + timedelta(days=days - 1)
    with pytest.raises(SpanInvalid):
        queries.ad_report(town.scope, level=Level.AD, start_date=TODAY, end_date=end_date, by=by)
    with pytest.raises(SpanInvalid):
        export.report_csv(town.scope, level=Level.AD, start_date=TODAY, end_date=end_date, by=by)


@pytest.mark.parametrize("day", [date.min, date.max, date.max - timedelta(days=1)])
@pytest.mark.parametrize("by", list(By))
def test_a_span_lies_where_every_time_zone_has_days(town: Town, day: date, by: By) -> None:
    with pytest.raises(SpanInvalid):
        queries.ad_report(town.scope, level=Level.AD, start_date=day, end_date=day, by=by)


@pytest.mark.usefixtures("log")
def test_a_posts_total_is_organic_and_paid_exactly(town: Town) -> None:
    numbers = queries.post_numbers(town.creator, town.post)
    by_name = {one.name: (one.organic, one.paid, one.total) for one in numbers.numbers}
    assert by_name.keys() == {metric.name for metric in metrics.OF_POSTS}
    assert by_name["impressions"] == (1, 4, 5)
    assert by_name["video_views"] == (1, 2, 3)
    assert by_name["likes"] == (1, 0, 1)
    assert by_name["ctr"] == (0.0, 0.25, 0.2)
    for metric in metrics.OF_POSTS:
        if metric.unit is metrics.Unit.COUNT:
            organic_count, paid, total = by_name[metric.name]
            assert total == (organic_count or 0) + (paid or 0)
    assert [(one.day, one.organic.get("impressions", 0), one.paid.get("impressions", 0)) for one in numbers.days] == [
        (TODAY, 1, 3),
        (TODAY + timedelta(days=1), 0, 1),
    ]


@pytest.mark.usefixtures("log")
def test_a_csv_has_a_line_for_each_object_and_day(town: Town) -> None:
    Ad.objects.filter(pk=town.ad).update(name='=1+1, "quoted"')
    lines = list(
        export.report_csv(town.scope, level=Level.AD, start_date=TODAY, end_date=TODAY + timedelta(days=20), by=By.DAY)
    )
    assert lines[0].startswith("\ufeffstep,id,name,currency,spend,impressions,")
    rows = list(csv.DictReader(line.removeprefix("\ufeff") for line in lines))
    assert [(row["step"], row["name"], row["spend"], row["impressions"], row["cpc"]) for row in rows] == [
        ("2026-03-02", '\'=1+1, "quoted"', "0.015", "3", "0.015"),
        ("2026-03-03", '\'=1+1, "quoted"', "0.005", "1", ""),
    ]


def test_a_status_knows_the_money(town: Town) -> None:
    assert queries.statuses([town.ad], now=NOW)[town.ad].causes == (Cause.DELIVERING,)
    log = MemoryEventLog()
    show(log, town, price=20 * EUR)
    settled(log)
    for status in (
        queries.statuses([town.ad], now=NOW)[town.ad],
        queries.statuses_of_account(town.account, now=NOW)[town.ad],
        queries.ad_group_statuses([town.ad_group], now=NOW)[town.ad_group],
        queries.campaign_statuses([town.campaign], now=NOW)[town.campaign],
    ):
        assert status.headline is Cause.AD_GROUP_BUDGET_SPENT
    assert queries.statuses([town.ad], now=NOW + timedelta(days=1))[town.ad].causes == (Cause.DELIVERING,)


def test_a_status_knows_an_empty_balance() -> None:
    town = build(funds_micros=0)
    assert queries.statuses([town.ad], now=NOW)[town.ad].causes == (Cause.BALANCE_SPENT,)


def test_an_operator_without_an_account_has_no_report() -> None:
    nobody = Scope(person_id=1, rights=frozenset({Right.ACCOUNT_VIEW}))
    with pytest.raises(NotFound):
        queries.ad_report(nobody, level=Level.AD, **SPAN)
