"""The public repository's recipients by country add up to the viewers who were met."""

from pathlib import Path
from typing import Final

from django.db.backends.utils import CursorWrapper

from vonk.billing.proving.checks import Finding

_SUMS: Final = (Path(__file__).parent.parent / "sql" / "public_ads_sums.sql").read_text(encoding="utf-8")


def hold(cursor: CursorWrapper, finding: Finding) -> None:
    """Hold each ad's recipients by country against the viewers it is known to have reached."""
    cursor.execute(_SUMS)
    for ad_id, counted, met in cursor.fetchall():
        if counted != met:
            finding.complain(f"recipients of ad {ad_id} in the public repository: {counted} by country, {met} met")
