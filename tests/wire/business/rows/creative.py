"""creative/*."""

from tests.wire.business.rows import Row

ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}
ROWS = {
    "creative.portfolio.create": Row(
        {**ACCOUNT, "portfolio_content": [{"asset_content": "Learn more", "asset_ids": ["1"]}]}
    ),
    "creative.portfolio.get": Row({**ACCOUNT, "creative_portfolio_id": "1"}, code=40007),
    "creative.portfolio.list": Row(ACCOUNT),
    "creative.asset.delete": Row({**ACCOUNT, "image_ids": ["i1"]}, code=20001),
    "creative.asset.share": Row(
        {**ACCOUNT, "asset_type": "IMAGE", "material_ids": ["1"], "shared_advertiser_ids": ["1"]}, code=40001
    ),
    "creative.image.edit": Row({**ACCOUNT, "image_id": "i1", "width": 100, "height": 100}, code=40912),
    "creative.shareable_link.create": Row({"shared_assets": [{"asset_id": "{ad_id}"}]}, refused=40007),
    "creative.report.get": Row({**ACCOUNT, "material_type": "VIDEO", "lifetime": True}),
    "creative.portfolio.delete": Row({**ACCOUNT, "creative_portfolio_ids": ["1"]}, code=40007),
}
