"""Endpoints and what was sent to them, as their owner reads it."""

from datetime import datetime

import msgspec

from vonk.control.held import Part, part
from vonk.control.models import WebhookDelivery, WebhookEndpoint
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Scope
from vonk.control.webhooks import reach
from vonk.control.webhooks.bodies import body_of
from vonk.control.webhooks.rules import DeliveryState, OwnerKind, PauseReason
from vonk.core.errors import NotFound


class EndpointView(msgspec.Struct, frozen=True):
    """An endpoint. ``topics`` empty: everything. ``former_secret_until`` None: one secret signs."""

    id: int
    url: str
    topics: tuple[str, ...]
    made_at: datetime
    paused_at: datetime | None
    pause_reason: PauseReason | None
    failing_since: datetime | None
    former_secret_until: datetime | None
    waiting: int


class DeliveryView(msgspec.Struct, frozen=True):
    """One event and how its sending went. ``body`` is what is sent; ``status`` None: no answer, or no attempt yet."""

    id: int
    event_id: int
    topic: str
    at: datetime
    sequence: int | None
    state: DeliveryState
    attempts: int
    attempted_at: datetime | None
    next_at: datetime | None
    status: int | None
    error: str
    body: str


def endpoints(scope: Scope, now: datetime) -> list[EndpointView]:
    """Return the owner's endpoints, newest first: at most rules.ENDPOINTS_MAX."""
    return [_endpoint(row, now) for row in reach.own(scope).order_by("-pk")]


def endpoint(scope: Scope, endpoint_id: int, now: datetime) -> EndpointView:
    """Return one endpoint of the owner."""
    return _endpoint(_own(scope, endpoint_id), now)


def deliveries(
    scope: Scope, endpoint_id: int, paging: Paging, *, state: DeliveryState | None = None
) -> Page[DeliveryView]:
    """Return what was and will be sent to an endpoint, newest first; of one state, or all."""
    rows = _own(scope, endpoint_id).deliveries.select_related("event", "endpoint")
    return page_of(rows if state is None else rows.filter(state=state.value), paging, _delivery)


def owner_of_endpoint(endpoint_id: int) -> tuple[OwnerKind, int, str]:
    """Return whose an endpoint is and its address, for the letter that tells them of its pause."""
    row = WebhookEndpoint.objects.get(pk=endpoint_id)
    return OwnerKind(row.owner_kind), row.owner_id, row.url


def held_part(person_id: int) -> Part:
    """Return what is held of the person here, for their own reading (GDPR art. 15). Secrets are not among it."""
    rows = WebhookEndpoint.objects.filter(owner_kind=OwnerKind.PERSON.value, owner_id=person_id)
    return part("webhook_endpoints", rows, "url", "topics", "made_at", "paused_at", "deleted_at")


def _own(scope: Scope, endpoint_id: int) -> WebhookEndpoint:
    row = reach.own(scope).filter(pk=endpoint_id).first()
    if row is None:
        raise NotFound(noun="endpoint")
    return row


def _endpoint(row: WebhookEndpoint, now: datetime) -> EndpointView:
    both = row.former_until is not None and now < row.former_until
    return EndpointView(
        id=row.pk,
        url=row.url,
        topics=tuple(row.topics),
        made_at=row.made_at,
        paused_at=row.paused_at,
        pause_reason=PauseReason(row.pause_reason) if row.paused_at is not None else None,
        failing_since=row.failing_since,
        former_secret_until=row.former_until if both else None,
        waiting=row.deliveries.filter(state=DeliveryState.WAITING.value).count(),
    )


def _delivery(row: WebhookDelivery) -> DeliveryView:
    return DeliveryView(
        id=row.pk,
        event_id=row.event_id,
        topic=row.event.topic,
        at=row.event.at,
        sequence=row.sequence,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        attempted_at=row.attempted_at,
        next_at=row.next_at if row.state == DeliveryState.WAITING.value else None,
        status=row.status,
        error=row.error,
        body=body_of(row).decode(),
    )
