"""event/*."""

from tests.wire.business.rows import Row

ROWS = {
    "event.track": Row(
        {
            "event_source": "web",
            "event_source_id": "{pixel_id}",
            "data": [{"event": "Purchase", "event_time": 1795348800}],
            "test_event_code": "TEST1",
        },
        refused=40007,
    )
}
