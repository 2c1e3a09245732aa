"""Campaigns of an ad account."""

from vonk.advertising import drafts as advertising
from vonk.advertising import queries
from vonk.advertising.actions import campaigns
from vonk.advertising.queries import CampaignView
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.operation import Call, Nothing, Paged, operation
from vonk.wire.platform.drafts import (
    CampaignChanges,
    ChangesMade,
    Created,
    Enabled,
    NewCampaign,
    billed_micros,
    draft,
)


@operation(
    "POST",
    "/accounts/{account_id}/campaigns",
    may=Right.CAMPAIGN_EDIT,
    summary="Create a campaign",
    example={"name": "Bread", "objective": "traffic", "budget": {"mode": "daily", "micros": 50_000_000}},
)
def create_campaign(call: Call[NewCampaign, Nothing]) -> Created:
    """With an objective, which never changes, and a budget of its own, or none."""
    return Created(campaigns.create(call.scope, draft(call.body, advertising.CampaignDraft), now=call.now))


@operation("GET", "/accounts/{account_id}/campaigns", may=Right.ACCOUNT_VIEW, summary="List campaigns")
def list_campaigns(call: Call[Nothing, Paged]) -> Page[CampaignView]:
    """Newest first, without deleted ones."""
    return queries.campaigns(call.scope, call.query.paging())


@operation("GET", "/accounts/{account_id}/campaigns/{campaign_id}", may=Right.ACCOUNT_VIEW, summary="Read a campaign")
def read_campaign(call: Call[Nothing, Nothing]) -> CampaignView:
    """A deleted one too."""
    return queries.campaign(call.scope, call.id("campaign_id"))


@operation(
    "PATCH",
    "/accounts/{account_id}/campaigns/{campaign_id}",
    may=Right.CAMPAIGN_EDIT,
    summary="Change a campaign",
    example={"budget": {"mode": "daily", "micros": 80_000_000}},
)
def update_campaign(call: Call[CampaignChanges, Nothing]) -> ChangesMade:
    """A budget cannot be less than what its present period was billed."""
    campaign_id = call.id("campaign_id")
    return ChangesMade(
        campaigns.update(
            call.scope,
            campaign_id,
            draft(call.body, advertising.CampaignChanges),
            billed_micros=billed_micros(call.scope, "campaign", campaign_id, call.body.budget, now=call.now),
            now=call.now,
        )
    )


@operation(
    "PUT",
    "/accounts/{account_id}/campaigns/{campaign_id}/enabled",
    may=Right.CAMPAIGN_EDIT,
    summary="Switch a campaign on or off",
    example={"enabled": False},
)
def set_campaign_enabled(call: Call[Enabled, Nothing]) -> None:
    """Off stops its ads within a second."""
    campaigns.set_enabled(call.scope, [call.id("campaign_id")], call.body.enabled, now=call.now)


@operation(
    "DELETE",
    "/accounts/{account_id}/campaigns/{campaign_id}",
    may=Right.CAMPAIGN_EDIT,
    summary="Delete a campaign",
)
def delete_campaign(call: Call[Nothing, Nothing]) -> None:
    """With all that lies under it; its numbers stay."""
    campaigns.delete(call.scope, [call.id("campaign_id")], now=call.now)
