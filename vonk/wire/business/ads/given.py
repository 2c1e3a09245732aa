"""An ad as ad/* answer it: every field of the reference, with what it holds where an ad has nothing (reference API §9)."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from vonk.content.rules import PublishAs
from vonk.reporting.ad_pages import AdWithStatus
from vonk.wire.business import items, materials
from vonk.wire.business.ads import links as ad_links
from vonk.wire.business.ads.asked import CAROUSEL_ADS, KEPT, SINGLE_VIDEO
from vonk.wire.business.given import Digits, Given, Moment, PageInfo, moment
from vonk.wire.business.speaking import CUSTOMIZED_USER, Speaker
from vonk.wire.business.statuses import operation_status, secondary


class AdObject(Given, frozen=True):
    """A whole ad. Fields that this platform has nothing for hold what v1.3 answers where nothing was set."""

    advertiser_id: Digits
    campaign_id: Digits
    campaign_name: str
    adgroup_id: Digits
    adgroup_name: str
    ad_id: Digits
    ad_name: str
    create_time: Moment
    modify_time: Moment
    operation_status: str
    secondary_status: str
    identity_type: str
    identity_id: Digits
    identity_authorized_bc_id: Digits | None
    tiktok_item_id: Digits | None
    video_id: str | None
    ad_text: str
    call_to_action: str
    landing_page_url: str
    utm_params: list[Any] | None
    dark_post_status: str | None
    optimization_event: str | None
    display_name: str
    category: str
    ad_format: str = "SINGLE_VIDEO"
    ad_texts: list[str] | None = None
    aigc_disclosure_type: str = "NOT_DECLARED"
    app_name: str = ""
    auto_disclaimer_types: list[str] | None = None
    auto_message_id: str | None = None
    avatar_icon_web_uri: str = ""
    brand_safety_postbid_partner: str = "UNSET"
    brand_safety_vast_url: str | None = None
    branded_content_disabled: bool | None = None
    call_to_action_id: str | None = None
    card_id: str | None = None
    carousel_image_index: int | None = None
    catalog_id: str | None = None
    click_tracking_url: str | None = None
    cpp_url: str | None = None
    creative_authorized: bool = False
    creative_type: str | None = None
    deeplink: str = ""
    deeplink_format_type: str | None = None
    deeplink_type: str = "NORMAL"
    deeplink_utm_params: list[Any] | None = None
    disclaimer_clickable_texts: list[Any] | None = None
    disclaimer_text: dict[str, Any] | None = None
    disclaimer_type: str | None = None
    dynamic_destination: str | None = None
    dynamic_format: str = "UNSET"
    end_card_cta: str | None = None
    fallback_type: str = "UNSET"
    image_ids: list[str] = []
    image_mode: str | None = None
    impression_tracking_url: str | None = None
    is_aco: bool = False
    is_new_structure: bool = True
    item_duet_status: str | None = None
    item_group_ids: list[str] = []
    item_stitch_status: str | None = None
    landing_page_urls: list[str] | None = None
    music_id: str | None = None
    page_id: int | None = None
    phone_number: str | None = None
    phone_region_calling_code: str | None = None
    phone_region_code: str | None = None
    playable_url: str = ""
    premium_badge_id: str | None = None
    product_set_id: str | None = None
    product_specific_type: str | None = None
    profile_image_url: str = ""
    promotional_music_disabled: bool = True
    shopping_ads_deeplink_type: str = "NONE"
    shopping_ads_fallback_type: str | None = None
    showcase_products: list[Any] | None = None
    sku_ids: list[str] = []
    tiktok_page_category: str | None = None
    tracking_app_id: str | None = None
    tracking_message_event_set_id: str | None = None
    tracking_offline_event_set_ids: list[str] = []
    tracking_pixel_id: int = 0
    vast_moat_enabled: bool = False
    vehicle_ids: list[str] = []
    vertical_video_strategy: str = "UNSET"
    video_view_tracking_url: str | None = None
    viewability_postbid_partner: str = "UNSET"
    viewability_vast_url: str | None = None


class AdsMade(Given, frozen=True):
    """What was created, in the order of the call. Every ad is reviewed before anybody sees it."""

    ad_ids: list[Digits]
    creatives: list[AdObject]
    need_audit: bool


class AdsChanged(Given, frozen=True):
    """What was changed, in the order of the call. ``need_audit``: one of them waits for review."""

    ad_ids: list[Digits]
    creatives: list[AdObject]
    need_audit: bool


class AdList(Given, frozen=True):
    """A page of ads, newest first."""

    list: list[Any]
    page_info: PageInfo


class AdStatuses(Given, frozen=True):
    """The ads, and what became of them."""

    ad_ids: list[Digits]
    status: str


_UNSET: Final[dict[str, object]] = {
    field.name: field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    for field in msgspec.structs.fields(AdObject)
    if not field.required
}
_OWN: Final = frozenset({ad_links.PARAMETERS, "display_name"})  # Kept, and answered as the ad is.
_KEPT: Final = frozenset(KEPT) - _OWN


def worth_keeping(sent: Mapping[str, object]) -> dict[str, object]:
    """Return what of it an ad without it would not answer: a client that sends an ad back as it was answered sets nothing."""
    empty: tuple[object, ...] = (None, [])
    return {name: value for name, value in sent.items() if value not in empty and value != _UNSET.get(name)}


def ad_object(row: AdWithStatus, speakers: Mapping[int, Speaker]) -> AdObject:
    """Return the ad as it is answered; ``speakers`` are those of the page's consents."""
    ad, post = row.ad, row.ad.post
    kept: dict[str, Any] = {name: value for name, value in ad.kept.items() if name in _KEPT}
    spark = ad.consent_id is not None
    who = Speaker(CUSTOMIZED_USER, ad.identity_id, None) if ad.consent_id is None else speakers[ad.consent_id]
    pushed = spark and post.pushed_for == ad.account_id
    own = pushed or not spark
    carousel = items.is_carousel(post)
    if carousel:
        kept.pop("image_ids", None)
        if own:
            kept["image_ids"] = [materials.image_id(one.library_id) for one in post.pictures if one.library_id]
            kept["music_id"] = str(post.sound_id) if post.sound_id else None
    address, parameters = ad_links.sent(ad)
    event = ad.ad_group_kept.get("optimization_event")
    called = ad.kept.get("display_name")
    return AdObject(
        advertiser_id=str(ad.account_id),
        campaign_id=str(ad.campaign_id),
        campaign_name=ad.campaign_name,
        adgroup_id=str(ad.ad_group_id),
        adgroup_name=ad.ad_group_name,
        ad_id=str(ad.id),
        ad_name=ad.name,
        create_time=moment(ad.created_at),
        modify_time=moment(ad.modified_at),
        operation_status=operation_status(ad.enabled, ad.deleted),
        secondary_status=secondary("ad", row.status) if row.status is not None else "",
        identity_type=who.identity_type,
        identity_id=str(who.profile_id),
        identity_authorized_bc_id=None if who.bc_id is None else str(who.bc_id),
        tiktok_item_id=str(post.id) if spark else None,
        video_id=materials.video_id(post.video_id) if own and not post.pictures else None,
        ad_text=post.caption,
        call_to_action=ad.call_to_action.upper(),
        landing_page_url=address,
        utm_params=parameters,
        dark_post_status=("ON" if post.publish_as is PublishAs.ADS_ONLY else "OFF") if pushed else None,
        optimization_event=event if isinstance(event, str) else None,
        category=ad.category,
        ad_format=CAROUSEL_ADS if carousel else SINGLE_VIDEO,
        display_name=called if isinstance(called, str) else post.display_name,
        **kept,
    )
