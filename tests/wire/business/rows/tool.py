"""tool/* and search/*."""

from tests.wire.business.rows import Row

ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}
ROWS = {
    "tool.region": Row({**ACCOUNT, "placements": ["PLACEMENT_TIKTOK"], "objective_type": "TRAFFIC"}),
    "search.region": Row(ACCOUNT),
    "tool.language": Row(ACCOUNT),
    "tool.interest_category": Row(ACCOUNT),
    "tool.hashtag.recommend": Row({**ACCOUNT, "keywords": ["bread"]}),
    "tool.hashtag.get": Row({**ACCOUNT, "keyword_ids": ["1"]}),
    "tool.phone_region_code": Row(ACCOUNT),
    "tool.timezone": Row(ACCOUNT),
    "tool.url_validate": Row({**ACCOUNT, "url": "https://example.org/"}),
    "tool.targeting.search": Row({**ACCOUNT, "search_type": "FUZZY_SEARCH", "keywords": ["nether"]}),
    "tool.targeting.info": Row({**ACCOUNT, "targeting_ids": ["2750405"]}),
    "tool.targeting.list": Row({**ACCOUNT, "scene": "ISP", "location_ids": ["2750405"]}),
    "tool.action_category": Row(ACCOUNT),
    "tool.carrier": Row(ACCOUNT),
    "tool.device_model": Row(ACCOUNT),
    "tool.os_version": Row({**ACCOUNT, "os_type": "ANDROID"}),
    "tool.contextual_tag.get": Row(ACCOUNT),
    "tool.content_exclusion.get": Row(ACCOUNT),
    "tool.interest_keyword.recommend": Row(ACCOUNT),
    "tool.bid.recommend": Row({**ACCOUNT, "objective_type": "TRAFFIC"}),
    "tool.targeting_category.recommend": Row({**ACCOUNT, "region_codes": ["NL"]}),
    "tool.vbo_status": Row({**ACCOUNT, "objective_type": "WEB_CONVERSIONS"}),
    "tool.brand_safety.partner.authorize.status": Row({**ACCOUNT, "partner": "Zefr"}),
    "tool.open_url": Row({**ACCOUNT, "url": "/@cleo/", "url_type": "USER_PROFILE"}),
    "tool.diagnosis.search.health": Row({**ACCOUNT, "adgroup_id": "{ad_group_id}"}),
}
