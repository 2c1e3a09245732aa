"""Findings: events that turn out invalid after they were billed; and any event followed to its money."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string

from vonk.billing import queries
from vonk.billing.actions import findings
from vonk.billing.actions.findings import Reversal
from vonk.billing.queries import EventMoney, FindingView, FoundEvent
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.events.log import EventLog
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation

ENGINE: Final = "vonk.config.wiring.history"  # By name: wiring alone chooses engines, and it lies above the wire.


class NewFinding(Body, frozen=True):
    """Positions of events in the log, and the rule that they broke: one of the validity rules, or a name of your own."""

    positions: tuple[int, ...]
    rule: str
    reason: str


@contextmanager
def lent() -> Iterator[EventLog]:
    """Open the platform's event log, with its archive, for one call. Raises LogUnavailable."""
    log: EventLog = import_string(ENGINE)(settings.VONK)
    try:
        yield log
    finally:
        log.close()


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
    with lent() as log:
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


@operation("GET", "/event_log/{position}/money", may=Right.OPERATE, summary="Follow an event to its money")
def read_event(call: Call[Nothing, Nothing]) -> EventMoney:
    """What the event at this position of the log was billed, by which transfers, and what went back."""
    with lent() as log:
        return queries.event_money(call.scope, log, call.id("position"))
