"""What is sent: the same bytes with every attempt."""

import msgspec

from vonk.control.models import WebhookDelivery


class _Body(msgspec.Struct, frozen=True):
    id: str
    topic: str
    at: str
    endpoint_id: str
    sequence: int | None
    data: msgspec.Raw


def body_of(delivery: WebhookDelivery) -> bytes:
    """Return the body of an event for its endpoint. Its sequence is null until the first attempt."""
    event = delivery.event
    return msgspec.json.encode(
        _Body(
            id=str(event.pk),
            topic=event.topic,
            at=event.at.isoformat().replace("+00:00", "Z"),
            endpoint_id=str(delivery.endpoint_id),
            sequence=delivery.sequence,
            data=msgspec.Raw(event.payload.encode()),
        )
    )
