"""adgroup/*."""

from tests.wire.business.rows import Row

_ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}
_ONE: dict[str, object] = {**_ACCOUNT, "adgroup_ids": ["{ad_group_id}"]}

ROWS = {
    "adgroup.create": Row({
        **_ACCOUNT,
        "campaign_id": "{campaign_id}",
        "adgroup_name": "Neighbours",
        "placements": ["PLACEMENT_TIKTOK"],
        "location_ids": ["2750405"],
        "budget_mode": "BUDGET_MODE_DAY",
        "budget": 20,
        "schedule_type": "SCHEDULE_FROM_NOW",
        "schedule_start_time": "2099-01-01 00:00:00",
        "optimization_goal": "CLICK",
        "billing_event": "CPC",
        "bid_type": "BID_TYPE_NO_BID",
        "pacing": "PACING_MODE_SMOOTH",
    }),
    "adgroup.update": Row({**_ACCOUNT, "adgroup_id": "{ad_group_id}", "adgroup_name": "All neighbours"}),
    "adgroup.status.update": Row({**_ONE, "operation_status": "DISABLE"}),
    "adgroup.budget.update": Row({**_ACCOUNT, "budget": [{"adgroup_id": "{ad_group_id}", "budget": 45}]}),
    "adgroup.get": Row(_ACCOUNT),
    "adgroup.quota": Row(_ACCOUNT),
}  # fmt: skip
