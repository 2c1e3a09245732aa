"""Tell the ad servers what may be shown, in the transaction that makes it so."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import islice
from typing import Final

from django.db import connection, transaction
from django.db.models import Count, F

from vonk.control.models import Publication, Sequence
from vonk.delivery.snapshot import Document, DocumentKind, encode_document

_SEQUENCE: Final = "publication"
_CHANNEL: Final = "vonk_publication"  # PostgreSQL NOTIFY; storage/postgres listens.
_BATCH: Final = {
    "sqlite": 200,
    "postgresql": 2_000,
}  # Objects a statement; SQLite binds at most 999 values on old builds.


def publish(kind: DocumentKind, object_id: int, document: Document, *, at: datetime) -> int:
    """Replace the object's document; return its sequence. Needs an open transaction."""
    return _write(kind, object_id, encode_document(document), at=at)


def withdraw(kind: DocumentKind, object_id: int, *, at: datetime) -> int | None:
    """Take the object out of serving; return the sequence, or None when it was never published."""
    published = Publication.objects.filter(kind=kind.value, object_id=object_id, document__isnull=False).exists()
    return _write(kind, object_id, None, at=at) if published else None


def replace(kind: DocumentKind, documents: Mapping[int, Document | None], *, at: datetime) -> int:
    """Make the objects' publications what is given (None: withdrawn); return how many were not so already.

    What is so already is left alone, so that the ad servers hear of differences only. Needs an open transaction.
    """
    assert connection.in_atomic_block, "A publication belongs to the transaction of its cause."
    changed = 0
    remaining = iter(sorted(documents.items()))
    while batch := dict(islice(remaining, _BATCH[connection.vendor])):
        wanted = {
            object_id: None if document is None else encode_document(document) for object_id, document in batch.items()
        }
        rows = Publication.objects.filter(kind=kind.value, object_id__in=wanted.keys())
        present = dict(rows.values_list("object_id", "document"))
        changed += _write_many(
            kind, {key: document for key, document in wanted.items() if document != present.get(key)}, at=at
        )
    return changed


def published(kind: DocumentKind) -> dict[int, str]:
    """Return every document of the kind that is published now, as publications keep it, by object id."""
    rows = Publication.objects.filter(kind=kind.value, document__isnull=False)
    return {object_id: document or "" for object_id, document in rows.values_list("object_id", "document")}


def published_of(kind: DocumentKind, object_ids: Collection[int]) -> dict[int, str]:
    """Return the documents of these objects that are published now, as publications keep them."""
    rows = Publication.objects.filter(kind=kind.value, object_id__in=list(object_ids), document__isnull=False)
    return {object_id: document or "" for object_id, document in rows.values_list("object_id", "document")}


def changed_after(sequence: int) -> dict[DocumentKind, int]:
    """Return how many objects of each kind were published or withdrawn after a sequence; only kinds that have any.

    Empty: an index of that sequence holds what is published now. What stood there instead is kept nowhere.
    """
    rows = Publication.objects.filter(sequence__gt=sequence).order_by("kind")
    counts = rows.values_list("kind").annotate(changed=Count("pk"))
    return {DocumentKind(kind): changed for kind, changed in counts}


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
    _notify()
    return sequence


def _write_many(kind: DocumentKind, documents: Mapping[int, str | None], *, at: datetime) -> int:
    if not documents:
        return 0
    first = _next_sequence(len(documents)) - len(documents) + 1
    rows = [
        Publication(kind=kind.value, object_id=object_id, sequence=first + number, document=document, published_at=at)
        for number, (object_id, document) in enumerate(documents.items())
    ]
    Publication.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["sequence", "document", "published_at"],
    )
    _notify()
    return len(rows)


def _notify() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {_CHANNEL}")  # Sent by the server at commit.


def _next_sequence(count: int = 1) -> int:
    """Take the next numbers and return the last of them.

    Under a row lock that lasts until commit, so that readers see sequences in order.
    """
    if not Sequence.objects.filter(name=_SEQUENCE).update(value=F("value") + count):
        with transaction.atomic():
            Sequence.objects.get_or_create(name=_SEQUENCE)
        Sequence.objects.filter(name=_SEQUENCE).update(value=F("value") + count)
    return Sequence.objects.values_list("value", flat=True).get(name=_SEQUENCE)
