"""What an owner does with their endpoints: add, change, pause, rotate the secret, try, send anew, delete."""

from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from vonk.control import audit
from vonk.control.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from vonk.control.models.webhooks import URL_CHARS_MAX
from vonk.control.scope import Scope
from vonk.control.webhooks import reach, secrets
from vonk.control.webhooks.emitting import delivery_of
from vonk.control.webhooks.errors import (
    ReplayTooLong,
    WebhookAddressInvalid,
    WebhookPaused,
    WebhooksLimited,
    WebhookTopicInvalid,
)
from vonk.control.webhooks.rules import (
    ENDPOINTS_MAX,
    FORMER_SECRET,
    PING,
    REPLAY_MAX,
    DeliveryState,
    OwnerKind,
    PauseReason,
    topic_fault,
    url_fault,
)
from vonk.core.errors import NotFound, Phrase
from vonk.core.ids import new_id


class NewSecret(msgspec.Struct, frozen=True):
    """An endpoint and its secret, which is shown this once."""

    endpoint_id: int
    secret: str


class Replayed(msgspec.Struct, frozen=True):
    """How many events are sent anew."""

    events: int


@transaction.atomic
def add(scope: Scope, *, url: str, topics: tuple[str, ...] = (), now: datetime) -> NewSecret:
    """Have events sent to an address from now on. Raises WebhookAddressInvalid, WebhookTopicInvalid, WebhooksLimited."""
    owner = reach.owner_of(scope)
    _require(url, topics)
    held = WebhookEndpoint.objects.select_for_update().filter(
        owner_kind=owner.kind.value, owner_id=owner.id, deleted_at=None
    )
    if len(held) >= ENDPOINTS_MAX:
        raise WebhooksLimited
    made, secret = new_id(), secrets.generate()
    endpoint = WebhookEndpoint.objects.create(
        id=made,
        owner_kind=owner.kind.value,
        owner_id=owner.id,
        url=url,
        topics=list(dict.fromkeys(topics)),
        secret_sealed=secrets.seal(made, secret),
        made_at=now,
        made_by=scope.person,
    )
    _record(scope, "added", endpoint, now)
    return NewSecret(made, secret)


@transaction.atomic
def change(scope: Scope, endpoint_id: int, *, url: str, topics: tuple[str, ...], now: datetime) -> None:
    """Send to another address, or other topics. What waits goes to the new address."""
    endpoint = reach.locked(scope, endpoint_id)
    _require(url, topics)
    if url != endpoint.url:
        endpoint.failing_since = endpoint.not_before = None
    endpoint.url, endpoint.topics = url, list(dict.fromkeys(topics))
    endpoint.save(update_fields=["url", "topics", "failing_since", "not_before"])
    _record(scope, "changed", endpoint, now)


@transaction.atomic
def pause(scope: Scope, endpoint_id: int, *, now: datetime) -> bool:
    """Send nothing until it goes on; events wait for it. Return False when it was paused already."""
    endpoint = reach.locked(scope, endpoint_id)
    if endpoint.paused_at is not None:
        return False
    endpoint.paused_at, endpoint.pause_reason = now, PauseReason.OWNER.value
    endpoint.save(update_fields=["paused_at", "pause_reason"])
    _record(scope, "paused", endpoint, now)
    return True


@transaction.atomic
def resume(scope: Scope, endpoint_id: int, *, now: datetime) -> bool:
    """Let it go on, with what has waited: for that, 72 hours begin anew. Return False when it was not paused."""
    endpoint = reach.locked(scope, endpoint_id)
    if endpoint.paused_at is None:
        return False
    endpoint.paused_at, endpoint.pause_reason = None, ""
    endpoint.failing_since = endpoint.not_before = None
    endpoint.save(update_fields=["paused_at", "pause_reason", "failing_since", "not_before"])
    endpoint.deliveries.filter(state=DeliveryState.WAITING.value).update(since=now, next_at=now, attempts=0)
    _record(scope, "resumed", endpoint, now)
    return True


@transaction.atomic
def rotate_secret(scope: Scope, endpoint_id: int, *, now: datetime) -> NewSecret:
    """Sign with a new secret; the former one signs, too, for 24 hours."""
    endpoint = reach.locked(scope, endpoint_id)
    secret = secrets.generate()
    endpoint.former_sealed, endpoint.former_until = endpoint.secret_sealed, now + FORMER_SECRET
    endpoint.secret_sealed = secrets.seal(endpoint.pk, secret)
    endpoint.save(update_fields=["secret_sealed", "former_sealed", "former_until"])
    _record(scope, "secret_rotated", endpoint, now)
    return NewSecret(endpoint.pk, secret)


@transaction.atomic
def delete(scope: Scope, endpoint_id: int, *, now: datetime) -> None:
    """Forget the address and its secret; nothing is sent there any more."""
    endpoint = reach.locked(scope, endpoint_id)
    _bury(endpoint, now)
    _record(scope, "deleted", endpoint, now)


@transaction.atomic
def ping(scope: Scope, endpoint_id: int, *, now: datetime) -> int:
    """Send a test event, like any other; return its delivery's id. Raises WebhookPaused."""
    endpoint = reach.locked(scope, endpoint_id)
    if endpoint.paused_at is not None:
        raise WebhookPaused
    event = WebhookEvent.objects.create(topic=PING, at=now, payload="{}")
    delivery = delivery_of(endpoint.pk, event, now)
    delivery.save(force_insert=True)
    return delivery.pk


@transaction.atomic
def replay(scope: Scope, endpoint_id: int, delivery_id: int, *, now: datetime) -> bool:
    """Send one event anew, whatever became of it, under the same id; return False when it waits to be sent anyway."""
    endpoint = reach.locked(scope, endpoint_id)
    delivery = endpoint.deliveries.filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound(noun="event")
    return _again(WebhookDelivery.objects.filter(pk=delivery_id), now) > 0


@transaction.atomic
def replay_span(scope: Scope, endpoint_id: int, *, start: datetime, end: datetime, now: datetime) -> Replayed:
    """Send anew what happened from ``start`` until before ``end``. Raises ReplayTooLong; then nothing is."""
    endpoint = reach.locked(scope, endpoint_id)
    chosen = endpoint.deliveries.filter(event__at__gte=start, event__at__lt=end)
    if chosen[: REPLAY_MAX + 1].count() > REPLAY_MAX:
        raise ReplayTooLong
    ids = list(chosen.values_list("pk", flat=True))
    events = sum(
        _again(WebhookDelivery.objects.filter(pk__in=ids[first : first + 500]), now)
        for first in range(0, len(ids), 500)
    )
    return Replayed(events)


def forget_person(person_id: int, *, now: datetime) -> int:
    """Delete an erased person's endpoints; return how many there were."""
    rows = WebhookEndpoint.objects.filter(owner_kind=OwnerKind.PERSON.value, owner_id=person_id, deleted_at=None)
    found = list(rows)
    for endpoint in found:
        _bury(endpoint, now)
    return len(found)


def _bury(endpoint: WebhookEndpoint, now: datetime) -> None:
    endpoint.url, endpoint.secret_sealed = "", b""
    endpoint.former_sealed = endpoint.former_until = None
    endpoint.deleted_at = now
    endpoint.save()
    waiting = endpoint.deliveries.filter(state=DeliveryState.WAITING.value)
    waiting.update(state=DeliveryState.FAILED.value, error="endpoint_deleted")


def _again(rows: "QuerySet[WebhookDelivery]", now: datetime) -> int:
    fresh = rows.exclude(state=DeliveryState.WAITING.value)
    return fresh.update(
        state=DeliveryState.WAITING.value, since=now, next_at=now, attempts=0, claimed_until=None, error="", status=None
    )


def _require(url: str, topics: tuple[str, ...]) -> None:
    if not 0 < len(url) <= URL_CHARS_MAX:
        raise WebhookAddressInvalid(reason=Phrase("1 to %(most)s characters", most=URL_CHARS_MAX))
    fault = url_fault(url, plain=reach.plain_allowed(), networks=reach.networks())
    if fault is not None:
        raise WebhookAddressInvalid(reason=fault)
    fault = topic_fault(topics)
    if fault is not None:
        raise WebhookTopicInvalid(reason=fault)


def _record(scope: Scope, act: str, endpoint: WebhookEndpoint, now: datetime) -> None:
    audit.record(scope, f"webhook.{act}", "webhook", endpoint.pk, at=now, detail={"owner": endpoint.owner_kind})
