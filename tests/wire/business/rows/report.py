"""report/*."""

from tests.wire.business.rows import Row

ASKED: dict[str, object] = {
    "advertiser_id": "{account_id}",
    "report_type": "BASIC",
    "data_level": "AUCTION_AD",
    "dimensions": ["ad_id", "stat_time_day"],
    "start_date": "2026-03-01",
    "end_date": "2026-03-30",
}
TASK: dict[str, object] = {"advertiser_id": "{account_id}", "task_id": "1"}

ROWS = {
    "report.integrated.get": Row(asked=ASKED),
    "report.ad_benchmark.get": Row(
        {"advertiser_id": "{account_id}", "dimensions": ["LOCATION"], "filtering": {"ad_ids": ["{ad_id}"]}}
    ),
    "report.task.create": Row(asked=ASKED),
    "report.task.check": Row(asked=TASK, code=40007),
    "report.task.download": Row(asked=TASK, code=40007),
    "report.task.cancel": Row(asked=TASK, code=40007),
}
