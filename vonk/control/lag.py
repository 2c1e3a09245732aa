"""How far a consumer of the event log is behind."""

from datetime import datetime

import msgspec

from vonk.control import positions
from vonk.core.clock import to_ms
from vonk.events.log import EventLog
from vonk.events.records import received_ms_of


class Lag(msgspec.Struct, frozen=True):
    """How many records wait, and for how long the oldest of them has; nothing and 0 when none does."""

    records: int
    seconds: float


def of(consumer: str, log: EventLog, *, now: datetime) -> Lag:
    """Return how far the consumer is behind the log's end. Raises LogUnavailable."""
    reached = positions.of(consumer)
    waiting = log.end() - reached
    oldest = log.read(reached, 1) if waiting > 0 else []
    if not oldest:
        return Lag(0, 0.0)
    return Lag(waiting, max(0, to_ms(now) - received_ms_of(oldest[0].record)) / 1_000)
