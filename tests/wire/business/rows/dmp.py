"""dmp/*."""

from tests.wire.business.rows import Row

ROWS = {
    "dmp.custom_audience.list": Row({"advertiser_id": "{account_id}", "page_size": 100}),
    "dmp.saved_audience.list": Row({"advertiser_id": "{account_id}"}),
}
