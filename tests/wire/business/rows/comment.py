"""comment/*: of the town's comments none stands where Ada may look after it; ``test_comment`` has some that do."""

from tests.wire.business.rows import Row

LISTED: dict[str, object] = {
    "advertiser_id": "{account_id}",
    "search_field": "ADGROUP_ID",
    "search_value": "{ad_group_id}",
    "start_time": "2020-01-01",
    "end_time": "2040-12-31",
}
PLACE: dict[str, object] = {
    "advertiser_id": "{account_id}",
    "ad_id": "{ad_id}",
    "tiktok_item_id": "{post_id}",
    "comment_id": "{comment_id}",
    "identity_id": "{profile_id}",
    "identity_type": "AUTH_CODE",
}

ROWS = {
    "comment.list": Row(LISTED),
    "comment.reference": Row(
        {"advertiser_id": "{account_id}", "comment_id": "{comment_id}", "comment_type": "COMMENT"}, code=40007
    ),
    "comment.post": Row({**PLACE, "comment_type": "REPLY", "text": "Open till six."}, code=40007),
    "comment.delete": Row(PLACE, code=40007),
    "comment.status.update": Row(
        {"advertiser_id": "{account_id}", "comment_ids": ["1"], "operation": "HIDDEN"}, code=40007
    ),
    "comment.task.create": Row(LISTED),
    "comment.task.check": Row({"advertiser_id": "{account_id}", "task_id": "1"}, code=40007),
}
