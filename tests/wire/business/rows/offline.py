"""offline/*."""

from tests.wire.business.rows import Row

ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}
ONE: dict[str, object] = {"event_set_id": "{offline_set_id}"}
EVENT: dict[str, object] = {"event": "CompletePayment"}
TESTED: dict[str, object] = {**ONE, "test_event_code": "T"}
ROWS = {
    "offline.create": Row({**ACCOUNT, "name": "Shops", "description": "Tills of all shops"}),
    "offline.update": Row({**ACCOUNT, **ONE, "name": "All shops"}),
    "offline.delete": Row({**ACCOUNT, **ONE}),
    "offline.get": Row(ACCOUNT),
    "offline.track": Row({**TESTED, **EVENT}, refused=40007),
    "offline.batch": Row({**TESTED, "batch": [EVENT]}, refused=40007),
}
