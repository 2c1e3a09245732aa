"""Every event is in the log once, and bills what its token says or nothing."""

from pathlib import Path
from typing import Final

import numpy as np

from vonk.billing.proving.checks import Check, Finding
from vonk.billing.proving.pages import Page
from vonk.billing.proving.rows import Rows, column, repeated
from vonk.billing.proving.walk import Kept, seek
from vonk.core.money import MICROS_MAX
from vonk.events.log import EventLog, Position
from vonk.events.records import ONCE_PER_SHOWING, EventRecord, Kind
from vonk.events.tokens import BILLS_FOR_MS

HEALED: Final = "not_rendered"  # The one rule that what comes later can heal: the same event is then logged again.
SUSPECTS_MAX: Final = 1_000_000  # Looked at one by one; some 200 MB. The books are beyond help where there are more.
# Kinds that a showing has once, each with bits of its own; 0 for the others.
_ONCE: Final = {
    kind: 0x5851F42D4C957F2D * (place + 1) % 2**63 if kind in ONCE_PER_SHOWING else 0 for place, kind in enumerate(Kind)
}
_INVALID: Final = 3  # Odd too: the bits of a kind's invalid event.
_MIX: Final = np.int64(0x2545F4914F6CDD1D)  # Odd, so that no two numbers become one; and far from the events' keys.


class EventsWitness:
    """Looks at events one by one.

    Keys of 64 bits bring together what may be the same event, or the same kind of one showing; whatever shares a key
    is then read again and compared by its full name, so that what is told is exact.
    """

    def __init__(self, log: EventLog, kept: Kept, folder: Path, until: Position) -> None:
        self.until = until
        self._log = log
        self._kept = kept
        self._rows = Rows(folder / "events", 2)  # Key, position.
        self._restored: list[Position] = []
        self._once = Finding("events_are_there_once")
        self._prices = Finding("charges_are_the_tokens_price")

    def see(self, page: Page) -> None:
        """Note each event's id, and its kind where a showing has it once; judge its charge."""
        with self._once.timed():
            self._note(page)
        with self._prices.timed():
            self._prices.count(len(page.charged))
            for position, event in page.charged:
                self._judge(position, event)

    def checks(self) -> list[Check]:
        with self._once.timed():
            self._compare()
        return [self._once.check(), self._prices.check()]

    def _note(self, page: Page) -> None:
        events = page.events
        self._once.count(len(events))
        positions = column(page.event_positions)
        # Whole pages go through C: this is half of what the audit does besides reading.
        ids = np.fromiter(
            map(hash, zip(page.decision_ids, [event.event_id for event in events], strict=True)), np.int64
        )
        self._rows.add(ids, positions)
        once = np.fromiter(map(_ONCE.__getitem__, [event.kind for event in events]), np.int64, len(events))
        judged = np.fromiter((not event.invalid for event in events), np.bool_, len(events))
        if not judged.all():
            once[~judged] *= _INVALID  # Beside the one that counts, one that does not is kept.
        if any([event.restored for event in events]):  # noqa: C419 - a list is faster.
            self._restored += [
                position for position, event in zip(page.event_positions, events, strict=True) if event.restored
            ]
        chosen = np.flatnonzero(once)
        showings = np.fromiter(map(hash, page.decision_ids), np.int64, len(events))[chosen]
        self._rows.add((showings ^ once[chosen]) * _MIX, positions[chosen])

    def _compare(self) -> None:
        """Read again what may be there twice, and say what is."""
        suspects = [part for rows in self._rows.parts() if len(part := repeated(rows))]
        positions = np.unique(np.concatenate([part[:, 1] for part in suspects])) if suspects else column([])
        if len(positions) > SUSPECTS_MAX:
            self._once.complain_of(len(positions) - SUSPECTS_MAX)
            positions = positions[:SUSPECTS_MAX]
        by_id: dict[tuple[int, str], EventRecord] = {}
        kinds: dict[tuple[int, str], Position] = {}  # Of a showing: what counts, and what does not.
        answered: set[Position] = set()  # Restored events of which enough is said, or nothing is to be said.
        for stored in seek(self._log, positions.tolist()):
            event = stored.record
            if not isinstance(event, EventRecord):
                continue
            decision_id = event.claims.decision_id
            first = by_id.setdefault((decision_id, event.event_id), event)
            if first is not event:
                answered.add(stored.position)
                if _heals(first, event):
                    by_id[decision_id, event.event_id] = event  # A third time would heal nothing.
                else:
                    self._twice(stored.position, decision_id, f"event {event.event_id}")
            if event.kind in ONCE_PER_SHOWING:
                kind = f"an invalid {event.kind.value}" if event.invalid else event.kind.value
                if (decision_id, kind) in kinds:
                    self._twice(stored.position, decision_id, kind)
                kinds[decision_id, kind] = stored.position
        self._look_for_originals(answered)

    def _look_for_originals(self, answered: set[Position]) -> None:
        """Complain of restored events whose first record there is none of."""
        for stored in seek(self._log, [position for position in self._restored if position not in answered]):
            event = stored.record
            if not isinstance(event, EventRecord) or self._kept.may_have_forgotten(event.claims.decided_ms):
                continue
            self._once.complain(
                f"position {stored.position}: restores event {event.event_id} of decision {event.claims.decision_id}, "
                f"which was not kept as {event.restored} before"
            )

    def _twice(self, position: Position, decision_id: int, name: str) -> None:
        self._once.complain(f"position {position}: decision {decision_id} has {name} a second time")

    def _judge(self, position: Position, event: EventRecord) -> None:
        claims = event.claims
        if event.charge_micros != claims.price_micros or not 0 < event.charge_micros <= MICROS_MAX:
            self._prices.complain(
                f"position {position}: charges {event.charge_micros}, the token's price is {claims.price_micros}"
            )
        if event.kind != claims.bills or not claims.ad_id:
            self._prices.complain(f"position {position}: charges for {event.kind.value}, which does not bill")
        if event.received_ms - claims.decided_ms > BILLS_FOR_MS:
            self._prices.complain(f"position {position}: charges later than 24 hours after the decision")
        if event.invalid:
            self._prices.complain(f"position {position}: charges for an event that broke the rule {event.invalid}")


def _heals(first: EventRecord, later: EventRecord) -> bool:
    """Tell whether the later record is the earlier one again, which was invalid for what had not come yet."""
    return (
        first.invalid == HEALED == later.restored
        and not first.restored
        and not later.invalid
        and (first.kind, first.value) == (later.kind, later.value)
    )
