"""An ad group as adgroup/* answer it: every field of the reference, with what it holds where nothing was set (API §8)."""

from datetime import datetime, timedelta
from typing import Any, Final

from vonk.advertising.queries.views import AdGroupView
from vonk.core.clock import DAY_MS
from vonk.delivery.limits import dayparting
from vonk.delivery.snapshot import Targeting
from vonk.reporting.object_pages import WithStatus
from vonk.wire.business.ad_groups import terms
from vonk.wire.business.ad_groups.asked import KEPT
from vonk.wire.business.campaigns.given import budget_mode
from vonk.wire.business.given import Digits, Given, Moment, PageInfo, moment, units
from vonk.wire.business.interests import interest_ids
from vonk.wire.business.locations import location_ids
from vonk.wire.business.pixel_names import optimization_event
from vonk.wire.business.statuses import operation_status, secondary

_NEVER: Final = timedelta(days=3_652)  # An end far ahead, for clients that allow no null (reference API §8).
DAY_SECONDS: Final = DAY_MS // 1_000


class AdGroupObject(Given, frozen=True):
    """A whole ad group. Amounts are 0, lists empty and switches false where nothing was set, as clients demand."""

    advertiser_id: Digits
    campaign_id: Digits
    campaign_name: str
    adgroup_id: Digits
    adgroup_name: str
    create_time: Moment
    modify_time: Moment
    operation_status: str
    secondary_status: str
    billing_event: str
    optimization_goal: str
    bid_type: str
    bid_price: float
    budget: float
    budget_mode: str
    pacing: str
    placements: list[str]
    schedule_type: str
    schedule_start_time: Moment
    schedule_end_time: Moment
    dayparting: str | None
    location_ids: list[Digits]
    age_groups: list[str]
    gender: str
    languages: list[str]
    operating_systems: list[str]
    interest_category_ids: list[Digits]
    frequency: int | None
    frequency_schedule: int | None
    click_attribution_window: str
    engaged_view_attribution_window: str
    view_attribution_window: str
    attribution_event_count: str
    actions: list[Any] = []
    adgroup_app_profile_page_state: str | None = None
    app_config: list[Any] | None = None
    app_download_url: str | None = None
    app_id: str | None = None
    app_type: str | None = None
    audience_ids: list[str] = []
    audience_rule: dict[str, Any] | None = None
    audience_type: str | None = None
    auto_targeting_enabled: bool = False
    automated_keywords_enabled: bool | None = None
    bid_display_mode: str | None = None
    blocked_pangle_app_ids: list[str] = []
    brand_safety_partner: str | None = None
    brand_safety_type: str = "NO_BRAND_SAFETY"
    carrier_ids: list[str] = []
    catalog_authorized_bc_id: str | None = None
    catalog_id: str | None = None
    category_id: str | None = None
    category_exclusion_ids: list[str] = []
    comment_disabled: bool = False
    contextual_tag_ids: list[str] = []
    conversion_bid_price: float = 0.0
    conversion_window: str | None = None
    cpv_video_duration: str | None = None
    creative_material_mode: str = "CUSTOM"
    custom_conversion_id: str | None = None
    deep_bid_type: str | None = None
    deep_cpa_bid: float = 0.0
    deep_funnel_event_source: str | None = None
    deep_funnel_event_source_id: str | None = None
    deep_funnel_optimization_event: str | None = None
    deep_funnel_optimization_status: str | None = None
    delivery_mode: str | None = None
    device_model_ids: list[str] = []
    device_price_ranges: list[int] = []
    exclude_age_under_eighteen: bool = False
    excluded_audience_ids: list[str] = []
    excluded_custom_actions: list[Any] = []
    excluded_pangle_audience_package_ids: list[str] = []
    feed_type: str | None = None
    household_income: list[str] = []
    identity_authorized_bc_id: str | None = None
    identity_id: str | None = None
    identity_type: str | None = None
    included_custom_actions: list[Any] = []
    included_pangle_audience_package_ids: list[str] = []
    interest_keyword_ids: list[str] = []
    inventory_filter_enabled: bool = False
    ios14_targeting: str | None = None
    ios14_quota_type: str | None = None
    is_hfss: bool = False
    is_lhf_compliance: bool = False
    is_new_structure: bool = True
    isp_ids: list[str] = []
    message_event_set_id: str | None = None
    messaging_app_account_id: str | None = None
    messaging_app_type: str | None = None
    min_android_version: str | None = None
    min_ios_version: str | None = None
    network_types: list[str] = []
    next_day_retention: float | None = None
    optimization_event: str | None = None
    package: str | None = None
    phone_number: str | None = None
    phone_region_calling_code: str | None = None
    phone_region_code: str | None = None
    pixel_id: str | None = None
    placement_type: str = "PLACEMENT_TYPE_NORMAL"
    product_source: str | None = None
    product_set_id: str | None = None
    promotion_target_type: str | None = None
    promotion_type: str = "WEBSITE"
    promotion_website_type: str | None = None
    purchase_intention_keyword_ids: list[str] = []
    purchased_impression: int | None = None
    purchased_reach: int | None = None
    rf_estimated_cpr: float | None = None
    rf_estimated_frequency: float | None = None
    rf_purchased_type: str | None = None
    roas_bid: float = 0.0
    saved_audience_id: str | None = None
    schedule_infos: list[Any] | None = None
    scheduled_budget: float | None = None
    search_keywords: list[Any] | None = None
    search_result_enabled: bool = False
    secondary_optimization_event: str | None = None
    share_disabled: bool = False
    shopping_ads_retargeting_actions_days: int | None = None
    shopping_ads_retargeting_custom_audience_relation: str | None = None
    shopping_ads_retargeting_type: str | None = None
    shopping_ads_type: str | None = None
    skip_learning_phase: bool = False
    smart_audience_enabled: bool = False
    smart_interest_behavior_enabled: bool = False
    spending_power: str | None = None
    split_test_group_id: str | None = None
    statistic_type: str | None = None
    store_authorized_bc_id: str | None = None
    store_id: str | None = None
    targeting_expansion: dict[str, Any] | None = None
    tiktok_subplacements: list[str] = []
    vbo_window: str | None = None
    vertical_sensitivity_id: str | None = None
    video_download_disabled: bool = False
    zipcode_ids: list[str] = []


class AdGroupList(Given, frozen=True):
    """A page of ad groups, newest first."""

    list: list[AdGroupObject]
    page_info: PageInfo


class AdGroupRefused(Given, frozen=True):
    """An ad group that stayed as it was, and why."""

    adgroup_id: Digits
    error_message: str


class AdGroupStatuses(Given, frozen=True):
    """The ad groups that were switched or deleted, what became of them, and which were not."""

    adgroup_ids: list[Digits]
    status: str
    error_list: list[AdGroupRefused]


class AdGroupBudgets(Given, frozen=True):
    """The ad groups whose budgets were set."""

    adgroup_ids: list[Digits]


class AdGroupQuota(Given, frozen=True):
    """How many ad groups the account may have at the same time, and how many it has."""

    total_adgroup_quota: int
    used_adgroup_quota: int


_AGE_NAMES: Final = {band.value: name for name, band in terms.AGES.items()}
_GENDER_NAMES: Final = {values: name for name, values in terms.GENDERS.items()}
_SYSTEM_NAMES: Final = {device: name for name, device in terms.SYSTEMS.items()}
_PACING_NAMES: Final = {pacing: name for name, pacing in terms.PACINGS.items()}
_WINDOW_NAMES: Final = {days: name for name, days in terms.WINDOW_DAYS.items()}
_COUNTING_NAMES: Final = {counting: name for name, counting in terms.COUNTINGS.items()}
_OWN: Final = frozenset(
    {"billing_event", "budget_mode", "dayparting", "optimization_goal"}
)  # Answered as they are now.
_KEPT: Final = frozenset(KEPT) - _OWN


def adgroup_object(row: WithStatus[AdGroupView]) -> AdGroupObject:
    """Return the ad group as it is answered."""
    view = row.view
    cap, windows = view.cap, view.attribution
    return AdGroupObject(
        advertiser_id=str(view.account_id),
        campaign_id=str(view.campaign_id),
        campaign_name=view.campaign_name,
        adgroup_id=str(view.id),
        adgroup_name=view.name,
        create_time=moment(view.created_at),
        modify_time=moment(view.modified_at),
        operation_status=operation_status(view.enabled, view.deleted),
        secondary_status="" if row.status is None else secondary("adgroup", row.status),
        billing_event=terms.billing_event(view.billing, view.kept),
        optimization_goal=_goal(view),
        bid_type="BID_TYPE_NO_BID" if view.maximum_delivery else "BID_TYPE_CUSTOM",
        bid_price=0.0 if view.maximum_delivery or view.goal is not None else units(view.bid_micros),
        conversion_bid_price=0.0 if view.maximum_delivery or view.goal is None else units(view.bid_micros),
        budget=units(view.budget.micros),
        budget_mode=budget_mode(view.budget, view.kept),
        pacing=_PACING_NAMES[view.pacing],
        placements=[terms.FEED],
        schedule_type="SCHEDULE_FROM_NOW" if view.ends_at is None else "SCHEDULE_START_END",
        schedule_start_time=moment(view.starts_at),
        schedule_end_time=moment(ends_at(view)),
        dayparting=_dayparting(view),
        frequency=None if cap is None else cap.impressions,
        frequency_schedule=None if cap is None else cap.window_seconds // DAY_SECONDS,
        click_attribution_window=_WINDOW_NAMES[windows.click_days],
        engaged_view_attribution_window=_WINDOW_NAMES[windows.engaged_view_days],
        view_attribution_window=_WINDOW_NAMES[windows.view_days],
        attribution_event_count=_COUNTING_NAMES[windows.counting],
        **_audience(view.targeting),
        **_event(view),
        **{name: value for name, value in view.kept.items() if name in _KEPT},
    )


def ends_at(view: AdGroupView) -> datetime:
    """Return the end that is shown: of an ad group without one, an instant far ahead."""
    return view.starts_at + _NEVER if view.ends_at is None else view.ends_at


def _audience(targeting: Targeting) -> dict[str, Any]:
    """Return whom it wants in v1.3's words. Genders and devices that v1.3 has no word for are left out."""
    return {
        "location_ids": location_ids(targeting.countries, targeting.limits.places),
        "age_groups": [_AGE_NAMES[band] for band in targeting.age_bands],
        "gender": _GENDER_NAMES.get(targeting.genders, "GENDER_UNLIMITED"),
        "languages": list(targeting.languages),
        "operating_systems": [_SYSTEM_NAMES[device] for device in targeting.devices if device in _SYSTEM_NAMES],
        "interest_category_ids": interest_ids(targeting.interests),
    }


def _goal(view: AdGroupView) -> str:
    goal: str = view.kept.get("optimization_goal") or terms.made_elsewhere(view.billing, view.goal, view.objective)
    return goal


def _event(view: AdGroupView) -> dict[str, Any]:
    """Return the optimisation event of an ad group that was made elsewhere; the one sent is among what is kept."""
    sent = "optimization_event" in view.kept
    return {"optimization_event": optimization_event(view.goal_event)} if view.goal_event and not sent else {}


def _dayparting(view: AdGroupView) -> str | None:
    """Return the half hours; those that mean always as they were sent."""
    if view.targeting.dayparting:
        return dayparting.unpack(view.targeting.dayparting)
    sent = view.kept.get("dayparting")
    return sent if isinstance(sent, str) and not _limited(sent) else None


def _limited(marks: str) -> bool:
    return bool(dayparting.pack(marks))
