"""Findings: events that turn out invalid after they were billed; and any event followed to its money."""

from datetime import datetime

import msgspec

from vonk.billing import queries
from vonk.billing.actions import findings
from vonk.billing.actions.findings import Reversal
from vonk.billing.queries import EventMoney, FindingView, FoundEvent
from vonk.control import event_log
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.core.clock import from_ms
from vonk.events.records import EventRecord, Kind
from vonk.reporting import log_search
from vonk.wire.codec import Body, Id, Instant
from vonk.wire.operation import Call, Nothing, Paged, operation


class NewFinding(Body, frozen=True):
    """Positions of events in the log, and the rule that they broke: one of the validity rules, or a name of your own."""

    positions: tuple[int, ...]
    rule: str
    reason: str


class Search(Body, frozen=True):
    """Events received from ``start`` to ``end`` (exclusive); of one ad, viewer or kind where given.

    ``rule``: the validity rule that was broken, "" for valid events only.
    """

    start: Instant
    end: Instant
    ad_id: Id | None = None
    viewer: str | None = None
    kind: Kind | None = None
    rule: str | None = None


class LoggedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the log. ``invalid`` names the rule it broke, "" when it is valid; ``ad_id`` "0" is organic."""

    position: int
    event_kind: str
    received_at: datetime
    ad_id: int
    post_id: int
    viewer: str
    invalid: str
    charge_micros: int
    currency: str


class Suspect(msgspec.Struct, frozen=True):
    """A viewer's pseudonym, how many of the events found are theirs, and how many of those are invalid."""

    viewer: str
    events: int
    invalid: int


class SearchResult(msgspec.Struct, frozen=True, kw_only=True):
    """``count`` and ``invalid`` count all that was found; ``items`` are the first of them.

    ``complete`` is false when the log holds more than one search reads or keeps: narrow the time.
    """

    items: tuple[LoggedEvent, ...]
    count: int
    invalid: int
    viewers: tuple[Suspect, ...]
    complete: bool


@operation(
    "POST",
    "/findings",
    may=Right.OPERATE,
    summary="Take billed events back",
    example={"positions": [120, 124], "rule": "too_many", "reason": "One machine under many names."},
)
def create_finding(call: Call[NewFinding, Nothing]) -> Reversal:
    """What they were billed goes back by a credit note for each ad account; the same events again change nothing."""
    asked = call.body
    with event_log.lent() as log:
        return findings.reverse(
            call.scope, log, positions=asked.positions, rule=asked.rule, reason=asked.reason, now=call.now
        )


@operation("GET", "/findings", may=Right.OPERATE, summary="List findings")
def list_findings(call: Call[Nothing, Paged]) -> Page[FindingView]:
    """Newest first."""
    return queries.findings(call.scope, call.query.paging())


@operation("GET", "/findings/{finding_id}", may=Right.OPERATE, summary="Read a finding")
def read_finding(call: Call[Nothing, Nothing]) -> FindingView:
    """Who found what, and its credit notes."""
    return queries.finding(call.scope, call.id("finding_id"))


@operation("GET", "/findings/{finding_id}/events", may=Right.OPERATE, summary="List the events of a finding")
def list_events(call: Call[Nothing, Paged]) -> Page[FoundEvent]:
    """Each with its position in the log and what it had been billed."""
    return queries.found_events(call.scope, call.query.paging(), finding_id=call.id("finding_id"))


@operation("GET", "/event_log", may=Right.OPERATE, summary="Search the events of the log")
def search_events(call: Call[Nothing, Search]) -> SearchResult:
    """As they were judged when they came, with the positions that a finding names."""
    asked = call.query
    wanted = log_search.Wanted(
        start=asked.start,
        end=asked.end,
        ad_id=asked.ad_id,
        viewer_id=asked.viewer,
        kind=asked.kind,
        rule=asked.rule,
    )
    with event_log.lent() as log:
        found = log_search.search(call.scope, log, wanted)
    return SearchResult(
        items=tuple(
            _logged(stored.position, stored.record) for stored in found.events if isinstance(stored.record, EventRecord)
        ),
        count=found.count,
        invalid=found.invalid,
        viewers=tuple(Suspect(one.viewer_id, one.events, one.invalid) for one in found.viewers),
        complete=found.complete,
    )


@operation("GET", "/event_log/{position}/money", may=Right.OPERATE, summary="Follow an event to its money")
def read_event(call: Call[Nothing, Nothing]) -> EventMoney:
    """What the event at this position of the log was billed, by which transfers, and what went back."""
    with event_log.lent() as log:
        return queries.event_money(call.scope, log, call.id("position"))


def _logged(position: int, event: EventRecord) -> LoggedEvent:
    claims = event.claims
    return LoggedEvent(
        position=position,
        event_kind=event.kind.value,
        received_at=from_ms(event.received_ms),
        ad_id=claims.ad_id,
        post_id=claims.post_id,
        viewer=claims.viewer_id,
        invalid=event.invalid,
        charge_micros=event.charge_micros,
        currency=claims.currency,
    )
