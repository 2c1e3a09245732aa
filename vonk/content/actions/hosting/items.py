"""Take a batch of a host's items: each is judged by itself, against the version that is known, in one transaction."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, Protocol, TypeVar

import msgspec
from django.db import transaction

from vonk.content import hosted
from vonk.content.errors import ItemDeleted
from vonk.content.hosted import ItemKind, Judged, Verdict, key_of
from vonk.content.models import HostItem
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, Problem

_PER_QUERY: Final = 200  # SQLite binds at most 999 values on old builds.
_REASON_MAX: Final = 200
_CHANGING: Final = ["version", "object_id", "synced_at", "removed_at", "refused_code", "refused_reason"]


class Item(Protocol):
    """What every item has."""

    @property
    def external_id(self) -> str: ...
    @property
    def version(self) -> int: ...


class Done(msgspec.Struct, frozen=True):
    """What applying an item made: the object that stands for it, and what of it stays as it was."""

    object_id: int
    kept: tuple[str, ...] = ()


T = TypeVar("T", bound=Item)


@transaction.atomic
def take(
    scope: Scope,
    kind: ItemKind,
    given: Sequence[T],
    apply: Callable[[HostItem, T], Done],
    *,
    hold: Callable[[list[int]], None],
    now: datetime,
) -> tuple[Judged, ...]:
    """Apply each item that is newer than what is known; return the verdicts in the order given.

    ``hold`` locks the objects that are there already before anything is published. What ``apply`` raises refuses that item
    alone, and the reason is kept for ``queries.hosting.refused``. FieldInvalid for a batch that is too large.
    """
    rows = _begun(scope, kind, given, most=hosted.ITEMS_MAX, now=now)
    hold(_known(rows))
    told: dict[int, Judged] = {}
    for at in _in_order(given):
        row, item = rows[key_of(given[at].external_id)], given[at]
        told[at] = _judged(row, item, now) or _applied(row, item, apply, now)
    _bound(scope, rows.values())
    return tuple(told[at] for at in range(len(given)))


@transaction.atomic
def remove(
    scope: Scope,
    kind: ItemKind,
    given: Sequence[T],
    act: Callable[[HostItem], None],
    *,
    hold: Callable[[list[int]], None],
    now: datetime,
) -> tuple[Judged, ...]:
    """Delete the items for good, also those never heard of: what is told of them later is refused. Else as ``take``."""
    rows = _begun(scope, kind, given, most=hosted.DELETIONS_MAX, now=now)
    hold(_known(rows))
    told: dict[int, Judged] = {}
    for at in _in_order(given):
        told[at] = _removed(rows[key_of(given[at].external_id)], given[at], act, now)
    return tuple(told[at] for at in range(len(given)))


def _begun(scope: Scope, kind: ItemKind, given: Sequence[T], *, most: int, now: datetime) -> dict[str, HostItem]:
    """Return the items' rows by key, new or known, locked in one order until commit."""
    scope.require(Right.HOST_SYNC)
    if not 1 <= len(given) <= most:
        raise FieldInvalid("items", "1 to %(most)s items", most=most)
    for item in given:
        hosted.require_name(item.external_id, kind)
    names = {key_of(item.external_id): item.external_id for item in given}
    new = [
        HostItem(host_id=scope.host, kind=kind.value, key=key, external_id=name, synced_at=now)
        for key, name in sorted(names.items())
    ]
    for some in _parts(new):
        HostItem.objects.bulk_create(some, ignore_conflicts=True)
    rows: dict[str, HostItem] = {}
    for keys in _parts(sorted(names)):
        found = HostItem.objects.select_for_update().filter(host_id=scope.host, kind=kind.value, key__in=keys)
        rows.update((row.key, row) for row in found.order_by("key"))
    return rows


def _known(rows: dict[str, HostItem]) -> list[int]:
    """Return what the rows stand for, in one order."""
    return sorted(row.object_id for row in rows.values() if row.object_id is not None)


def _judged(row: HostItem, item: Item, now: datetime) -> Judged | None:
    """Return the verdict on what needs not be looked at, None when it is to be applied."""
    if row.removed_at is not None and item.version > row.version:
        return _refused(row, item, ItemDeleted(), now)
    if item.version <= row.version:
        verdict = Verdict.STALE if item.version < row.version else Verdict.UNCHANGED
        return Judged(external_id=item.external_id, verdict=verdict, id=row.object_id or 0)
    return None


def _applied(row: HostItem, item: T, apply: Callable[[HostItem, T], Done], now: datetime) -> Judged:
    try:
        with transaction.atomic():
            done = apply(row, item)
    except Problem as problem:
        return _refused(row, item, problem, now)
    row.object_id, row.version, row.synced_at = done.object_id, item.version, now
    row.refused_code = row.refused_reason = ""
    row.save(update_fields=_CHANGING)
    return Judged(external_id=item.external_id, verdict=Verdict.APPLIED, id=done.object_id, kept=done.kept)


def _removed(row: HostItem, item: Item, act: Callable[[HostItem], None], now: datetime) -> Judged:
    if row.removed_at is not None:
        return Judged(external_id=item.external_id, verdict=Verdict.UNCHANGED, id=row.object_id or 0)
    if item.version < row.version:
        return Judged(external_id=item.external_id, verdict=Verdict.STALE, id=row.object_id or 0)
    try:
        with transaction.atomic():
            if row.object_id is not None:
                act(row)
    except Problem as problem:
        return _refused(row, item, problem, now)
    row.removed_at, row.version, row.synced_at = now, item.version, now
    row.refused_code = row.refused_reason = ""
    row.save(update_fields=_CHANGING)
    return Judged(external_id=item.external_id, verdict=Verdict.APPLIED, id=row.object_id or 0)


def _refused(row: HostItem, item: Item, problem: Problem, now: datetime) -> Judged:
    reason = str(problem)[:_REASON_MAX]
    row.refused_code, row.refused_reason, row.synced_at = problem.code, reason, now
    row.save(update_fields=_CHANGING)
    return Judged(
        external_id=item.external_id,
        verdict=Verdict.REFUSED,
        id=row.object_id or 0,
        code=problem.code,
        reason=reason,
    )


def _bound(scope: Scope, rows: Iterable[HostItem]) -> None:
    """Keep no more refused items of which nothing was ever applied than a person could look at."""
    fresh = [row.pk for row in rows if row.object_id is None and row.removed_at is None]
    nothing = HostItem.objects.filter(host_id=scope.host, object_id=None, removed_at=None).exclude(refused_code="")
    if fresh and nothing.count() > hosted.REFUSED_MAX:
        for some in _parts(fresh):
            HostItem.objects.filter(pk__in=some).delete()


def _in_order(given: Sequence[Item]) -> list[int]:
    """Return the places in the order in which rows are locked, of one id the older version first."""
    return sorted(range(len(given)), key=lambda at: (key_of(given[at].external_id), given[at].version, at))


P = TypeVar("P")


def _parts(given: Sequence[P]) -> Iterator[Sequence[P]]:
    return (given[at : at + _PER_QUERY] for at in range(0, len(given), _PER_QUERY))
