"""The one place that changes how long showings were watched."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from django.db import connection

from vonk.core.clock import from_ms
from vonk.reporting.models import WatchedShowing
from vonk.reporting.retention.rules import COUNTS_FOR_MS, Cell, Watched, second_of

_ADD: Final = (Path(__file__).parent.parent / "sql" / "retention_add.sql").read_text(encoding="utf-8")
_ROWS_PER_STATEMENT: Final = 190  # SQLite binds at most 999 values on old builds.
_SHOWINGS_PER_QUERY: Final = 500
LET_GO_PER_ROUND_MAX: Final = 20_000  # So that no round holds the database for long; the next one goes on.

Item = TypeVar("Item")


def add(increments: Mapping[int, Watched]) -> None:
    """Move each showing to the second up to which it is watched now. Needs an open transaction: the log's position is in it."""
    assert connection.in_atomic_block, "A count belongs to the transaction of its cause."
    moves: dict[Cell, int] = {}
    for chunk in _chunks(sorted(increments), _SHOWINGS_PER_QUERY):
        known = dict(WatchedShowing.objects.filter(pk__in=chunk).values_list("decision_id", "milliseconds"))
        rows = []
        for decision_id in chunk:
            more = increments[decision_id]
            before = known.get(decision_id)
            milliseconds = (before or 0) + more.milliseconds
            rows.append(WatchedShowing(decision_id=decision_id, day=more.day, milliseconds=milliseconds))
            _move(moves, more, before, milliseconds)
        WatchedShowing.objects.bulk_create(
            rows,
            batch_size=_ROWS_PER_STATEMENT,
            update_conflicts=True,
            unique_fields=["decision_id"],
            update_fields=["milliseconds"],
        )
    _write({cell: change for cell, change in moves.items() if change})


def let_go(newest_ms: int) -> None:
    """Forget showings of which nothing counts any more; what was counted stays."""
    floor = from_ms(newest_ms - COUNTS_FOR_MS).date() - timedelta(days=1)
    old = WatchedShowing.objects.filter(day__lt=floor).values_list("pk", flat=True)[:LET_GO_PER_ROUND_MAX]
    WatchedShowing.objects.filter(pk__in=list(old)).delete()


def _move(moves: dict[Cell, int], more: Watched, before: int | None, milliseconds: int) -> None:
    there = Cell(more.post_id, more.paid, more.day, second_of(milliseconds, more.seconds_max))
    moves[there] = moves.get(there, 0) + 1
    if before is not None:
        left = there._replace(second=second_of(before, more.seconds_max))
        moves[left] = moves.get(left, 0) - 1


def _write(moves: Mapping[Cell, int]) -> None:
    for chunk in _chunks(sorted(moves), _ROWS_PER_STATEMENT):
        parameters: list[int | str | bool | None] = []
        for cell in chunk:
            day = connection.ops.adapt_datefield_value(cell.day)
            parameters += [cell.post_id, cell.paid, day, cell.second, moves[cell]]
        with connection.cursor() as cursor:
            cursor.execute(_ADD.format(rows=", ".join(["(%s, %s, %s, %s, %s)"] * len(chunk))), parameters)


def _chunks(items: Iterable[Item], size: int) -> Iterable[list[Item]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk
