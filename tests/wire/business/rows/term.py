"""term/*."""

from tests.wire.business.rows import Row

SPARK: dict[str, object] = {"advertiser_id": "{account_id}", "term_type": "SparkAds"}

ROWS = {
    "term.get": Row(SPARK),
    "term.check": Row(SPARK),
    "term.confirm": Row(SPARK),
}
