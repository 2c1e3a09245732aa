"""What is found invalid later lowers net and raises invalid in every number alike; gross and the counters stay."""

import csv
from datetime import date

import pytest

from tests.area.billing.world import EUR, NOW, OPERATOR, Span, Town, build, claims, event, show
from vonk.billing.actions import findings, settlement
from vonk.billing.proof import prove
from vonk.events.log import EventLog
from vonk.events.records import EventRecord, Kind
from vonk.reporting import export, invalid, queries, rollups
from vonk.reporting.proof import TalliesWitness
from vonk.reporting.queries import By, Level
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
SPAN: Span = {"start_date": TODAY, "end_date": TODAY}


def positions(log: EventLog, *kinds: Kind) -> list[int]:
    return [
        stored.position
        for stored in log.read(log.first() - 1, 1_000)  # type: ignore[arg-type]  # A position.
        if isinstance(stored.record, EventRecord) and stored.record.kind in kinds
    ]


@pytest.fixture
def town() -> Town:
    return build(funds_micros=10 * EUR)


@pytest.fixture
def log(town: Town) -> MemoryEventLog:
    """Four billed impressions, a click, 2,500 ms watched: two of the impressions and the watching were found invalid."""
    log = MemoryEventLog()
    show(log, town, times=4)
    one = claims(town, price=0)
    log.append([event(one, Kind.CLICK_DESTINATION), event(one, Kind.WATCH, value=2_500)])
    settlement.settle(log, now=NOW)
    rollups.roll_up(log, now=NOW)
    found = [*positions(log, Kind.IMPRESSION)[:2], *positions(log, Kind.WATCH)]
    reversal = findings.reverse(OPERATOR, log, positions=found, rule="click_farm", reason="One house", now=NOW)
    assert (reversal.events, len(reversal.note_ids)) == (3, 1)
    return log


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("by", list(By))
def test_a_report_is_net_of_what_was_found_later(town: Town, by: By) -> None:
    report = queries.ad_report(town.scope, level=Level.AD, by=by, **SPAN)
    counts = {name: value for name, value in report.total.counts.items() if value}
    assert counts == {
        "served": 4,
        "events": 6,
        "impressions": 2,
        "invalid_impressions": 2,
        "clicks_destination": 1,
        "invalid_watch_ms": 2_500,
        "rule_click_farm": 3,
        "spend": 10_000,
    }
    values = report.total.values
    assert (values["impressions"], values["gross_impressions"], values["invalid_rate"]) == (2, 4, 0.5)
    assert (values["cpm"], values["watch_time"]) == (5_000_000, 0)
    assert len(report.rows) == 1


@pytest.mark.usefixtures("log")
def test_a_file_and_the_posts_page_say_the_same(town: Town) -> None:
    lines = export.report_csv(town.scope, level=Level.AD, by=By.DAY, **SPAN)
    (row,) = csv.DictReader(line.removeprefix("\ufeff") for line in lines)
    told = [
        row[name]
        for name in ("spend", "served", "impressions", "gross_impressions", "invalid_impressions", "invalid_rate")
    ]
    assert told == ["0.01", "4", "2", "4", "2", "0.500000"]
    numbers = queries.post_numbers(town.creator, town.post)
    by_name = {one.name: (one.organic, one.paid, one.total) for one in numbers.numbers}
    assert (by_name["impressions"], by_name["watch_time"]) == ((0, 2, 2), (0, 0, 0))
    assert [(day.day, day.paid["impressions"]) for day in numbers.days] == [(date(2026, 3, 2), 2)]
    assert [one.values["impressions"] for one in numbers.ads] == [2]
    totals = queries.own_totals(town.creator)
    assert (totals["impressions"].organic, totals["impressions"].paid) == (0, 2)


def test_the_counters_stay_what_the_log_says(log: MemoryEventLog) -> None:
    lines = {line.name: line.wrong for line in prove(log, now=NOW, more=[TalliesWitness]).lines}
    assert lines["tallies_are_the_logs_counts"] == ()


@pytest.mark.usefixtures("log")
def test_another_accounts_findings_change_nothing() -> None:
    mallorys = build(funds_micros=0)
    assert queries.ad_report(mallorys.scope, level=Level.AD, **SPAN).total.counts == {}
    assert queries.own_totals(mallorys.creator) == {}


@pytest.mark.usefixtures("log")
def test_operators_see_it_beside_the_rules(town: Town) -> None:
    told = invalid.invalid_traffic(OPERATOR, **SPAN)
    assert (told.events, told.invalid, told.share) == (6, 3, 0.5)
    assert {one.rule: (one.title, one.events) for one in told.rules if one.events} == {"click_farm": ("click_farm", 3)}
    assert [(hour.hour_at, hour.events, hour.by_rule) for hour in told.hours] == [(NOW, 6, {"click_farm": 3})]
    assert [(one.ad_id, one.invalid, one.by_rule) for one in told.ads] == [(town.ad, 3, {"click_farm": 3})]
