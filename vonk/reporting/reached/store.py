"""The one place that changes counts by country and people."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from django.db import connection

from vonk.reporting.reached.rules import Reached

_ADD: Final = (Path(__file__).parent.parent / "sql" / "reached_add.sql").read_text(encoding="utf-8")
_ROWS_PER_STATEMENT: Final = 500


def add(increments: Mapping[Reached, int]) -> None:
    """Add to the counts, making those that are new. Needs an open transaction: the log's position is in it."""
    assert connection.in_atomic_block, "A count belongs to the transaction of its cause."
    rows = [(*reached, times) for reached, times in sorted(increments.items())]
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        chunk = rows[start : start + _ROWS_PER_STATEMENT]
        parameters: list[int | str | None] = []
        for ad_id, hour_at, dimension, value, metric, times in chunk:
            hour = connection.ops.adapt_datetimefield_value(hour_at)
            parameters += [ad_id, hour, dimension, value, metric, times]
        statement = _ADD.format(rows=", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(chunk)))
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
