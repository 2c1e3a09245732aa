"""split_test/*. A town has no test: ``test_split_test`` tries one as each of the cast."""

from tests.wire.business.rows import Row

ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}
NONE: dict[str, object] = {**ACCOUNT, "split_test_group_id": "1"}
TIMES: dict[str, object] = {"start_time": "2030-01-01 00:00:00", "end_time": "2030-01-15 00:00:00"}
ROWS = {
    "split_test.create": Row({**ACCOUNT, **TIMES, "object_ids": ["{ad_group_id}", "1"]}, code=40007),
    "split_test.update": Row({**NONE, **TIMES}, code=40007),
    "split_test.end": Row(NONE, code=40007),
    "split_test.promote": Row({**NONE, "winning_object_id": "{ad_group_id}"}, code=40007),
    "split_test.result.get": Row(NONE, code=40007),
}
