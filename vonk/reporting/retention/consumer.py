"""The consumer "retention": reads the event log and counts how long showings were watched, each record exactly once.

It has a position of its own, so that a copy from before it was there counts its whole log when it begins.
"""

from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from vonk.control import positions
from vonk.events.log import EventLog, Position
from vonk.events.records import received_ms_of
from vonk.reporting.retention import rules, store

CONSUMER: Final = "retention"
SEGMENT_RECORDS_MAX: Final = 20_000  # As the roll-up's: the control database is held for about a second.


class Counted(msgspec.Struct, frozen=True):
    """What one call took in: how many records, up to which position."""

    records: int
    position: Position


def count(log: EventLog, *, now: datetime, limit: int = SEGMENT_RECORDS_MAX) -> Counted:
    """Count the next segment; ``records`` is 0 when there is none. Raises LogUnavailable when the log cannot be read.

    Counts and position are one transaction, with the position locked first: whoever dies in between leaves nothing
    behind, and a second worker waits.
    """
    reached = positions.of(CONSUMER)
    if log.end() <= reached:
        return Counted(0, reached)  # Nothing to do, found out without holding anything.
    return _count(log, now=now, limit=limit)


@transaction.atomic
def _count(log: EventLog, *, now: datetime, limit: int) -> Counted:
    after = positions.lock(CONSUMER, now=now)
    records = log.read(after, limit)
    if not records:
        return Counted(0, after)
    store.add(rules.count(records))
    store.let_go(max(received_ms_of(stored.record) for stored in records))
    last = records[-1].position
    positions.advance(CONSUMER, last, now=now)
    return Counted(len(records), last)
