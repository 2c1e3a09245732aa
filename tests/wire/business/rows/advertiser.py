"""advertiser/*."""

from tests.wire.business.rows import Row

ROWS = {
    "advertiser.info": Row({"advertiser_ids": ["{account_id}"]}),
    "advertiser.update": Row({"advertiser_id": "{account_id}", "advertiser_name": "Rolls", "contact_name": "Ada"}),
}
