"""rf/* and adgroup/rf/*."""

from tests.wire.business.rows import Row

ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}
GROUPS: dict[str, object] = {**ACCOUNT, "adgroup_ids": ["{ad_group_id}"]}
ROWS = {
    "rf.inventory.estimate": Row(
        {
            **ACCOUNT,
            "audience_info": {"location_ids": ["2750405"]},
            "schedule_start_time": "2030-01-01 00:00:00",
            "schedule_end_time": "2030-01-08 00:00:00",
            "objective_type": "RF_REACH",
            "rf_purchased_type": "FIXED_BUDGET",
            "budget": 500,
        }
    ),
    "rf.contract.query": Row({**ACCOUNT, "included_date": "2030-01-01"}),
    "rf.delivery.timezone": Row({**ACCOUNT, "region_codes": ["NL"]}),
    "rf.order.cancel": Row(GROUPS),
    "adgroup.rf.estimated.info": Row(GROUPS),
}
