"""Queries whose text is kept: the rows are those that Django reads, and those that there are now."""

from datetime import datetime, timedelta

import msgspec
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from vonk.control import notifications, prepared
from vonk.control.models import Notification
from vonk.control.paging import Listing, Numbering, numbered
from vonk.control.prepared import given


class Row(msgspec.Struct, frozen=True):
    id: int
    kind: str
    at: datetime
    seen_at: datetime | None


COLUMNS = ("pk", "kind", "at", "seen_at")
MODELS = prepared.models(lambda: Notification.objects.filter(pk__in=given("ids")).order_by("pk"))
VALUES = prepared.values(
    Row,
    lambda: (
        Notification.objects.filter(
            Q(seen_at=None) | Q(seen_at__gt=given("since")), person_id=given("person"), kind__in=given("kinds")
        )
        .order_by("pk")
        .values_list(*COLUMNS)
    ),
)
STATEMENT = prepared.statement(
    notifications.Seen,
    "SELECT count(*) FROM control_notification WHERE person_id IN (%(people)s) AND at < %(until)s",
)


def tell(kind: str, at: datetime, person: int = 11) -> int:
    return notifications.notify(person, kind=kind, text="Buns", link="/studio/", at=at)


def test_rows_are_those_that_the_query_reads(db: None, now: datetime) -> None:
    ids = [tell(kind, now + timedelta(hours=number)) for number, kind in enumerate("abcde")]
    tell("a", now, person=12)
    assert MODELS.rows(ids=ids[:3]) == list(Notification.objects.filter(pk__in=ids[:3]).order_by("pk"))
    assert vars(MODELS.rows(ids=ids[:1])[0]).keys() == vars(Notification.objects.get(pk=ids[0])).keys()
    Notification.objects.filter(pk=ids[0]).update(seen_at=now)
    Notification.objects.filter(pk=ids[1]).update(seen_at=now + timedelta(microseconds=1))
    found = VALUES.rows(person=11, since=now, kinds=("a", "b", "c"))
    assert found == [
        Row(*row) for row in Notification.objects.filter(pk__in=ids[1:3]).order_by("pk").values_list(*COLUMNS)
    ]
    assert VALUES.first(person=13, since=now, kinds=("a",)) is None
    assert MODELS.rows(ids=ids, limit=2, offset=1) == MODELS.rows(ids=ids)[1:3]


def test_every_call_sees_what_there_is_now(db: None, now: datetime) -> None:
    first = tell("a", now)
    assert [row.pk for row in MODELS.rows(ids=[first])] == [first]
    Notification.objects.filter(pk=first).delete()
    assert MODELS.rows(ids=[first]) == []
    second = tell("b", now)
    assert [row.kind for row in MODELS.rows(ids=[first, second])] == ["b"]


def test_lists_of_any_length(db: None, now: datetime) -> None:
    ids = [tell(f"{number}", now) for number in range(9)]
    beyond = [*ids, *range(-prepared.PADDED_MAX, 0)]
    for many in (ids[:1], ids[:3], ids, set(ids), beyond):
        assert len(MODELS.rows(ids=many)) == len(set(many) & set(ids))
    with CaptureQueriesContext(connection) as captured:
        assert MODELS.rows(ids=()) == []
    assert len(captured) == 0  # Nothing can be among nothing.
    with CaptureQueriesContext(connection) as captured:
        MODELS.rows(ids=ids[:5])
        MODELS.rows(ids=ids[:8])
    assert len({query["sql"].count(",") for query in captured}) == 1  # Lengths are few, so that texts are.


def test_a_statement_by_name(db: None, now: datetime) -> None:
    for person in (11, 11, 12):
        tell("a", now, person=person)
    later = now + timedelta(microseconds=1)
    assert STATEMENT.rows(people=[11, 12], until=later) == [notifications.Seen(3)]
    assert STATEMENT.rows(people=[11], until=now) == [notifications.Seen(0)]
    assert STATEMENT.rows(people=[], until=later) == [notifications.Seen(0)]  # It is asked, and finds nothing.


def test_a_listing_is_a_numbered_page(db: None, now: datetime) -> None:
    for number in range(5):
        tell(f"{number}", now)
    tell("a", now, person=12)
    listing = Listing(lambda: Notification.objects.filter(person_id=given("person")))
    for page in (1, 2, 3, 4):
        wanted = Numbering(page, 2)
        asked = Notification.objects.filter(person_id=11)
        assert listing.numbered(wanted, lambda row: row.kind, person=11) == numbered(
            asked, wanted, lambda row: row.kind
        )
