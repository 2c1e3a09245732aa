"""Ads: creatives of an ad group, each a creator's post or one of the account's own videos (reference API §9)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec

from vonk.advertising.actions import ads, making
from vonk.advertising.queries.ad_pages import WantedAds, listed_ads
from vonk.billing import queries as billing
from vonk.control.scope import Right
from vonk.reporting import ad_pages
from vonk.reporting.ad_pages import AdWithStatus
from vonk.wire.business import speaking, statuses
from vonk.wire.business.ad_groups.terms import optimised_for
from vonk.wire.business.ads import making as ad_making
from vonk.wire.business.ads.asked import AdCreate, AdUpdate
from vonk.wire.business.ads.given import AdList, AdObject, AdsChanged, AdsMade, AdStatuses, ad_object
from vonk.wire.business.asked import Asked, AskedOfAccount, Sought, numbering
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import chosen, page_info, read_moment
from vonk.wire.business.objectives import objectives_sought
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

PAGE_SIZE_MAX: Final = 1_000
IDS_MAX: Final = 100
STATUS_IDS_MAX: Final = 20

Ids = Annotated[list[Id], msgspec.Meta(min_length=1, max_length=IDS_MAX)]
Names = Annotated[list[str], msgspec.Meta(max_length=IDS_MAX)]

_EXAMPLE: Final = {
    "advertiser_id": "1790000000000000001",
    "adgroup_id": "1790000000000000002",
    "creatives": [
        {
            "ad_name": "Bread, slowly",
            "ad_format": "SINGLE_VIDEO",
            "identity_type": "AUTH_CODE",
            "identity_id": "1790000000000000003",
            "tiktok_item_id": "1790000000000000004",
            "call_to_action": "SHOP_NOW",
            "landing_page_url": "https://example.org/bread",
        }
    ],
}


class Filtering(Asked, frozen=True):
    """Which ads: all that is given must hold. Without a status, deleted ones are left out."""

    campaign_ids: Ids | None = None
    adgroup_ids: Ids | None = None
    ad_ids: Ids | None = None
    ad_name: Sought | None = None
    primary_status: str | None = None
    secondary_status: str | None = None
    objective_type: str | None = None
    buying_types: list[Literal["AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW"]] | None = None
    optimization_goal: str | None = None
    creative_material_mode: Literal["CUSTOM", "SMART_CREATIVE", "DYNAMIC"] | None = None
    destination: str | None = None
    creation_filter_start_time: str | None = None
    creation_filter_end_time: str | None = None
    modified_after: str | None = None


class AdGet(AskedOfAccount, frozen=True):
    """A page of the account's ads. The three lists of ids may stand beside ``filtering``, as some clients send them."""

    filtering: Filtering | None = None
    campaign_ids: Ids | None = None
    adgroup_ids: Ids | None = None
    ad_ids: Ids | None = None
    fields: Names | None = None
    exclude_field_types_in_response: list[Literal["NULL_FIELD"]] | None = None
    page: int | None = None
    page_size: int | None = None


class AdStatusUpdate(AskedOfAccount, frozen=True):
    """What becomes of 1 to 20 ads."""

    operation_status: Literal["ENABLE", "DISABLE", "DELETE"]
    ad_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=STATUS_IDS_MAX)] | None = None
    aco_ad_ids: Annotated[list[str], msgspec.Meta(max_length=STATUS_IDS_MAX)] | None = None


@operation("POST", "ad/create", may=Right.CAMPAIGN_EDIT, summary="Create ads", example=_EXAMPLE)
def create(call: Call[AdCreate]) -> AdsMade:
    """1 to 20 at once, all of them or none. Each goes to review, and its creator is told.

    A Spark Ad shows a creator's post: with ``tiktok_item_id`` one that the creator authorised (AUTH_CODE, TT_USER,
    BC_AUTH_TT), with ``video_id`` and ``ad_text`` one that is published under the creator's name once the ad is approved
    (TT_USER, BC_AUTH_TT), in ads alone unless ``dark_post_status`` is OFF. With CUSTOMIZED_USER the ad shows the account's
    own video under its custom identity.
    """
    asked = call.asked
    with ad_making.named_as_sent():
        wanted = ad_making.new_ads(call.scope, asked.creatives, now=call.now)
        billed = billing.billed_under(one.ad.consent_id for one in wanted if one.ad.consent_id is not None)
        ad_ids = making.create(call.scope, asked.adgroup_id, wanted, billed=billed, now=call.now)
    return AdsMade(ad_ids=[str(ad_id) for ad_id in ad_ids], creatives=_objects(call, ad_ids), need_audit=True)


@operation(
    "POST",
    "ad/update",
    may=Right.CAMPAIGN_EDIT,
    summary="Change ads",
    example={
        "advertiser_id": "1790000000000000001",
        "adgroup_id": "1790000000000000002",
        "patch_update": True,
        "creatives": [{"ad_id": "1790000000000000005", "ad_name": "Bread, slower"}],
    },
)
def update(call: Call[AdUpdate]) -> AdsChanged:
    """1 to 20 of one ad group, all of them or none. Another post, text, button or address is reviewed again.

    A Spark Ad stays one. What was pushed can be changed while it waits for review; once it is published it is its
    creator's, and another video or text pushes another post.
    """
    asked = call.asked
    present = {ad.id: ad for ad in listed_ads(call.scope, [one.ad_id for one in asked.creatives])}
    with ad_making.named_as_sent():
        wanted = ad_making.changed_ads(
            call.scope, asked.creatives, present, patch=bool(asked.patch_update), now=call.now
        )
        consent_ids = {ad.consent_id for ad in present.values()}
        consent_ids |= {one.changes.consent_id for one in wanted if isinstance(one.changes.consent_id, int)}
        billed = billing.billed_under(one for one in consent_ids if one is not None)
        ad_ids = making.update(call.scope, asked.adgroup_id, wanted, billed=billed, now=call.now)
    objects = _objects(call, ad_ids)
    audited = any(one.secondary_status in ("AD_STATUS_AUDIT", "AD_STATUS_REAUDIT") for one in objects)
    return AdsChanged(ad_ids=[str(ad_id) for ad_id in ad_ids], creatives=objects, need_audit=audited)


@operation(
    "POST",
    "ad/status/update",
    may=Right.CAMPAIGN_EDIT,
    summary="Switch ads on or off, or delete them",
    example={
        "advertiser_id": "1790000000000000001",
        "ad_ids": ["1790000000000000005"],
        "operation_status": "DISABLE",
    },
)
def update_status(call: Call[AdStatusUpdate]) -> AdStatuses:
    """All of them or none. What was deleted, or lies under something deleted, stays as it was."""
    asked = call.asked
    if asked.aco_ad_ids:
        raise ParameterInvalid(field="aco_ad_ids", reason="this platform has no automated creative ads; name ad_ids")
    if asked.ad_ids is None:
        raise ParameterInvalid(field="ad_ids", reason="it is missing")
    if asked.operation_status == "DELETE":
        ads.delete(call.scope, asked.ad_ids, now=call.now)
    else:
        ads.set_enabled(call.scope, asked.ad_ids, asked.operation_status == "ENABLE", now=call.now)
    return AdStatuses(ad_ids=[str(ad_id) for ad_id in asked.ad_ids], status=asked.operation_status)


@operation(
    "GET", "ad/get", may=Right.ACCOUNT_VIEW, summary="List ads", example={"advertiser_id": "1790000000000000001"}
)
def get(call: Call[AdGet]) -> AdList:
    """A page of 1 to 1,000, newest first, with exact totals.

    A status is worked out for every call; to filter by one looks at every ad that the other filters leave.
    """
    asked = call.asked
    filtering = asked.filtering or Filtering()
    wanted = _wanted(asked, filtering)
    chosen([], AdObject, asked.fields, ())  # An unknown name is told before anything is read.
    page = ad_pages.numbered_ads(
        call.scope,
        wanted,
        numbering(asked.page, asked.page_size, most=PAGE_SIZE_MAX),
        fulfils=statuses.matching("ad", filtering.primary_status, filtering.secondary_status),
        told=not asked.fields or "secondary_status" in asked.fields,
        now=call.now,
    )
    objects = _written(call, page.items)
    return AdList(
        list=chosen(objects, AdObject, asked.fields, asked.exclude_field_types_in_response or ()),
        page_info=page_info(page),
    )


def _wanted(asked: AdGet, filtering: Filtering) -> WantedAds:
    if filtering.destination is not None:
        raise ParameterInvalid(field="filtering.destination", reason="this platform does not filter by it")
    of_account = filtering.creative_material_mode in (None, "CUSTOM") and "AUCTION" in (
        filtering.buying_types or ["AUCTION"]
    )
    return WantedAds(
        ids=(filtering.ad_ids or asked.ad_ids) if of_account else [],
        campaign_ids=filtering.campaign_ids or asked.campaign_ids,
        ad_group_ids=filtering.adgroup_ids or asked.adgroup_ids,
        name_contains=filtering.ad_name,
        objectives=None if filtering.objective_type is None else objectives_sought(filtering.objective_type),
        ad_group_keeping=None if filtering.optimization_goal is None else optimised_for(filtering.optimization_goal),
        created_from=_moment(filtering.creation_filter_start_time, "creation_filter_start_time"),
        created_until=_moment(filtering.creation_filter_end_time, "creation_filter_end_time"),
        modified_from=_moment(filtering.modified_after, "modified_after"),
        deleted=statuses.deleted("ad", filtering.primary_status, filtering.secondary_status),
    )


def _moment(text: str | None, field: str) -> datetime | None:
    return None if text is None else read_moment(text, f"filtering.{field}")


def _objects(call: Call[Any], ad_ids: Sequence[int]) -> list[AdObject]:
    return _written(call, ad_pages.ads(call.scope, ad_ids, now=call.now))


def _written(call: Call[Any], rows: Sequence[AdWithStatus]) -> list[AdObject]:
    consent_ids = {row.ad.consent_id for row in rows if row.ad.consent_id is not None}
    speakers = speaking.speakers_of(call.scope, consent_ids, now=call.now)
    return [ad_object(row, speakers) for row in rows]
