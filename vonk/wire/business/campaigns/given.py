"""A campaign as campaign/* answer it (reference API §7)."""

from typing import Any, Final

from vonk.advertising.queries.views import CampaignView
from vonk.advertising.rules import Objective
from vonk.delivery.snapshot import Budget, BudgetMode
from vonk.reporting.object_pages import WithStatus
from vonk.wire.business.campaigns.asked import BUDGET_MODES, DYNAMIC, KEPT
from vonk.wire.business.given import Digits, Given, Moment, PageInfo, moment, units
from vonk.wire.business.objectives import objective_type
from vonk.wire.business.statuses import operation_status, secondary


class CampaignObject(Given, frozen=True):
    """A whole campaign. ``budget`` and ``roas_bid`` are 0 where there is none."""

    advertiser_id: Digits
    campaign_id: Digits
    campaign_name: str
    objective_type: str
    objective: str
    budget: float
    budget_mode: str
    operation_status: str
    secondary_status: str
    create_time: Moment
    modify_time: Moment
    app_id: str | None = None
    app_promotion_type: str | None = None
    bid_align_type: str | None = None
    bid_type: str | None = None
    budget_optimize_on: bool = False
    campaign_app_profile_page_state: str | None = None
    campaign_product_source: str | None = None
    campaign_type: str = "REGULAR_CAMPAIGN"
    catalog_enabled: bool = False
    deep_bid_type: str | None = None
    disable_skan_campaign: bool | None = None
    is_advanced_dedicated_campaign: bool = False
    is_new_structure: bool = True
    is_search_campaign: bool = False
    is_smart_performance_campaign: bool = False
    optimization_goal: str | None = None
    po_number: str | None = None
    postback_window_mode: str | None = None
    rf_campaign_type: str | None = None
    roas_bid: float = 0.0
    rta_bid_enabled: bool | None = None
    rta_id: str | None = None
    rta_product_selection_enabled: bool | None = None
    sales_destination: str | None = None
    special_industries: list[str] = []
    split_test_variable: str | None = None
    virtual_objective_type: str | None = None


class CampaignList(Given, frozen=True):
    """A page of campaigns, newest first."""

    list: list[CampaignObject]
    page_info: PageInfo


class CampaignSwitched(Given, frozen=True):
    """One campaign, and what became of it."""

    campaign_id: Digits
    status: str
    postback_window_mode: str | None


class CampaignStatuses(Given, frozen=True):
    """The campaigns, and what became of them."""

    campaign_ids: list[Digits]
    status: str
    campaign_list: list[CampaignSwitched]


_MODE_NAMES: Final = {mode: name for name, mode in BUDGET_MODES.items() if name != DYNAMIC}
_KEPT: Final = frozenset(KEPT) - {"budget_mode", "objective_type"}  # These two are answered as they are now.


def campaign_object(row: WithStatus[CampaignView]) -> CampaignObject:
    """Return the campaign as it is answered."""
    view = row.view
    kept = {name: value for name, value in view.kept.items() if name in _KEPT}
    return CampaignObject(
        advertiser_id=str(view.account_id),
        campaign_id=str(view.id),
        campaign_name=view.name,
        objective_type=objective_type(view.objective, view.kept),
        objective="APP" if view.objective is Objective.APP_INSTALLS else "LANDING_PAGE",
        budget=units(view.budget.micros),
        budget_mode=budget_mode(view.budget, view.kept),
        operation_status=operation_status(view.enabled, view.deleted_at is not None),
        secondary_status="" if row.status is None else secondary("campaign", row.status),
        create_time=moment(view.created_at),
        modify_time=moment(view.modified_at),
        **kept,
    )


def budget_mode(budget: Budget, kept: dict[str, Any]) -> str:
    """Return the kind of a budget; the one that was asked for where it is of that kind."""
    if budget.mode is BudgetMode.DAILY and kept.get("budget_mode") == DYNAMIC:
        return DYNAMIC
    return _MODE_NAMES[budget.mode]
