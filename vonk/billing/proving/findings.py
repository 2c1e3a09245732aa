"""What was found invalid after it was billed is an event of the log, and what is given back is what it had been billed."""

from collections.abc import Iterator
from typing import Final

from vonk.billing.models import FindingEvent
from vonk.billing.proving.checks import Check, Finding
from vonk.billing.proving.pages import Page
from vonk.billing.proving.segments import Segment, segments
from vonk.billing.proving.walk import Kept, seek
from vonk.core.clock import to_ms
from vonk.events.log import EventLog, Position, StoredRecord
from vonk.events.records import EventRecord
from vonk.events.tokens import BILLS_FOR_MS

ROWS_PER_READ: Final = 2_000


class FindingsWitness:
    """Reads again, after the walk, what findings speak of."""

    def __init__(self, log: EventLog, kept: Kept, until: Position) -> None:
        self.until = until
        self._log = log
        self._kept = kept
        self._finding = Finding("findings_are_the_logs_events")

    def see(self, page: Page) -> None:
        """Leave findings for the end: they are few, and are looked up."""

    def checks(self) -> list[Check]:
        with self._finding.timed():
            self._compare()
        return [self._finding.check()]

    def _compare(self) -> None:
        settled = segments(self.until)
        current = next(settled, None)
        for row, event in self._pairs():
            self._finding.count()
            while current is not None and current.last < row.position:
                current = next(settled, None)
            if event is None:
                self._finding.complain(f"position {row.position}: was found invalid, and there is no such event")
                continue
            billed = _billed(row.position, event, current)
            told = (*_facts(row), row.amount_micros)
            was = (*_facts_of(event), billed)
            for name, found, wanted in zip(_NAMES, told, was, strict=True):
                if found != wanted:
                    self._finding.complain(f"position {row.position}: the finding says {name} {found}, it is {wanted}")

    def _pairs(self) -> Iterator[tuple[FindingEvent, EventRecord | None]]:
        """Yield each finding's event with that of the log; None where the log has none that counts."""
        rows = FindingEvent.objects.filter(position__gte=self._kept.first, position__lte=self.until)
        waiting: list[FindingEvent] = []
        for row in rows.order_by("position").iterator(ROWS_PER_READ):
            waiting.append(row)
            if len(waiting) == ROWS_PER_READ:
                yield from self._read(waiting)
                waiting = []
        yield from self._read(waiting)

    def _read(self, rows: list[FindingEvent]) -> Iterator[tuple[FindingEvent, EventRecord | None]]:
        events = dict(map(_event, seek(self._log, [row.position for row in rows])))
        for row in rows:
            yield row, events.get(row.position)


_NAMES: Final = (
    "decision", "kind", "ad account", "campaign", "ad group", "ad", "post", "received at", "value", "amount",
)  # fmt: skip


def _facts(row: FindingEvent) -> tuple[object, ...]:
    return (
        row.decision_id, row.event_kind, row.account_id, row.campaign_id, row.ad_group_id, row.ad_id, row.post_id,
        to_ms(row.received_at), row.value,
    )  # fmt: skip


def _facts_of(event: EventRecord) -> tuple[object, ...]:
    claims = event.claims
    return (
        claims.decision_id, event.kind.value, claims.account_id, claims.campaign_id, claims.ad_group_id, claims.ad_id,
        claims.post_id, event.received_ms, event.value,
    )  # fmt: skip


def _event(stored: StoredRecord) -> tuple[int, EventRecord | None]:
    event = stored.record
    return stored.position, event if isinstance(event, EventRecord) and not event.invalid else None


def _billed(position: int, event: EventRecord, segment: Segment | None) -> int:
    """Return what the event was billed, by its segment."""
    inside = segment is not None and segment.first <= position <= segment.last
    late = event.received_ms - event.claims.decided_ms > BILLS_FOR_MS
    if segment is None or not inside or late or position in segment.written_off or position in segment.repeated:
        return 0
    return max(0, event.charge_micros)
