"""changelog/*."""

from tests.wire.business.rows import Row

ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}

ROWS = {
    "changelog.task.create": Row(ACCOUNT),
    "changelog.task.check": Row({**ACCOUNT, "task_id": "none"}, code=40002),
    "changelog.task.download": Row({**ACCOUNT, "task_id": "none"}, code=40002),
}
