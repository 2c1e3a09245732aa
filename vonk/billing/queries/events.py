"""From an event to its money and back: what it was billed, by which transfers; what a transfer stands for."""

from collections.abc import Container, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from vonk.billing import rules
from vonk.billing.actions.settlement import CONSUMER, UNKNOWN_ZONE
from vonk.billing.ledger import Reason
from vonk.billing.models import FindingEvent, SettledSegment, Transfer
from vonk.billing.queries.transfers import MoneyMoved, moved
from vonk.control import positions
from vonk.control.scope import Right, Scope
from vonk.core.clock import from_ms, hour_of
from vonk.core.errors import NotFound
from vonk.events.log import EventLog, Position, StoredRecord
from vonk.events.records import EventRecord
from vonk.events.tokens import BILLS_FOR_MS
from vonk.identity import queries as identity

_RECORDS_PER_READ: Final = 5_000
_OF_FINDINGS: Final = frozenset({Reason.CREDIT_NOTE.value, Reason.CREATOR_SHARE_REVERSED.value})


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


class EventMoved(msgspec.Struct, frozen=True, kw_only=True):
    """One event that a transfer stands for. ``price_micros`` is its whole price, of which the transfer may be a part."""

    position: int
    event_kind: str
    decision_id: int
    received_at: datetime
    price_micros: int


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


def events_moved(scope: Scope, log: EventLog, transfer_id: int) -> tuple[EventMoved, ...]:
    """Return the events that a transfer stands for, in the log's order; operators only.

    A charge stands for the group's events that were billed, with each source that it drew on, and so does the creator's
    share; a write-off for those that were not; what a finding moved for those that it found. None of a transfer that
    stands for no events. Of a segment settled before it was written down which events are billed, all with a charge.
    NotFound when there is no such transfer. Raises LogUnavailable when the log cannot be read.
    """
    scope.require(Right.OPERATE)
    row = Transfer.objects.filter(pk=transfer_id).first()
    if row is None:
        raise NotFound(noun="transfer")
    if row.first_position is None or row.last_position is None or row.account_id is None:
        return ()
    zone = _zone(row.account_id)
    wanted, unwanted = _wanted(row, row.last_position)
    return tuple(
        EventMoved(
            position=stored.position,
            event_kind=event.kind.value,
            decision_id=event.claims.decision_id,
            received_at=from_ms(event.received_ms),
            price_micros=event.charge_micros,
        )
        for stored in _read(log, row.first_position, row.last_position)
        if isinstance(event := stored.record, EventRecord)
        and _is_of(event, row, zone)
        and (wanted is None or stored.position in wanted)
        and stored.position not in unwanted
    )


def _wanted(row: Transfer, last_position: int) -> tuple[Container[int] | None, Container[int]]:
    """Return which of its group's positions the transfer stands for (None: all), and for which it does not."""
    if row.reason in _OF_FINDINGS:
        finding_id = int(row.key.split(":")[1])
        found = FindingEvent.objects.filter(finding_id=finding_id)
        return frozenset(found.values_list("position", flat=True)), ()
    segment = SettledSegment.objects.filter(last_position=last_position).first()
    if segment is None:
        return None, ()
    written_off = frozenset(rules.unpacked(bytes(segment.written_off)))
    if row.reason == Reason.WRITE_OFF.value:
        return written_off, ()
    return None, written_off.union(rules.unpacked(bytes(segment.repeated)))


def _read(log: EventLog, first: int, last: int) -> Iterator[StoredRecord]:
    after = first - 1
    while after < last and (records := log.read(Position(after), min(_RECORDS_PER_READ, last - after))):
        yield from (stored for stored in records if stored.position <= last)  # What was forgotten is passed over.
        after = records[-1].position


def _is_of(event: EventRecord, row: Transfer, zone: ZoneInfo) -> bool:
    """Tell whether a billable event belongs to the group that the transfer is about."""
    claims, received_at = event.claims, from_ms(event.received_ms)
    return (
        event.charge_micros > 0
        and event.received_ms - claims.decided_ms <= BILLS_FOR_MS
        and (claims.ad_id, claims.post_id, claims.grant_id) == (row.ad_id, row.post_id, row.grant_id)
        and event.kind.value == row.event_kind
        and hour_of(received_at) == row.hour_at
        and received_at.astimezone(zone).date() == row.day
    )


def _zone(account_id: int) -> ZoneInfo:
    account = identity.accounts_facts([account_id]).get(account_id)
    return ZoneInfo(account.time_zone if account is not None else UNKNOWN_ZONE)


def _transfers(event: EventRecord, last_position: int) -> tuple[MoneyMoved, ...]:
    claims = event.claims
    received_at = from_ms(event.received_ms)
    rows = Transfer.objects.filter(
        last_position=last_position,
        account_id=claims.account_id,
        ad_id=claims.ad_id,
        post_id=claims.post_id,
        grant_id=claims.grant_id,
        event_kind=event.kind.value,
        hour_at=hour_of(received_at),
        day=received_at.astimezone(_zone(claims.account_id)).date(),
        currency=claims.currency,
    )
    return tuple(moved(row) for row in rows.select_related("debit", "credit").order_by("pk"))
