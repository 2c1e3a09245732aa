"""Conversions in reports: by the account's days, at every level, and as what the campaign is for."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from tests.area.billing.world import EUR, NOW, Town, build, claims, event, show
from vonk.advertising.actions import pixels
from vonk.advertising.models import Campaign
from vonk.advertising.rules import Objective
from vonk.billing.actions import settlement
from vonk.core.clock import to_ms
from vonk.core.errors import RightMissing
from vonk.events.records import ConversionRecord, Kind
from vonk.reporting import export, queries, rollups
from vonk.reporting.attribution import consumer
from vonk.reporting.queries import By, Level, NamedConversions
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

LATE_EVENING = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # Already the third in Amsterdam.
TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def town() -> Town:
    """One billed impression that was clicked, then a purchase by day, another and a sign-up in the night."""
    town = build()
    pixels.create(town.scope, "Shop", now=NOW - timedelta(days=1))
    log = MemoryEventLog()
    show(log, town, price=EUR)
    showing = claims(town, price=0)
    log.append([event(showing, Kind.CLICK_DESTINATION), event(showing, Kind.VIEW_6S)])
    for number, (name, at) in enumerate(
        [("purchase", NOW + timedelta(hours=1)), ("purchase", LATE_EVENING), ("sign_up", LATE_EVENING)]
    ):
        at_ms = to_ms(at)
        value = 2 * EUR if name == "purchase" else 0
        log.append([
            ConversionRecord(str(number), 7, town.account, name, at_ms, at_ms, value, "EUR", "pixel", "vik")
        ])  # fmt: skip
    settlement.settle(log, now=NOW)
    rollups.roll_up(log, now=NOW)
    consumer.attribute(log, now=NOW)
    return town


@pytest.mark.parametrize("level", list(Level))
def test_every_level_and_the_sum_of_days_tell_the_same(town: Town, level: Level) -> None:
    whole = queries.ad_report(town.scope, level=level, start_date=TODAY, end_date=TOMORROW)
    values = whole.total.values
    assert (values["conversions"], values["conversions_click"], values["conversion_value"]) == (3, 3, 4 * EUR)
    assert (values["roas"], values["cost_per_conversion"], values["conversion_rate"]) == (4.0, EUR // 3, 3.0)
    days = queries.ad_report(town.scope, level=level, start_date=TODAY, end_date=TOMORROW, by=By.DAY)
    assert [(step.step, step.values["conversions"]) for step in days.steps] == [(TODAY, 1), (TOMORROW, 2)]
    hours = queries.ad_report(town.scope, level=level, start_date=TOMORROW, end_date=TOMORROW, by=By.HOUR)
    found = {step.step: step.values["conversions"] for step in hours.steps if step.values["conversions"]}
    assert found == {LATE_EVENING.replace(minute=0): 2}


@pytest.mark.parametrize(
    ("objective", "results"),
    [
        (Objective.REACH, 1),
        (Objective.VIDEO_VIEWS, 1),
        (Objective.COMMUNITY_INTERACTION, 0),
        (Objective.TRAFFIC, 1),
        (Objective.APP_INSTALLS, 0),
        (Objective.CONVERSIONS, 3),
        (Objective.LEAD_GENERATION, 1),
        (Objective.SHOP_PURCHASES, 2),
    ],
)
def test_a_result_is_what_the_campaign_is_for(town: Town, objective: Objective, results: int) -> None:
    Campaign.objects.update(objective=objective.value)
    values = queries.ad_report(town.scope, level=Level.AD, start_date=TODAY, end_date=TOMORROW).total.values
    assert (values["results"], values["cost_per_result"]) == (results, EUR // results if results else None)


def test_the_file_has_them_too(town: Town) -> None:
    header, line = export.report_csv(town.scope, level=Level.AD, start_date=TODAY, end_date=TOMORROW)
    row = dict(zip(header.strip("\ufeff\r\n").split(","), line.strip().split(","), strict=True))
    assert (row["conversions"], row["conversion_value"], row["roas"]) == ("3", "4.00", "4.000000")


def test_a_step_is_seen_by_name_and_in_no_sum(town: Town) -> None:
    log = MemoryEventLog()
    at_ms = to_ms(NOW) + 5_000
    records = [
        ConversionRecord(f"step {number}", 7, town.account, "page_view", at_ms, at_ms, 9 * EUR, "EUR", "pixel", "vik")
        for number in range(4)
    ]
    log.append([event(claims(town, price=0), Kind.PLAY)] * 9)  # Behind what the first log's reader has read.
    log.append(records)
    consumer.attribute(log, now=NOW)
    values = queries.ad_report(town.scope, level=Level.AD, start_date=TODAY, end_date=TOMORROW).total.values
    assert (values["conversions"], values["conversion_value"]) == (3, 4 * EUR)
    assert queries.conversions_by_name(town.scope, start_date=TODAY, end_date=TODAY) == (
        NamedConversions("page_view", True, 4, 0, 0, 36 * EUR),
        NamedConversions("purchase", False, 1, 0, 0, 2 * EUR),
    )
    reader = msgspec.structs.replace(town.scope, rights=frozenset())
    with pytest.raises(RightMissing):
        queries.conversions_by_name(reader, start_date=TODAY, end_date=TODAY)


def test_another_account_sees_none_of_it(town: Town) -> None:
    other = build()
    assert queries.conversions_by_name(other.scope, start_date=TODAY, end_date=TOMORROW) == ()
    report = queries.ad_report(other.scope, level=Level.AD, start_date=TODAY, end_date=TOMORROW)
    assert [row.counts for row in report.rows] == [{}]
    assert report.total.values["conversions"] == 0
    assert town.account != other.account
