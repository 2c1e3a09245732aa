"""ad/*, and how ads look and stand."""

from tests.wire.business.rows import Row

_ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}

ROWS = {
    "ad.create": Row({
        **_ACCOUNT,
        "adgroup_id": "{ad_group_id}",
        "creatives": [
            {
                "ad_name": "Bread again",
                "ad_format": "SINGLE_VIDEO",
                "identity_type": "AUTH_CODE",
                "identity_id": "{profile_id}",
                "tiktok_item_id": "{post_id}",
                "call_to_action": "SHOP_NOW",
                "landing_page_url": "https://example.org/bread",
            }
        ],
    }),
    "ad.update": Row({
        **_ACCOUNT,
        "adgroup_id": "{ad_group_id}",
        "patch_update": True,
        "creatives": [{"ad_id": "{ad_id}", "ad_name": "Bread, slower"}],
    }),
    "ad.status.update": Row({**_ACCOUNT, "ad_ids": ["{ad_id}"], "operation_status": "DISABLE"}),
    "ad.get": Row(_ACCOUNT),
    "creative.ads_preview.create": Row({**_ACCOUNT, "preview_type": "AD", "ad_id": "{ad_id}"}),
    "tool.diagnosis.get": Row(_ACCOUNT),
}  # fmt: skip
