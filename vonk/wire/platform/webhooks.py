"""Webhooks of a creator, of an ad account, of an organisation: the same operations for each."""

from typing import Final

import msgspec

from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.control.webhooks import actions, queries
from vonk.control.webhooks.actions import NewSecret, Replayed
from vonk.control.webhooks.queries import DeliveryView, EndpointView
from vonk.control.webhooks.rules import DeliveryState
from vonk.core.errors import FieldInvalid
from vonk.wire.codec import Body, Instant
from vonk.wire.operation import Call, Nothing, Paged, operation


class Endpoint(Body, frozen=True):
    """``topics`` as ``consent.revoked`` or ``consent.*``; empty for everything."""

    url: str
    topics: tuple[str, ...] = ()


class Span(Body, frozen=True):
    """From ``start`` until before ``end``."""

    start: Instant
    end: Instant


class Deliveries(Paged, frozen=True):
    """``state`` is waiting, delivered or failed; without it all."""

    state: str | None = None


class Changed(msgspec.Struct, frozen=True):
    """``changed`` is False when it was so already."""

    changed: bool


class Pinged(msgspec.Struct, frozen=True):
    delivery_id: int


EXAMPLE: Final = {"url": "https://example.org/vonk", "topics": ["consent.*"]}
SPAN: Final = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-02T00:00:00Z"}


def _state(text: str | None) -> DeliveryState | None:
    try:
        return None if text is None else DeliveryState(text)
    except ValueError as error:
        raise FieldInvalid("state", "waiting, delivered or failed") from error


@operation("GET", "/me/webhooks", may=Right.CREATE, summary="List one's webhooks")
def list_own_webhooks(call: Call[Nothing, Nothing]) -> list[EndpointView]:
    """Newest first; at most ten. Secrets are not among it."""
    return queries.endpoints(call.scope, call.now)


@operation("POST", "/me/webhooks", may=Right.CREATE, summary="Add one's webhook", example=EXAMPLE)
def add_own_webhook(call: Call[Endpoint, Nothing]) -> NewSecret:
    """The answer holds the secret that signs, this once."""
    return actions.add(call.scope, url=call.body.url, topics=call.body.topics, now=call.now)


@operation("PUT", "/me/webhooks/{endpoint_id}", may=Right.CREATE, summary="Change one's webhook", example=EXAMPLE)
def change_own_webhook(call: Call[Endpoint, Nothing]) -> None:
    """Another address, other topics. What waits goes to the new address."""
    actions.change(call.scope, call.id("endpoint_id"), url=call.body.url, topics=call.body.topics, now=call.now)


@operation("DELETE", "/me/webhooks/{endpoint_id}", may=Right.CREATE, summary="Delete one's webhook")
def delete_own_webhook(call: Call[Nothing, Nothing]) -> None:
    """Nothing is sent there any more, and what was sent is forgotten."""
    actions.delete(call.scope, call.id("endpoint_id"), now=call.now)


@operation("POST", "/me/webhooks/{endpoint_id}/pause", may=Right.CREATE, summary="Pause one's webhook")
def pause_own_webhook(call: Call[Nothing, Nothing]) -> Changed:
    """Events wait, at most thirty days."""
    return Changed(actions.pause(call.scope, call.id("endpoint_id"), now=call.now))


@operation("POST", "/me/webhooks/{endpoint_id}/resumption", may=Right.CREATE, summary="Let one's webhook go on")
def resume_own_webhook(call: Call[Nothing, Nothing]) -> Changed:
    """With what has waited."""
    return Changed(actions.resume(call.scope, call.id("endpoint_id"), now=call.now))


@operation("POST", "/me/webhooks/{endpoint_id}/secret", may=Right.CREATE, summary="Rotate the secret of one's webhook")
def rotate_secret_of_own_webhook(call: Call[Nothing, Nothing]) -> NewSecret:
    """The former one signs, too, for 24 hours."""
    return actions.rotate_secret(call.scope, call.id("endpoint_id"), now=call.now)


@operation("POST", "/me/webhooks/{endpoint_id}/ping", may=Right.CREATE, summary="Send a test event to one's webhook")
def ping_own_webhook(call: Call[Nothing, Nothing]) -> Pinged:
    """The topic is `ping`."""
    return Pinged(actions.ping(call.scope, call.id("endpoint_id"), now=call.now))


@operation("GET", "/me/webhooks/{endpoint_id}/deliveries", may=Right.CREATE, summary="List what one's webhook was sent")
def list_deliveries_of_own_webhook(call: Call[Nothing, Deliveries]) -> Page[DeliveryView]:
    """Newest first: each event, how its sending went, and its body."""
    return queries.deliveries(call.scope, call.id("endpoint_id"), call.query.paging(), state=_state(call.query.state))


@operation(
    "POST",
    "/me/webhooks/{endpoint_id}/deliveries/{delivery_id}/replay",
    may=Right.CREATE,
    summary="Send one event to one's webhook anew",
)
def replay_to_own_webhook(call: Call[Nothing, Nothing]) -> Changed:
    """Under the same id, whatever became of it."""
    return Changed(actions.replay(call.scope, call.id("endpoint_id"), call.id("delivery_id"), now=call.now))


@operation(
    "POST",
    "/me/webhooks/{endpoint_id}/replay",
    may=Right.CREATE,
    summary="Send the events of a span to one's webhook anew",
    example=SPAN,
)
def replay_span_to_own_webhook(call: Call[Span, Nothing]) -> Replayed:
    """At most 10,000 in one go; those that wait anyway are not counted."""
    return actions.replay_span(
        call.scope, call.id("endpoint_id"), start=call.body.start, end=call.body.end, now=call.now
    )


@operation("GET", "/accounts/{account_id}/webhooks", may=Right.ACCOUNT_EDIT, summary="List an ad account's webhooks")
def list_account_webhooks(call: Call[Nothing, Nothing]) -> list[EndpointView]:
    """Newest first; at most ten. Secrets are not among it."""
    return queries.endpoints(call.scope, call.now)


@operation(
    "POST",
    "/accounts/{account_id}/webhooks",
    may=Right.ACCOUNT_EDIT,
    summary="Add an ad account's webhook",
    example=EXAMPLE,
)
def add_account_webhook(call: Call[Endpoint, Nothing]) -> NewSecret:
    """The answer holds the secret that signs, this once."""
    return actions.add(call.scope, url=call.body.url, topics=call.body.topics, now=call.now)


@operation(
    "PUT",
    "/accounts/{account_id}/webhooks/{endpoint_id}",
    may=Right.ACCOUNT_EDIT,
    summary="Change an ad account's webhook",
    example=EXAMPLE,
)
def change_account_webhook(call: Call[Endpoint, Nothing]) -> None:
    """Another address, other topics. What waits goes to the new address."""
    actions.change(call.scope, call.id("endpoint_id"), url=call.body.url, topics=call.body.topics, now=call.now)


@operation(
    "DELETE",
    "/accounts/{account_id}/webhooks/{endpoint_id}",
    may=Right.ACCOUNT_EDIT,
    summary="Delete an ad account's webhook",
)
def delete_account_webhook(call: Call[Nothing, Nothing]) -> None:
    """Nothing is sent there any more, and what was sent is forgotten."""
    actions.delete(call.scope, call.id("endpoint_id"), now=call.now)


@operation(
    "POST",
    "/accounts/{account_id}/webhooks/{endpoint_id}/pause",
    may=Right.ACCOUNT_EDIT,
    summary="Pause an ad account's webhook",
)
def pause_account_webhook(call: Call[Nothing, Nothing]) -> Changed:
    """Events wait, at most thirty days."""
    return Changed(actions.pause(call.scope, call.id("endpoint_id"), now=call.now))


@operation(
    "POST",
    "/accounts/{account_id}/webhooks/{endpoint_id}/resumption",
    may=Right.ACCOUNT_EDIT,
    summary="Let an ad account's webhook go on",
)
def resume_account_webhook(call: Call[Nothing, Nothing]) -> Changed:
    """With what has waited."""
    return Changed(actions.resume(call.scope, call.id("endpoint_id"), now=call.now))


@operation(
    "POST",
    "/accounts/{account_id}/webhooks/{endpoint_id}/secret",
    may=Right.ACCOUNT_EDIT,
    summary="Rotate the secret of an ad account's webhook",
)
def rotate_secret_of_account_webhook(call: Call[Nothing, Nothing]) -> NewSecret:
    """The former one signs, too, for 24 hours."""
    return actions.rotate_secret(call.scope, call.id("endpoint_id"), now=call.now)


@operation(
    "POST",
    "/accounts/{account_id}/webhooks/{endpoint_id}/ping",
    may=Right.ACCOUNT_EDIT,
    summary="Send a test event to an ad account's webhook",
)
def ping_account_webhook(call: Call[Nothing, Nothing]) -> Pinged:
    """The topic is `ping`."""
    return Pinged(actions.ping(call.scope, call.id("endpoint_id"), now=call.now))


@operation(
    "GET",
    "/accounts/{account_id}/webhooks/{endpoint_id}/deliveries",
    may=Right.ACCOUNT_EDIT,
    summary="List what an ad account's webhook was sent",
)
def list_deliveries_of_account_webhook(call: Call[Nothing, Deliveries]) -> Page[DeliveryView]:
    """Newest first: each event, how its sending went, and its body."""
    return queries.deliveries(call.scope, call.id("endpoint_id"), call.query.paging(), state=_state(call.query.state))


@operation(
    "POST",
    "/accounts/{account_id}/webhooks/{endpoint_id}/deliveries/{delivery_id}/replay",
    may=Right.ACCOUNT_EDIT,
    summary="Send one event to an ad account's webhook anew",
)
def replay_to_account_webhook(call: Call[Nothing, Nothing]) -> Changed:
    """Under the same id, whatever became of it."""
    return Changed(actions.replay(call.scope, call.id("endpoint_id"), call.id("delivery_id"), now=call.now))


@operation(
    "POST",
    "/accounts/{account_id}/webhooks/{endpoint_id}/replay",
    may=Right.ACCOUNT_EDIT,
    summary="Send the events of a span to an ad account's webhook anew",
    example=SPAN,
)
def replay_span_to_account_webhook(call: Call[Span, Nothing]) -> Replayed:
    """At most 10,000 in one go; those that wait anyway are not counted."""
    return actions.replay_span(
        call.scope, call.id("endpoint_id"), start=call.body.start, end=call.body.end, now=call.now
    )


@operation(
    "GET",
    "/organisations/{organisation_id}/webhooks",
    may=Right.BUSINESS_EDIT,
    summary="List an organisation's webhooks",
)
def list_organisation_webhooks(call: Call[Nothing, Nothing]) -> list[EndpointView]:
    """Newest first; at most ten. Secrets are not among it."""
    return queries.endpoints(call.scope, call.now)


@operation(
    "POST",
    "/organisations/{organisation_id}/webhooks",
    may=Right.BUSINESS_EDIT,
    summary="Add an organisation's webhook",
    example=EXAMPLE,
)
def add_organisation_webhook(call: Call[Endpoint, Nothing]) -> NewSecret:
    """The answer holds the secret that signs, this once."""
    return actions.add(call.scope, url=call.body.url, topics=call.body.topics, now=call.now)


@operation(
    "PUT",
    "/organisations/{organisation_id}/webhooks/{endpoint_id}",
    may=Right.BUSINESS_EDIT,
    summary="Change an organisation's webhook",
    example=EXAMPLE,
)
def change_organisation_webhook(call: Call[Endpoint, Nothing]) -> None:
    """Another address, other topics. What waits goes to the new address."""
    actions.change(call.scope, call.id("endpoint_id"), url=call.body.url, topics=call.body.topics, now=call.now)


@operation(
    "DELETE",
    "/organisations/{organisation_id}/webhooks/{endpoint_id}",
    may=Right.BUSINESS_EDIT,
    summary="Delete an organisation's webhook",
)
def delete_organisation_webhook(call: Call[Nothing, Nothing]) -> None:
    """Nothing is sent there any more, and what was sent is forgotten."""
    actions.delete(call.scope, call.id("endpoint_id"), now=call.now)


@operation(
    "POST",
    "/organisations/{organisation_id}/webhooks/{endpoint_id}/pause",
    may=Right.BUSINESS_EDIT,
    summary="Pause an organisation's webhook",
)
def pause_organisation_webhook(call: Call[Nothing, Nothing]) -> Changed:
    """Events wait, at most thirty days."""
    return Changed(actions.pause(call.scope, call.id("endpoint_id"), now=call.now))


@operation(
    "POST",
    "/organisations/{organisation_id}/webhooks/{endpoint_id}/resumption",
    may=Right.BUSINESS_EDIT,
    summary="Let an organisation's webhook go on",
)
def resume_organisation_webhook(call: Call[Nothing, Nothing]) -> Changed:
    """With what has waited."""
    return Changed(actions.resume(call.scope, call.id("endpoint_id"), now=call.now))


@operation(
    "POST",
    "/organisations/{organisation_id}/webhooks/{endpoint_id}/secret",
    may=Right.BUSINESS_EDIT,
    summary="Rotate the secret of an organisation's webhook",
)
def rotate_secret_of_organisation_webhook(call: Call[Nothing, Nothing]) -> NewSecret:
    """The former one signs, too, for 24 hours."""
    return actions.rotate_secret(call.scope, call.id("endpoint_id"), now=call.now)


@operation(
    "POST",
    "/organisations/{organisation_id}/webhooks/{endpoint_id}/ping",
    may=Right.BUSINESS_EDIT,
    summary="Send a test event to an organisation's webhook",
)
def ping_organisation_webhook(call: Call[Nothing, Nothing]) -> Pinged:
    """The topic is `ping`."""
    return Pinged(actions.ping(call.scope, call.id("endpoint_id"), now=call.now))


@operation(
    "GET",
    "/organisations/{organisation_id}/webhooks/{endpoint_id}/deliveries",
    may=Right.BUSINESS_EDIT,
    summary="List what an organisation's webhook was sent",
)
def list_deliveries_of_organisation_webhook(call: Call[Nothing, Deliveries]) -> Page[DeliveryView]:
    """Newest first: each event, how its sending went, and its body."""
    return queries.deliveries(call.scope, call.id("endpoint_id"), call.query.paging(), state=_state(call.query.state))


@operation(
    "POST",
    "/organisations/{organisation_id}/webhooks/{endpoint_id}/deliveries/{delivery_id}/replay",
    may=Right.BUSINESS_EDIT,
    summary="Send one event to an organisation's webhook anew",
)
def replay_to_organisation_webhook(call: Call[Nothing, Nothing]) -> Changed:
    """Under the same id, whatever became of it."""
    return Changed(actions.replay(call.scope, call.id("endpoint_id"), call.id("delivery_id"), now=call.now))


@operation(
    "POST",
    "/organisations/{organisation_id}/webhooks/{endpoint_id}/replay",
    may=Right.BUSINESS_EDIT,
    summary="Send the events of a span to an organisation's webhook anew",
    example=SPAN,
)
def replay_span_to_organisation_webhook(call: Call[Span, Nothing]) -> Replayed:
    """At most 10,000 in one go; those that wait anyway are not counted."""
    return actions.replay_span(
        call.scope, call.id("endpoint_id"), start=call.body.start, end=call.body.end, now=call.now
    )
