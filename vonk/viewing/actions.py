"""What changes a viewer's memory: the event log, the person themselves, and the end of their agreement."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from vonk.control import audit, positions
from vonk.control.scope import Right, Scope
from vonk.core.clock import to_ms
from vonk.core.errors import FieldInvalid
from vonk.core.taxonomy import INTERESTS
from vonk.events.log import EventLog, StoredRecord
from vonk.events.records import EventRecord
from vonk.identity import queries as identity
from vonk.identity.queries.people import people_of_viewers
from vonk.viewing import rules
from vonk.viewing.models import Memory
from vonk.viewing.rules import Event, Remembered

CONSUMER: Final = "viewing"
SEGMENT_RECORDS_MAX: Final = 20_000
FORGOTTEN_AT_ONCE: Final = 1_000


def take_in(log: EventLog, *, now: datetime, limit: int = SEGMENT_RECORDS_MAX) -> int:
    """Remember the next segment of at most ``limit`` records; return how many there were.

    Memories and position are written in one transaction, with the position locked first, so each record counts once.
    Who agreed is asked now: records of who does not are read and not remembered. Raises LogUnavailable.
    """
    if log.end() <= positions.of(CONSUMER):
        return 0  # Nothing to do, found out without holding anything.
    return _take_in(log, now=now, limit=limit)


@transaction.atomic
def _take_in(log: EventLog, *, now: datetime, limit: int) -> int:
    after = positions.lock(CONSUMER, now=now)
    records = log.read(after, limit)
    if not records:
        return 0
    _remember(_by_viewer(records), now=now)
    positions.advance(CONSUMER, records[-1].position, now=now)
    return len(records)


def _by_viewer(records: Sequence[StoredRecord]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for stored in records:
        event = rules.events_of(stored.record)
        if event is not None:
            assert isinstance(stored.record, EventRecord), "Nothing else says anything of a viewer and a post."
            found[stored.record.claims.viewer_id].append(event)
    return found


def _remember(events: Mapping[str, Sequence[Event]], *, now: datetime) -> None:
    if not events:
        return
    agreed = {one.person_id for one in identity.countable_by_viewer(events.keys(), now=now).values()}
    people = people_of_viewers(events.keys())
    held = {row.person_id: row for row in Memory.objects.select_for_update().filter(person_id__in=people.values())}
    rows = []
    for viewer_id, person_id in sorted(people.items(), key=lambda one: one[1]):
        row = held.get(person_id)
        before = rules.unpack(row.body) if row is not None else Remembered()
        profiled = person_id in agreed
        after = rules.remember(before, events[viewer_id], profiled=profiled, now_ms=to_ms(now))
        if after.met or row is not None:
            rows.append(Memory(person_id=person_id, body=rules.pack(after), profiled=profiled, updated_at=now))
    Memory.objects.bulk_create(
        rows, batch_size=200, update_conflicts=True, unique_fields=["person"],
        update_fields=["body", "profiled", "updated_at"],
    )  # fmt: skip


@transaction.atomic
def forget_due(*, now: datetime) -> int:
    """Forget what may not be kept any more: of who took their agreement back or left, and what is old.

    Nobody is shown anything by it meanwhile: whoever reads a memory asks for the agreement of that moment.
    """
    ended = Q(person__personalised=False) | Q(person__is_active=False)
    due = Memory.objects.select_for_update(of=_of_itself()).filter(profiled=True).filter(ended)
    forgotten = 0
    for row in due.order_by("pk")[:FORGOTTEN_AT_ONCE]:
        _keep(row.person_id, rules.put_away_alone(rules.unpack(row.body)), profiled=False, now=now)
        forgotten += 1
    old = Memory.objects.filter(updated_at__lt=now - timedelta(days=rules.KEPT_DAYS))
    return forgotten + old.delete()[0] + Memory.objects.filter(person__is_active=False).delete()[0]


@transaction.atomic
def forget(scope: Scope, *, now: datetime) -> None:
    """Forget everything that the acting person watched; what they put away, and the interests that they removed, stay so."""
    scope.require(Right.VIEW)
    row = Memory.objects.select_for_update().filter(person_id=scope.person).first()
    if row is not None:
        memory = rules.unpack(row.body)
        stays = Remembered(rules.put_away_alone(memory).met, memory.unwanted)
        _keep(scope.person, stays, profiled=row.profiled, now=now)
    audit.record(scope, "viewing.forgotten", "person", scope.person, at=now)


@transaction.atomic
def bring_back(scope: Scope, post_id: int, *, now: datetime) -> None:
    """Let a post that the acting person put away into their feed again; nothing where they did not."""
    scope.require(Right.VIEW)
    row = Memory.objects.select_for_update().filter(person_id=scope.person).first()
    if row is None:
        return
    memory = rules.brought_back(rules.unpack(row.body), post_id, profiled=row.profiled, now_ms=to_ms(now))
    _keep(scope.person, memory, profiled=row.profiled, now=now)
    audit.record(scope, "viewing.brought_back", "post", post_id, at=now)


@transaction.atomic
def remove_interest(scope: Scope, name: str, *, now: datetime) -> None:
    """Take an interest away that the acting person's watching shows: it is not told of them again."""
    scope.require(Right.VIEW)
    if name not in INTERESTS:
        raise FieldInvalid("interest", "there is no interest named %(name)r", name=name[:40])
    row = Memory.objects.select_for_update().filter(person_id=scope.person).first()
    if row is None:
        return
    memory = rules.unpack(row.body)
    if name not in memory.unwanted:
        memory.unwanted.append(name)
        _keep(scope.person, memory, profiled=row.profiled, now=now)
        audit.record(scope, "viewing.interest_removed", "person", scope.person, at=now, detail={"interest": name})


def erase(person_id: int) -> None:
    """Forget the person wholly, in the transaction of their erasure."""
    assert connection.in_atomic_block, "A person is erased in one transaction."
    Memory.objects.filter(person_id=person_id).delete()


def _keep(person_id: int, memory: Remembered, *, profiled: bool, now: datetime) -> None:
    if memory.met or memory.unwanted:
        Memory.objects.filter(person_id=person_id).update(body=rules.pack(memory), profiled=profiled, updated_at=now)
    else:
        Memory.objects.filter(person_id=person_id).delete()


def _of_itself() -> tuple[str, ...]:
    """Return which table's rows are locked: PostgreSQL would lock the joined person's too."""
    return ("self",) if connection.features.has_select_for_update_of else ()
