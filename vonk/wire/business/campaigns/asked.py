"""What campaign/* are asked, and which of it is acted on, kept or refused (reference API §7)."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from vonk.advertising.drafts import CampaignChanges, CampaignDraft
from vonk.advertising.queries.views import CampaignView
from vonk.delivery.snapshot import Budget, BudgetMode
from vonk.wire.business.asked import Asked, AskedOfAccount, Sought
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import micros
from vonk.wire.business.objectives import objective
from vonk.wire.codec import Id

IDS_MAX: Final = 100
STATUS_IDS_MAX: Final = 20
DYNAMIC: Final = "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"
WireBudgetMode = Literal[
    "BUDGET_MODE_DAY", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET", "BUDGET_MODE_INFINITE", "BUDGET_MODE_TOTAL"
]
BUDGET_MODES: Final[dict[str, BudgetMode]] = {
    "BUDGET_MODE_DAY": BudgetMode.DAILY,
    "BUDGET_MODE_TOTAL": BudgetMode.LIFETIME,
    "BUDGET_MODE_INFINITE": BudgetMode.NONE,
    DYNAMIC: BudgetMode.DAILY,  # Vonk spends at most the budget each day, which is within what a dynamic one allows.
}
OperationStatus = Literal["ENABLE", "DISABLE"]
Switch = Literal["ENABLE", "DISABLE", "DELETE"]
Industries = Annotated[list[Literal["CREDIT", "EMPLOYMENT", "HOUSING"]], msgspec.Meta(max_length=3)]
Text = Annotated[str, msgspec.Meta(max_length=2_000)]
Ids = Annotated[list[Id], msgspec.Meta(min_length=1, max_length=IDS_MAX)]
BuyingType = Literal["AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW"]


class KeptFields(AskedOfAccount, frozen=True, kw_only=True):
    """What is given back as it was set, and acted on by nothing here."""

    app_id: Text | None = None
    app_promotion_type: (
        Literal[
            "APP_INSTALL",
            "APP_PREREGISTRATION",
            "APP_RETARGETING",
            "PAID_CONTENT",
            "UNSET",
            "APP_POSTS_PROMOTION",
            "MINIS",
        ]
        | None
    ) = None
    bid_align_type: Text | None = None
    bid_type: Literal["BID_TYPE_CUSTOM", "BID_TYPE_NO_BID", "BID_TYPE_MAX_CONVERSION"] | None = None
    campaign_app_profile_page_state: Text | None = None
    campaign_product_source: Literal["CATALOG", "SHOWCASE", "STORE", "UNSET"] | None = None
    deep_bid_type: Literal["AEO", "DEFAULT", "MIN", "PACING", "VO_HIGHEST_VALUE", "VO_MIN", "VO_MIN_ROAS"] | None = None
    disable_skan_campaign: bool | None = None
    optimization_goal: Text | None = None
    po_number: Text | None = None
    postback_window_mode: Text | None = None
    rf_campaign_type: Literal["PULSE", "STANDARD", "TOPVIEW"] | None = None
    rta_bid_enabled: bool | None = None
    rta_id: Text | None = None
    rta_product_selection_enabled: bool | None = None
    sales_destination: Literal["APP", "TIKTOK_SHOP", "WEBSITE", "WEB_AND_APP"] | None = None
    special_industries: Industries | None = None
    virtual_objective_type: Literal["SALES"] | None = None
    # Acted on, and kept beside, so that they come back as they were sent.
    budget_mode: WireBudgetMode | None = None
    budget_optimize_on: bool | None = None
    objective_type: str


KEPT: Final = tuple(name for name in KeptFields.__struct_fields__ if name != "advertiser_id")


class CampaignCreate(KeptFields, frozen=True, kw_only=True):
    """A campaign. With ``budget_optimize_on`` its budget is all there is: those of its ad groups are ignored."""

    campaign_name: str
    budget: float | None = None
    operation_status: OperationStatus | None = None
    request_id: str | None = None
    # Refused by name unless they are empty.
    campaign_type: Literal["IOS14_CAMPAIGN", "REGULAR_CAMPAIGN"] | None = None
    catalog_enabled: bool | None = None
    is_advanced_dedicated_campaign: bool | None = None
    is_search_campaign: bool | None = None
    roas_bid: float | None = None


class CampaignUpdate(AskedOfAccount, frozen=True):
    """What shall change; what is left out stays as it is. The kind of budget and the objective never change."""

    campaign_id: Id
    campaign_name: str | None = None
    budget: float | None = None
    special_industries: Industries | None = None
    po_number: Text | None = None


class CampaignStatusUpdate(AskedOfAccount, frozen=True):
    """What becomes of 1 to 20 campaigns."""

    campaign_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=STATUS_IDS_MAX)]
    operation_status: Switch
    postback_window_mode: Text | None = None


class Filtering(Asked, frozen=True):
    """Which campaigns: all that is given must hold. Without a status, deleted ones are left out."""

    campaign_ids: Ids | None = None
    campaign_name: Sought | None = None
    primary_status: str | None = None
    secondary_status: str | None = None
    objective_type: str | None = None
    buying_types: list[BuyingType] | None = None
    optimization_goal: str | None = None
    split_test_enabled: bool | None = None
    campaign_product_source: str | None = None
    is_smart_performance_campaign: bool | None = None
    campaign_type: Literal["IOS14_CAMPAIGN", "REGULAR_CAMPAIGN"] | None = None
    creation_filter_start_time: str | None = None
    creation_filter_end_time: str | None = None


class CampaignGet(AskedOfAccount, frozen=True):
    """A page of the account's campaigns. ``campaign_ids`` may stand beside ``filtering``, as one client sends them."""

    filtering: Filtering | None = None
    campaign_ids: Ids | None = None
    fields: list[str] | None = None
    exclude_field_types_in_response: list[Literal["NULL_FIELD"]] | None = None
    page: int | None = None
    page_size: int | None = None


_WHY: Final[dict[str, str]] = {
    "campaign_type": "delivery cannot tell iOS 14 from others",
    "catalog_enabled": "this platform has no catalogues",
    "is_advanced_dedicated_campaign": "delivery cannot tell iOS 14 from others",
    "is_search_campaign": "ads are shown in the feed, not among search results",
    "roas_bid": "no return is held to; leave it out, and bid for maximum delivery",
}


def draft(asked: CampaignCreate) -> CampaignDraft:
    """Return the campaign that is asked for; ParameterInvalid names what cannot be had."""
    for name, why in _WHY.items():
        if getattr(asked, name) not in (None, False, 0, "REGULAR_CAMPAIGN"):
            raise ParameterInvalid(field=name, reason=f"not supported: {why}")
    made_for = objective(asked.objective_type)
    if asked.budget_mode is None:
        raise ParameterInvalid(field="budget_mode", reason="it is missing")
    if asked.budget_optimize_on and asked.budget_mode == "BUDGET_MODE_INFINITE":
        raise ParameterInvalid(field="budget_mode", reason="with budget_optimize_on the campaign needs a budget")
    return CampaignDraft(
        name=asked.campaign_name,
        objective=made_for.value,
        budget=budget(asked.budget_mode, asked.budget),
        enabled=asked.operation_status != "DISABLE",
        kept=kept_of(asked, KEPT),
    )


def changes(asked: CampaignUpdate, present: CampaignView) -> CampaignChanges:
    """Return what is asked to differ from the campaign as it is."""
    kept = kept_of(asked, ("special_industries", "po_number"))
    return CampaignChanges(
        name=UNSET if asked.campaign_name is None else asked.campaign_name,
        budget=new_budget(asked.budget, present.budget),
        kept=kept or UNSET,
    )


def new_budget(amount: float | None, present: Budget) -> Budget | UnsetType:
    """Return the budget with this amount; UNSET where it is as it was. ParameterInvalid where there is none to change."""
    if amount is None or micros(amount, "budget") == present.micros:
        return UNSET
    if present.mode is BudgetMode.NONE:
        raise ParameterInvalid(field="budget", reason="there is none of its own, and a budget's kind never changes")
    return Budget(present.mode, micros(amount, "budget"))


def budget(mode: str, amount: float | None) -> Budget:
    """Return a budget of this kind; ParameterInvalid where its amount is missing. One without limit has none."""
    kind = BUDGET_MODES[mode]
    if kind is BudgetMode.NONE:
        return Budget()
    if amount is None:
        raise ParameterInvalid(field="budget", reason=f"it is missing; {mode} needs one")
    return Budget(kind, micros(amount, "budget"))


def kept_of(asked: Asked, names: tuple[str, ...]) -> dict[str, object]:
    """Return what was sent of these, by name, as JSON can hold it."""
    sent = ((name, getattr(asked, name)) for name in names)
    return {name: msgspec.to_builtins(value) for name, value in sent if value is not None}
