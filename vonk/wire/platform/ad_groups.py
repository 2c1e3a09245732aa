"""Ad groups: for whom, when, how often and for how much."""

from vonk.advertising import drafts as advertising
from vonk.advertising import queries
from vonk.advertising.actions import ad_groups
from vonk.advertising.queries import AdGroupView
from vonk.control.paging import Page, Paging, parse
from vonk.control.scope import Right
from vonk.wire.codec import Body, Id
from vonk.wire.operation import Call, Nothing, operation
from vonk.wire.platform.drafts import AdGroupChanges, ChangesMade, Created, Enabled, NewAdGroup, billed_micros, draft


class AdGroupsQuery(Body, frozen=True):
    """Those of one campaign, or all of the account."""

    campaign_id: Id | None = None
    cursor: str | None = None
    page_size: str | None = None

    def paging(self) -> Paging:
        """Return the page asked for."""
        return parse(self.cursor, self.page_size)


@operation(
    "POST",
    "/accounts/{account_id}/campaigns/{campaign_id}/ad_groups",
    may=Right.CAMPAIGN_EDIT,
    summary="Create an ad group",
    example={
        "name": "Netherlands",
        "billing": "cpm",
        "bid_micros": 5_000_000,
        "budget": {"mode": "daily", "micros": 20_000_000},
        "targeting": {"countries": ["NL"]},
    },
)
def create_ad_group(call: Call[NewAdGroup, Nothing]) -> Created:
    """Starts now unless told otherwise, and never ends unless told so."""
    return Created(
        ad_groups.create(call.scope, call.id("campaign_id"), draft(call.body, advertising.AdGroupDraft), now=call.now)
    )


@operation("GET", "/accounts/{account_id}/ad_groups", may=Right.ACCOUNT_VIEW, summary="List ad groups")
def list_ad_groups(call: Call[Nothing, AdGroupsQuery]) -> Page[AdGroupView]:
    """Newest first, without deleted ones."""
    return queries.ad_groups(call.scope, call.query.paging(), campaign_id=call.query.campaign_id)


@operation("GET", "/accounts/{account_id}/ad_groups/{ad_group_id}", may=Right.ACCOUNT_VIEW, summary="Read an ad group")
def read_ad_group(call: Call[Nothing, Nothing]) -> AdGroupView:
    """A deleted one too."""
    return queries.ad_group(call.scope, call.id("ad_group_id"))


@operation(
    "PATCH",
    "/accounts/{account_id}/ad_groups/{ad_group_id}",
    may=Right.CAMPAIGN_EDIT,
    summary="Change an ad group",
    example={"bid_micros": 6_000_000},
)
def update_ad_group(call: Call[AdGroupChanges, Nothing]) -> ChangesMade:
    """Some changes of the audience have the ads reviewed again."""
    ad_group_id = call.id("ad_group_id")
    return ChangesMade(
        ad_groups.update(
            call.scope,
            ad_group_id,
            draft(call.body, advertising.AdGroupChanges),
            billed_micros=billed_micros(call.scope, "ad_group", ad_group_id, call.body.budget, now=call.now),
            now=call.now,
        )
    )


@operation(
    "PUT",
    "/accounts/{account_id}/ad_groups/{ad_group_id}/enabled",
    may=Right.CAMPAIGN_EDIT,
    summary="Switch an ad group on or off",
    example={"enabled": False},
)
def set_ad_group_enabled(call: Call[Enabled, Nothing]) -> None:
    """Off stops its ads within a second."""
    ad_groups.set_enabled(call.scope, [call.id("ad_group_id")], call.body.enabled, now=call.now)


@operation(
    "DELETE", "/accounts/{account_id}/ad_groups/{ad_group_id}", may=Right.CAMPAIGN_EDIT, summary="Delete an ad group"
)
def delete_ad_group(call: Call[Nothing, Nothing]) -> None:
    """With its ads; its numbers stay."""
    ad_groups.delete(call.scope, [call.id("ad_group_id")], now=call.now)
