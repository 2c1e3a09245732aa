"""What every area relies on, on whichever database the run uses."""

import hashlib
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from vonk.control import audit, clock, idempotency, paging, positions, publications
from vonk.control.models import AuditEntry, IdempotencyKey, Publication
from vonk.control.scope import PLATFORM, Right, Scope
from vonk.core.errors import FieldInvalid, NotFound, RightMissing
from vonk.delivery.snapshot import ClockDocument, DocumentKind, decode_document
from vonk.events.log import Position

pytestmark = pytest.mark.django_db

OLU = Scope(person_id=4, rights=frozenset({Right.OPERATE}))
MALLORY = Scope(person_id=666, rights=frozenset({Right.VIEW}))


def publish(object_id: int, now: datetime) -> int:
    return publications.publish(DocumentKind.CLOCK, object_id, ClockDocument(object_id), at=now)


def test_a_publication_replaces_the_one_before(now: datetime) -> None:
    first = publish(1, now)
    second = publish(1, now)
    assert second == first + 1
    assert publications.last_sequence() == second
    row = Publication.objects.get()
    assert row.document is not None
    assert (row.sequence, decode_document(DocumentKind.CLOCK, row.document)) == (second, ClockDocument(1))


def test_a_withdrawal_leaves_no_document(now: datetime) -> None:
    publish(1, now)
    sequence = publications.withdraw(DocumentKind.CLOCK, 1, at=now)
    assert list(Publication.objects.values_list("sequence", "document")) == [(sequence, None)]
    assert publications.withdraw(DocumentKind.CLOCK, 1, at=now) is None
    assert publications.withdraw(DocumentKind.CLOCK, 2, at=now) is None


def test_what_was_published_or_withdrawn_after_a_sequence_is_counted_once_an_object(now: datetime) -> None:
    first = publish(1, now)
    publish(1, now)
    publish(2, now)
    publications.withdraw(DocumentKind.CLOCK, 2, at=now)
    assert publications.changed_after(first) == {DocumentKind.CLOCK: 2}
    assert publications.changed_after(publications.last_sequence()) == {}


def test_a_publication_dies_with_its_cause(now: datetime) -> None:
    @transaction.atomic
    def fail() -> None:
        publish(1, now)
        raise RuntimeError("cause")

    before = publications.last_sequence()
    with pytest.raises(RuntimeError, match="cause"):
        fail()
    assert publications.last_sequence() == before
    assert not Publication.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_sequences_are_committed_in_order(now: datetime) -> None:
    """Writers that start together never leave a gap that fills later."""
    publish_now = transaction.atomic(publish)
    publish_now(1, now)

    def write(object_id: int) -> None:
        try:
            publish_now(object_id, now)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(object_id,)) for object_id in range(2, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sequences = sorted(Publication.objects.values_list("sequence", flat=True))
    assert sequences == list(range(sequences[0], sequences[0] + 9))


def test_the_clock_goes_forward_for_everybody(now: datetime) -> None:
    clock.start_at(now)
    target = now + timedelta(days=8)
    assert clock.move_to(OLU, target, now=clock.present().now()) == target
    assert clock.present().now() - target < timedelta(minutes=1)
    published = Publication.objects.get(kind="clock", object_id=1)
    assert published.document is not None
    assert AuditEntry.objects.get().action == "clock.moved"


def test_the_clock_stays_where_a_later_instant_exists(now: datetime) -> None:
    clock.start_at(now)
    with pytest.raises(clock.ClockTooFar):
        clock.move_to(OLU, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), now=now)
    assert clock.present().now() - now < timedelta(minutes=1)
    assert clock.move_to(OLU, clock.LATEST, now=now) == clock.LATEST


def test_the_clock_never_goes_back(now: datetime) -> None:
    clock.start_at(now)
    present = clock.present().now()
    with pytest.raises(clock.ClockGoesForward):
        clock.move_to(OLU, present - timedelta(seconds=1), now=present)
    with pytest.raises(RightMissing):
        clock.move_to(MALLORY, present + timedelta(days=1), now=present)
    assert clock.present().now() - present < timedelta(minutes=1)


def answer(text: bytes) -> idempotency.Answer:
    return idempotency.Answer(201, text)


def test_a_key_stands_for_one_request(now: datetime) -> None:
    calls: list[int] = []

    def act() -> idempotency.Answer:
        calls.append(1)
        return answer(b"first")

    first = idempotency.once(1, "POST /posts", "k", b"body", now=now, act=act)
    again = idempotency.once(1, "POST /posts", "k", b"body", now=now, act=act)
    assert (first, again, len(calls)) == (answer(b"first"), answer(b"first"), 1)
    with pytest.raises(idempotency.IdempotencyKeyReused):
        idempotency.once(1, "POST /posts", "k", b"other", now=now, act=act)
    assert idempotency.once(2, "POST /posts", "k", b"body", now=now, act=act) == answer(b"first")
    assert len(calls) == 2, "Another person's key is another key."


def test_a_failed_act_keeps_no_key(now: datetime) -> None:
    def fail() -> idempotency.Answer:
        raise NotFound(noun="post")

    with pytest.raises(NotFound), transaction.atomic():
        idempotency.once(1, "POST /posts", "k", b"body", now=now, act=fail)
    assert idempotency.once(1, "POST /posts", "k", b"body", now=now, act=lambda: answer(b"now")) == answer(b"now")


def test_a_key_whose_holder_died_is_free_after_its_lease(now: datetime) -> None:
    def never() -> idempotency.Answer:
        raise AssertionError("It is not done again.")

    IdempotencyKey.objects.create(
        person_id=1, operation="POST /videos", key="k", fingerprint=hashlib.sha256(b"body").hexdigest(), at=now
    )
    almost = now + idempotency.LEASE - timedelta(microseconds=1)
    with pytest.raises(idempotency.IdempotencyKeyUnderway):
        idempotency.alone(1, "POST /videos", "k", b"body", now=almost, act=never)
    done = idempotency.alone(
        1, "POST /videos", "k", b"body", now=now + idempotency.LEASE, act=lambda: answer(b"second")
    )
    assert done == answer(b"second")
    assert idempotency.alone(1, "POST /videos", "k", b"body", now=now, act=never) == done


@pytest.mark.django_db(transaction=True)
def test_a_key_is_held_as_long_as_its_holder_works(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """An act of any length: the row is told anew while it lasts, and no more when it is over."""
    monkeypatch.setattr(idempotency, "BEAT_SECONDS", 0.01)
    row = IdempotencyKey.objects.filter(key="k")

    def slow() -> idempotency.Answer:
        for _ in range(1_000):
            if row.get().at > now:
                return answer(b"told")
            time.sleep(0.01)
        return answer(b"never told")

    assert idempotency.alone(1, "POST /videos", "k", b"body", now=now, act=slow) == answer(b"told")
    assert not any(thread.name == "idempotency-beat" for thread in threading.enumerate())


@pytest.mark.parametrize("key", ["", "x" * 65, "a\nb"])
def test_a_key_is_short_and_printable(key: str, now: datetime) -> None:
    with pytest.raises(FieldInvalid):
        idempotency.once(1, "POST /posts", key, b"", now=now, act=lambda: answer(b""))


def test_a_position_only_grows(now: datetime) -> None:
    assert positions.of("settle") == 0
    assert positions.lock("settle", now=now) == 0
    positions.advance("settle", Position(5), now=now)
    assert positions.of("settle") == 5
    with pytest.raises(AssertionError, match="only grows"):
        positions.advance("settle", Position(5), now=now)


def test_pages_follow_each_other_to_the_end(now: datetime) -> None:
    for object_id in range(1, 6):
        audit.record(PLATFORM, "post.published", "post", object_id, at=now)
    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = paging.page_of(AuditEntry.objects.all(), paging.parse(cursor, "2"), lambda row: row.object_id)
        seen += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(("cursor", "size"), [("x", None), (None, "0"), (None, "101"), (None, "many"), ("-1", "1")])
def test_a_wrong_page_is_named(cursor: str | None, size: str | None) -> None:
    with pytest.raises(FieldInvalid):
        paging.parse(cursor, size)


def test_a_scope_gives_only_what_it_has() -> None:
    OLU.require(Right.OPERATE)
    with pytest.raises(RightMissing):
        MALLORY.require(Right.OPERATE)
    with pytest.raises(NotFound):
        _ = PLATFORM.person
    with pytest.raises(NotFound):
        _ = OLU.account
