"""Ad groups: for whom, when, how often and for how much (reference API §8)."""

from collections.abc import Sequence
from typing import Final

from vonk.advertising.actions import ad_groups
from vonk.advertising.drafts import AdGroupChanges
from vonk.advertising.errors import AdGroupQuotaReached
from vonk.advertising.queries.object_pages import Keeping, Wanted, listed_ad_groups, living_ad_groups
from vonk.billing import queries as billing
from vonk.billing.rules import AD_GROUP
from vonk.control.scope import Right
from vonk.core.errors import NotFound
from vonk.core.limits import AD_GROUPS_PER_ACCOUNT_MAX
from vonk.identity.queries import account_facts
from vonk.reporting import object_pages
from vonk.wire.business import statuses
from vonk.wire.business.ad_groups import making, terms
from vonk.wire.business.ad_groups.asked import (
    AdGroupBudgetUpdate,
    AdGroupCreate,
    AdGroupGet,
    AdGroupStatusUpdate,
    AdGroupUpdate,
    Filtering,
)
from vonk.wire.business.ad_groups.given import (
    AdGroupBudgets,
    AdGroupList,
    AdGroupObject,
    AdGroupQuota,
    AdGroupRefused,
    AdGroupStatuses,
    adgroup_object,
)
from vonk.wire.business.asked import AskedOfAccount, numbering
from vonk.wire.business.campaigns.asked import new_budget
from vonk.wire.business.campaigns.campaign import PAGE_SIZE_MAX, instant
from vonk.wire.business.errors import ParameterInvalid, answers, message_of
from vonk.wire.business.given import chosen, page_info
from vonk.wire.business.naming import named_as_sent
from vonk.wire.business.objectives import objectives_sought
from vonk.wire.business.operation import Call, Partly, operation

_NOTHING: Final[tuple[int, ...]] = ()
_COST_CAP: Final = {"BID_STRATEGY_BID_CAP": False, "BID_STRATEGY_COST_CAP": True}
_MAXIMUM_DELIVERY: Final = {
    "BID_STRATEGY_BID_CAP": False,
    "BID_STRATEGY_COST_CAP": False,
    "BID_STRATEGY_LOWEST_COST": True,
    "BID_STRATEGY_MAX_CONVERSION": True,
}
answers({AdGroupQuotaReached.code: 40502})


@operation(
    "POST",
    "adgroup/create",
    may=Right.CAMPAIGN_EDIT,
    summary="Create an ad group",
    example={
        "advertiser_id": "1790000000000000001",
        "campaign_id": "1790000000000000002",
        "adgroup_name": "Neighbours",
        "placements": ["PLACEMENT_TIKTOK"],
        "location_ids": ["2750405"],
        "budget_mode": "BUDGET_MODE_DAY",
        "budget": 20,
        "schedule_type": "SCHEDULE_FROM_NOW",
        "schedule_start_time": "2027-01-01 00:00:00",
        "optimization_goal": "CLICK",
        "billing_event": "CPC",
        "bid_type": "BID_TYPE_NO_BID",
        "pacing": "PACING_MODE_SMOOTH",
    },
)
def create(call: Call[AdGroupCreate]) -> AdGroupObject:
    """With an audience, a schedule, a budget and a bid, or none: then the highest that the budget leaves room for.

    Limits that this platform cannot judge are kept, and such an ad group is shown to nobody; its status says so.
    """
    campaign = object_pages.campaign(call.scope, call.asked.campaign_id, now=call.now).view
    draft = making.draft(call.asked, campaign, now=call.now)
    with named_as_sent(making.names(draft.billing)):
        ad_group_id = ad_groups.create(call.scope, campaign.id, draft, now=call.now)
    return adgroup_object(object_pages.ad_group(call.scope, ad_group_id, now=call.now))


@operation(
    "POST",
    "adgroup/update",
    may=Right.CAMPAIGN_EDIT,
    summary="Change an ad group",
    example={"advertiser_id": "1790000000000000001", "adgroup_id": "1790000000000000003", "bid_price": 0.8},
)
def update(call: Call[AdGroupUpdate]) -> AdGroupObject:
    """What is left out stays as it is, and what is sent back as it was read changes nothing.

    Another audience, except of age alone, has the ads reviewed again. Billing, goal, placement, attribution and the kind of
    budget never change.
    """
    ad_group_id = call.asked.adgroup_id
    present = object_pages.ad_group(call.scope, ad_group_id, now=call.now)
    changes = making.changes(call.asked, present.view, adgroup_object(present), now=call.now)
    billed = billing.billed_now(AD_GROUP, [ad_group_id], now=call.now)
    with named_as_sent(making.names(present.view.billing)):
        ad_groups.update(call.scope, ad_group_id, changes, billed_micros=billed[ad_group_id], now=call.now)
    return adgroup_object(object_pages.ad_group(call.scope, ad_group_id, now=call.now))


@operation(
    "POST",
    "adgroup/status/update",
    may=Right.CAMPAIGN_EDIT,
    summary="Switch ad groups on or off, or delete them",
    example={
        "advertiser_id": "1790000000000000001",
        "adgroup_ids": ["1790000000000000003"],
        "operation_status": "DISABLE",
    },
)
def update_status(call: Call[AdGroupStatusUpdate]) -> AdGroupStatuses | Partly:
    """1 to 20, all of them or none; with ``allow_partial_success`` those that can be, and code 20001 where some cannot.

    What was deleted, or lies under a deleted campaign, can no longer be changed.
    """
    asked = call.asked

    def act(ids: Sequence[int]) -> None:
        if asked.operation_status == "DELETE":
            ad_groups.delete(call.scope, ids, now=call.now)
        else:
            ad_groups.set_enabled(call.scope, ids, asked.operation_status == "ENABLE", now=call.now)

    refused = {}
    if asked.allow_partial_success:
        refused = ad_groups.switch_each(call.scope, asked.adgroup_ids, act)
    else:
        act(asked.adgroup_ids)
    given = AdGroupStatuses(
        adgroup_ids=[str(made) for made in asked.adgroup_ids if made not in refused],
        status=asked.operation_status,
        error_list=[
            AdGroupRefused(adgroup_id=str(made), error_message=message_of(problem)) for made, problem in refused.items()
        ],
    )
    return Partly(given) if refused else given


@operation(
    "POST",
    "adgroup/budget/update",
    may=Right.CAMPAIGN_EDIT,
    summary="Change budgets of ad groups",
    example={
        "advertiser_id": "1790000000000000001",
        "budget": [{"adgroup_id": "1790000000000000003", "budget": 30}],
    },
)
def update_budgets(call: Call[AdGroupBudgetUpdate]) -> AdGroupBudgets:
    """1 to 20, all of them or none. From now on: budgets for tomorrow are refused by name."""
    asked = call.asked
    if asked.scheduled_budget:
        raise ParameterInvalid(field="scheduled_budget", reason="not supported: change the budget when it shall count")
    if asked.budget is None:
        raise ParameterInvalid(field="budget", reason="it is missing")
    ids = [one.adgroup_id for one in asked.budget]
    present = {view.id: view for view in listed_ad_groups(call.scope, ids)}
    changes: dict[int, AdGroupChanges] = {}
    for one in asked.budget:
        if one.adgroup_id not in present:
            raise NotFound(noun="ad group")
        changes[one.adgroup_id] = AdGroupChanges(budget=new_budget(one.budget, present[one.adgroup_id].budget))
    billed = billing.billed_now(AD_GROUP, ids, now=call.now)
    with named_as_sent(making.NAMES):
        ad_groups.update_many(call.scope, changes, billed_micros=billed, now=call.now)
    return AdGroupBudgets(adgroup_ids=[str(made) for made in changes])


@operation(
    "GET",
    "adgroup/get",
    may=Right.ACCOUNT_VIEW,
    summary="List ad groups",
    example={"advertiser_id": "1790000000000000001"},
)
def get(call: Call[AdGroupGet]) -> AdGroupList:
    """A page of 1 to 1,000, newest first, with exact totals.

    A status is worked out for every call, so ``fields`` without ``secondary_status`` are answered sooner. Those that were
    deleted, or lie under a deleted campaign, come with ``primary_status`` STATUS_DELETE (them alone) or STATUS_ALL.
    """
    asked = call.asked
    filtering = asked.filtering or Filtering()
    chosen([], AdGroupObject, asked.fields, ())  # An unknown name is told before anything is read.
    page = object_pages.ad_groups(
        call.scope,
        _wanted(asked, filtering),
        numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX),
        fulfils=statuses.matching("adgroup", filtering.primary_status, filtering.secondary_status),
        told=not asked.fields or "secondary_status" in asked.fields,
        now=call.now,
    )
    objects = [adgroup_object(row) for row in page.items]
    excluded = asked.exclude_field_types_in_response or ()
    return AdGroupList(list=chosen(objects, AdGroupObject, asked.fields, excluded), page_info=page_info(page))


@operation(
    "GET",
    "adgroup/quota",
    may=Right.ACCOUNT_VIEW,
    summary="Read how many ad groups the account may have",
    example={"advertiser_id": "1790000000000000001"},
)
def quota(call: Call[AskedOfAccount]) -> AdGroupQuota:
    """Deleted ones do not count. A suspended account may have none: both numbers are 0 then, as v1.3 says."""
    if account_facts(call.scope.account).suspended:
        return AdGroupQuota(total_adgroup_quota=0, used_adgroup_quota=0)
    return AdGroupQuota(total_adgroup_quota=AD_GROUPS_PER_ACCOUNT_MAX, used_adgroup_quota=living_ad_groups(call.scope))


def _wanted(asked: AdGroupGet, filtering: Filtering) -> Wanted:
    return Wanted(
        ids=(filtering.adgroup_ids or asked.adgroup_ids) if _sold(filtering) else _NOTHING,
        campaign_ids=filtering.campaign_ids or asked.campaign_ids,
        name_contains=filtering.adgroup_name,
        objectives=None if filtering.objective_type is None else objectives_sought(filtering.objective_type),
        created_from=instant(filtering.creation_filter_start_time, "creation_filter_start_time"),
        created_until=instant(filtering.creation_filter_end_time, "creation_filter_end_time"),
        deleted=statuses.deleted("adgroup", filtering.primary_status, filtering.secondary_status),
        keeping=tuple(_keeping(filtering)),
        maximum_delivery=None if filtering.bid_strategy is None else _MAXIMUM_DELIVERY.get(filtering.bid_strategy),
        cost_cap=None if filtering.bid_strategy is None else _COST_CAP.get(filtering.bid_strategy),
    )


def _keeping(filtering: Filtering) -> list[Keeping]:
    """Return what must be kept, or what ad groups that were made elsewhere come to."""
    found = []
    goal = filtering.optimization_goal
    if goal is not None:
        found.append(terms.optimised_for(goal))
    if filtering.billing_events is not None:
        alike = [
            terms.BILLING_EVENTS[name] for name in ("CPC", "CPM", "CPV", "OCPM") if name in filtering.billing_events
        ]
        found.append(Keeping(name="billing_event", values=filtering.billing_events, absent=bool(alike), billings=alike))
    if filtering.promotion_type is not None:
        kind = filtering.promotion_type
        found.append(Keeping(name="promotion_type", values=[kind], absent=kind == "WEBSITE"))
    return found


def _sold(filtering: Filtering) -> bool:
    """Tell whether ad groups of the kind that is asked for exist here at all."""
    return (
        "AUCTION" in (filtering.buying_types or ["AUCTION"])
        and not filtering.split_test_enabled
        and filtering.creative_material_mode in (None, "CUSTOM")
    )
