"""Write down what happened for those who listen, in the transaction of its cause."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db import connection
from django.db.models import Q

from vonk.control.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from vonk.control.webhooks.rules import DeliveryState, OwnerKind, wants
from vonk.core.ids import new_id

_BATCH: Final = 50  # Rows a statement; SQLite binds at most 999 values on old builds.


class Owner(msgspec.Struct, frozen=True):
    """Somebody whom an event concerns."""

    kind: OwnerKind
    id: int


class Happening(msgspec.Struct, frozen=True):
    """One event: ``payload`` is JSON, without anything that one of its owners must not see."""

    topic: str
    at: datetime
    payload: str


def anybody_listens() -> bool:
    """Say whether there is any endpoint at all: so long as there is none, an event costs this one look."""
    return WebhookEndpoint.objects.filter(deleted_at=None).exists()


def emit(owners: Collection[Owner], happenings: Sequence[Happening], *, now: datetime) -> int:
    """Have the events sent to the owners' endpoints that listen to them; return how many will be.

    A paused endpoint gets them when it goes on. Takes no lock: an endpoint never holds up what it is told of.
    """
    assert connection.in_atomic_block, "An event is written in the transaction of its cause."
    concerned = Q()
    for owner in owners:
        concerned |= Q(owner_kind=owner.kind.value, owner_id=owner.id)
    if not owners or not happenings:
        return 0
    endpoints = list(WebhookEndpoint.objects.filter(concerned, deleted_at=None).values_list("pk", "topics"))
    events: list[WebhookEvent] = []
    deliveries: list[WebhookDelivery] = []
    for happening in happenings:
        listening = [endpoint_id for endpoint_id, topics in endpoints if wants(topics, happening.topic)]
        if listening:
            event = WebhookEvent(id=new_id(), topic=happening.topic, at=happening.at, payload=happening.payload)
            events.append(event)
            deliveries += [delivery_of(endpoint_id, event, now) for endpoint_id in listening]
    WebhookEvent.objects.bulk_create(events, batch_size=_BATCH)
    WebhookDelivery.objects.bulk_create(deliveries, batch_size=_BATCH)
    return len(deliveries)


def delivery_of(endpoint_id: int, event: WebhookEvent, now: datetime) -> WebhookDelivery:
    """Return one that waits to be sent."""
    return WebhookDelivery(
        endpoint_id=endpoint_id, event=event, state=DeliveryState.WAITING.value, since=now, next_at=now
    )
