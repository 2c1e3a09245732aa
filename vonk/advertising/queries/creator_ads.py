"""An ad as the creator sees it whose post it shows."""

from datetime import datetime

import msgspec

from vonk.advertising import publish
from vonk.advertising.models import Ad
from vonk.advertising.queries import previews
from vonk.advertising.queries.views import Preview
from vonk.advertising.rules import Verdict
from vonk.authorisation.queries.limits import previews_required
from vonk.content.queries import post_facts
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import account_facts


class CreatorAd(msgspec.Struct, frozen=True, kw_only=True):
    """An ad with one's post. ``preview_required``: it waits for one's acceptance before its first delivery.

    ``approved``: review has approved it as it is. ``category`` is what is advertised, "" when its advertiser did not say.
    """

    ad_id: int
    post_id: int
    consent_id: int
    account_name: str
    advertiser_name: str
    payer_name: str
    preview: Preview
    category: str
    countries: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None
    enabled: bool
    deleted: bool
    approved: bool
    preview_required: bool
    accepted_at: datetime | None
    refused_at: datetime | None
    note: str


def creator_ad(scope: Scope, ad_id: int) -> CreatorAd:
    """Return the ad that shows a post of the acting creator, a deleted one too; NotFound for every other."""
    scope.require(Right.CREATE)
    row = (
        Ad.objects.filter(pk=ad_id, consent__isnull=False, identity__owner_id=scope.person)
        .select_related("ad_group__campaign")
        .annotate(newest_verdict=publish.NEWEST_VERDICT)
        .first()
    )
    if row is None or row.consent_id is None:
        raise NotFound(noun="ad")
    group, campaign = row.ad_group, row.ad_group.campaign
    account = account_facts(campaign.account_id)
    post = post_facts([row.post_id])[row.post_id]
    return CreatorAd(
        ad_id=row.pk,
        post_id=row.post_id,
        consent_id=row.consent_id,
        account_name=account.name,
        advertiser_name=account.advertiser_name,
        payer_name=account.payer_name,
        preview=previews.of(post, row.consent_id, row.call_to_action, row.landing_url, account),
        category=row.category,
        countries=publish.targeting_of(group).countries,
        starts_at=group.starts_at,
        ends_at=group.ends_at,
        enabled=row.enabled and group.enabled and campaign.enabled,
        deleted=bool(row.deleted_at or group.deleted_at or campaign.deleted_at),
        approved=row.newest_verdict == Verdict.APPROVED,
        preview_required=bool(previews_required([row.consent_id])),
        accepted_at=row.creator_accepted_at,
        refused_at=row.creator_refused_at,
        note=row.creator_note,
    )
