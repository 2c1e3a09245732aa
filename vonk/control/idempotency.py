"""The second call with the same key gets the first one's answer, and does nothing."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog
from django.db import DatabaseError, connection

from vonk.control.models import IdempotencyKey
from vonk.core.errors import Conflict, FieldInvalid
from vonk.core.limits import IDEMPOTENCY_KEY_MAX

LEASE: Final = timedelta(seconds=30)  # A key is held this long after its holder was last heard.
BEAT_SECONDS: Final = 5.0  # A holder tells so often that it lives.

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class IdempotencyKeyReused(Conflict):
    """A key stands for one request."""

    code = "idempotency_key_reused"
    message = "This idempotency key was used for a different request."
    remedy = "Use a new key for each new request."


class IdempotencyKeyUnderway(Conflict):
    """The first request with the key has not ended yet."""

    code = "idempotency_key_underway"
    message = "The request with this idempotency key is still being worked on."
    remedy = "Send the same request again in a moment; it will be answered as the first one is."


class Answer(msgspec.Struct, frozen=True):
    """What a write answered: the HTTP-like status and the encoded body."""

    status: int
    body: bytes


def once(
    person_id: int, operation: str, key: str, request_body: bytes, *, now: datetime, act: Callable[[], Answer]
) -> Answer:
    """Run ``act`` once for the person's key and return its answer, now and every later time.

    The key's row is written in the transaction of the act: when the act fails, nothing is kept and the caller may try
    again. Raises IdempotencyKeyReused when the key came with another body before.
    """
    assert connection.in_atomic_block, "The key and the act are one transaction."
    _require_key(key)
    fingerprint = hashlib.sha256(request_body).hexdigest()
    row, created = IdempotencyKey.objects.get_or_create(
        person_id=person_id,
        operation=operation,
        key=key,
        defaults={"fingerprint": fingerprint, "at": now},
    )
    if not created:
        row = IdempotencyKey.objects.select_for_update().get(pk=row.pk)
        if row.fingerprint != fingerprint:
            raise IdempotencyKeyReused(field="Idempotency-Key")
        if row.status is not None and row.answer is not None:
            return Answer(row.status, bytes(row.answer))
    answer = act()
    IdempotencyKey.objects.filter(pk=row.pk).update(status=answer.status, answer=answer.body)
    return answer


def forget(*, before: datetime) -> int:
    """Delete the keys used before then, with their answers; return how many there were."""
    return IdempotencyKey.objects.filter(at__lt=before).delete()[0]


def forget_person(person_id: int) -> int:
    """Delete every answer that one person was given; return how many there were."""
    return IdempotencyKey.objects.filter(person_id=person_id).delete()[0]


def alone(
    person_id: int, operation: str, key: str, request_body: bytes, *, now: datetime, act: Callable[[], Answer]
) -> Answer:
    """Do as ``once`` for an act that has transactions of its own, such as an upload: the key is taken before it begins.

    Raises IdempotencyKeyReused, FieldInvalid, and IdempotencyKeyUnderway while another call with the key is at it. A
    call may take as long as it likes; one whose process died holds the key for ``LEASE``.
    """
    _require_key(key)
    fingerprint = hashlib.sha256(request_body).hexdigest()
    row, created = IdempotencyKey.objects.get_or_create(
        person_id=person_id, operation=operation, key=key, defaults={"fingerprint": fingerprint, "at": now}
    )
    if not created:
        if row.fingerprint != fingerprint:
            raise IdempotencyKeyReused(field="Idempotency-Key")
        if row.status is not None and row.answer is not None:
            return Answer(row.status, bytes(row.answer))
        forgotten = IdempotencyKey.objects.filter(pk=row.pk, status=None, at__lte=now - LEASE)
        if not forgotten.update(at=now):
            raise IdempotencyKeyUnderway(field="Idempotency-Key")
    mine = IdempotencyKey.objects.filter(pk=row.pk, status=None)
    try:
        with _heard(row.pk, now):
            answer = act()
    except BaseException:
        mine.delete()
        raise
    mine.update(status=answer.status, answer=answer.body)
    return answer


@contextmanager
def _heard(row_id: int, since: datetime) -> Iterator[None]:
    """Tell the database, while the block runs and is not over at once, that the holder of the key lives."""
    over = threading.Event()
    began = time.monotonic()

    def tell() -> None:
        try:
            while not over.wait(BEAT_SECONDS):
                at = since + timedelta(seconds=time.monotonic() - began)
                try:
                    IdempotencyKey.objects.filter(pk=row_id, status=None).update(at=at)
                except DatabaseError as problem:  # The next beat tries again; there are several in a lease.
                    _log.warning("idempotency.beat_missed", key_id=row_id, problem=str(problem))
        finally:
            connection.close()  # This thread's own.

    teller = threading.Thread(target=tell, name="idempotency-beat", daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()


def _require_key(key: str) -> None:
    if not 1 <= len(key) <= IDEMPOTENCY_KEY_MAX or not key.isprintable():
        raise FieldInvalid("Idempotency-Key", "1 to %(most)s printable characters", most=IDEMPOTENCY_KEY_MAX)
