"""blockedword/*."""

from tests.wire.business.rows import Row

WORDS: dict[str, object] = {"advertiser_id": "{account_id}", "blocked_words": ["swindle"]}

ROWS = {
    "blockedword.create": Row(WORDS),
    "blockedword.delete": Row({**WORDS, "blocked_words": ["scam"]}),
    "blockedword.update": Row({"advertiser_id": "{account_id}", "old_word": "scam", "new_word": "swindle"}, code=40007),
    "blockedword.list": Row({"advertiser_id": "{account_id}", "page_info": {"page": 1, "page_size": 10}}),
    "blockedword.check": Row(WORDS),
    "blockedword.task.create": Row({"advertiser_id": "{account_id}"}),
    "blockedword.task.check": Row({"advertiser_id": "{account_id}", "task_id": "1"}, code=40007),
}
