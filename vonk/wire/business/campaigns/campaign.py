"""Campaigns: what ad groups and ads are for, and what they may cost in all (reference API §7)."""

from datetime import datetime
from typing import Final

from vonk.advertising.actions import campaigns
from vonk.advertising.drafts import CampaignChanges
from vonk.advertising.queries.object_pages import Keeping, Wanted
from vonk.billing import queries as billing
from vonk.billing.rules import CAMPAIGN
from vonk.control.scope import Right
from vonk.reporting import object_pages
from vonk.wire.business import statuses
from vonk.wire.business.asked import numbering
from vonk.wire.business.campaigns import asked as reading
from vonk.wire.business.campaigns.asked import (
    CampaignCreate,
    CampaignGet,
    CampaignStatusUpdate,
    CampaignUpdate,
    Filtering,
)
from vonk.wire.business.campaigns.given import (
    CampaignList,
    CampaignObject,
    CampaignStatuses,
    CampaignSwitched,
    campaign_object,
)
from vonk.wire.business.given import chosen, page_info, read_moment
from vonk.wire.business.naming import named_as_sent
from vonk.wire.business.objectives import objectives_sought
from vonk.wire.business.operation import Call, operation

PAGE_SIZE_MAX: Final = 1_000
NAMES: Final = {"name": "campaign_name", "objective": "objective_type", "budget_micros": "budget"}
_NOTHING: Final[tuple[int, ...]] = ()


@operation(
    "POST",
    "campaign/create",
    may=Right.CAMPAIGN_EDIT,
    summary="Create a campaign",
    example={
        "advertiser_id": "1790000000000000001",
        "campaign_name": "Spring loaves",
        "objective_type": "TRAFFIC",
        "budget_mode": "BUDGET_MODE_DAY",
        "budget": 50,
    },
)
def create(call: Call[CampaignCreate]) -> CampaignObject:
    """With an objective and a kind of budget, which never change.

    BUDGET_MODE_INFINITE leaves the budgets to the ad groups. A dynamic daily budget is spent like a daily one: never more
    than the budget in a day. Fields that this platform does not act on come back as they were sent.
    """
    draft = reading.draft(call.asked)
    with named_as_sent(NAMES):
        campaign_id = campaigns.create(call.scope, draft, now=call.now)
    return campaign_object(object_pages.campaign(call.scope, campaign_id, now=call.now))


@operation(
    "POST",
    "campaign/update",
    may=Right.CAMPAIGN_EDIT,
    summary="Change a campaign",
    example={"advertiser_id": "1790000000000000001", "campaign_id": "1790000000000000002", "budget": 80},
)
def update(call: Call[CampaignUpdate]) -> CampaignObject:
    """Its name, the amount of its budget, its special industries, its order number; what is left out stays as it is.

    A budget cannot be less than what its present period was billed.
    """
    campaign_id = call.asked.campaign_id
    changes = reading.changes(call.asked, object_pages.campaign(call.scope, campaign_id, now=call.now).view)
    billed = billing.billed_now(CAMPAIGN, [campaign_id], now=call.now)
    with named_as_sent(NAMES):
        campaigns.update(call.scope, campaign_id, changes, billed_micros=billed[campaign_id], now=call.now)
    return campaign_object(object_pages.campaign(call.scope, campaign_id, now=call.now))


@operation(
    "POST",
    "campaign/status/update",
    may=Right.CAMPAIGN_EDIT,
    summary="Switch campaigns on or off, or delete them",
    example={
        "advertiser_id": "1790000000000000001",
        "campaign_ids": ["1790000000000000002"],
        "operation_status": "DISABLE",
    },
)
def update_status(call: Call[CampaignStatusUpdate]) -> CampaignStatuses:
    """1 to 20, all of them or none. Off stops their ads within a second; deleting takes what lies under them along.

    What was deleted can no longer be changed.
    """
    asked = call.asked
    if asked.operation_status == "DELETE":
        campaigns.delete(call.scope, asked.campaign_ids, now=call.now)
    else:
        campaigns.set_enabled(call.scope, asked.campaign_ids, asked.operation_status == "ENABLE", now=call.now)
        if asked.postback_window_mode is not None:
            keeping = CampaignChanges(kept={"postback_window_mode": asked.postback_window_mode})
            for campaign_id in asked.campaign_ids:
                campaigns.update(call.scope, campaign_id, keeping, billed_micros=0, now=call.now)
    return CampaignStatuses(
        campaign_ids=[str(campaign_id) for campaign_id in asked.campaign_ids],
        status=asked.operation_status,
        campaign_list=[
            CampaignSwitched(
                campaign_id=str(campaign_id),
                status=asked.operation_status,
                postback_window_mode=asked.postback_window_mode,
            )
            for campaign_id in asked.campaign_ids
        ],
    )


@operation(
    "GET",
    "campaign/get",
    may=Right.ACCOUNT_VIEW,
    summary="List campaigns",
    example={"advertiser_id": "1790000000000000001"},
)
def get(call: Call[CampaignGet]) -> CampaignList:
    """A page of 1 to 1,000, newest first, with exact totals.

    A status is worked out for every call, so ``fields`` without ``secondary_status`` are answered sooner. Deleted ones come
    with ``primary_status`` STATUS_DELETE (them alone) or STATUS_ALL.
    """
    asked = call.asked
    filtering = asked.filtering or Filtering()
    chosen([], CampaignObject, asked.fields, ())  # An unknown name is told before anything is read.
    page = object_pages.campaigns(
        call.scope,
        _wanted(asked, filtering),
        numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX),
        fulfils=statuses.matching("campaign", filtering.primary_status, filtering.secondary_status),
        told=not asked.fields or "secondary_status" in asked.fields,
        now=call.now,
    )
    objects = [campaign_object(row) for row in page.items]
    excluded = asked.exclude_field_types_in_response or ()
    return CampaignList(list=chosen(objects, CampaignObject, asked.fields, excluded), page_info=page_info(page))


def _wanted(asked: CampaignGet, filtering: Filtering) -> Wanted:
    keeping = {
        "optimization_goal": filtering.optimization_goal,
        "campaign_product_source": filtering.campaign_product_source,
    }
    return Wanted(
        ids=(filtering.campaign_ids or asked.campaign_ids) if _sold(filtering) else _NOTHING,
        name_contains=filtering.campaign_name,
        objectives=None if filtering.objective_type is None else objectives_sought(filtering.objective_type),
        created_from=instant(filtering.creation_filter_start_time, "creation_filter_start_time"),
        created_until=instant(filtering.creation_filter_end_time, "creation_filter_end_time"),
        deleted=statuses.deleted("campaign", filtering.primary_status, filtering.secondary_status),
        keeping=tuple(Keeping(name=name, values=[value]) for name, value in keeping.items() if value is not None),
    )


def _sold(filtering: Filtering) -> bool:
    """Tell whether campaigns of the kind that is asked for exist here at all."""
    return (
        "AUCTION" in (filtering.buying_types or ["AUCTION"])
        and not filtering.split_test_enabled
        and not filtering.is_smart_performance_campaign
        and filtering.campaign_type != "IOS14_CAMPAIGN"
    )


def instant(text: str | None, field: str) -> datetime | None:
    """Return the instant of a filter."""
    return None if text is None else read_moment(text, f"filtering.{field}")
