"""The audit trail: one row an act, in the act's own transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db.models import Q

from vonk.control.models import AuditEntry
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope

_BATCH: Final = 100  # Rows a statement; SQLite binds at most 999 values on old builds.
NAMING: Final = frozenset({"handle", "label", "name", "display_name", "sha256"})
"""Keys of details that may name the person who acted, or what they made."""


def record(
    scope: Scope,
    action: str,
    noun: str,
    object_id: int,
    *,
    at: datetime,
    account_id: int | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Append who did ``action`` to the ``noun`` with ``object_id``. ``detail`` holds what JSON can; never a secret."""
    AuditEntry.objects.create(
        at=at,
        person_id=scope.person_id,
        account_id=scope.account_id if account_id is None else account_id,
        via=scope.via.value,
        action=action,
        noun=noun,
        object_id=object_id,
        detail=_detail(scope, detail or {}),
    )


def record_all(
    scope: Scope,
    action: str,
    noun: str,
    details: Mapping[int, Mapping[str, object]],
    *,
    at: datetime,
    account_id: int | None = None,
) -> None:
    """Append the same act on each object of ``details``, by its id, as so many calls of ``record`` would."""
    AuditEntry.objects.bulk_create(
        (
            AuditEntry(
                at=at,
                person_id=scope.person_id,
                account_id=scope.account_id if account_id is None else account_id,
                via=scope.via.value,
                action=action,
                noun=noun,
                object_id=object_id,
                detail=_detail(scope, detail),
            )
            for object_id, detail in details.items()
        ),
        batch_size=_BATCH,
    )


def _detail(scope: Scope, detail: Mapping[str, object]) -> dict[str, object]:
    """Return what is kept of an act: of one that an app did for the person, or a host app's server, also which."""
    by = {"app_id": scope.app_id, "host_id": scope.host_id}
    return {**detail, **{name: str(number) for name, number in by.items() if number is not None}}


class EntryView(msgspec.Struct, frozen=True):
    """One row of the trail. ``person_id`` None: the platform itself."""

    id: int
    at: datetime
    person_id: int | None
    account_id: int | None
    via: str
    action: str
    noun: str
    object_id: int
    detail: dict[str, Any]  # As it was recorded: what the act's author found worth keeping, in JSON.


def entries(scope: Scope, paging: Paging, *, noun: str | None = None, object_id: int | None = None) -> Page[EntryView]:
    """Return the trail, newest first: an operator's is the whole platform's, an ad account's is that account's."""
    rows = AuditEntry.objects.all()
    if scope.account_id is not None:
        scope.require(Right.ACCOUNT_VIEW)
        rows = rows.filter(account_id=scope.account)
    else:
        scope.require(Right.OPERATE)
    if noun is not None:
        rows = rows.filter(noun=noun)
    if object_id is not None:
        rows = rows.filter(object_id=object_id)
    return page_of(rows, paging, _view)


def changes(
    scope: Scope,
    *,
    start: datetime,
    end: datetime,
    actions: Sequence[str],
    nouns: Collection[str],
    object_ids: Collection[int] | None = None,
    at_most: int,
) -> list[EntryView]:
    """Return what was done in the scope's ad account from ``start`` to before ``end``, oldest first.

    Only acts on ``nouns``, on ``object_ids`` unless that is None, and whose name ends with one of ``actions`` (none: any).
    """
    scope.require(Right.ACCOUNT_VIEW)
    rows = AuditEntry.objects.filter(account_id=scope.account, at__gte=start, at__lt=end, noun__in=nouns)
    if object_ids is not None:
        rows = rows.filter(object_id__in=object_ids)
    if actions:
        named = Q()
        for ending in actions:
            named |= Q(action__endswith=ending)
        rows = rows.filter(named)
    return [_view(row) for row in rows.order_by("at", "pk")[:at_most]]


def last_marked(scope: Scope, noun: str, object_id: int, mark: str) -> datetime | None:
    """Return when the object, of the scope's ad account, last had an act whose detail holds ``mark`` as true; None: never."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = AuditEntry.objects.filter(account_id=scope.account, noun=noun, object_id=object_id)
    return rows.filter(**{f"detail__{mark}": True}).order_by("-at", "-pk").values_list("at", flat=True).first()


def _view(row: AuditEntry) -> EntryView:
    return EntryView(
        id=row.pk,
        at=row.at,
        person_id=row.person_id,
        account_id=row.account_id,
        via=row.via,
        action=row.action,
        noun=row.noun,
        object_id=row.object_id,
        detail=row.detail,
    )


def _nameless(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return the detail without texts that may name somebody, also in what was before (``was``)."""
    kept = {key: value for key, value in detail.items() if key not in NAMING}
    if isinstance(kept.get("was"), dict):
        kept["was"] = {key: value for key, value in kept["was"].items() if key not in NAMING}
    return kept


def forget_texts(person_id: int) -> int:
    """Take texts that name an erased person out of the details of their acts; the acts stay. Return how many changed."""
    changed = 0
    for row in AuditEntry.objects.filter(person_id=person_id).iterator():
        kept = _nameless(row.detail)
        if kept != row.detail:
            AuditEntry.objects.filter(pk=row.pk).update(detail=kept)
            changed += 1
    return changed
