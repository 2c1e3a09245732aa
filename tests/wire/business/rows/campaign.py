"""campaign/*."""

from tests.wire.business.rows import Row

_ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}

ROWS = {
    "campaign.create": Row({
        **_ACCOUNT,
        "campaign_name": "Spring loaves",
        "objective_type": "TRAFFIC",
        "budget_mode": "BUDGET_MODE_DAY",
        "budget": 50,
    }),
    "campaign.update": Row({**_ACCOUNT, "campaign_id": "{campaign_id}", "campaign_name": "Autumn loaves"}),
    "campaign.status.update": Row({**_ACCOUNT, "campaign_ids": ["{campaign_id}"], "operation_status": "DISABLE"}),
    "campaign.get": Row(_ACCOUNT),
}  # fmt: skip
