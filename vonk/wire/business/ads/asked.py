"""What ad/create and ad/update are asked of one creative, and which of it is acted on, kept or refused (reference API §9)."""

from typing import Annotated, Any, Final, Literal

import msgspec

from vonk.wire.business.asked import Asked, AskedOfAccount
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.codec import Id

Switch = Literal["ENABLE", "DISABLE"]
OnOff = Literal["ON", "OFF"]
AdFormat = Literal["CAROUSEL", "CAROUSEL_ADS", "CATALOG_CAROUSEL", "LIVE_CONTENT", "SINGLE_IMAGE", "SINGLE_VIDEO"]
IdentityType = Literal["CUSTOMIZED_USER", "AUTH_CODE", "TT_USER", "BC_AUTH_TT", "TTS_TT"]
CREATIVES_MAX: Final = 20
_TEXT_MAX: Final = 4_000
_LIST_MAX: Final = 100

Text = Annotated[str, msgspec.Meta(max_length=_TEXT_MAX)]
Texts = Annotated[list[Text], msgspec.Meta(max_length=_LIST_MAX)]


class UtmParam(Asked, frozen=True):
    """One parameter that is added to the address. Macros are not filled in here: they are passed on as they are."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    value: Annotated[str, msgspec.Meta(max_length=500)]


class RefusedFields(Asked, frozen=True, kw_only=True):
    """What would make another ad of it than is shown here: refused by name unless it is empty."""

    ad_texts: Any = None
    auto_disclaimer_types: Any = None
    card_id: Any = None
    catalog_id: Any = None
    creative_type: Any = None
    disclaimer_clickable_texts: Any = None
    disclaimer_text: Any = None
    disclaimer_type: Any = None
    dynamic_format: Any = None
    instant_product_page_used: Any = None
    item_group_ids: Any = None
    landing_page_urls: Any = None
    page_id: Any = None
    playable_url: Any = None
    product_set_id: Any = None
    product_specific_type: Any = None
    schedule_id: Any = None
    shopping_ads_video_package_id: Any = None
    showcase_products: Any = None
    sku_ids: Any = None
    vehicle_ids: Any = None
    vertical_video_strategy: Any = None


class KeptFields(RefusedFields, frozen=True, kw_only=True):
    """What is given back as it was set, and acted on by nothing here: no address of these is ever called."""

    app_name: Text | None = None
    auto_message_id: Text | None = None
    avatar_icon_web_uri: Text | None = None
    brand_safety_postbid_partner: Literal["UNSET", "DOUBLE_VERIFY", "IAS", "ZEFR"] | None = None
    brand_safety_vast_url: Text | None = None
    carousel_image_index: int | None = None
    click_tracking_url: Text | None = None
    cpp_url: Text | None = None
    creative_authorized: bool | None = None
    deeplink: Text | None = None
    deeplink_format_type: Literal["UNIVERSAL_OR_APP_LINK", "SCHEME_LINK"] | None = None
    deeplink_type: Literal["DEFERRED_DEEPLINK", "NORMAL"] | None = None
    deeplink_utm_params: Annotated[list[UtmParam], msgspec.Meta(max_length=_LIST_MAX)] | None = None
    display_name: Text | None = None
    dynamic_destination: Text | None = None
    end_card_cta: Text | None = None
    fallback_type: Literal["APP_INSTALL", "UNSET", "WEBSITE"] | None = None
    impression_tracking_url: Text | None = None
    phone_number: Text | None = None
    phone_region_calling_code: Text | None = None
    phone_region_code: Text | None = None
    shopping_ads_deeplink_type: Text | None = None
    shopping_ads_fallback_type: Text | None = None
    tiktok_page_category: Literal["PROFILE_PAGE", "OTHER_TIKTOK_PAGE", "TIKTOK_INSTANT_PAGE"] | None = None
    tracking_app_id: Text | None = None
    tracking_message_event_set_id: Text | None = None
    tracking_offline_event_set_ids: Texts | None = None
    tracking_pixel_id: Annotated[int, msgspec.Meta(ge=0)] | None = None
    vast_moat_enabled: bool | None = None
    video_view_tracking_url: Text | None = None
    viewability_postbid_partner: Literal["UNSET", "MOAT", "DOUBLE_VERIFY", "IAS", "ZEFR"] | None = None
    viewability_vast_url: Text | None = None
    call_to_action_id: Text | None = None  # Its first button is the ad's (ad_buttons).
    # Acted on where a post is pushed, kept beside, so that they come back as they were sent.
    aigc_disclosure_type: Literal["NOT_DECLARED", "SELF_DISCLOSURE", "UNSET"] | None = None
    branded_content_disabled: bool | None = None
    image_ids: Texts | None = None
    item_duet_status: Switch | None = None
    item_stitch_status: Switch | None = None
    promotional_music_disabled: bool | None = None
    utm_params: Annotated[list[UtmParam], msgspec.Meta(max_length=_LIST_MAX)] | None = None


_SHOP: Final = "this platform has no catalogues and no shop"
_ONE: Final = "an ad has one text and one address"
_DISCLAIMER: Final = "this platform shows no disclaimers: an ad that needs one would be shown without it"
REFUSED: Final[dict[str, str]] = {
    "ad_texts": _ONE,
    "auto_disclaimer_types": _DISCLAIMER,
    "card_id": "this platform has no interactive add-ons",
    "catalog_id": _SHOP,
    "creative_type": _SHOP,
    "disclaimer_clickable_texts": _DISCLAIMER,
    "disclaimer_text": _DISCLAIMER,
    "disclaimer_type": _DISCLAIMER,
    "dynamic_format": "this platform mixes no creatives by itself",
    "instant_product_page_used": _SHOP,
    "item_group_ids": _SHOP,
    "landing_page_urls": _ONE,
    "page_id": "this platform has no instant pages; name the address in landing_page_url",
    "playable_url": "this platform has no playable ads",
    "product_set_id": _SHOP,
    "product_specific_type": _SHOP,
    "schedule_id": "this platform has no reminders of releases",
    "shopping_ads_video_package_id": _SHOP,
    "showcase_products": _SHOP,
    "sku_ids": _SHOP,
    "vehicle_ids": _SHOP,
    "vertical_video_strategy": _SHOP,
}
_FORMATS: Final[dict[str, str]] = {
    "CAROUSEL": "pictures are CAROUSEL_ADS here",
    "CATALOG_CAROUSEL": "this platform shows no catalogues",
    "LIVE_CONTENT": "this platform shows no live rooms",
    "SINGLE_IMAGE": "a feed shows no single pictures; one picture is CAROUSEL_ADS with one of image_ids",
}
CAROUSEL_ADS: Final = "CAROUSEL_ADS"
SINGLE_VIDEO: Final = "SINGLE_VIDEO"
_EMPTY: Final[tuple[object, ...]] = (None, "", 0, [], {}, "UNSET", False)


class Creative(KeptFields, frozen=True, kw_only=True):
    """One ad: what it shows, under whose name, and where it leads.

    ``category`` is this platform's own: what is advertised, a key of its interests. Some creators' terms name what their
    posts may advertise, and what is left unsaid is not among it.
    """

    ad_name: Text | None = None
    ad_format: AdFormat | None = None
    identity_type: IdentityType | None = None
    identity_id: Id | None = None
    identity_authorized_bc_id: Id | None = None
    tiktok_item_id: Id | None = None
    video_id: Text | None = None
    music_id: Text | None = None
    ad_text: Text | None = None
    call_to_action: Text | None = None
    landing_page_url: Text | None = None
    dark_post_status: OnOff | None = None
    operation_status: Literal["ENABLE", "DISABLE", "DELETE"] | None = None
    category: Text | None = None


class ChangedCreative(Creative, frozen=True, kw_only=True):
    """An ad that exists, and what shall change of it."""

    ad_id: Id


class AdCreate(AskedOfAccount, frozen=True):
    """1 to 20 ads of one ad group, all of them or none."""

    adgroup_id: Id
    creatives: Annotated[list[Creative], msgspec.Meta(min_length=1, max_length=CREATIVES_MAX)]
    request_id: str | None = None


class AdUpdate(AskedOfAccount, frozen=True):
    """1 to 20 ads of one ad group. ``patch_update``: what is left out stays as it is.

    Without it, kept fields, the address and its parameters that are left out are taken away; the name, what the ad shows
    and its button stay, for an ad cannot be without.
    """

    adgroup_id: Id
    creatives: Annotated[list[ChangedCreative], msgspec.Meta(min_length=1, max_length=CREATIVES_MAX)]
    patch_update: bool | None = None


KEPT: Final = tuple(name for name in KeptFields.__struct_fields__ if name not in RefusedFields.__struct_fields__)


def kept_of(creative: Creative) -> dict[str, object]:
    """Return what is to be given back as it was sent: what was sent of it, by its name."""
    found: dict[str, object] = {}
    for name in KEPT:
        value = getattr(creative, name)
        if value is not None:
            found[name] = msgspec.to_builtins(value)
    return found


def check(creative: Creative, place: str) -> None:
    """Raise ParameterInvalid for what no ad of this platform can be; ``place`` is the creative's."""
    if creative.ad_format is not None and creative.ad_format in _FORMATS:
        raise ParameterInvalid(
            field=f"{place}.ad_format",
            reason=f"{creative.ad_format} is not supported: {_FORMATS[creative.ad_format]}",
        )
    if creative.music_id and creative.ad_format == SINGLE_VIDEO:
        raise ParameterInvalid(
            field=f"{place}.music_id", reason="not supported: for carousels alone; a video brings its sound"
        )
    for name, why in REFUSED.items():
        value = getattr(creative, name)
        if value not in _EMPTY and not (name == "vertical_video_strategy" and value == "SINGLE_VIDEO"):
            raise ParameterInvalid(field=f"{place}.{name}", reason=f"not supported: {why}")
