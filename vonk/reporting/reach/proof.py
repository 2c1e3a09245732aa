"""Who saw which ad on which day adds up to how often it was shown."""

from pathlib import Path
from typing import Final

from django.db.backends.utils import CursorWrapper

from vonk.billing.proving.checks import Finding

_SUMS: Final = (Path(__file__).parent.parent / "sql" / "viewer_days_sums.sql").read_text(encoding="utf-8")


def hold(cursor: CursorWrapper, finding: Finding) -> None:
    """Hold each ad's impressions by viewer and day against its counter."""
    cursor.execute(_SUMS)
    for ad_id, counted, seen, least in cursor.fetchall():
        of = f"impressions of ad {ad_id} by viewer"
        if seen != counted:
            finding.complain(f"{of}: {seen} by day, {counted} in the counters")
        if least < 1:
            finding.complain(f"{of}: a count of {least}")
