"""Everything as each of the cast: outside their own account nothing exists, and nothing changes."""

from collections.abc import Callable

import msgspec
import pytest

from tests.area.advertising.town import Town, ad_group_draft, campaign_draft, everything
from vonk.advertising import queries
from vonk.advertising.actions import ad_groups, ads, campaigns, launches
from vonk.advertising.drafts import AdChanges, AdGroupChanges, CampaignChanges
from vonk.control.paging import Paging
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, RightMissing

Call = Callable[[Scope], object]


def reads(town: Town, ad_id: int) -> dict[str, Call]:
    view = queries.ad(town.ada, ad_id)
    return {
        "campaign": lambda scope: queries.campaign(scope, view.campaign_id),
        "ad_groups": lambda scope: queries.ad_groups(scope, Paging(), campaign_id=view.campaign_id),
        "ad_group": lambda scope: queries.ad_group(scope, view.ad_group_id),
        "ads of campaign": lambda scope: queries.ads(scope, Paging(), campaign_id=view.campaign_id),
        "ads of ad group": lambda scope: queries.ads(scope, Paging(), ad_group_id=view.ad_group_id),
        "ad": lambda scope: queries.ad(scope, ad_id),
        "preview": lambda scope: queries.preview(scope, ad_id),
        "reviews": lambda scope: queries.reviews(scope, ad_id, Paging()),
    }


def writes(town: Town, ad_id: int) -> dict[str, Call]:
    view, now = queries.ad(town.ada, ad_id), town.now
    campaign_id, ad_group_id = view.campaign_id, view.ad_group_id
    own = town.own_draft(town.mallory)
    assert view.consent_id is not None
    spark = town.spark_draft(view.consent_id)
    renamed = CampaignChanges(name="x")
    return {
        "campaigns.update": lambda scope: campaigns.update(scope, campaign_id, renamed, billed_micros=0, now=now),
        "campaigns.set_enabled": lambda scope: campaigns.set_enabled(scope, [campaign_id], False, now=now),
        "campaigns.delete": lambda scope: campaigns.delete(scope, [campaign_id], now=now),
        "ad_groups.create": lambda scope: ad_groups.create(scope, campaign_id, ad_group_draft(), now=now),
        "ad_groups.update": lambda scope: ad_groups.update(
            scope, ad_group_id, AdGroupChanges(name="x"), billed_micros=0, now=now
        ),
        "ad_groups.set_enabled": lambda scope: ad_groups.set_enabled(scope, [ad_group_id], False, now=now),
        "ad_groups.delete": lambda scope: ad_groups.delete(scope, [ad_group_id], now=now),
        "ads.create": lambda scope: ads.create(scope, ad_group_id, [own], now=now),
        "ads.create_one": lambda scope: ads.create_one(scope, ad_group_id, own, now=now),
        "ads.update": lambda scope: ads.update(scope, ad_id, AdChanges(name="x"), now=now),
        "ads.set_enabled": lambda scope: ads.set_enabled(scope, [ad_id], False, now=now),
        "ads.delete": lambda scope: ads.delete(scope, [ad_id], now=now),
        "launch": lambda scope: launches.launch(scope, campaign_draft(), ad_group_draft(), spark, now=now),
    }


def creation(town: Town) -> Call:
    return lambda scope: campaigns.create(scope, campaign_draft(), now=town.now)


def test_mallory_finds_nothing_and_changes_nothing(town: Town) -> None:
    calls = {**reads(town, ad_id := town.approved_ad()), **writes(town, ad_id)}
    before = everything()[:4]
    for name, call in calls.items():
        with pytest.raises(NotFound):
            call(town.mallory)
        assert everything()[:4] == before, name
    assert queries.campaigns(town.mallory, Paging()).items == ()
    assert queries.ads(town.mallory, Paging()).items == ()


@pytest.mark.parametrize("name", ["Cleo", "Vik", "Mallory", "Olu"])
def test_without_an_account_there_is_no_right(town: Town, name: str) -> None:
    calls = {**reads(town, ad_id := town.approved_ad()), **writes(town, ad_id)}
    scope = town.olu if name == "Olu" else town.world.people[name]
    before = everything()
    for call in (*calls.values(), creation(town)):
        with pytest.raises(RightMissing):
            call(scope)
    assert everything() == before


def test_an_analyst_sees_and_changes_nothing(town: Town) -> None:
    ad_id = town.approved_ad()
    analyst = msgspec.structs.replace(town.ada, rights=frozenset({Right.ACCOUNT_VIEW}))
    calls = writes(town, ad_id)
    before = everything()
    for call in reads(town, ad_id).values():
        call(analyst)
    for call in (*calls.values(), creation(town)):
        with pytest.raises(RightMissing):
            call(analyst)
    assert everything() == before


def test_ids_of_two_accounts_are_refused_together(town: Town) -> None:
    mine, theirs = town.campaign(), town.campaign(town.mallory)
    before = everything()
    with pytest.raises(NotFound):
        campaigns.set_enabled(town.ada, [mine, theirs], False, now=town.now)
    with pytest.raises(NotFound):
        campaigns.delete(town.ada, [mine, theirs], now=town.now)
    assert everything() == before
