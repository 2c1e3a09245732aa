"""The one place that changes what viewers did in A/B tests."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import connection

from vonk.reporting.models import Trial
from vonk.reporting.trials.counting import Did, Who

_ADD: Final = (Path(__file__).parent.parent / "sql" / "trials_add.sql").read_text(encoding="utf-8")
_ROWS_PER_STATEMENT: Final = 140  # SQLite binds at most 999 values on old builds.
LET_GO_PER_ROUND_MAX: Final = 20_000  # So that no round holds the database for long; the next one goes on.


def add(increments: Mapping[Who, Did]) -> None:
    """Add to the counts, making those that are new. Needs an open transaction: the log's position is in it."""
    assert connection.in_atomic_block, "A count belongs to the transaction of its cause."
    rows = sorted(increments.items())
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        chunk = rows[start : start + _ROWS_PER_STATEMENT]
        parameters: list[int | str | None] = []
        for who, did in chunk:
            kept_until = connection.ops.adapt_datetimefield_value(did.kept_until)
            parameters += [*who, did.impressions, did.engaged, did.clicks, kept_until]
        with connection.cursor() as cursor:
            cursor.execute(_ADD.format(rows=", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(chunk))), parameters)


def let_go(now: datetime) -> None:
    """Delete what is kept no longer."""
    old = Trial.objects.filter(kept_until__lt=now).values_list("pk", flat=True)[:LET_GO_PER_ROUND_MAX]
    Trial.objects.filter(pk__in=list(old)).delete()
