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
from vonk.events.records import ONCE_PER_SHOWING, EventRecord
from vonk.events.tokens import BILLS_FOR_MS

HEALED: Final = "not_rendered"  # The one rule that what comes later can heal: the same event is then logged again.
SUSPECTS_MAX: Final = 1_000_000  # Looked at one by one; some 200 MB. The books are beyond help where there are more.


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
        positions = column(list(page.event_positions))
        ids = column([hash((event.claims.decision_id, event.event_id)) for event in events])
        self._rows.add(ids, positions)
        # A restored event is there a second time; that it is the same kind as before is seen where the two are compared.
        kinds = column([
            hash((event.claims.decision_id, event.kind)) if event.kind in ONCE_PER_SHOWING and not event.restored else 0
            for event in events
        ])  # fmt: skip
        chosen = kinds != 0
        self._rows.add(kinds[chosen], positions[chosen])
        if any([event.restored for event in events]):  # noqa: C419 - a list is faster.
            pairs = zip(page.event_positions, events, strict=True)
            self._restored += [position for position, event in pairs if event.restored]

    def _compare(self) -> None:
        """Read again what may be there twice, and say what is."""
        suspects = [part for rows in self._rows.parts() if len(part := repeated(rows))]
        positions = np.unique(np.concatenate([part[:, 1] for part in suspects])) if suspects else column([])
        if len(positions) > SUSPECTS_MAX:
            self._once.complain_of(len(positions) - SUSPECTS_MAX)
            positions = positions[:SUSPECTS_MAX]
        by_id: dict[tuple[int, str], EventRecord] = {}
        kinds: dict[tuple[int, str], Position] = {}
        healed: set[Position] = set()
        for stored in seek(self._log, positions.tolist()):
            event = stored.record
            if not isinstance(event, EventRecord):
                continue
            decision_id = event.claims.decision_id
            first = by_id.setdefault((decision_id, event.event_id), event)
            if first is not event:
                if _heals(first, event):
                    healed.add(stored.position)
                    by_id[decision_id, event.event_id] = event  # A third time would heal nothing.
                else:
                    self._twice(stored.position, decision_id, f"event {event.event_id}")
            if event.kind in ONCE_PER_SHOWING and not event.restored:
                if (decision_id, event.kind.value) in kinds:
                    self._twice(stored.position, decision_id, event.kind.value)
                kinds[decision_id, event.kind.value] = stored.position
        self._look_for_originals(healed)

    def _look_for_originals(self, healed: set[Position]) -> None:
        """Complain of restored events whose first record there is none of."""
        for stored in seek(self._log, [position for position in self._restored if position not in healed]):
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
        if claims.own:
            self._prices.complain(f"position {position}: charges for a showing to one of its own people")


def _heals(first: EventRecord, later: EventRecord) -> bool:
    """Tell whether the later record is the earlier one again, which was invalid for what had not come yet."""
    return (
        first.invalid == HEALED == later.restored
        and not first.restored
        and not later.invalid
        and (first.kind, first.value) == (later.kind, later.value)
    )
