"""The events of the log, searched by an operator: of which ad, viewer, kind and rule, and when."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vonk.advertising import queries as advertising
from vonk.control import event_log
from vonk.control.scope import Right, Scope
from vonk.core.clock import from_ms
from vonk.events.log import StoredRecord
from vonk.events.records import EventRecord
from vonk.reporting import log_search
from vonk.reporting.log_search import Found
from vonk.web.common.requests import now_of
from vonk.web.common.validity import rule_title
from vonk.web.operator.access import for_platform
from vonk.web.operator.forms import EventsForm, FindingForm

EVENTS_SHOWN: Final = 50
SPAN_DEFAULT: Final = timedelta(days=1)


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the log. ``rule`` is the title of what it broke, "" when it is valid."""

    position: int
    at: datetime
    kind: str
    ad_id: int
    ad_name: str
    viewer_id: str
    rule: str
    charge_micros: int
    currency: str
    decision_id: int


class EventsPage(msgspec.Struct, frozen=True):
    """What was found; None while the form is wrong."""

    found: Found | None
    rows: tuple[EventRow, ...]
    address: str  # The search itself, without its viewer, to be narrowed.


@require_safe
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the events that are asked for, of the last day when no time is."""
    form = EventsForm(filled(request, now_of(request)))
    if not form.is_valid():
        return render(request, "operator/invalid_events.html", {"page": EventsPage(None, (), ""), "form": form})
    with event_log.lent() as log:
        found = log_search.search(scope, log, form.wanted)
    record = EventsPage(found, rows_of(scope, found.events[:EVENTS_SHOWN]), without_viewer(request))
    context = {"page": record, "form": form, "finding": FindingForm(), "asked": tuple(form.data.items())}
    return render(request, "operator/invalid_events.html", context)


def filled(request: HttpRequest, now: datetime) -> dict[str, str]:
    """Return what is asked for, with the last day where no time is."""
    asked = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    until = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    asked.setdefault("start", f"{until - SPAN_DEFAULT:%Y-%m-%dT%H:%M}")
    asked.setdefault("end", f"{until:%Y-%m-%dT%H:%M}")
    return asked


def without_viewer(request: HttpRequest) -> str:
    """Return the query string but for the viewer."""
    query = request.GET.copy()
    query.pop("viewer", None)
    return query.urlencode()


def rows_of(scope: Scope, events: tuple[StoredRecord, ...]) -> tuple[EventRow, ...]:
    """Return the events as the page shows them."""
    records = [(stored.position, stored.record) for stored in events if isinstance(stored.record, EventRecord)]
    owners = advertising.owners(scope, {event.claims.ad_id for _, event in records})
    return tuple(
        EventRow(
            position=position,
            at=from_ms(event.received_ms),
            kind=event.kind.value.replace("_", " "),
            ad_id=event.claims.ad_id,
            ad_name=owners[event.claims.ad_id].name if event.claims.ad_id in owners else "",
            viewer_id=event.claims.viewer_id,
            rule=rule_title(event.invalid),
            charge_micros=event.charge_micros,
            currency=event.claims.currency,
            decision_id=event.claims.decision_id,
        )
        for position, event in records
    )
