"""pixel/*."""

from tests.wire.business.rows import Row

ACCOUNT: dict[str, object] = {"advertiser_id": "{account_id}"}
ROWS = {
    "pixel.create": Row({**ACCOUNT, "pixel_name": "Another shop"}),
    "pixel.update": Row({**ACCOUNT, "pixel_id": "{pixel_id}", "pixel_name": "Shop window"}),
    "pixel.list": Row(ACCOUNT),
    "pixel.event.stats": Row(
        {
            **ACCOUNT,
            "pixel_ids": ["{pixel_id}"],
            "date_range": {"start_date": "2026-11-01", "end_date": "2026-11-22"},
        }
    ),
    "pixel.instant_page.event": Row(ACCOUNT),
}
CODE: dict[str, object] = {"pixel_code": "{pixel_id}", "event": "CompletePayment", "test_event_code": "TEST1"}
ROWS |= {
    "pixel.track": Row(CODE, code=40002, refused=40007),  # No pixel's code: see event.py.
    "pixel.batch": Row(
        {"pixel_code": "{pixel_id}", "batch": [{"event": "Search"}], "test_event_code": "T"},
        code=40002,
        refused=40007,
    ),
}
