"""What answers hold: each field that a client can send, and each that published clients read (reference API §4 to §14)."""

from typing import Any, Final

import business_api_client as sdk
import pytest

from vonk.wire.business import advertiser, comment, identity, identity_video, pixel, tt_video
from vonk.wire.business.ad_groups import given as adgroup_given
from vonk.wire.business.ads import given as ad_given
from vonk.wire.business.audiences import given as dmp_given
from vonk.wire.business.campaigns import given as campaign_given
from vonk.wire.business.centers import assets as bc_assets
from vonk.wire.business.centers import bc
from vonk.wire.business.files import file
from vonk.wire.business.files import images as file_images

OF_OTHER_PRODUCTS: Final = frozenset({
    "instant_product_page_used", "page_image_index", "product_display_field_list", "schedule_id",
    "shopping_ads_video_package_id", "internal_channel", "plugin_partner",
})  # fmt: skip
"""Fields of catalogues' and apps' ads, which are taken and not answered."""

SENT: Final[list[tuple[Any, tuple[Any, ...]]]] = [
    (campaign_given.CampaignObject, (sdk.CampaignCreateBody, sdk.CampaignUpdateBody)),
    (adgroup_given.AdGroupObject, (sdk.AdgroupCreateBody, sdk.AdgroupUpdateBody)),
    (ad_given.AdObject, (sdk.AdcreateCreatives, sdk.AdupdateCreatives)),
]

READ: Final[list[tuple[Any, str]]] = [
    (advertiser.AdvertiserInfo, (
        "advertiser_id name address company contacter country currency description email industry language license_no "
        "license_url license_province license_city phone_number cellphone_number telephone_number promotion_area "
        "promotion_center_city promotion_center_province rejection_reason brand role status timezone display_timezone "
        "advertiser_account_type owner_bc_id create_time balance"
    )),
    (bc.BcInfo, "bc_id name company currency registered_area status timezone type verification_status"),
    (bc_assets.AssetRow, (
        "asset_id asset_type asset_name relation_type relation_status advertiser_role tt_account_roles owner_bc_name pixel_code"
    )),
    (tt_video.ItemInfo, (
        "item_id auth_code item_type text status carousel_info anchor_list duet_original_item_id stitch_original_item_id "
        "is_multi_duet_stitch mentioned_item_ids"
    )),
    (tt_video.VideoInfo, (
        "duration width height size bit_rate signature poster_url preview_url video_id file_name"
    )),
    (identity.Identity, (
        "identity_id identity_type identity_authorized_bc_id display_name username profile_image available_status "
        "can_push_video can_pull_video can_use_live_ads can_manage_message ads_only_mode is_gpppa"
    )),
    (identity_video.VideoRow, (
        "item_id item_type text status anchor_list carousel_info video_info auth_code auth_info identity_type identity_id"
    )),
    (identity_video.Playing, "duration width height size bit_rate format signature poster_url url"),
    (campaign_given.CampaignObject, (
        "advertiser_id campaign_id campaign_name campaign_type objective objective_type app_promotion_type budget budget_mode "
        "operation_status secondary_status create_time modify_time is_new_structure is_smart_performance_campaign "
        "is_search_campaign special_industries rf_campaign_type roas_bid deep_bid_type bid_type optimization_goal app_id "
        "po_number budget_optimize_on split_test_variable"
    )),
    (adgroup_given.AdGroupObject, (
        "campaign_name create_time modify_time secondary_status is_new_structure skip_learning_phase statistic_type "
        "split_test_group_id rf_purchased_type rf_estimated_cpr rf_estimated_frequency purchased_impression purchased_reach "
        "scheduled_budget schedule_infos delivery_mode feed_type cpv_video_duration conversion_window ios14_quota_type "
        "inventory_filter_enabled app_download_url app_type package product_set_id category_id"
    )),
    (ad_given.AdObject, (
        "tracking_pixel_id page_id landing_page_urls ad_texts video_id music_id card_id creative_type call_to_action_id "
        "click_tracking_url impression_tracking_url viewability_vast_url brand_safety_vast_url landing_page_url deeplink "
        "playable_url profile_image_url avatar_icon_web_uri image_ids deeplink_type viewability_postbid_partner is_aco "
        "is_new_structure vast_moat_enabled creative_authorized promotional_music_disabled advertiser_id campaign_id "
        "campaign_name adgroup_id adgroup_name ad_id create_time modify_time secondary_status operation_status "
        "optimization_event image_mode premium_badge_id"
    )),
    (dmp_given.Audience, (
        "audience_id name audience_type audience_sub_type calculate_type cover_num is_valid is_expiring is_auto_refresh "
        "is_creator shared owner_id rule lookalike_spec msg error_msg create_time expired_time"
    )),
    (pixel.Pixel, (
        "pixel_id pixel_code pixel_name pixel_category pixel_script pixel_setup_mode partner_name create_time "
        "advanced_matching_fields asset_ownership events"
    )),
    (pixel.PixelEvent, (
        "event_id event_code event_type name optimization_event statistic_type currency currency_value deprecated rules"
    )),
    (file.VideoRow, (
        "video_id material_id file_name format width height size bit_rate duration signature preview_url "
        "preview_url_expire_time video_cover_url displayable allow_download allowed_placements fix_task_id flaw_types "
        "create_time modify_time"
    )),
    (file_images.ImageRow, (
        "image_id material_id image_url signature size width height format file_name displayable is_carousel_usable "
        "create_time modify_time"
    )),
    (comment.CommentRow, (
        "comment_id content comment_type comment_status likes replies create_time original_comment_id reply_to_comment_id "
        "hit_blockedword is_pinned can_delete is_auth_comment_manage_scope user_id user_name user_avatar_url tiktok_item_id "
        "identity_id identity_type campaign_id campaign_name adgroup_id adgroup_name ad_id ad_name ad_text video_cover_url "
        "video_play_url app_id"
    )),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "bodies"), SENT, ids=[answer.__name__ for answer, _ in SENT])
def test_what_can_be_sent_comes_back(answer: Any, bodies: tuple[Any, ...]) -> None:
    sent = set[str]().union(*(body.swagger_types for body in bodies)) - {"request_id", "patch_update"}
    assert sorted(sent - set(answer.__struct_encode_fields__) - OF_OTHER_PRODUCTS) == []


@pytest.mark.parametrize(("answer", "names"), READ, ids=[answer.__name__ for answer, _ in READ])
def test_what_clients_read_is_there(answer: Any, names: str) -> None:
    assert sorted(set(names.split()) - set(answer.__struct_encode_fields__)) == []
