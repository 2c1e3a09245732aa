"""Changes of many objects: looked at without a trace, applied one by one, set back, and never over somebody else's."""

from collections.abc import Sequence

import pytest

from tests.area.advertising.town import EUR, Town, compiled, daily, everything, published
from vonk.advertising.actions import bulk_edits, campaigns
from vonk.advertising.actions.bulk_edits import NewLine
from vonk.advertising.actions.bulk_lines import Billed
from vonk.advertising.drafts import CampaignChanges
from vonk.advertising.errors.bulk import BulkEditOver, BulkEditsLimited, NothingSelected, TooManySelected
from vonk.advertising.models import Ad, AdGroup, BulkEdit, Campaign, Review
from vonk.advertising.queries import bulk_edits as edits
from vonk.advertising.queries.bulk_edits import LineView
from vonk.advertising.queries.reported import Noun
from vonk.advertising.rules import bulk
from vonk.advertising.rules.bulk import Act, Kind, State, Step
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, RightMissing
from vonk.delivery.snapshot import Budget

NOTHING = Billed(lambda _noun, ids: dict.fromkeys(ids, 0), lambda ids: dict.fromkeys(ids, 0))
DEARER = Act(kind=Kind.BUDGET, step=Step.PERCENT, amount=10)


def looked_at(town: Town, noun: Noun, act: Act, ids: Sequence[int], scope: Scope | None = None) -> int:
    edit_id = bulk_edits.start(scope or town.ada, noun, act, ids, now=town.now)
    bulk_edits.work(scope or town.ada, edit_id, billed=NOTHING, now=town.now)
    return edit_id


def applied(town: Town, edit_id: int) -> int:
    bulk_edits.apply(town.ada, edit_id, now=town.now)
    bulk_edits.work(town.ada, edit_id, billed=NOTHING, now=town.now)
    return edit_id


def undone(town: Town, edit_id: int) -> int:
    undoing = bulk_edits.start_undo(town.ada, edit_id, now=town.now)
    bulk_edits.work(town.ada, undoing, billed=NOTHING, now=town.now)
    return applied(town, undoing)


def told(town: Town, edit_id: int) -> list[LineView]:
    return list(edits.lines(town.ada, edit_id, size=100)[0])


def outcomes(town: Town, edit_id: int) -> list[str]:
    return [line.outcome for line in told(town, edit_id)]


def test_a_look_changes_nothing_and_says_what_would_become_of_each(town: Town) -> None:
    dear, none = town.campaign(budget=daily(100)), town.campaign(budget=Budget())
    low = town.campaign(budget=daily(50))
    before = everything()

    edit_id = looked_at(town, "campaign", Act(kind=Kind.BUDGET, step=Step.ADD, amount=-20 * EUR), [dear, none, low])

    assert everything()[:5] == before[:5]
    assert outcomes(town, edit_id) == ["changed", "no_own_budget", "budget_below_minimum"]
    assert told(town, edit_id)[0].after == {"budget": {"mode": "daily", "micros": 80 * EUR}}
    assert "50.00" in told(town, edit_id)[2].problem["values"]["minimum"]
    assert edits.edit(town.ada, edit_id, now=town.now).state is State.CHECKED


def test_what_was_looked_at_is_applied_published_and_set_back(town: Town) -> None:
    ids = [town.campaign(budget=daily(100)), town.campaign(budget=daily(60))]

    edit_id = applied(town, looked_at(town, "campaign", DEARER, ids))

    assert list(Campaign.objects.order_by("pk").values_list("budget_micros", flat=True)) == [110 * EUR, 66 * EUR]
    assert published() == compiled()
    undoing = undone(town, edit_id)
    assert list(Campaign.objects.order_by("pk").values_list("budget_micros", flat=True)) == [100 * EUR, 60 * EUR]
    found = edits.edit(town.ada, edit_id, now=town.now)
    assert (found.undone_by, found.may_undo, found.state) == (undoing, False, State.DONE)
    with pytest.raises(BulkEditOver):
        bulk_edits.start_undo(town.ada, edit_id, now=town.now)
    with pytest.raises(BulkEditOver):
        bulk_edits.apply(town.ada, edit_id, now=town.now)


def test_what_somebody_changed_in_the_meantime_is_left_alone(town: Town) -> None:
    mine, theirs = town.campaign(budget=daily(100)), town.campaign(budget=daily(100))
    edit_id = looked_at(town, "campaign", DEARER, [mine, theirs])
    campaigns.update(town.ada, theirs, CampaignChanges(budget=daily(70)), billed_micros=0, now=town.now)

    applied(town, edit_id)

    assert outcomes(town, edit_id) == ["changed", "changed_meanwhile"]
    assert Campaign.objects.get(pk=theirs).budget_micros == 70 * EUR
    campaigns.update(town.ada, mine, CampaignChanges(budget=daily(80)), billed_micros=0, now=town.now)
    undoing = bulk_edits.start_undo(town.ada, edit_id, now=town.now)
    bulk_edits.work(town.ada, undoing, billed=NOTHING, now=town.now)
    assert outcomes(town, undoing) == ["changed_meanwhile"]
    assert Campaign.objects.get(pk=mine).budget_micros == 80 * EUR


def test_ads_are_switched_and_those_deleted_meanwhile_are_refused(town: Town) -> None:
    group = town.ad_group()
    on, gone = town.approved_ad(group), town.ad(group)
    Ad.objects.filter(pk=gone).update(deleted_at=town.now)

    edit_id = applied(town, looked_at(town, "ad", Act(kind=Kind.SWITCH, enabled=False), [on, gone]))

    assert outcomes(town, edit_id) == ["changed", "object_deleted"]
    assert (Ad.objects.get(pk=on).enabled, published()) == (False, compiled())
    undone(town, edit_id)
    assert (Ad.objects.get(pk=on).enabled, published()) == (True, compiled())


def test_bids_and_ends_of_ad_groups_are_judged_by_their_own_rules(town: Town) -> None:
    bid, free = town.ad_group(), town.ad_group(bid_micros=None)

    bids = looked_at(town, "ad_group", Act(kind=Kind.BID, step=Step.PERCENT, amount=20), [bid, free])
    high = looked_at(town, "ad_group", Act(kind=Kind.BID, amount=25 * EUR), [bid])
    past = looked_at(town, "ad_group", Act(kind=Kind.ENDS, ends_at="2020-01-01T00:00:00+00:00"), [bid])

    assert outcomes(town, bids) == ["changed", "no_own_bid"]
    assert outcomes(town, high) == ["bid_not_below_budget"]
    assert outcomes(town, past)[0] in {"schedule_in_past", "schedule_reversed"}
    applied(town, bids)
    assert AdGroup.objects.get(pk=bid).bid_micros == EUR * 6 // 10


def test_a_copy_holds_what_the_original_does_switched_off_and_reviewed_anew(town: Town) -> None:
    campaign_id = town.campaign()
    group = town.ad_group(campaign_id)
    town.approved_ad(group)

    edit_id = looked_at(town, "campaign", Act(kind=Kind.DUPLICATE, name="copy"), [campaign_id])
    assert Campaign.objects.count() == 1
    applied(town, edit_id)

    copy = Campaign.objects.exclude(pk=campaign_id).get()
    assert told(town, edit_id)[0].made_id == copy.pk
    assert (copy.name, copy.enabled) == ("Spring loaves (copy)", False)
    ad = Ad.objects.get(ad_group__campaign=copy)
    original = Ad.objects.get(ad_group=group)
    assert (ad.post_id, ad.consent_id, ad.landing_url) == (original.post_id, original.consent_id, original.landing_url)
    assert Review.objects.get(ad=ad).verdict == "in_review"
    assert published() == compiled()
    undone(town, edit_id)
    assert Campaign.objects.get(pk=copy.pk).deleted_at == town.now


def test_a_deletion_is_for_good(town: Town) -> None:
    edit_id = applied(town, looked_at(town, "campaign", Act(kind=Kind.DELETE), [town.campaign()]))

    assert outcomes(town, edit_id) == ["deleted"]
    with pytest.raises(BulkEditOver):
        bulk_edits.start_undo(town.ada, edit_id, now=town.now)


def test_lines_of_a_file_create_and_change(town: Town) -> None:
    there = town.campaign(budget=daily(60))
    lines = [
        NewLine(there, "Summer", {"name": "Summer", "budget": {"mode": "", "micros": 70 * EUR}}),
        NewLine(0, "New", {"name": "New", "objective": "traffic", "budget": {"mode": "daily", "micros": 50 * EUR}}),
        NewLine(0, "Cheap", {"name": "Cheap", "objective": "traffic", "budget": {"mode": "daily", "micros": EUR}}),
    ]

    edit_id = bulk_edits.start_import(town.ada, "campaign", lines, file_name="a.csv", now=town.now)
    bulk_edits.work(town.ada, edit_id, billed=NOTHING, now=town.now)
    assert (outcomes(town, edit_id), Campaign.objects.count()) == (["changed", "created", "budget_below_minimum"], 1)
    applied(town, edit_id)

    assert list(Campaign.objects.order_by("pk").values_list("name", "budget_micros")) == [
        ("Summer", 70 * EUR),
        ("New", 50 * EUR),
    ]
    undone(town, edit_id)
    assert list(Campaign.objects.filter(deleted_at=None).values_list("name", "budget_micros")) == [
        ("Spring loaves", 60 * EUR)
    ]


def test_large_ones_are_worked_off_by_the_job_in_slices_as_whoever_asked(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE_MAX", 2)
    monkeypatch.setattr(bulk_edits, "JOB", "tests.area.advertising.test_bulk_edits.Queue")
    Queue.enqueued = []
    ids = [town.campaign(budget=daily(100)) for _ in range(3)]

    edit_id = bulk_edits.start(town.ada, "campaign", DEARER, ids, now=town.now)
    first = bulk_edits.work_off(edit_id, billed=NOTHING, now=town.now, lines_max=2)
    second = bulk_edits.work_off(edit_id, billed=NOTHING, now=town.now, lines_max=2)
    bulk_edits.apply(town.ada, edit_id, now=town.now)
    while bulk_edits.work_off(edit_id, billed=NOTHING, now=town.now, lines_max=2):
        pass

    assert (first, second, Queue.enqueued) == (True, False, [edit_id, edit_id])
    assert set(Campaign.objects.values_list("budget_micros", flat=True)) == {110 * EUR}
    assert not bulk_edits.work_off(edit_id, billed=NOTHING, now=town.now)


class Queue:
    """Stands for the job's queue."""

    enqueued: list[int] = []

    @classmethod
    def enqueue(cls, edit_id: int) -> None:
        cls.enqueued.append(edit_id)


def test_one_that_fell_silent_is_taken_up_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_edits, "JOB", "tests.area.advertising.test_bulk_edits.Queue")
    Queue.enqueued = []
    edit_id = bulk_edits.start(town.ada, "campaign", DEARER, [town.campaign()], now=town.now)
    later = town.now.replace(year=town.now.year + 1)

    resumed = [bulk_edits.resume(later, silent_before=later) for _ in range(2)]

    assert (resumed, Queue.enqueued) == ([1, 0], [edit_id])


def test_strangers_find_nothing_and_their_ids_are_refused_in_their_lines(town: Town) -> None:
    mine = town.campaign()
    edit_id = looked_at(town, "campaign", DEARER, [mine])
    theirs = looked_at(town, "campaign", DEARER, [mine], town.mallory)

    for act in (bulk_edits.apply, bulk_edits.cancel, bulk_edits.start_undo):
        with pytest.raises(NotFound):
            act(town.mallory, edit_id, now=town.now)
    with pytest.raises(NotFound):
        edits.edit(town.mallory, edit_id, now=town.now)
    assert edits.lines(town.mallory, edit_id, size=5) == ((), False)
    (line,) = edits.lines(town.mallory, theirs, size=5)[0]
    assert (line.outcome, line.name) == ("not_found", "")


def test_bounds_and_rights(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = town.campaign()
    with pytest.raises(NothingSelected):
        bulk_edits.start(town.ada, "campaign", DEARER, [], now=town.now)
    monkeypatch.setattr(bulk, "OBJECTS_MAX", 1)
    with pytest.raises(TooManySelected):
        bulk_edits.start(town.ada, "campaign", DEARER, [campaign_id, campaign_id + 1], now=town.now)
    for _ in range(bulk.OPEN_MAX):
        bulk_edits.start(town.ada, "campaign", DEARER, [campaign_id], now=town.now)
    with pytest.raises(BulkEditsLimited):
        bulk_edits.start(town.ada, "campaign", DEARER, [campaign_id], now=town.now)
    with pytest.raises(RightMissing):
        bulk_edits.start(town.world.cleo, "campaign", DEARER, [campaign_id], now=town.now)
    assert BulkEdit.objects.count() == bulk.OPEN_MAX
