"""From an event to its money: what it was billed, by which transfers, and what went back."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from vonk.billing import rules
from vonk.billing.actions.settlement import CONSUMER, UNKNOWN_ZONE
from vonk.billing.models import FindingEvent, SettledSegment, Transfer
from vonk.billing.queries.transfers import MoneyMoved, moved
from vonk.control import positions
from vonk.control.scope import Right, Scope
from vonk.core.clock import from_ms
from vonk.core.errors import NotFound
from vonk.events.log import EventLog, Position
from vonk.events.records import EventRecord
from vonk.events.tokens import BILLS_FOR_MS
from vonk.identity import queries as identity


class Fate(StrEnum):
    """What became of an event in the books."""

    WAITING = "waiting"  # Not settled yet.
    FREE = "free"  # It bears no charge.
    INVALID = "invalid"  # A rule of validity was broken, so it bears none.
    LATE = "late"  # Received more than 24 hours after its decision.
    REPEATED = "repeated"  # Its decision was billed before.
    WRITTEN_OFF = "written_off"  # For want of budget or funds.
    BILLED = "billed"
    GIVEN_BACK = "given_back"  # Billed, found invalid later, and given back.
    UNKNOWN = "unknown"  # Settled before it was written down which events are billed.


class EventMoney(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the log, and the transfers of its group: they stand for it together with the group's others."""

    position: int
    event_id: str
    event_kind: str
    decision_id: int
    received_at: datetime
    account_id: int
    ad_id: int
    post_id: int
    currency: str
    price_micros: int
    invalid: str
    fate: Fate
    finding_id: int | None
    transfers: tuple[MoneyMoved, ...]


def event_money(scope: Scope, log: EventLog, position: int) -> EventMoney:
    """Return what became of the event at a position of the log; operators only.

    NotFound when there is no event there. Raises LogUnavailable when the log cannot be read.
    """
    scope.require(Right.OPERATE)
    read = log.read(Position(position - 1), 1) if position > 0 else []
    if not read or read[0].position != position or not isinstance(read[0].record, EventRecord):
        raise NotFound(noun="event")
    event = read[0].record
    claims = event.claims
    fate, segment = _fate(position, event)
    found = FindingEvent.objects.filter(position=position).first()
    if found is not None and fate is Fate.BILLED:
        fate = Fate.GIVEN_BACK
    return EventMoney(
        position=position,
        event_id=event.event_id,
        event_kind=event.kind.value,
        decision_id=claims.decision_id,
        received_at=from_ms(event.received_ms),
        account_id=claims.account_id,
        ad_id=claims.ad_id,
        post_id=claims.post_id,
        currency=claims.currency,
        price_micros=event.charge_micros,
        invalid=event.invalid,
        fate=fate,
        finding_id=found.finding_id if found is not None else None,
        transfers=_transfers(event, segment) if segment is not None else (),
    )


def _fate(position: int, event: EventRecord) -> tuple[Fate, int | None]:
    """Return what became of it, and the last position of the segment whose transfers stand for it."""
    if event.invalid:
        return Fate.INVALID, None
    if event.charge_micros <= 0:
        return Fate.FREE, None
    if event.received_ms - event.claims.decided_ms > BILLS_FOR_MS:
        return Fate.LATE, None
    if position > positions.of(CONSUMER):
        return Fate.WAITING, None
    row = SettledSegment.objects.filter(last_position__gte=position).order_by("last_position").first()
    if row is None or row.first_position > position:
        return Fate.UNKNOWN, None
    if position in rules.unpacked(bytes(row.repeated)):
        return Fate.REPEATED, None
    if position in rules.unpacked(bytes(row.written_off)):
        return Fate.WRITTEN_OFF, row.last_position
    return Fate.BILLED, row.last_position


def _transfers(event: EventRecord, last_position: int) -> tuple[MoneyMoved, ...]:
    claims = event.claims
    received_at = from_ms(event.received_ms)
    account = identity.accounts_facts([claims.account_id]).get(claims.account_id)
    zone = ZoneInfo(account.time_zone if account is not None else UNKNOWN_ZONE)
    rows = Transfer.objects.filter(
        last_position=last_position,
        account_id=claims.account_id,
        ad_id=claims.ad_id,
        post_id=claims.post_id,
        grant_id=claims.grant_id,
        event_kind=event.kind.value,
        hour_at=received_at.replace(minute=0, second=0, microsecond=0),
        day=received_at.astimezone(zone).date(),
        currency=claims.currency,
    )
    return tuple(moved(row) for row in rows.select_related("debit", "credit").order_by("pk"))
