"""Drafts of campaigns, ad groups and ads: kept version by version, overwritten by nobody unseen, submitted once."""

from datetime import timedelta

import pytest

from tests.area.advertising.town import Town, ad_group_draft, campaign_draft, everything
from vonk.advertising import queries
from vonk.advertising.actions import launch_drafts, launches
from vonk.advertising.actions.launch_drafts import Kept, Written
from vonk.advertising.errors import DraftChanged, DraftLaunched, DraftQuotaReached, DraftTooLong
from vonk.advertising.models import Campaign, LaunchDraft
from vonk.advertising.rules.launch_drafts import DRAFTS_PER_ACCOUNT_MAX, TYPED_CHARS_MAX, Kind
from vonk.control.scope import Right
from vonk.core.errors import NotFound, RightMissing


def written(typed: str = "campaign-name=Loaves", **changed: object) -> Written:
    return Written(**{"kind": Kind.CAMPAIGN, "name": " Loaves \n", "typed": typed, **changed})  # type: ignore[arg-type]  # Fields by name.


def test_each_change_is_a_version_and_what_is_the_same_is_none(town: Town) -> None:
    first = launch_drafts.save(town.ada, written(), now=town.now)
    same = launch_drafts.save(town.ada, written(), over=first, now=town.now + timedelta(minutes=1))
    later = town.now + timedelta(minutes=2)
    second = launch_drafts.save(town.ada, written("campaign-name=Rolls"), over=first, now=later)

    (draft,) = queries.launch_drafts(town.ada)
    assert (first.version, same, second) == (1, first, Kept(first.draft_id, 2))
    assert (draft.name, draft.typed, draft.version, draft.modified_at) == ("Loaves", "campaign-name=Rolls", 2, later)


def test_two_windows_do_not_overwrite_each_other(town: Town) -> None:
    begun = launch_drafts.save(town.ada, written(), now=town.now)
    launch_drafts.save(town.ada, written("a=1"), over=begun, now=town.now)

    with pytest.raises(DraftChanged):
        launch_drafts.save(town.ada, written("a=2"), over=begun, now=town.now)

    assert queries.launch_draft(town.ada, begun.draft_id).typed == "a=1"


def test_a_stranger_finds_no_draft(town: Town) -> None:
    kept = launch_drafts.save(town.ada, written(), now=town.now)
    before = everything()

    assert queries.launch_drafts(town.mallory) == ()
    with pytest.raises(NotFound):
        queries.launch_draft(town.mallory, kept.draft_id)
    with pytest.raises(NotFound):
        launch_drafts.save(town.mallory, written("x=1"), over=kept, now=town.now)
    with pytest.raises(NotFound):
        launch_drafts.discard(town.mallory, kept.draft_id, now=town.now)
    assert everything() == before
    assert LaunchDraft.objects.get().typed == "campaign-name=Loaves"


def test_nothing_is_drafted_for_another_accounts_campaign(town: Town) -> None:
    elsewhere = town.campaign(town.mallory)
    with pytest.raises(NotFound):
        launch_drafts.save(town.ada, written(kind=Kind.AD_GROUP, above_id=elsewhere), now=town.now)


def test_who_may_not_edit_keeps_nothing(town: Town) -> None:
    looking = type(town.ada)(
        person_id=town.ada.person, rights=frozenset({Right.ACCOUNT_VIEW}), account_id=town.ada.account
    )
    with pytest.raises(RightMissing):
        launch_drafts.save(looking, written(), now=town.now)


def test_too_much_and_too_many_are_refused(town: Town) -> None:
    with pytest.raises(DraftTooLong):
        launch_drafts.save(town.ada, written("x" * (TYPED_CHARS_MAX + 1)), now=town.now)
    for number in range(DRAFTS_PER_ACCOUNT_MAX):
        launch_drafts.save(town.ada, written(f"n={number}"), now=town.now)
    with pytest.raises(DraftQuotaReached):
        launch_drafts.save(town.ada, written(), now=town.now)
    assert LaunchDraft.objects.count() == DRAFTS_PER_ACCOUNT_MAX


def test_a_draft_is_submitted_once(town: Town) -> None:
    kept = launch_drafts.save(town.ada, written(), now=town.now)
    drafts = (campaign_draft(), ad_group_draft(), town.spark_draft())
    launched = launches.launch(town.ada, *drafts, kept=kept, now=town.now)

    with pytest.raises(DraftLaunched) as refused:
        launches.launch(town.ada, *drafts, kept=kept, now=town.now)

    assert refused.value.became_id == launched.ad_id
    assert Campaign.objects.count() == 1
    assert queries.launch_drafts(town.ada) == ()
    with pytest.raises(DraftLaunched):
        launch_drafts.save(town.ada, written("late=1"), over=kept, now=town.now)
    with pytest.raises(NotFound):
        launch_drafts.discard(town.ada, kept.draft_id, now=town.now)


def test_what_was_written_elsewhere_holds_back_a_launch(town: Town) -> None:
    kept = launch_drafts.save(town.ada, written(), now=town.now)
    launch_drafts.save(town.ada, written("b=1"), over=kept, now=town.now)

    with pytest.raises(DraftChanged):
        launches.launch(town.ada, campaign_draft(), ad_group_draft(), town.spark_draft(), kept=kept, now=town.now)

    assert Campaign.objects.count() == 0


def test_a_discarded_draft_is_gone_and_holds_nothing_back(town: Town) -> None:
    kept = launch_drafts.save(town.ada, written(), now=town.now)
    launch_drafts.discard(town.ada, kept.draft_id, now=town.now)

    ad_group_id = launches.launch_ad_group(town.ada, town.campaign(), ad_group_draft(), kept=kept, now=town.now)

    assert queries.ad_group(town.ada, ad_group_id).name == "Neighbours"
    with pytest.raises(NotFound):
        launch_drafts.save(town.ada, written("x=1"), over=kept, now=town.now)
