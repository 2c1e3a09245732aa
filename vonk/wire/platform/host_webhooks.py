"""Webhooks of a host app: told what became of films that it had fetched or sent."""

from typing import Final

from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.control.webhooks import actions, queries
from vonk.control.webhooks.actions import NewSecret
from vonk.control.webhooks.queries import DeliveryView, EndpointView
from vonk.wire.operation import Call, Nothing, Paged, operation
from vonk.wire.platform.webhooks import Changed, Endpoint, Pinged

EXAMPLE: Final = {"url": "https://example.org/vonk", "topics": ["video.*"]}


@operation("GET", "/sync/webhooks", may=Right.HOST_SYNC, summary="List a host's webhooks")
def list_host_webhooks(call: Call[Nothing, Nothing]) -> list[EndpointView]:
    """Newest first; at most ten. Secrets are not among it."""
    return queries.endpoints(call.scope, call.now)


@operation("POST", "/sync/webhooks", may=Right.HOST_SYNC, summary="Add a host's webhook", example=EXAMPLE)
def add_host_webhook(call: Call[Endpoint, Nothing]) -> NewSecret:
    """The answer holds the secret that signs, this once. Topics are `video.ready` and `video.failed`."""
    return actions.add(call.scope, url=call.body.url, topics=call.body.topics, now=call.now)


@operation("DELETE", "/sync/webhooks/{endpoint_id}", may=Right.HOST_SYNC, summary="Delete a host's webhook")
def delete_host_webhook(call: Call[Nothing, Nothing]) -> None:
    """Nothing is sent there any more, and what was sent is forgotten."""
    actions.delete(call.scope, call.id("endpoint_id"), now=call.now)


@operation("POST", "/sync/webhooks/{endpoint_id}/resumption", may=Right.HOST_SYNC, summary="Let a host's webhook go on")
def resume_host_webhook(call: Call[Nothing, Nothing]) -> Changed:
    """One that took nothing for 72 hours is paused; what waited is sent."""
    return Changed(actions.resume(call.scope, call.id("endpoint_id"), now=call.now))


@operation("POST", "/sync/webhooks/{endpoint_id}/ping", may=Right.HOST_SYNC, summary="Try a host's webhook")
def ping_host_webhook(call: Call[Nothing, Nothing]) -> Pinged:
    """The topic is `ping`."""
    return Pinged(actions.ping(call.scope, call.id("endpoint_id"), now=call.now))


@operation(
    "GET", "/sync/webhooks/{endpoint_id}/deliveries", may=Right.HOST_SYNC, summary="List what a host's webhook was sent"
)
def list_deliveries_of_host_webhook(call: Call[Nothing, Paged]) -> Page[DeliveryView]:
    """Newest first: each event, how its sending went, and its body."""
    return queries.deliveries(call.scope, call.id("endpoint_id"), call.query.paging())
