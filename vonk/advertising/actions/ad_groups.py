"""Create, change, switch and delete ad groups."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from msgspec import UNSET, UnsetType

from vonk.advertising import letters, publish, reach
from vonk.advertising.actions import bids, extensions, submissions
from vonk.advertising.actions.campaigns import was_live
from vonk.advertising.drafts import AdGroupChanges, AdGroupDraft
from vonk.advertising.errors import AdGroupQuotaReached, ObjectDeleted
from vonk.advertising.models import Ad, AdGroup, Review
from vonk.advertising.rules import (
    Objective,
    attribution,
    audiences,
    budgets,
    grants,
    learning,
    limits,
    objectives,
    schedules,
    texts,
)
from vonk.authorisation.actions import verdicts
from vonk.authorisation.queries.limits import held_consents
from vonk.content.queries import post_facts
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.core.errors import NotFound, Problem
from vonk.core.limits import AD_GROUPS_PER_ACCOUNT_MAX
from vonk.delivery.snapshot import NO_LIMITS, Budget, BudgetMode, FrequencyCap, Targeting
from vonk.identity.queries import account_facts

Value = TypeVar("Value")

_NOUN: Final = "ad_group"


@transaction.atomic
def create(scope: Scope, campaign_id: int, draft: AdGroupDraft, *, now: datetime) -> int:
    """Create an ad group in the campaign; return its id.

    Raises NotFound, ObjectDeleted, FieldInvalid, BillingNotForObjective, GoalNotForObjective, ScheduleInPast, ScheduleReversed, EndMissing,
    BudgetBelowMinimum, BudgetMissing, BidNotBelowBudget, MinorsProtected, AdGroupQuotaReached.
    """
    campaign = reach.alive_campaign(reach.campaigns(scope, [campaign_id])[0])
    _check_quota(campaign.account_id)
    objective = Objective(campaign.objective)
    currency = account_facts(campaign.account_id).currency
    name = texts.name(draft.name)
    billing = objectives.billing(draft.billing, objective)
    goal, goal_event = objectives.goal(draft.goal, draft.goal_event, billing=billing, of=objective)
    starts_at = draft.starts_at if draft.starts_at is not None else now
    schedules.check(starts_at, draft.ends_at, now=now)
    budget = _budget(draft.budget, starts_at, draft.ends_at, currency)
    windows = attribution.check(draft.attribution)
    ad_group = AdGroup(
        campaign=campaign,
        name=name,
        billing=billing.value,
        goal=goal.value if goal is not None else "",
        goal_event=goal_event,
        maximum_delivery=draft.bid_micros is None,
        cost_cap=draft.cost_cap and draft.bid_micros is not None,
        pacing=draft.pacing.value,
        starts_at=starts_at,
        ends_at=draft.ends_at,
        click_days=windows.click_days,
        engaged_view_days=windows.engaged_view_days,
        view_days=windows.view_days,
        counting=windows.counting.value,
        kept=draft.kept,
        enabled=draft.enabled,
        created_at=now,
        modified_at=now,
    )
    _set_budget(ad_group, budget)
    _set_bid(ad_group, draft.bid_micros, currency)
    kept_out = limits.since(NO_LIMITS, draft.targeting.limits, to_ms(now))
    wanted = msgspec.structs.replace(draft.targeting, limits=kept_out)
    _set_targeting(ad_group, audiences.targeting(wanted, objective))
    _set_cap(ad_group, audiences.frequency_cap(draft.cap))
    ad_group.save(force_insert=True)
    audit.record(scope, "ad_group.created", _NOUN, ad_group.pk, at=now, detail={"campaign_id": campaign.pk})
    publish.publish_ad_groups([ad_group.pk], at=now)
    return ad_group.pk


@transaction.atomic
def update(
    scope: Scope, ad_group_id: int, changes: AdGroupChanges, *, billed_micros: int, now: datetime
) -> tuple[str, ...]:
    """Change an ad group; return the names of what differs now.

    A change of targeting, except of age alone, sends its ads to review again and stops them until they are approved;
    bid, budget and schedule do not (reference §9.4). ``billed_micros`` is what was billed to the ad group in the
    present period of the new budget. Raises as ``create`` does, and BudgetModeFixed, BudgetBelowSpend, ScheduleStarted,
    RegionNotLicensed (a post of its ads may not be shown in a country that is new).
    """
    scope.require(Right.CAMPAIGN_EDIT)
    verdicts.hold(
        Ad.objects.filter(ad_group_id=ad_group_id, deleted_at=None).values_list("consent_id", flat=True),
        account_id=scope.account,
    )
    ad_group = reach.alive_ad_group(reach.ad_groups(scope, [ad_group_id])[0])
    before, old_terms = _state(ad_group), _terms(ad_group)
    old_targeting = publish.targeting_of(ad_group)
    _change_terms(ad_group, changes, now=now)
    _change_schedule(ad_group, changes, now=now)
    _change_money(ad_group, changes, billed_micros=billed_micros, now=now)
    ad_group.cost_cap = ad_group.cost_cap and not ad_group.maximum_delivery  # Nobody named a cost.
    after = _state(ad_group)
    changed = {name: value for name, value in after.items() if before[name] != value}
    if not changed:
        return ()
    added = set(publish.targeting_of(ad_group).countries) - set(old_targeting.countries)
    _check_countries(ad_group, sorted(added), now=now)
    ad_group.modified_at = now
    ad_group.save()
    marks = {learning.MARK: True} if learning.is_significant(old_terms, _terms(ad_group)) else {}
    audit.record(
        scope,
        "ad_group.changed",
        _NOUN,
        ad_group.pk,
        at=now,
        detail={**changed, **marks, "was": {name: before[name] for name in changed}},
    )
    publish.publish_ad_groups([ad_group.pk], at=now)
    ads = list(Ad.objects.filter(ad_group=ad_group, deleted_at=None).select_related("ad_group__campaign"))
    if "ends_at" in changed:
        extensions.ask(ads, now=now)
    if audiences.reopens_review(old_targeting, publish.targeting_of(ad_group)):
        submissions.submit(ads, now=now)
        letters.tell_creators(scope, ads, edited=True, now=now)
        publish.publish_ads([ad.pk for ad in ads], at=now)
    return tuple(changed)


@transaction.atomic
def update_many(
    scope: Scope, changes: Mapping[int, AdGroupChanges], *, billed_micros: Mapping[int, int], now: datetime
) -> None:
    """Change several ad groups as ``update`` does: all of them, or none."""
    for ad_group_id, of_it in changes.items():
        update(scope, ad_group_id, of_it, billed_micros=billed_micros.get(ad_group_id, 0), now=now)


@transaction.atomic
def switch_each(scope: Scope, ad_group_ids: Sequence[int], act: Callable[[Sequence[int]], None]) -> dict[int, Problem]:
    """Have ``act`` switch or delete each by itself; return why those that it refused stayed as they were."""
    scope.require(Right.CAMPAIGN_EDIT)
    refused: dict[int, Problem] = {}
    for ad_group_id in dict.fromkeys(ad_group_ids):
        try:
            with transaction.atomic():
                act([ad_group_id])
        except (NotFound, ObjectDeleted) as problem:
            refused[ad_group_id] = problem
    return refused


@transaction.atomic
def set_enabled(scope: Scope, ad_group_ids: Sequence[int], enabled: bool, *, now: datetime) -> None:  # noqa: FBT001 - the state itself, not a mode
    """Switch ad groups on or off: all of them, or none when one raises NotFound or ObjectDeleted."""
    rows = [reach.alive_ad_group(row) for row in reach.ad_groups(scope, ad_group_ids)]
    switched = [row for row in rows if row.enabled != enabled]
    for row in switched:
        row.enabled, row.modified_at = enabled, now
        row.save(update_fields=["enabled", "modified_at"])
        audit.record(scope, "ad_group.switched_on" if enabled else "ad_group.switched_off", _NOUN, row.pk, at=now)
    publish.publish_ad_groups([row.pk for row in switched], at=now)


@transaction.atomic
def delete(scope: Scope, ad_group_ids: Sequence[int], *, now: datetime) -> None:
    """Delete ad groups, and with them their ads; what was deleted before stays so. Raises NotFound."""
    rows = reach.ad_groups(scope, ad_group_ids)
    gone = [row for row in rows if row.deleted_at is None and row.campaign.deleted_at is None]
    for row in gone:
        row.deleted_at = row.modified_at = now
        row.save(update_fields=["deleted_at", "modified_at"])
        audit.record(scope, "ad_group.deleted", _NOUN, row.pk, at=now)
    ids = [row.pk for row in gone]
    submissions.supersede(Review.objects.filter(ad__ad_group_id__in=ids), now=now)
    publish.publish_ad_groups(ids, at=now)
    publish.publish_ads(list(Ad.objects.filter(ad_group_id__in=ids).values_list("pk", flat=True)), at=now)


def _check_quota(account_id: int) -> None:
    alive = AdGroup.objects.filter(campaign__account_id=account_id, deleted_at=None, campaign__deleted_at=None)
    if alive.count() >= AD_GROUPS_PER_ACCOUNT_MAX:
        raise AdGroupQuotaReached(most=AD_GROUPS_PER_ACCOUNT_MAX)


def _check_countries(ad_group: AdGroup, added: Sequence[str], *, now: datetime) -> None:
    """Raise RegionNotLicensed when a post of its Spark Ads may not be shown in a country that is added."""
    if not added:
        return
    rows = Ad.objects.filter(ad_group=ad_group, deleted_at=None, consent__isnull=False)
    sparks = dict(rows.values_list("consent_id", "post_id"))
    posts = post_facts(set(sparks.values()))
    for consent_id, held in held_consents(sparks, now).items():
        grants.check_countries(held.limits, added, posts[sparks[consent_id]].sound_countries)


def _change_terms(ad_group: AdGroup, changes: AdGroupChanges, *, now: datetime) -> None:
    if changes.name is not UNSET:
        ad_group.name = texts.name(changes.name)
    if changes.pacing is not UNSET:
        ad_group.pacing = changes.pacing.value
    if changes.cost_cap is not UNSET:
        ad_group.cost_cap = changes.cost_cap
    asked: tuple[object, ...] = (changes.targeting, changes.dayparting, changes.unmet, changes.limits)
    if any(one is not UNSET for one in asked):
        present = publish.targeting_of(ad_group)
        wanted = msgspec.structs.replace(
            _or(changes.targeting, present),
            dayparting=_or(changes.dayparting, present.dayparting),
            unmet=_or(changes.unmet, present.unmet),
            limits=limits.since(present.limits, _or(changes.limits, present.limits), to_ms(now)),
        )
        _set_targeting(ad_group, audiences.targeting(wanted, Objective(ad_group.campaign.objective)))
    if changes.kept is not UNSET:
        ad_group.kept = {**ad_group.kept, **changes.kept}
    if changes.cap is not UNSET:
        _set_cap(ad_group, audiences.frequency_cap(changes.cap))


def _change_schedule(ad_group: AdGroup, changes: AdGroupChanges, *, now: datetime) -> None:
    starts_at = _or(changes.starts_at, ad_group.starts_at)
    ends_at = _or(changes.ends_at, ad_group.ends_at)
    if (starts_at, ends_at) != (ad_group.starts_at, ad_group.ends_at):
        schedules.check_change(ad_group.starts_at, ad_group.ends_at, starts_at, ends_at, now=now)
        ad_group.starts_at, ad_group.ends_at = starts_at, ends_at


def _change_money(ad_group: AdGroup, changes: AdGroupChanges, *, billed_micros: int, now: datetime) -> None:
    """Judge budget and bid together with the schedule, on which the least lifetime budget depends."""
    rescheduled = changes.starts_at is not UNSET or changes.ends_at is not UNSET
    if changes.budget is UNSET and changes.bid_micros is UNSET and not rescheduled:
        return
    budget = old = publish.budget_of(ad_group)
    currency = account_facts(ad_group.campaign.account_id).currency
    if changes.budget is not UNSET or (rescheduled and old.mode is BudgetMode.LIFETIME):
        budget = _budget(_or(changes.budget, old), ad_group.starts_at, ad_group.ends_at, currency)
    if budget != old:
        live = was_live(Q(ad__ad_group_id=ad_group.pk), billed_micros=billed_micros, now=now)
        budgets.check_change(old, budget, live=live, billed_micros=billed_micros, currency=currency)
        _set_budget(ad_group, budget)
    present = None if ad_group.maximum_delivery else ad_group.bid_micros
    _set_bid(ad_group, _or(changes.bid_micros, present), currency)


def _budget(wanted: Budget, starts_at: datetime, ends_at: datetime | None, currency: str) -> Budget:
    daily_micros = settings.VONK.daily_minimum_micros("ad_group", currency)
    minimum = schedules.minimum_micros(wanted, daily_micros, starts_at, ends_at)
    return budgets.check(wanted, minimum_micros=minimum, currency=currency)


def _set_budget(ad_group: AdGroup, budget: Budget) -> None:
    ad_group.budget_mode, ad_group.budget_micros = budget.mode.value, budget.micros


def _set_bid(ad_group: AdGroup, bid_micros: int | None, currency: str) -> None:
    """Set the bid, or for None that of maximum delivery; the ad group has its budget and schedule already."""
    ad_group.maximum_delivery = bid_micros is None
    ad_group.bid_micros = budgets.check_bid(
        bids.of(ad_group) if bid_micros is None else bid_micros,
        ad_group=publish.budget_of(ad_group),
        campaign=publish.budget_of(ad_group.campaign),
        currency=currency,
    )


def _set_targeting(ad_group: AdGroup, targeting: Targeting) -> None:
    ad_group.targeting = msgspec.to_builtins(targeting)


def _set_cap(ad_group: AdGroup, cap: FrequencyCap | None) -> None:
    ad_group.cap_impressions = cap.impressions if cap is not None else None
    ad_group.cap_window_seconds = cap.window_seconds if cap is not None else None


def _state(ad_group: AdGroup) -> dict[str, object]:
    """Return all that ``update`` can change, as JSON can hold it."""
    return {
        "name": ad_group.name,
        "bid_micros": ad_group.bid_micros,
        "maximum_delivery": ad_group.maximum_delivery,
        "cost_cap": ad_group.cost_cap,
        "budget": [ad_group.budget_mode, ad_group.budget_micros],
        "pacing": ad_group.pacing,
        "starts_at": ad_group.starts_at.isoformat(),
        "ends_at": ad_group.ends_at.isoformat() if ad_group.ends_at is not None else None,
        "targeting": ad_group.targeting,
        "cap": [ad_group.cap_impressions, ad_group.cap_window_seconds],
        "kept": ad_group.kept,
    }


def _terms(ad_group: AdGroup) -> learning.Terms:
    return learning.Terms(
        ad_group.bid_micros,
        (ad_group.maximum_delivery, ad_group.cost_cap),
        Budget(BudgetMode(ad_group.budget_mode), ad_group.budget_micros),
        ad_group.targeting,
    )


def _or(change: Value | UnsetType, present: Value) -> Value:
    return present if change is UNSET else change
