"""What reports by country and people sum adds up to how often the ads were shown."""

from pathlib import Path
from typing import Final

from django.db.backends.utils import CursorWrapper

from vonk.billing.proving.checks import Finding
from vonk.reporting.reached.rules import FROM_LOG_ALONE, Dimension

_SUMS: Final = (Path(__file__).parent.parent / "sql" / "reached_sums.sql").read_text(encoding="utf-8")


def hold(cursor: CursorWrapper, finding: Finding) -> None:
    """Hold each ad's counts by hour against its counters, but for those that our own site moves too."""
    names = ", ".join(["%s"] * len(FROM_LOG_ALONE))
    cursor.execute(_SUMS.format(metrics=names), [*FROM_LOG_ALONE, *FROM_LOG_ALONE])
    for ad_id, metric, counted, *sums, least in cursor.fetchall():
        of = f"{metric} of ad {ad_id} by hour"
        for dimension, total in zip(Dimension, sums, strict=True):
            if total != counted:
                finding.complain(f"{of}: {total} by {dimension.value}, {counted} in the counters")
        if least < 0:
            finding.complain(f"{of}: a count of {least}")
