"""Tell the ad servers what may be shown, in the transaction that makes it so."""

from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import F

from vonk.control.models import Publication, Sequence
from vonk.delivery.snapshot import Document, DocumentKind, encode_document

_SEQUENCE: Final = "publication"
_CHANNEL: Final = "vonk_publication"  # PostgreSQL NOTIFY; storage/postgres listens.


def publish(kind: DocumentKind, object_id: int, document: Document, *, at: datetime) -> int:
    """Replace the object's document; return its sequence. Needs an open transaction."""
    return _write(kind, object_id, encode_document(document), at=at)


def withdraw(kind: DocumentKind, object_id: int, *, at: datetime) -> int | None:
    """Take the object out of serving; return the sequence, or None when it was never published."""
    published = Publication.objects.filter(kind=kind.value, object_id=object_id, document__isnull=False).exists()
    return _write(kind, object_id, None, at=at) if published else None


def last_sequence() -> int:
    """Return the newest committed sequence, 0 when nothing was ever published."""
    return Sequence.objects.filter(name=_SEQUENCE).values_list("value", flat=True).first() or 0


def _write(kind: DocumentKind, object_id: int, document: str | None, *, at: datetime) -> int:
    assert connection.in_atomic_block, "A publication belongs to the transaction of its cause."
    sequence = _next_sequence()
    Publication.objects.update_or_create(
        kind=kind.value,
        object_id=object_id,
        defaults={"sequence": sequence, "document": document, "published_at": at},
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {_CHANNEL}")  # Sent by the server at commit.
    return sequence


def _next_sequence() -> int:
    """Take the next number under a row lock that lasts until commit, so that readers see sequences in order."""
    if not Sequence.objects.filter(name=_SEQUENCE).update(value=F("value") + 1):
        with transaction.atomic():
            Sequence.objects.get_or_create(name=_SEQUENCE)
        Sequence.objects.filter(name=_SEQUENCE).update(value=F("value") + 1)
    return Sequence.objects.values_list("value", flat=True).get(name=_SEQUENCE)
