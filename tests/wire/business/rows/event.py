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
        code=40002,  # No pixel's: test_event.py has the code of one, and an ad server.
        refused=40007,
    )
}
