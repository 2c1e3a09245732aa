"""Send what is due: claimed by conditional UPDATE, carried without any transaction, settled in one of its own."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog
from cryptography.fernet import InvalidToken
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.module_loading import import_string
from prometheus_client import Counter

from vonk.control.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from vonk.control.webhooks import secrets
from vonk.control.webhooks.bodies import body_of
from vonk.control.webhooks.carrier import Answer, Carrier
from vonk.control.webhooks.rules import (
    CLAIM,
    GIVE_UP,
    KEPT,
    RETRY_SECONDS,
    DeliveryState,
    PauseReason,
    next_attempt_at,
    signature,
)

BATCH: Final = 20  # Claimed in one go.
PER_ENDPOINT: Final = 5  # Of these at most to one endpoint; one alone while it fails.
ENDPOINTS: Final = 100  # Looked at in one go.
TIDY_MAX: Final = 1_000  # Rows deleted in one go.
PAUSED_JOB: Final = "vonk.identity.jobs.tell_of_paused_webhook"  # By name: letters are identity's.

_ATTEMPTS = Counter("vonk_webhook_attempts_total", "Attempts to send an event to an endpoint", ["outcome"])
_PAUSED = Counter("vonk_webhook_endpoints_paused_total", "Endpoints paused because they did not answer for 72 hours")
_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Sending(msgspec.Struct, frozen=True):
    """An event that this process has claimed."""

    delivery_id: int
    endpoint_id: int
    claimed_until: datetime
    url: str
    topic: str
    event_id: int
    body: bytes
    secrets: tuple[str, ...]


def claim(now: datetime, *, at_most: int = BATCH) -> list[Sending]:
    """Claim events that are due, fairly among their endpoints. Whoever dies with one leaves it to others after a minute."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = WebhookDelivery.objects.filter(free, state=DeliveryState.WAITING.value, next_at__lte=now)
    ready = Q(not_before=None) | Q(not_before__lte=now)
    open_ = WebhookEndpoint.objects.filter(ready, deleted_at=None, paused_at=None)
    with_due = open_.filter(Exists(due.filter(endpoint=OuterRef("pk")))).order_by("?")[:ENDPOINTS]
    claimed: list[Sending] = []
    for endpoint in with_due:
        if len(claimed) >= at_most:
            break
        room = min(at_most - len(claimed), 1 if endpoint.failing_since is not None else PER_ENDPOINT)
        for delivery_id in list(
            due.filter(endpoint=endpoint).order_by("next_at", "pk").values_list("pk", flat=True)[:room]
        ):
            sending = _claim(endpoint.pk, delivery_id, free, now)
            if sending is not None:
                claimed.append(sending)
    return claimed


def send(sending: Sending, carrier: Carrier, *, signed_at: int) -> Answer:
    """Carry one event. No transaction is open: the other side may take its time."""
    assert not connection.in_atomic_block, "A transaction never waits for the network."
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Vonk-Webhooks/1",
        "Vonk-Event": str(sending.event_id),
        "Vonk-Topic": sending.topic,
        "Vonk-Signature": signature(sending.secrets, sending.body, signed_at),
    }
    return carrier.post(sending.url, sending.body, headers)


@transaction.atomic
def settle(sending: Sending, answer: Answer, *, now: datetime, chance: Callable[[], float] = random.random) -> None:
    """Write down how the attempt went: done, again later, or failed; an endpoint that failed for 72 hours is paused."""
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=sending.endpoint_id)
    mine = WebhookDelivery.objects.filter(
        pk=sending.delivery_id, state=DeliveryState.WAITING.value, claimed_until=sending.claimed_until
    )
    delivery = mine.first()
    if delivery is None:
        return  # Its owner sent it anew meanwhile, or the claim had run out: whoever has it now settles it.
    told = {"claimed_until": None, "attempted_at": now, "status": answer.status, "error": answer.error}
    if not answer.error:
        mine.update(**told, state=DeliveryState.DELIVERED.value)
        if endpoint.failing_since is not None:
            endpoint.failing_since = endpoint.not_before = None
            endpoint.save(update_fields=["failing_since", "not_before"])
        _ATTEMPTS.labels("delivered").inc()
        return
    _ATTEMPTS.labels(answer.error).inc()
    following = next_attempt_at(delivery.attempts, since=delivery.since, now=now, chance=chance())
    if following is None:
        mine.update(**told, state=DeliveryState.FAILED.value)
    else:
        mine.update(**told, next_at=following)
    _note_failure(endpoint, following, now)


def tidy(now: datetime) -> int:
    """Delete what is older than 30 days, and what deleted endpoints leave behind; return how many deliveries went."""
    old = Q(event__at__lt=now - KEPT) | Q(endpoint__deleted_at__isnull=False)
    ids = list(WebhookDelivery.objects.filter(old).order_by("pk").values_list("pk", flat=True)[:TIDY_MAX])
    with transaction.atomic():
        for first in range(0, len(ids), 500):
            WebhookDelivery.objects.filter(pk__in=ids[first : first + 500]).delete()
        orphans = WebhookEvent.objects.filter(~Exists(WebhookDelivery.objects.filter(event=OuterRef("pk"))))
        gone = list(orphans.order_by("pk").values_list("pk", flat=True)[:TIDY_MAX])
        for first in range(0, len(gone), 500):
            WebhookEvent.objects.filter(pk__in=gone[first : first + 500]).delete()
        WebhookEndpoint.objects.filter(
            ~Exists(WebhookDelivery.objects.filter(endpoint=OuterRef("pk"))), deleted_at__lt=now - KEPT
        ).delete()
    return len(ids)


def waiting_count() -> int:
    """Return how many events wait to be sent to endpoints that are not paused."""
    return WebhookDelivery.objects.filter(state=DeliveryState.WAITING.value, endpoint__paused_at=None).count()


@transaction.atomic
def _claim(endpoint_id: int, delivery_id: int, free: Q, now: datetime) -> Sending | None:
    """Take one for this process and give it its number; None when another was first."""
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=endpoint_id)
    until = now + CLAIM
    entitled = WebhookDelivery.objects.filter(free, pk=delivery_id, state=DeliveryState.WAITING.value).update(
        claimed_until=until, attempts=F("attempts") + 1
    )
    if entitled == 0 or endpoint.paused_at is not None or endpoint.deleted_at is not None:
        transaction.set_rollback(True)
        return None
    delivery = WebhookDelivery.objects.select_related("event").get(pk=delivery_id)
    try:
        good = secrets.of(endpoint, now)
    except (InvalidToken, ValueError):  # Its secret was sealed under another key: it can never be signed.
        WebhookDelivery.objects.filter(pk=delivery_id).update(
            state=DeliveryState.FAILED.value, error="secret_unreadable", claimed_until=None
        )
        _log.error("webhook.secret_unreadable", endpoint_id=endpoint_id)
        return None
    if delivery.attempts == 1:  # It may have been written for an instant that nobody was there to notice.
        delivery.since = now
    if delivery.sequence is None:
        endpoint.last_sequence += 1
        endpoint.save(update_fields=["last_sequence"])
        delivery.sequence = endpoint.last_sequence
    delivery.save(update_fields=["since", "sequence"])
    return Sending(
        delivery_id, endpoint_id, until, endpoint.url, delivery.event.topic, delivery.event_id, body_of(delivery),
        tuple(good),
    )  # fmt: skip


def _note_failure(endpoint: WebhookEndpoint, following: datetime | None, now: datetime) -> None:
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.not_before = following or now + timedelta(seconds=RETRY_SECONDS[0])
    if now - endpoint.failing_since >= GIVE_UP and endpoint.paused_at is None:
        endpoint.paused_at, endpoint.pause_reason = now, PauseReason.FAILING.value
        stale = endpoint.deliveries.filter(state=DeliveryState.WAITING.value, since__lte=now - GIVE_UP)
        stale.update(state=DeliveryState.FAILED.value, error="endpoint_paused", claimed_until=None)
        import_string(PAUSED_JOB).enqueue(endpoint.pk)
        _PAUSED.inc()
        _log.warning("webhook.paused", endpoint_id=endpoint.pk)
    endpoint.save(update_fields=["failing_since", "not_before", "paused_at", "pause_reason"])
