"""How far each consumer has read the event log."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from vonk.control.models import Position as PositionRow
from vonk.events.log import START, Position


def lock(consumer: str, *, now: datetime) -> Position:
    """Return the consumer's position and hold its row until commit, so that no one else settles the same records."""
    assert connection.in_atomic_block, "A position is locked inside the transaction of its effects."
    PositionRow.objects.get_or_create(consumer=consumer, defaults={"updated_at": now})
    row = PositionRow.objects.select_for_update().get(consumer=consumer)
    return Position(row.position)


def advance(consumer: str, to: Position, *, now: datetime) -> None:
    """Write the new position; it never goes back."""
    moved = PositionRow.objects.filter(consumer=consumer, position__lt=to).update(position=to, updated_at=now)
    assert moved == 1, "A consumer's position only grows."


def of(consumer: str) -> Position:
    """Return the consumer's position, 0 when it has read nothing."""
    row = PositionRow.objects.filter(consumer=consumer).values_list("position", flat=True).first()
    return Position(row) if row is not None else START


def passed_by(consumers: Iterable[str]) -> Position:
    """Return the position up to which each of these consumers, and every other known one, has read the log."""
    reached = dict.fromkeys(consumers, START) | {
        row.consumer: Position(row.position) for row in PositionRow.objects.all()
    }
    return min(reached.values(), default=START)


def consumers() -> tuple[str, ...]:
    """Return every consumer that has read anything of the log, by name."""
    return tuple(PositionRow.objects.order_by("consumer").values_list("consumer", flat=True))
