"""What adgroup/* are asked, and which of it is acted on, kept, judged by nobody or refused (reference API §8)."""

from typing import Annotated, Any, Final, Literal

import msgspec

from vonk.wire.business.asked import Asked, AskedOfAccount, Sought
from vonk.wire.business.campaigns.asked import BuyingType, Ids, OperationStatus, Switch, Text, WireBudgetMode
from vonk.wire.codec import Id

LIST_MAX: Final = 3_000
STATUS_IDS_MAX: Final = 20

Texts = Annotated[list[Text], msgspec.Meta(max_length=LIST_MAX)]
Numbers = Annotated[list[Id], msgspec.Meta(max_length=LIST_MAX)]
Objects = Annotated[list[dict[str, Any]], msgspec.Meta(max_length=LIST_MAX)]
AgeGroup = Literal["AGE_13_17", "AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100"]
Gender = Literal["GENDER_FEMALE", "GENDER_MALE", "GENDER_UNLIMITED"]
OperatingSystem = Literal["ANDROID", "IOS"]
Pacing = Literal["PACING_MODE_FAST", "PACING_MODE_SMOOTH"]
ScheduleType = Literal["SCHEDULE_FROM_NOW", "SCHEDULE_START_END"]
BidType = Literal["BID_TYPE_CUSTOM", "BID_TYPE_NO_BID"]
Window = Literal["OFF", "ONE_DAY", "SEVEN_DAYS", "FOURTEEN_DAYS", "TWENTY_EIGHT_DAYS", "UNSET"]


class NarrowingFields(AskedOfAccount, frozen=True, kw_only=True):
    """Limits that nothing here can judge: kept, and an ad group that asks for one is shown to nobody."""

    actions: Objects | None = None
    audience_ids: Texts | None = None
    audience_rule: dict[str, Any] | None = None
    brand_safety_type: (
        Literal["EXPANDED_INVENTORY", "LIMITED_INVENTORY", "NO_BRAND_SAFETY", "STANDARD_INVENTORY", "THIRD_PARTY"]
        | None
    ) = None
    carrier_ids: Texts | None = None
    category_exclusion_ids: Texts | None = None
    contextual_tag_ids: Texts | None = None
    device_model_ids: Texts | None = None
    device_price_ranges: Annotated[list[int], msgspec.Meta(max_length=100)] | None = None
    excluded_audience_ids: Texts | None = None
    excluded_custom_actions: Objects | None = None
    household_income: list[Literal["TOP5", "TOP10", "TOP10_25", "TOP25_50"]] | None = None
    included_custom_actions: Objects | None = None
    interest_keyword_ids: Texts | None = None
    ios14_targeting: Text | None = None
    isp_ids: Texts | None = None
    min_android_version: Text | None = None
    min_ios_version: Text | None = None
    network_types: list[Literal["2G", "3G", "4G", "5G", "WIFI"]] | None = None
    purchase_intention_keyword_ids: Texts | None = None
    saved_audience_id: Text | None = None
    shopping_ads_retargeting_type: Text | None = None
    spending_power: Literal["ALL", "HIGH"] | None = None
    tiktok_subplacements: list[Literal["IN_FEED", "SEARCH_FEED", "TIKTOK_LITE", "LEMON8", "UNSET"]] | None = None
    vertical_sensitivity_id: Text | None = None
    zipcode_ids: Texts | None = None


class KeptFields(NarrowingFields, frozen=True, kw_only=True):
    """What is given back as it was set, and acted on by nothing here."""

    audience_type: Text | None = None
    auto_targeting_enabled: bool | None = None
    automated_keywords_enabled: bool | None = None
    blocked_pangle_app_ids: Texts | None = None
    catalog_authorized_bc_id: Text | None = None
    comment_disabled: bool | None = None
    deep_bid_type: Literal["AEO", "DEFAULT", "MIN", "PACING", "VO_HIGHEST_VALUE", "VO_MIN", "VO_MIN_ROAS"] | None = None
    deep_funnel_event_source: Text | None = None
    deep_funnel_event_source_id: Text | None = None
    deep_funnel_optimization_event: Text | None = None
    deep_funnel_optimization_status: Text | None = None
    excluded_pangle_audience_package_ids: Texts | None = None
    included_pangle_audience_package_ids: Texts | None = None
    is_hfss: bool | None = None
    is_lhf_compliance: bool | None = None
    next_day_retention: float | None = None
    search_keywords: Objects | None = None
    search_result_enabled: bool | None = None
    secondary_optimization_event: Text | None = None
    share_disabled: bool | None = None
    shopping_ads_retargeting_actions_days: int | None = None
    shopping_ads_retargeting_custom_audience_relation: Text | None = None
    smart_audience_enabled: bool | None = None
    smart_interest_behavior_enabled: bool | None = None
    targeting_expansion: dict[str, Any] | None = None
    video_download_disabled: bool | None = None


class Terms(KeptFields, frozen=True, kw_only=True):
    """What can be set at the creation of an ad group and changed later."""

    age_groups: list[AgeGroup] | None = None
    bid_price: float | None = None
    bid_type: BidType | None = None
    budget: float | None = None
    conversion_bid_price: float | None = None
    dayparting: str | None = None
    deep_cpa_bid: float | None = None
    exclude_age_under_eighteen: bool | None = None
    frequency: float | None = None
    frequency_schedule: float | None = None
    gender: Gender | None = None
    interest_category_ids: Numbers | None = None
    languages: Texts | None = None
    location_ids: Numbers | None = None
    operating_systems: list[OperatingSystem] | None = None
    roas_bid: float | None = None
    schedule_end_time: str | None = None


class FixedFields(Terms, frozen=True, kw_only=True):
    """What is given back as it was set at the creation, and never changes."""

    adgroup_app_profile_page_state: Text | None = None
    app_config: Objects | None = None
    app_id: Text | None = None
    bid_display_mode: Literal["CPMV", "CPV"] | None = None
    brand_safety_partner: Literal["IAS", "OPEN_SLATE"] | None = None
    custom_conversion_id: Text | None = None
    identity_authorized_bc_id: Text | None = None
    identity_id: Text | None = None
    identity_type: Text | None = None
    message_event_set_id: Text | None = None
    messaging_app_account_id: Text | None = None
    messaging_app_type: Text | None = None
    optimization_event: Text | None = None
    phone_number: Text | None = None
    phone_region_calling_code: Text | None = None
    phone_region_code: Text | None = None
    pixel_id: Text | None = None
    promotion_target_type: Literal["EXTERNAL_WEBSITE", "INSTANT_PAGE", "UNSET"] | None = None
    promotion_type: Text | None = None
    promotion_website_type: Text | None = None
    skip_learning_phase: bool | None = None
    statistic_type: Text | None = None
    vbo_window: Text | None = None
    # Acted on, and kept beside, so that they come back as they were sent.
    billing_event: Text
    budget_mode: WireBudgetMode | None = None
    optimization_goal: Text
    placement_type: Literal["PLACEMENT_TYPE_AUTOMATIC", "PLACEMENT_TYPE_NORMAL"] | None = None
    # Of shops and catalogues: refused by name unless they are empty.
    catalog_id: Text | None = None
    creative_material_mode: Literal["CUSTOM", "SMART_CREATIVE", "DYNAMIC"] | None = None
    product_source: Literal["CATALOG", "SHOWCASE", "STORE", "UNSET"] | None = None
    shopping_ads_type: Text | None = None
    store_authorized_bc_id: Text | None = None
    store_id: Text | None = None


class AdGroupCreate(FixedFields, frozen=True, kw_only=True):
    """An ad group of a campaign."""

    campaign_id: Id
    adgroup_name: str
    pacing: Pacing
    schedule_type: ScheduleType
    schedule_start_time: str
    placements: list[str] | None = None
    click_attribution_window: Window | None = None
    engaged_view_attribution_window: Window | None = None
    view_attribution_window: Window | None = None
    attribution_event_count: Literal["EVERY", "ONCE", "UNSET"] | None = None
    operation_status: OperationStatus | None = None
    request_id: str | None = None


class AdGroupUpdate(Terms, frozen=True, kw_only=True):
    """What shall change; what is left out stays as it is."""

    adgroup_id: Id
    adgroup_name: str | None = None
    pacing: Pacing | None = None
    schedule_type: ScheduleType | None = None
    schedule_start_time: str | None = None


class AdGroupStatusUpdate(AskedOfAccount, frozen=True):
    """What becomes of 1 to 20 ad groups. ``allow_partial_success``: of those of which it can."""

    adgroup_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=STATUS_IDS_MAX)]
    operation_status: Switch
    allow_partial_success: bool | None = None


class NewBudget(Asked, frozen=True):
    """The amount of one ad group's budget."""

    adgroup_id: Id
    budget: float


class AdGroupBudgetUpdate(AskedOfAccount, frozen=True):
    """The amounts of 1 to 20 ad groups' budgets."""

    budget: Annotated[list[NewBudget], msgspec.Meta(min_length=1, max_length=STATUS_IDS_MAX)] | None = None
    scheduled_budget: list[Any] | None = None


class Filtering(Asked, frozen=True):
    """Which ad groups: all that is given must hold. Without a status, deleted ones are left out."""

    campaign_ids: Ids | None = None
    adgroup_ids: Ids | None = None
    adgroup_name: Sought | None = None
    primary_status: str | None = None
    secondary_status: str | None = None
    objective_type: str | None = None
    buying_types: list[BuyingType] | None = None
    optimization_goal: str | None = None
    promotion_type: str | None = None
    bid_strategy: (
        Literal[
            "BID_STRATEGY_COST_CAP", "BID_STRATEGY_BID_CAP", "BID_STRATEGY_MAX_CONVERSION", "BID_STRATEGY_LOWEST_COST"
        ]
        | None
    ) = None
    billing_events: list[Literal["CPA", "CPC", "CPM", "CPV", "GD", "OCPM", "OCPC"]] | None = None
    creative_material_mode: Literal["CUSTOM", "SMART_CREATIVE", "DYNAMIC"] | None = None
    split_test_enabled: bool | None = None
    creation_filter_start_time: str | None = None
    creation_filter_end_time: str | None = None


class AdGroupGet(AskedOfAccount, frozen=True):
    """A page of the account's ad groups. The lists of ids may stand beside ``filtering``, as one client sends them."""

    filtering: Filtering | None = None
    campaign_ids: Ids | None = None
    adgroup_ids: Ids | None = None
    fields: list[str] | None = None
    exclude_field_types_in_response: list[Literal["NULL_FIELD"]] | None = None
    page: int | None = None
    page_size: int | None = None


NARROWING: Final = tuple(name for name in NarrowingFields.__struct_fields__ if name != "advertiser_id")
KEPT_CHANGING: Final = (
    *(name for name in KeptFields.__struct_fields__ if name != "advertiser_id"),
    "dayparting",
    "exclude_age_under_eighteen",
)
KEPT: Final = (
    *KEPT_CHANGING,
    *(name for name in FixedFields.__struct_fields__ if name not in Terms.__struct_fields__),
)
