"""Tables: the numbers of the reports, filtered and in order, and nobody else's."""

from datetime import timedelta
from typing import Any

import pytest

from tests.area.billing.world import NOW, Town, build, claims, event, show
from vonk.advertising.actions import ads, erasing, tables
from vonk.advertising.drafts import AdDraft
from vonk.advertising.errors.tables import TableViewNamed, TableViewsLimited
from vonk.advertising.models import Ad
from vonk.advertising.queries import kept_tables
from vonk.advertising.queries.tables import Order, Sought
from vonk.advertising.rules import Objective, Primary, Verdict
from vonk.advertising.rules import tables as bounds
from vonk.billing.actions import settlement
from vonk.control.paging import Numbering
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.events.records import Kind
from vonk.reporting import queries as reporting
from vonk.reporting import rollups
from vonk.reporting.queries import Level
from vonk.reporting.tables import queries
from vonk.reporting.tables.wanted import Condition, Days, Wanted
from vonk.storage.memory.event_log import MemoryEventLog

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
METRICS = ("spend", "impressions", "clicks", "ctr", "results")
FIRST = Numbering(1, 10)


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def second(town: Town) -> int:
    """Return another ad of the ad group, which nobody saw."""
    shown = Ad.objects.get(pk=town.ad)
    draft = AdDraft(
        name="Zebra", call_to_action=shown.call_to_action, landing_url=shown.landing_url, consent_id=shown.consent_id
    )
    return ads.create_one(town.scope, town.ad_group, draft, now=NOW)


@pytest.fixture
def counted(town: Town) -> None:
    log = MemoryEventLog()
    show(log, town, times=3)
    log.append([event(claims(town, price=0), Kind.CLICK_DESTINATION)])
    settlement.settle(log, now=NOW)
    rollups.roll_up(log, now=NOW)


def wanted(**more: Any) -> Wanted:
    return Wanted(**{"noun": "ad", "days": Days(TODAY, TODAY), "metrics": METRICS, **more})


def found(town: Town, **more: Any) -> list[int]:
    return [row.view.id for row in queries.page(town.scope, wanted(**more), FIRST, now=NOW).rows]


@pytest.mark.usefixtures("counted", "second")
@pytest.mark.parametrize("level", list(Level))
def test_rows_and_totals_are_those_of_the_report(town: Town, level: Level) -> None:
    report = reporting.ad_report(town.scope, level=level, start_date=TODAY, end_date=TODAY)
    told = {row.id: {name: row.values[name] for name in METRICS} for row in report.rows}

    page = queries.page(town.scope, wanted(noun=level.value), FIRST, now=NOW)
    totals = queries.totals(town.scope, wanted(noun=level.value), now=NOW)

    assert {row.view.id: dict(row.values) for row in page.rows} == told
    assert dict(totals.values) == {name: report.total.values[name] for name in METRICS}
    assert (totals.objects, page.total) == (len(told), len(told))
    assert report.total.values["impressions"] == 3


@pytest.mark.usefixtures("counted")
def test_rows_are_ordered_by_what_is_said_and_by_what_is_counted(town: Town, second: int) -> None:
    names = {town.ad: Ad.objects.get(pk=town.ad).name, second: "Zebra"}
    by_name = sorted(names, key=lambda made: names[made].lower())

    assert found(town) == [second, town.ad]
    assert found(town, order=Order("name", descending=False)) == by_name
    assert found(town, order=Order("impressions")) == [town.ad, second]
    assert found(town, order=Order("impressions", descending=False)) == [second, town.ad]
    assert found(town, order=Order("ctr", descending=False)) == [town.ad, second]  # Without a value: last.


@pytest.mark.usefixtures("counted")
def test_filters_narrow_rows_and_totals_alike(town: Town, second: int) -> None:
    for narrowed, left in (
        ({"sought": Sought(text="zeb")}, [second]),
        ({"sought": Sought(text=str(town.ad))}, [town.ad]),
        ({"sought": Sought(verdicts=(Verdict.APPROVED,))}, [town.ad]),
        ({"sought": Sought(spark=False)}, []),
        ({"sought": Sought(objectives=(Objective.SHOP_PURCHASES,))}, []),
        ({"sought": Sought(ad_group_ids=(town.ad_group,))}, [second, town.ad]),
        ({"sought": Sought(campaign_ids=(town.campaign + 1,))}, []),
        ({"sought": Sought(consent_ends_by=NOW + timedelta(days=4_000))}, [second, town.ad]),
        ({"sought": Sought(consent_ends_by=NOW)}, []),
        ({"conditions": (Condition("impressions", True, 1),)}, [town.ad]),
        ({"conditions": (Condition("ctr", False, 100),)}, [town.ad]),
        ({"statuses": (Primary.DISABLED,)}, []),
    ):
        assert found(town, **narrowed) == left, narrowed
        assert queries.totals(town.scope, wanted(**narrowed), now=NOW).objects == len(left)


@pytest.mark.usefixtures("second")
def test_what_is_asked_of_ads_finds_what_they_lie_in(town: Town) -> None:
    assert found(town, noun="campaign", sought=Sought(spark=True, verdicts=(Verdict.IN_REVIEW,))) == [town.campaign]
    assert found(town, noun="ad_group", sought=Sought(spark=False)) == []


@pytest.mark.usefixtures("counted")
def test_a_span_is_compared_and_drawn_day_by_day(town: Town) -> None:
    asked = wanted(
        days=Days(TODAY, TODAY + timedelta(days=1)), before=Days(TODAY - timedelta(days=2), TODAY - timedelta(days=1))
    )
    (row,) = queries.page(town.scope, asked, FIRST, now=NOW).rows
    assert (row.values["impressions"], row.before["impressions"], row.trend) == (3, 0, ())

    drawn = wanted(days=asked.days, trend="impressions")
    assert queries.page(town.scope, drawn, FIRST, now=NOW).rows[0].trend == (3, 0)


@pytest.mark.usefixtures("counted", "second")
def test_pages_follow_each_other(town: Town) -> None:
    pages = [queries.page(town.scope, wanted(), Numbering(number, 1), now=NOW) for number in (1, 2, 3)]

    assert [len(page.rows) for page in pages] == [1, 1, 0]
    assert {page.total for page in pages} == {2}


def stranger(town: Town) -> Scope:
    return Scope(person_id=town.scope.person + 1, rights=frozenset({Right.ACCOUNT_VIEW}), account_id=1)


def colleague(town: Town) -> Scope:
    return Scope(person_id=town.scope.person + 1, rights=frozenset({Right.ACCOUNT_VIEW}), account_id=town.scope.account)


def test_a_view_is_ones_own_or_the_accounts(town: Town) -> None:
    mine = tables.keep_view(town.scope, "ad", name="Mine", shared=False, query="q=a", now=NOW)
    ours = tables.keep_view(town.scope, "ad", name=" Ours  now ", shared=True, query="q=b", now=NOW)

    assert [(one.id, one.name, one.own) for one in kept_tables.views(town.scope, "ad")] == [
        (mine, "Mine", True),
        (ours, "Ours now", True),
    ]
    assert [(one.id, one.own) for one in kept_tables.views(colleague(town), "ad")] == [(ours, False)]
    assert kept_tables.views(town.scope, "campaign") == ()
    with pytest.raises(TableViewNamed):
        tables.keep_view(town.scope, "ad", name="Mine", shared=True, query="", now=NOW)
    for scope in (colleague(town), stranger(town)):
        with pytest.raises(NotFound):
            tables.delete_view(scope, ours, now=NOW)
    tables.change_view(town.scope, ours, query="q=c", shared=False, now=NOW)
    assert kept_tables.views(colleague(town), "ad") == ()
    tables.delete_view(town.scope, ours, now=NOW)
    assert [one.id for one in kept_tables.views(town.scope, "ad")] == [mine]


def test_views_and_columns_are_bounded(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "VIEWS_MAX", 1)
    for name in ("", " ", "x" * (bounds.NAME_MAX + 1)):
        with pytest.raises(FieldInvalid):
            tables.keep_view(town.scope, "ad", name=name, shared=False, query="", now=NOW)
    with pytest.raises(FieldInvalid):
        tables.keep_view(town.scope, "ad", name="Long", shared=False, query="q" * (bounds.QUERY_MAX + 1), now=NOW)
    tables.keep_view(town.scope, "ad", name="One", shared=False, query="", now=NOW)
    with pytest.raises(TableViewsLimited):
        tables.keep_view(town.scope, "ad", name="Two", shared=False, query="", now=NOW)
    tables.choose_columns(town.scope, "ad", ["ctr", "spend", "ctr"])
    assert kept_tables.chosen_columns(town.scope, "ad") == ("ctr", "spend")
    assert kept_tables.chosen_columns(colleague(town), "ad") == ()
    with pytest.raises(FieldInvalid):
        tables.choose_columns(town.scope, "ad", [str(number) for number in range(bounds.COLUMNS_MAX + 1)])


def test_whoever_is_erased_leaves_the_accounts_views_alone(town: Town) -> None:
    tables.choose_columns(town.scope, "ad", ["ctr"])
    for name, shared in (("Mine", False), ("Ours", True)):
        tables.keep_view(town.scope, "ad", name=name, shared=shared, query="", now=NOW)

    assert erasing.forget_tables(town.scope.person) == 2

    assert kept_tables.chosen_columns(town.scope, "ad") == ()
    assert [one.name for one in kept_tables.views(colleague(town), "ad")] == ["Ours"]
