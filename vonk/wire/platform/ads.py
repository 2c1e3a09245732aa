"""Ads: one post each, under review before it is shown."""

from msgspec import UNSET

from vonk.advertising import drafts as advertising
from vonk.advertising import queries
from vonk.advertising.actions import ads, launches
from vonk.advertising.actions.launches import Launched
from vonk.advertising.queries import AdView, Preview, ReviewView
from vonk.billing import queries as billing
from vonk.control.paging import Page, Paging, parse
from vonk.control.scope import Right, Scope
from vonk.wire.codec import Body, Id
from vonk.wire.operation import Call, Nothing, Paged, operation
from vonk.wire.platform.drafts import AdChanges, ChangesMade, Created, Enabled, NewAd, NewAdGroup, NewCampaign, draft

_EXAMPLE = {
    "name": "Bread, slowly",
    "consent_id": "1790000000000000001",
    "call_to_action": "shop_now",
    "landing_url": "https://example.org/bread",
    "category": "food",
}


class AdsQuery(Body, frozen=True):
    """Those of one campaign or ad group, or all of the account."""

    campaign_id: Id | None = None
    ad_group_id: Id | None = None
    cursor: str | None = None
    page_size: str | None = None

    def paging(self) -> Paging:
        """Return the page asked for."""
        return parse(self.cursor, self.page_size)


class NewLaunch(Body, frozen=True):
    """A campaign with one ad group and one ad."""

    campaign: NewCampaign
    ad_group: NewAdGroup
    ad: NewAd


@operation(
    "POST",
    "/accounts/{account_id}/ad_groups/{ad_group_id}/ads",
    may=Right.CAMPAIGN_EDIT,
    summary="Create an ad",
    example=_EXAMPLE,
)
def create_ad(call: Call[NewAd, Nothing]) -> Created:
    """It goes into the review queue at once."""
    wanted = draft(call.body, advertising.AdDraft)
    return Created(
        ads.create_one(
            call.scope, call.id("ad_group_id"), wanted, billed=_billed(call.scope, wanted.consent_id), now=call.now
        )
    )


@operation(
    "POST",
    "/accounts/{account_id}/launches",
    may=Right.CAMPAIGN_EDIT,
    summary="Create a campaign, its ad group and its ad at once",
    example={
        "campaign": {"name": "Bread", "objective": "traffic"},
        "ad_group": {
            "name": "Netherlands",
            "billing": "cpm",
            "bid_micros": 5_000_000,
            "budget": {"mode": "daily", "micros": 20_000_000},
            "targeting": {"countries": ["NL"]},
        },
        "ad": _EXAMPLE,
    },
)
def create_launch(call: Call[NewLaunch, Nothing]) -> Launched:
    """All three or none; a problem names the part at fault."""
    asked = call.body
    ad = draft(asked.ad, advertising.AdDraft)
    return launches.launch(
        call.scope,
        draft(asked.campaign, advertising.CampaignDraft),
        draft(asked.ad_group, advertising.AdGroupDraft),
        ad,
        billed=_billed(call.scope, ad.consent_id),
        now=call.now,
    )


@operation("GET", "/accounts/{account_id}/ads", may=Right.ACCOUNT_VIEW, summary="List ads")
def list_ads(call: Call[Nothing, AdsQuery]) -> Page[AdView]:
    """Newest first, without deleted ones."""
    query = call.query
    return queries.ads(call.scope, query.paging(), campaign_id=query.campaign_id, ad_group_id=query.ad_group_id)


@operation("GET", "/accounts/{account_id}/ads/{ad_id}", may=Right.ACCOUNT_VIEW, summary="Read an ad")
def read_ad(call: Call[Nothing, Nothing]) -> AdView:
    """With its newest review; a deleted one too."""
    return queries.ad(call.scope, call.id("ad_id"))


@operation("GET", "/accounts/{account_id}/ads/{ad_id}/preview", may=Right.ACCOUNT_VIEW, summary="See what viewers see")
def read_preview(call: Call[Nothing, Nothing]) -> Preview:
    """Everything that the feed draws."""
    return queries.preview(call.scope, call.id("ad_id"))


@operation("GET", "/accounts/{account_id}/ads/{ad_id}/reviews", may=Right.ACCOUNT_VIEW, summary="List an ad's reviews")
def list_ad_reviews(call: Call[Nothing, Paged]) -> Page[ReviewView]:
    """Newest first, with the reasons of each rejection."""
    return queries.reviews(call.scope, call.id("ad_id"), call.query.paging())


@operation(
    "PATCH",
    "/accounts/{account_id}/ads/{ad_id}",
    may=Right.CAMPAIGN_EDIT,
    summary="Change an ad",
    example={"landing_url": "https://example.org/bread"},
)
def update_ad(call: Call[AdChanges, Nothing]) -> ChangesMade:
    """What viewers see is reviewed again before it is shown."""
    changes = draft(call.body, advertising.AdChanges)
    before = queries.ad(call.scope, call.id("ad_id"))
    billed = _billed(call.scope, before.consent_id, None if changes.consent_id is UNSET else changes.consent_id)
    return ChangesMade(ads.update(call.scope, before.id, changes, billed=billed, now=call.now))


@operation(
    "PUT",
    "/accounts/{account_id}/ads/{ad_id}/enabled",
    may=Right.CAMPAIGN_EDIT,
    summary="Switch an ad on or off",
    example={"enabled": False},
)
def set_ad_enabled(call: Call[Enabled, Nothing]) -> None:
    """Off stops it within a second."""
    ads.set_enabled(call.scope, [call.id("ad_id")], call.body.enabled, now=call.now)


@operation("DELETE", "/accounts/{account_id}/ads/{ad_id}", may=Right.CAMPAIGN_EDIT, summary="Delete an ad")
def delete_ad(call: Call[Nothing, Nothing]) -> None:
    """Its numbers stay."""
    ads.delete(call.scope, [call.id("ad_id")], now=call.now)


def _billed(scope: Scope, *consent_ids: int | None) -> dict[int, int]:
    """Return what was billed under the consents, against which a creator's limit of spend is held."""
    scope.require(Right.CAMPAIGN_EDIT)
    return billing.billed_under(consent_id for consent_id in consent_ids if consent_id is not None)
