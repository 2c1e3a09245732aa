"""Reports that people put together: every sum is the ledger's, whatever rows and columns tell it apart."""

from datetime import timedelta
from typing import Any

import pytest

from tests.area.billing.world import NOW, Town, build, claims, decision, event, organic
from vonk.advertising.models import Ad
from vonk.billing import queries as billing
from vonk.billing.actions import settlement
from vonk.billing.queries import By
from vonk.control.scope import Scope
from vonk.core.errors import RightMissing
from vonk.events.records import Kind
from vonk.reporting import rollups
from vonk.reporting.builder.asked import read
from vonk.reporting.builder.counting import time_value
from vonk.reporting.builder.further import FIELDS
from vonk.reporting.builder.labels import labels
from vonk.reporting.builder.queries import BuiltReport, report, value
from vonk.reporting.errors import SpanInvalid
from vonk.storage.memory.event_log import MemoryEventLog

DAYS = "period=custom&from=2026-03-02&to=2026-03-04&metrics=spend&metrics=impressions&metrics=reach"


@pytest.fixture
def town() -> Town:
    return build()


def non_spark(town: Town) -> int:
    """Give the town a second ad in its group, which shows a video of Ada's own."""
    ad = Ad.objects.get(pk=town.ad)
    ad.pk, ad.consent, ad.name = ad.pk + 1, None, "=Second"
    ad.save(force_insert=True)
    return ad.pk


@pytest.fixture
def log(town: Town) -> MemoryEventLog:
    """Of both ads: today twenty women of NL and nine men of BE, tomorrow Vik again; some invalid, some organic."""
    log, other = MemoryEventLog(), non_spark(town)
    for number in range(20):
        told: dict[str, Any] = {"country": "NL", "age_band": "25_34", "gender": "female", "viewer_id": f"v{number}"}
        one = claims(town, ad_id=other if number % 3 == 0 else town.ad, **told)
        log.append([decision(one), event(one), event(one, Kind.PLAY)])
    for number in range(9):
        one = claims(town, price=7_001, country="BE", age_band="45_54", gender="male", viewer_id=f"w{number}")
        log.append([decision(one), event(one)])
    later = claims(town, at=NOW + timedelta(days=1), viewer_id="v1")
    log.append([decision(later), event(later), event(later, Kind.LIKE), event(organic(town), Kind.PLAY)])
    settlement.settle(log, now=NOW)
    rollups.roll_up(log, now=NOW)
    return log


def made(town: Town, address: str) -> BuiltReport:
    return report(town.scope, read(address), now=NOW)


def told(found: BuiltReport, name: str) -> dict[tuple[str, ...], object]:
    return {row.values: value(FIELDS[name], row.total.counts) for row in found.rows}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "dimensions",
    [
        "rows=campaign", "rows=ad&rows=day", "rows=kind&columns=day", "rows=hour", "rows=hour_of_day&columns=weekday",
        "rows=country", "rows=age&columns=gender", "rows=ad&rows=country&columns=day", "rows=region", "rows=week&rows=month",
        "rows=objective&rows=billing&rows=identity&rows=post", "rows=hour&columns=country",
    ],
)  # fmt: skip
def test_every_sum_is_the_ledgers(town: Town, log: MemoryEventLog, dimensions: str) -> None:
    found = made(town, f"{dimensions}&{DAYS}")
    spend, shown = FIELDS["spend"], FIELDS["impressions"]
    billed = sum(
        one.micros
        for one in billing.spend(
            account_id=town.account, start_date=found.days.first, end_date=found.days.last, by=By.DAY
        )
    )
    assert billed == 20 * 5_000 + 9 * 7_001 + 5_000
    for field, whole in ((spend, billed), (shown, 30)):
        assert value(field, found.total.counts) == whole
        assert sum(int(value(field, row.total.counts) or 0) for row in found.rows) == whole
        if found.query.column:
            cells = [cell.counts for row in found.rows for cell in row.cells.values()]
            assert sum(int(value(field, counts) or 0) for counts in cells) == whole
            assert sum(int(value(field, one.counts) or 0) for one in found.column_totals.values()) == whole


@pytest.mark.django_db
def test_viewers_are_counted_once_in_every_sum(town: Town, log: MemoryEventLog) -> None:
    found = made(town, f"rows=kind&columns=day&{DAYS}")
    reach = FIELDS["reach"]
    assert value(reach, found.total.counts) == 29
    assert told(found, "reach") == {("spark",): 22, ("non_spark",): 7}
    assert {day: value(reach, sums.counts) for day, sums in found.column_totals.items()} == {
        "2026-03-02": 29,
        "2026-03-03": 1,
    }
    assert value(reach, made(town, f"rows=country&{DAYS}").total.counts) is not None
    assert set(told(made(town, f"rows=country&{DAYS}"), "reach").values()) == {None}


@pytest.mark.django_db
def test_the_few_are_not_told_and_one_row_says_what_nobody_knows(town: Town, log: MemoryEventLog) -> None:
    assert told(made(town, f"rows=country&{DAYS}"), "impressions") == {("",): 17, ("NL",): 13}
    assert told(made(town, f"rows=age&rows=gender&{DAYS}"), "impressions") == {("25_34", "female"): 13, ("", ""): 17}
    assert told(made(town, f"rows=placement&{DAYS}"), "impressions") == {("",): 30}


@pytest.mark.django_db
def test_filters_narrow_and_conditions_say_how_many_rows_they_left_out(town: Town, log: MemoryEventLog) -> None:
    spark = made(town, f"rows=day&filter=kind:spark&filter=country:NL&{DAYS}")
    assert told(spark, "impressions") == {("2026-03-02",): 13}
    dear = made(town, f"rows=ad&where=spend:gte:0.05&{DAYS}")
    assert (list(told(dear, "impressions")), dear.left_out) == ([(str(town.ad),)], 1)
    assert value(FIELDS["spend"], dear.total.counts) == 13 * 5_000 + 9 * 7_001 + 5_000
    assert value(FIELDS["organic_video_views"], made(town, f"metrics=organic_video_views&{DAYS}").total.counts) == 1


@pytest.mark.django_db
def test_a_period_stands_beside_the_one_before(town: Town, log: MemoryEventLog) -> None:
    day = "period=custom&from=2026-03-03&to=2026-03-03&metrics=impressions"
    found = made(town, f"rows=day&compare=before&{day}")
    (row,) = found.rows
    assert row.values == ("2026-03-03",)
    assert row.total.before is not None
    assert (row.total.counts["impressions"], row.total.before["impressions"]) == (1, 29)
    assert found.before_days is not None
    assert found.before_days.first.isoformat() == "2026-03-02"
    gone = made(town, "rows=kind&compare=before&period=custom&from=2026-03-03&to=2026-03-03&metrics=impressions")
    assert told(gone, "impressions") == {("spark",): 1, ("non_spark",): 0}


@pytest.mark.django_db
def test_values_have_names_and_rows_an_order(town: Town, log: MemoryEventLog) -> None:
    found = made(town, f"rows=campaign&rows=ad&columns=kind&{DAYS}&sort=spend&order=up")
    names = labels(town.scope, found)
    assert [[names["campaign", one.values[0]], names["ad", one.values[1]]] for one in found.rows] == [
        ["Spring", "=Second"],
        ["Spring", "First"],
    ]
    assert found.columns == ("spark", "non_spark")
    usual = made(town, f"rows=day&{DAYS}")
    assert [row.values[0] for row in usual.rows] == ["2026-03-02", "2026-03-03"]


@pytest.mark.django_db
def test_it_is_the_accounts_own_and_bounded(town: Town, log: MemoryEventLog) -> None:
    other = build()
    assert made(other, f"rows=ad&{DAYS}").rows == ()
    hers = report(other.scope, read(f"rows=ad&filter=campaign:{town.campaign}&{DAYS}"), now=NOW)
    assert (hers.rows, dict(hers.total.counts)) == ((), {})
    with pytest.raises(RightMissing):
        report(Scope(person_id=1, rights=frozenset(), account_id=town.account), read(DAYS), now=NOW)
    for days in ("from=2025-01-01&to=2026-03-01", "from=2026-03-02&to=2026-03-01", "from=0001-01-01&to=0001-01-02"):
        with pytest.raises(SpanInvalid):
            made(town, f"rows=day&compare=before&period=custom&{days}")
    with pytest.raises(SpanInvalid):
        made(town, "rows=hour&period=last_90_days")


def test_moments_have_values_that_sort_as_time_runs() -> None:
    sunday = NOW.replace(tzinfo=None) - timedelta(days=1)
    names = ("day", "week", "month", "weekday", "hour", "hour_of_day")
    assert [time_value(name, sunday) for name in names] == [
        "2026-03-01", "2026-02-23", "2026-03", "6", "2026-03-01T09", "09",
    ]  # fmt: skip
