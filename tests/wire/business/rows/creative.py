"""creative/portfolio/*."""

from tests.wire.business.rows import Row

ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}
ROWS = {
    "creative.portfolio.create": Row(
        {**ACCOUNT, "portfolio_content": [{"asset_content": "Learn more", "asset_ids": ["1"]}]}
    ),
    "creative.portfolio.get": Row({**ACCOUNT, "creative_portfolio_id": "1"}, code=40007),
    "creative.portfolio.list": Row(ACCOUNT),
    "creative.portfolio.delete": Row({**ACCOUNT, "creative_portfolio_ids": ["1"]}, code=40007),
}
