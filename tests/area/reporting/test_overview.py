"""What the engine adds up for the overview, the learning phase and many rows is what whole reports tell."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.area.billing.world import EUR, NOW, OPERATOR, Span, Town, build, claims, event, organic, show
from tests.area.reporting.test_findings import positions
from vonk.advertising import queries as advertising
from vonk.advertising.models import AdGroup
from vonk.billing.actions import findings, settlement
from vonk.content.queries import sums
from vonk.control.scope import Scope
from vonk.core.errors import RightMissing
from vonk.events.records import Kind
from vonk.identity.models import AdAccount
from vonk.reporting import metrics, overview, queries, rollups
from vonk.reporting.errors import SpanInvalid
from vonk.reporting.queries import By, Level
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

NAMES = ("spend", "impressions", "view_6s", "clicks")
HOUR = timedelta(hours=1)


@pytest.fixture
def town() -> Town:
    return build(funds_micros=10 * EUR)


@pytest.fixture
def log(town: Town) -> MemoryEventLog:
    """Impressions, views and a click over four days and around midnight; some were found invalid afterwards."""
    log = MemoryEventLog()
    for hours in (0, 9, 10, 11, 12, 30, 72):
        at = NOW + hours * HOUR
        show(log, town, times=2, at=at)
        one = claims(town, at=at, price=0)
        log.append([event(one, Kind.CLICK_DESTINATION), event(one, Kind.VIEW_6S), event(organic(town))])
    end = NOW + timedelta(days=4)
    settlement.settle(log, now=end)
    rollups.roll_up(log, now=end)
    found = [*positions(log, Kind.IMPRESSION)[:3], *positions(log, Kind.VIEW_6S)[:2]]
    findings.reverse(OPERATOR, log, positions=found, rule="click_farm", reason="One house", now=end)
    return log


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("many", [0, 10_000], ids=["by metric", "by ad"])
@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "Asia/Kolkata", "America/St_Johns", "Pacific/Kiritimati"])
def test_days_are_those_of_the_report(town: Town, monkeypatch: pytest.MonkeyPatch, many: int, zone: str) -> None:
    monkeypatch.setattr(sums, "MANY_ADS", many)
    AdAccount.objects.filter(pk=town.scope.account).update(time_zone=zone)
    first = NOW.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    last = first + timedelta(days=6)
    report = queries.ad_report(town.scope, level=Level.CAMPAIGN, by=By.DAY, start_date=first, end_date=last)

    found = overview.by_day(town.scope, NAMES, start_date=first, end_date=last)

    told = tuple(metrics.BY_NAME[name] for name in NAMES)
    assert [(step.step, metrics.values(step.counts, told)) for step in found.steps] == [
        (step.step, metrics.values(step.counts, told)) for step in report.steps
    ]
    assert metrics.values(found.total.counts, told) == metrics.values(report.total.counts, told)
    assert metrics.values(found.total.counts, told)["impressions"] == 14 - 2  # One of the three was nobody's ad.
    assert (found.currency, found.time_zone, found.by) == (report.currency, report.time_zone, report.by)


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "Asia/Kolkata"])
@pytest.mark.parametrize("begins", [0, 9, 11])
def test_the_results_of_learning_are_those_of_the_report(town: Town, zone: str, begins: int) -> None:
    AdAccount.objects.filter(pk=town.scope.account).update(time_zone=zone)
    since, now = NOW + begins * HOUR, NOW + 31 * HOUR
    AdGroup.objects.filter(pk=town.ad_group).update(starts_at=since)
    local = ZoneInfo(zone)
    report = queries.ad_report(
        town.scope,
        level=Level.AD_GROUP,
        ids=[town.ad_group],
        start_date=since.astimezone(local).date(),
        end_date=now.astimezone(local).date(),
        by=By.HOUR,
    )
    expected = sum(
        step.counts.get("results", 0)
        for step in report.steps
        if step.step is not None and str(since.replace(minute=0)) <= str(step.step) < str(now)
    )

    found = queries.learning_of(town.scope, advertising.ad_group(town.scope, town.ad_group), now=now)

    assert found.results == expected
    assert expected > 0


@pytest.mark.usefixtures("log")
def test_a_report_of_many_ads_asks_the_ledger_for_the_account_and_says_the_same(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    span: Span = {"start_date": NOW.date(), "end_date": NOW.date() + timedelta(days=4)}
    few = queries.ad_report(town.scope, level=Level.AD, ids=[town.ad], **span)
    monkeypatch.setattr("vonk.reporting.reports.FEW_ADS", 0)
    assert queries.ad_report(town.scope, level=Level.AD, ids=[town.ad], **span) == few
    assert few.total.values["spend"]


def test_what_it_does_not_tell(town: Town) -> None:
    day = NOW.date()
    with pytest.raises(AssertionError):
        overview.by_day(town.scope, ("reach",), start_date=day, end_date=day)
    with pytest.raises(SpanInvalid):
        overview.by_day(town.scope, NAMES, start_date=day, end_date=day - timedelta(days=1))
    with pytest.raises(RightMissing):
        overview.by_day(Scope(1, frozenset(), account_id=town.scope.account), NAMES, start_date=day, end_date=day)
