"""What lies within a scope, locked for a change. What lies outside does not exist: NotFound, as for what is absent.

The campaign's row is the lock of its whole tree: whoever changes a campaign, one of its ad groups, ads or reviews holds
it. With it the account's row is held, so that a suspension and a publication never pass each other.
"""

from collections.abc import Collection, Sequence
from typing import Final, TypeVar

from vonk.advertising.errors import ObjectDeleted
from vonk.advertising.models import Ad, AdGroup, Campaign
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound, Phrase
from vonk.core.limits import PAGE_SIZE_MAX

Row = TypeVar("Row", Campaign, AdGroup, Ad)

IDS_PER_REQUEST_MAX: Final = PAGE_SIZE_MAX  # What a page can show can be switched at once.


def hold_campaigns(campaign_ids: Collection[int]) -> dict[int, Campaign]:
    """Lock these campaigns, whoever's they are, in the order of their ids."""
    rows = (
        Campaign.objects.select_for_update(of=("self", "account"), no_key=True)
        .select_related("account")
        .filter(pk__in=campaign_ids)
        .order_by("pk")
    )
    return {row.pk: row for row in rows}


def campaigns(scope: Scope, campaign_ids: Sequence[int]) -> list[Campaign]:
    """Return the scope's campaigns, locked, in the order asked for."""
    ids = _ids(scope, campaign_ids)
    found = {pk: row for pk, row in hold_campaigns(ids).items() if row.account_id == scope.account}
    return [_present(found.get(campaign_id), "campaign") for campaign_id in ids]


def ad_groups(scope: Scope, ad_group_ids: Sequence[int]) -> list[AdGroup]:
    """Return the scope's ad groups, their campaigns locked, in the order asked for."""
    ids = _ids(scope, ad_group_ids)
    rows = AdGroup.objects.filter(pk__in=ids, campaign__account_id=scope.account)
    hold_campaigns(set(rows.values_list("campaign_id", flat=True)))
    found = {row.pk: row for row in rows.select_related("campaign")}  # As they are now that they are held.
    return [_present(found.get(ad_group_id), "ad group") for ad_group_id in ids]


def ads(scope: Scope, ad_ids: Sequence[int]) -> list[Ad]:
    """Return the scope's ads, their campaigns locked, in the order asked for."""
    ids = _ids(scope, ad_ids)
    rows = Ad.objects.filter(pk__in=ids, ad_group__campaign__account_id=scope.account)
    hold_campaigns(set(rows.values_list("ad_group__campaign_id", flat=True)))
    found = {row.pk: row for row in rows.select_related("ad_group__campaign")}
    return [_present(found.get(ad_id), "ad") for ad_id in ids]


def alive_campaign(campaign: Campaign) -> Campaign:
    """Return the campaign; ObjectDeleted when it was deleted."""
    if campaign.deleted_at is not None:
        raise ObjectDeleted(noun=Phrase("campaign"))
    return campaign


def alive_ad_group(ad_group: AdGroup) -> AdGroup:
    """Return the ad group; ObjectDeleted when it or its campaign was deleted."""
    if ad_group.deleted_at is not None or ad_group.campaign.deleted_at is not None:
        raise ObjectDeleted(noun=Phrase("ad group"))
    return ad_group


def alive_ad(ad: Ad) -> Ad:
    """Return the ad; ObjectDeleted when it or what it lies under was deleted."""
    if ad.deleted_at or ad.ad_group.deleted_at or ad.ad_group.campaign.deleted_at:
        raise ObjectDeleted(noun=Phrase("ad"))
    return ad


def _ids(scope: Scope, ids: Sequence[int]) -> list[int]:
    scope.require(Right.CAMPAIGN_EDIT)
    if not 1 <= len(ids) <= IDS_PER_REQUEST_MAX:
        raise FieldInvalid("ids", "from 1 to %(most)s at once", most=IDS_PER_REQUEST_MAX)
    return list(dict.fromkeys(ids))


def _present(row: Row | None, noun: str) -> Row:
    if row is None:
        raise NotFound(noun=noun)
    return row
