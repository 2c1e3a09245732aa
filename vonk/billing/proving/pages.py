"""The log as witnesses see it: a page of consecutive records, taken apart once for all of them."""

from collections.abc import Sequence
from functools import cached_property

from vonk.events.log import Position, StoredRecord
from vonk.events.records import DecisionRecord, EventRecord


class Page:
    """Consecutive records of the log, oldest first; at least one.

    Whoever needs a column makes it of ``events``, ``decisions`` or ``charged``: one pass over a list is the cheapest
    thing there is here, and most witnesses look at few of the records.
    """

    def __init__(self, records: Sequence[StoredRecord]) -> None:
        self.records = records

    @cached_property
    def events(self) -> list[EventRecord]:
        """What happened to showings."""
        return [record for stored in self.records if type(record := stored.record) is EventRecord]

    @cached_property
    def event_positions(self) -> list[Position]:
        """The positions of ``events``."""
        return [stored.position for stored in self.records if type(stored.record) is EventRecord]

    @cached_property
    def decision_ids(self) -> list[int]:
        """The decisions of ``events``."""
        return [event.claims.decision_id for event in self.events]

    @cached_property
    def decisions(self) -> list[tuple[Position, DecisionRecord]]:
        """What the ad servers decided."""
        return [(stored.position, record) for stored in self.records if type(record := stored.record) is DecisionRecord]

    @cached_property
    def charged(self) -> list[tuple[Position, EventRecord]]:
        """The events that bear a charge, whatever it is."""
        return [
            (stored.position, record)
            for stored in self.records
            if type(record := stored.record) is EventRecord and record.charge_micros
        ]

    def up_to(self, position: Position) -> "Page | None":
        """Return what of the page lies no further than ``position``; None when nothing does."""
        if self.records[-1].position <= position:
            return self
        kept = [stored for stored in self.records if stored.position <= position]
        return Page(kept) if kept else None
