"""One walk through the log for all witnesses: it reads every record once, and survives those it cannot read."""

from collections.abc import Sequence
from typing import Final

from vonk.billing.proving.checks import Check, Finding, Witness
from vonk.events.log import START, EventLog, LogUnavailable, Position, StoredRecord

RECORDS_PER_READ: Final = 5_000  # Some 5 MB; the audit's memory does not grow with the log.


def walk(log: EventLog, witnesses: Sequence[Witness]) -> list[Check]:
    """Show the log to the witnesses, up to the furthest one's position; return what is wrong with the log itself.

    A record that cannot be decoded is named and left out. Raises LogUnavailable when the log cannot be read at all.
    """
    until = max(witness.until for witness in witnesses)
    whole = Finding("log_is_whole")
    end = log.end()
    if end < until:
        whole.complain(f"the log ends at position {end}, but position {until} was settled or counted")
    reached, limit = START, RECORDS_PER_READ
    while reached < min(until, end):
        try:
            records = log.read(reached, min(limit, until - reached))
        except LogUnavailable as error:
            if limit > 1:
                limit = max(1, limit // 10)  # Come closer to the record at fault.
                continue
            whole.complain(f"position {reached + 1}: the record cannot be read ({error})")
            reached = Position(reached + 1)
            continue
        records = [stored for stored in records if stored.position <= until]
        if not records:
            whole.complain(f"positions {reached + 1} to {until}: there are no records")
            break
        _look_for_gaps(records, reached, whole)
        whole.count(len(records))
        for witness in witnesses:
            last = witness.until
            witness.see(records if records[-1].position <= last else [one for one in records if one.position <= last])
        reached = records[-1].position
        limit = min(RECORDS_PER_READ, limit * 10)
    return [whole.check()]


def _look_for_gaps(records: Sequence[StoredRecord], reached: Position, whole: Finding) -> None:
    for stored in records:
        if stored.position != reached + 1:
            whole.complain(f"positions {reached + 1} to {stored.position - 1}: there are no records")
        reached = stored.position
