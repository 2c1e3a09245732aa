"""The short ways: a campaign, an ad group and an ad in one act; one of the latter as it was drafted."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.db import transaction

from vonk.advertising.actions import ad_groups, ads, campaigns, launch_drafts
from vonk.advertising.actions.launch_drafts import Kept
from vonk.advertising.drafts import AdDraft, AdGroupDraft, CampaignDraft
from vonk.advertising.errors import in_part
from vonk.authorisation.actions import verdicts
from vonk.control.scope import Right, Scope


class Launched(msgspec.Struct, frozen=True):
    """What was created."""

    campaign_id: int
    ad_group_id: int
    ad_id: int


@transaction.atomic
def launch(
    scope: Scope,
    campaign: CampaignDraft,
    ad_group: AdGroupDraft,
    ad: AdDraft,
    *,
    billed: Mapping[int, int] = ads.NOTHING_BILLED,
    kept: Kept | None = None,
    now: datetime,
) -> Launched:
    """Create all three, or nothing. ``kept`` is the draft that they were written in: it is one no more.

    Raises what the three actions raise, the field named “campaign_…”, “ad_group_…” or “ad_…”: “ad_group_bid_micros”; and
    what ``launch_drafts.close`` raises.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    verdicts.hold([ad.consent_id], account_id=scope.account)  # Before the account, as everywhere.
    with in_part("campaign_"):
        campaign_id = campaigns.create(scope, campaign, now=now)
    with in_part("ad_group_"):
        ad_group_id = ad_groups.create(scope, campaign_id, ad_group, now=now)
    with in_part("ad_"):
        ad_id = ads.create_one(scope, ad_group_id, ad, billed=billed, now=now)
    launch_drafts.close(scope, kept, became_id=ad_id, now=now)
    return Launched(campaign_id, ad_group_id, ad_id)


@transaction.atomic
def launch_ad_group(
    scope: Scope, campaign_id: int, ad_group: AdGroupDraft, *, kept: Kept | None = None, now: datetime
) -> int:
    """Create an ad group as it was drafted; return its id. Raises what both actions raise."""
    ad_group_id = ad_groups.create(scope, campaign_id, ad_group, now=now)
    launch_drafts.close(scope, kept, became_id=ad_group_id, now=now)
    return ad_group_id


@transaction.atomic
def launch_ad(
    scope: Scope,
    ad_group_id: int,
    ad: AdDraft,
    *,
    billed: Mapping[int, int] = ads.NOTHING_BILLED,
    kept: Kept | None = None,
    now: datetime,
) -> int:
    """Create an ad as it was drafted; return its id. Raises what both actions raise."""
    ad_id = ads.create_one(scope, ad_group_id, ad, billed=billed, now=now)
    launch_drafts.close(scope, kept, became_id=ad_id, now=now)
    return ad_id
