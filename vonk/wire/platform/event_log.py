"""A showing's events in the log, found by its decision's id or its token."""

from datetime import datetime

import msgspec

from vonk.control import event_log
from vonk.control.scope import Right
from vonk.core.clock import from_ms
from vonk.events.log import Position
from vonk.events.records import EventRecord
from vonk.reporting import showing_events
from vonk.wire.codec import Body, Id
from vonk.wire.operation import Call, Nothing, operation
from vonk.wire.platform.showings import signer


class OfShowing(Body, frozen=True):
    """``showing``: a decision's id, or the token that came with the post. ``after``: where an earlier search ended."""

    showing: str
    event_id: str = ""
    after: Id | None = None


class ShowingEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One record of the log. ``invalid`` names the rule it broke, "" when it is valid; ``ad_id`` "0" is organic."""

    position: int
    event_id: str
    event_kind: str
    received_at: datetime
    ad_id: int
    post_id: int
    invalid: str
    charge_micros: int
    currency: str


class ShowingEvents(msgspec.Struct, frozen=True, kw_only=True):
    """What was found. ``after`` says where to search on; null: no more of this showing can come."""

    decision_id: int
    items: tuple[ShowingEvent, ...]
    after: str | None


@operation("GET", "/event_log/events", may=Right.OPERATE, summary="Find a showing's events in the log")
def find_events(call: Call[Nothing, OfShowing]) -> ShowingEvents:
    """All of them, or the records of one event id. Reads 200,000 records at most, from the showing's instant on."""
    asked = call.query
    decision_id = showing_events.decision_id_of(asked.showing, signer())
    after = Position(asked.after) if asked.after is not None else None
    with event_log.lent() as log:
        found = showing_events.find(call.scope, log, decision_id, event_id=asked.event_id, after=after)
    records = [(stored.position, stored.record) for stored in found.events]
    return ShowingEvents(
        decision_id=decision_id,
        items=tuple(
            ShowingEvent(
                position=position,
                event_id=event.event_id,
                event_kind=event.kind.value,
                received_at=from_ms(event.received_ms),
                ad_id=event.claims.ad_id,
                post_id=event.claims.post_id,
                invalid=event.invalid,
                charge_micros=event.charge_micros,
                currency=event.claims.currency,
            )
            for position, event in records
            if isinstance(event, EventRecord)
        ),
        after=str(found.after) if found.after is not None else None,
    )
