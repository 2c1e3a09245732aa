"""Count what happens to posts: the one place that changes a Tally."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from django.db import connection

_SQL: Final = (Path(__file__).parent.parent / "sql" / "tally_add.sql").read_text(encoding="utf-8")
_ROWS_PER_STATEMENT: Final = 500


class TallyKey(NamedTuple):
    """What is counted: ``metric`` of a post in the UTC hour that begins at ``hour_at``; ``ad_id`` 0 is organic."""

    post_id: int
    ad_id: int
    hour_at: datetime
    metric: str


def add(increments: Mapping[TallyKey, int]) -> None:
    """Add to the counters, making those that are new; increments may be negative. Needs an open transaction."""
    assert connection.in_atomic_block, "A count belongs to the transaction of its cause."
    rows = [(*key, value) for key, value in sorted(increments.items()) if value]
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        chunk = rows[start : start + _ROWS_PER_STATEMENT]
        parameters: list[int | str | None] = []
        for post_id, ad_id, hour_at, metric, value in chunk:
            assert hour_at.minute == hour_at.second == hour_at.microsecond == 0, "Tallies are by the hour."
            parameters += [post_id, ad_id, connection.ops.adapt_datetimefield_value(hour_at), metric, value]
        statement = _SQL.format(rows=", ".join(["(%s, %s, %s, %s, %s)"] * len(chunk)))
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
