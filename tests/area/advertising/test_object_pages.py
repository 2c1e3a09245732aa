"""Pages of campaigns and ad groups: filtered, numbered, with an exact total even where a filter looks at what is derived."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.area.advertising.town import Town, campaign_draft, daily
from vonk.advertising.actions import ad_groups, campaigns
from vonk.advertising.queries.object_pages import Keeping, Wanted
from vonk.advertising.rules import Objective, Primary
from vonk.control.paging import Numbering
from vonk.delivery.snapshot import Billing, Targeting
from vonk.reporting import object_pages

ALL = Numbering(1, 100)
SECOND = timedelta(seconds=1)


def is_off(status: Any) -> bool:
    return status.primary is Primary.DISABLED


def test_campaigns_are_filtered_numbered_and_counted_exactly(town: Town) -> None:
    ids = []
    for number in range(7):
        town.now += SECOND
        ids.append(town.campaign(name=f"Loaf {number}", objective="reach" if number == 6 else "traffic"))
    campaigns.set_enabled(town.ada, ids[:5], False, now=town.now)
    campaigns.delete(town.ada, ids[:1], now=town.now)
    campaigns.create(town.mallory, campaign_draft(), now=town.now)

    def page(numbering: Numbering = ALL, *, off: bool = False, **wanted: Any) -> tuple[list[int], int]:
        found = object_pages.campaigns(
            town.ada, Wanted(**wanted), numbering, fulfils=is_off if off else None, now=town.now
        )
        return [ids.index(one.view.id) for one in found.items], found.total

    assert page() == ([6, 5, 4, 3, 2, 1], 6)
    assert page(Numbering(2, 4)) == ([2, 1], 6)
    assert page(Numbering(3, 4)) == ([], 6)
    assert page(deleted=True) == ([0], 1)
    assert page(deleted=None, name_contains="lOAF 0") == ([0], 1)
    assert page(ids=[ids[2], ids[0]]) == ([2], 1)
    assert page(ids=[]) == ([], 0)
    assert page(objectives=[Objective.REACH]) == ([6], 1)
    assert page(created_from=town.now - SECOND, created_until=town.now - SECOND) == ([5], 1)
    assert page(Numbering(2, 3), off=True) == ([1], 4)
    assert page(Numbering(1, 3), off=True, name_contains="loaf") == ([4, 3, 2], 4)
    found = object_pages.campaigns(town.mallory, Wanted(), ALL, now=town.now)
    assert found.total == 1
    untold = object_pages.campaigns(town.ada, Wanted(), ALL, told=False, now=town.now)
    assert {one.status for one in untold.items} == {None}


def test_ad_groups_are_filtered_by_what_they_are_what_they_keep_and_how_they_stand(town: Town) -> None:
    first, second = town.campaign(), town.campaign(objective="reach", budget=daily(80))
    targeting = Targeting(countries=("NL",), unmet=("isp_ids",))
    ids = [
        town.ad_group(first, kept={"optimization_goal": "CLICK"}, bid_micros=None, name="One"),
        town.ad_group(first, name="Two"),
        town.ad_group(second, billing="cpm", kept={"optimization_goal": "REACH"}, targeting=targeting, name="Three"),
        town.ad_group(second, billing="cpm", name="Four"),
    ]
    ad_groups.set_enabled(town.ada, [ids[1]], False, now=town.now)

    def page(**wanted: Any) -> list[int]:
        found = object_pages.ad_groups(town.ada, Wanted(**wanted), ALL, now=town.now)
        assert found.total == len(found.items)
        return [ids.index(one.view.id) for one in found.items]

    assert page() == [3, 2, 1, 0]
    assert page(campaign_ids=[second], objectives=[Objective.REACH]) == [3, 2]
    assert page(billings=[Billing.CPC], name_contains="o") == [1, 0]
    assert page(maximum_delivery=True) == [0]
    assert page(keeping=(Keeping(name="optimization_goal", values=["CLICK"]),)) == [0]
    absent = Keeping(name="optimization_goal", values=["CLICK", "CONVERT"], absent=True, billings=[Billing.CPC])
    assert page(keeping=(absent,)) == [1, 0]
    off = object_pages.ad_groups(town.ada, Wanted(), ALL, fulfils=is_off, now=town.now)
    assert [(one.view.id, one.view.kept) for one in off.items] == [(ids[1], {})]
    campaigns.delete(town.ada, [second], now=town.now)
    assert (page(), page(deleted=True)) == ([1, 0], [3, 2])
    assert object_pages.ad_groups(town.mallory, Wanted(deleted=None), ALL, now=town.now).total == 0


def test_a_page_takes_as_many_statements_for_many_as_for_few(town: Town) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            object_pages.campaigns(town.ada, Wanted(), ALL, now=town.now)
            object_pages.ad_groups(town.ada, Wanted(), ALL, now=town.now)
        return len(seen)

    town.ad()
    few = statements()
    for _ in range(3):
        town.ad()
    assert statements() == few
