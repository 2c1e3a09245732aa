"""Every event is in the log once, and bills what its token says or nothing."""

from collections.abc import Sequence

from vonk.billing.proving.checks import Check, Finding
from vonk.billing.proving.scratch import Scratch
from vonk.events.log import Position, StoredRecord
from vonk.events.records import ONCE_PER_SHOWING, EventRecord
from vonk.events.tokens import BILLS_FOR_MS


class EventsWitness:
    """Looks at events one by one."""

    def __init__(self, scratch: Scratch, until: Position) -> None:
        self.until = until
        self._scratch = scratch
        self._once = Finding("events_are_there_once")
        self._prices = Finding("charges_are_the_tokens_price")

    def see(self, records: Sequence[StoredRecord]) -> None:
        """Note each event's id, and its kind where a showing has it once; judge its charge."""
        keys: dict[tuple[int, str], Position] = {}
        for stored in records:
            event = stored.record
            if not isinstance(event, EventRecord):
                continue
            self._once.count()
            decision_id = event.claims.decision_id
            names = [f"event {event.event_id}"]
            if event.kind in ONCE_PER_SHOWING:
                names.append(event.kind.value)
            for name in names:
                if (decision_id, name) in keys:
                    self._twice(stored.position, decision_id, name)
                keys[decision_id, name] = stored.position
            if event.charge_micros:
                self._judge(stored.position, event)
        for decision_id, name in keys.keys() - self._scratch.new_events(list(keys)):
            self._twice(keys[decision_id, name], decision_id, name)

    def checks(self) -> list[Check]:
        return [self._once.check(), self._prices.check()]

    def _twice(self, position: Position, decision_id: int, name: str) -> None:
        self._once.complain(f"position {position}: decision {decision_id} has {name} a second time")

    def _judge(self, position: Position, event: EventRecord) -> None:
        claims = event.claims
        self._prices.count()
        if event.charge_micros != claims.price_micros or event.charge_micros < 0:
            self._prices.complain(
                f"position {position}: charges {event.charge_micros}, the token's price is {claims.price_micros}"
            )
        if event.kind != claims.bills or not claims.ad_id:
            self._prices.complain(f"position {position}: charges for {event.kind.value}, which does not bill")
        if event.received_ms - claims.decided_ms > BILLS_FOR_MS:
            self._prices.complain(f"position {position}: charges later than 24 hours after the decision")
