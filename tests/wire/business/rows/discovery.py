"""discovery/*."""

from tests.wire.business.rows import Row

ASKED: dict[str, object] = {"advertiser_id": "{account_id}", "discovery_type": "HASHTAG", "country_code": "NL"}
ROWS = {
    "discovery.trending_list": Row(ASKED),
    "discovery.detail": Row({**ASKED, "hashtag_id": "1", "date_range": "7DAY"}, code=40007),
    "discovery.video_list": Row({"advertiser_id": "{account_id}", "hashtag_ids": ["1"]}),
}
