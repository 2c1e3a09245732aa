"""Breakdowns: counted once with the counters, parts that add up, and money that follows what it was paid for."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.area.billing.world import NOW, OPERATOR, Town, build, claims, decision, event, organic, show
from vonk.advertising.queries.reported import Named, Which
from vonk.billing.actions import settlement, vouchers
from vonk.billing.proof import prove
from vonk.control.paging import Numbering
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, RightMissing
from vonk.events.records import Kind
from vonk.reporting import rollups
from vonk.reporting.breakdowns.columns import ORGANIC_PLAYS, VOUCHERS, Column, money, of_counters, of_metric
from vonk.reporting.breakdowns.queries import breakdown
from vonk.reporting.breakdowns.wanted import Breakdown, Order, Part, Wanted
from vonk.reporting.models import Reached
from vonk.reporting.proof import witnesses
from vonk.reporting.queries import By
from vonk.reporting.reached.rules import FROM_LOG_ALONE, UNTOLD, apportioned
from vonk.reporting.tasks import actions as tasks
from vonk.reporting.tasks import queries as made
from vonk.reporting.tasks.errors import ReportTaskOver, ReportTasksLimited
from vonk.reporting.tasks.rules import KEPT, OPEN_MAX, State
from vonk.storage.memory.event_log import MemoryEventLog

COLUMNS: dict[str, Column] = {
    "spend": of_metric("spend"),
    "impressions": of_metric("impressions"),
    "likes": of_metric("likes"),
    "plays": of_counters("plays"),
}
JOB = "vonk.wire.business.report_jobs.make_report"


def wanted(**more: Any) -> Wanted:
    given_too: dict[str, Any] = {
        "noun": "ad",
        "start_date": NOW.date(),
        "end_date": NOW.date() + timedelta(days=3),
        "columns": COLUMNS,
    }
    return Wanted(**{**given_too, "numbering": Numbering(1, 100), **more})


def read(town: Town, **more: Any) -> Breakdown:
    return breakdown([town.scope], wanted(**more), now=NOW)


def settled(log: MemoryEventLog) -> None:
    settlement.settle(log, now=NOW)
    rollups.roll_up(log, now=NOW)


def shown(log: MemoryEventLog, town: Town, times: int, **told: Any) -> None:
    for _ in range(times):
        one = claims(town, **told)
        log.append([decision(one), event(one), event(one, Kind.PLAY)])


def wrong(log: MemoryEventLog) -> tuple[str, ...]:
    lines = prove(log, now=NOW, more=witnesses(NOW)).lines
    return next(line.wrong for line in lines if line.name == "audiences_add_up")


@given(st.integers(0, 10**9), st.dictionaries(st.text("abc", max_size=3), st.integers(-3, 10**6)))
def test_what_is_apportioned_adds_up_and_follows_its_weights(total: int, weights: dict[str, int]) -> None:
    parts = apportioned(total, weights)
    assert sum(parts.values()) == total
    whole = sum(weight for weight in weights.values() if weight > 0)
    for value, part in parts.items():
        if whole:
            assert abs(part - total * weights[value] / whole) < 1
        else:
            assert value == UNTOLD


@pytest.mark.django_db
def test_parts_add_up_and_the_few_are_untold() -> None:
    town, log = build(), MemoryEventLog()
    shown(log, town, 12, country="NL", age_band="25_34", gender="female")
    shown(log, town, 10, country="FR", age_band="25_34", gender="other")
    shown(log, town, 9, country="BE", age_band="45_54", gender="male", at=NOW + timedelta(days=1))
    one = claims(town, country="NL")
    log.append([event(one, Kind.LIKE), event(organic(town), Kind.PLAY), event(organic(town))])
    settled(log)
    for parts in ((), (Part.COUNTRY,), (Part.AGE_BAND, Part.GENDER), (Part.GENDER,), (Part.OTHER,)):
        for by in (By.NONE, By.DAY):
            rows = read(town, parts=parts, by=by).rows
            sums = {name: sum(row.values[name] or 0 for row in rows) for name in COLUMNS}
            assert sums == {"spend": 31 * 5_000, "impressions": 31, "likes": 1, "plays": 31}
    by_country = {row.parts: row.values["impressions"] for row in read(town, parts=(Part.COUNTRY,)).rows}
    assert by_country == {("NL",): 12, ("FR",): 10, ("",): 9}
    people = {row.parts: row.values["impressions"] for row in read(town, parts=(Part.GENDER, Part.AGE_BAND)).rows}
    assert people == {("female", "25_34"): 12, ("", "25_34"): 10, ("", ""): 9}
    dutch = read(town, parts=(Part.COUNTRY,), countries=frozenset({"NL"})).rows
    assert [(row.values["spend"], row.values["likes"]) for row in dutch] == [(60_000, 1)]


@pytest.mark.django_db
def test_vouchers_and_organic_plays_are_told_apart() -> None:
    town, log = build(), MemoryEventLog()
    end = NOW + timedelta(days=9)
    vouchers.grant(
        OPERATOR, town.account, amount_micros=1_000_000, reason="Welcome", reference="w", expires_at=end, now=NOW
    )
    show(log, town, times=3, price=400_000)
    log.append([event(organic(town), Kind.PLAY), event(organic(town, at=NOW + timedelta(days=1)), Kind.PLAY)])
    settled(log)
    columns = {"spend": of_metric("spend"), "vouchers": money(VOUCHERS), "organic": of_counters(ORGANIC_PLAYS)}
    (row,) = read(town, columns=columns, by=By.DAY).rows  # Nothing of the ad happened on the second day.
    assert dict(row.values) == {"spend": 1_200_000, "vouchers": 1_000_000, "organic": 1}


@pytest.mark.django_db
def test_rows_are_the_accounts_own_in_a_known_order() -> None:
    town, log, other = build(), MemoryEventLog(), build()
    shown(log, town, 2)
    shown(log, other, 1)
    settled(log)
    assert [row.object_id for row in read(town).rows] == [town.ad]
    assert read(town, which=Which(named=(Named("ad", ids=[other.ad]),))).rows == ()
    both = breakdown(
        [town.scope, other.scope], wanted(noun=None, order=Order("impressions", descending=False)), now=NOW
    )
    assert [row.account.id for row in both.rows] == [other.account, town.account]
    with pytest.raises(RightMissing):
        breakdown([Scope(person_id=1, rights=frozenset(), account_id=town.account)], wanted(), now=NOW)
    with pytest.raises(NotFound):
        breakdown([Scope(person_id=1, rights=frozenset({Right.ACCOUNT_VIEW}))], wanted(), now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda rows: rows.filter(value="NL", metric="plays").update(count=3), "3 by country, 2 in the counters"),
        (lambda rows: rows.filter(dimension="people", metric="plays").delete(), "0 by people, 2 in the counters"),
    ],
)
def test_the_audit_names_counts_by_hour_that_do_not_add_up(harm: Callable[[Any], Any], told: str) -> None:
    town, log = build(), MemoryEventLog()
    shown(log, town, 2, country="NL")
    settled(log)
    assert wrong(log) == ()
    harm(Reached.objects.all())
    assert wrong(log) == (f"plays of ad {town.ad} by hour: {told}",)


@pytest.mark.django_db
def test_what_was_counted_before_is_told_of_nobody() -> None:
    town, log = build(), MemoryEventLog()
    shown(log, town, 2, country="NL")
    settled(log)
    Reached.objects.all().delete()
    migration = __import__("vonk.reporting.migrations.0003_reached_and_tasks", fromlist=["count_what_was"])
    assert set(migration.COUNTERS) == set(FROM_LOG_ALONE)
    migration.count_what_was(apps, SimpleNamespace(connection=connection))
    rows = Reached.objects.order_by("dimension", "metric").values_list("dimension", "value", "metric", "count")
    assert list(rows) == [
        (dimension, "", metric, 2) for dimension in ("country", "people") for metric in ("impressions", "plays")
    ]


@pytest.mark.django_db
def test_a_task_is_its_accounts_and_is_forgotten() -> None:
    town, other = build(), build()
    task_id = tasks.create(town.scope, asked={"a": 1}, file_name="week", job=JOB, now=NOW)
    assert made.task(town.scope, task_id, now=NOW).state is State.WAITING
    for act in (made.task, made.file, tasks.cancel):
        with pytest.raises(NotFound):
            act(other.scope, task_id, now=NOW)
    tasks.cancel(town.scope, task_id, now=NOW)
    tasks.cancel(town.scope, task_id, now=NOW)
    assert tasks.claim(task_id, now=NOW) is None
    second = tasks.create(town.scope, asked={}, file_name="", job=JOB, now=NOW)
    claim = tasks.claim(second, now=NOW)
    assert claim is not None
    assert claim.actor.person_id == town.ada
    assert tasks.claim(second, now=NOW) == claim  # Whoever takes it up after a death.
    tasks.finish(second, made.TaskFile("week.csv", "text/csv", b"a"), rows=1, now=NOW)
    assert made.file(town.scope, second, now=NOW).content == b"a"
    with pytest.raises(ReportTaskOver):
        tasks.cancel(town.scope, second, now=NOW)
    with pytest.raises(NotFound):
        made.task(town.scope, second, now=NOW + KEPT)
    for _ in range(OPEN_MAX):
        tasks.create(town.scope, asked={}, file_name="", job=JOB, now=NOW)
    with pytest.raises(ReportTasksLimited):
        tasks.create(town.scope, asked={}, file_name="", job=JOB, now=NOW)
    tasks.create(other.scope, asked={}, file_name="", job=JOB, now=NOW)
    assert tasks.forget(NOW + KEPT) == OPEN_MAX + 3
