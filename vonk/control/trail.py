"""Read the audit trail."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from vonk.control.models import AuditEntry
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope


class Entry(msgspec.Struct, frozen=True):
    """One act. ``person_id`` None: the platform itself; ``account_id`` None: no ad account was concerned."""

    id: int
    at: datetime
    person_id: int | None
    account_id: int | None
    via: str
    action: str
    noun: str
    object_id: int
    detail: Mapping[str, object]


def entries(
    scope: Scope,
    paging: Paging,
    *,
    account_id: int | None = None,
    noun: str | None = None,
    object_id: int | None = None,
) -> Page[Entry]:
    """Return what was done on the platform, newest first; operators only. None does not narrow."""
    scope.require(Right.OPERATE)
    rows = AuditEntry.objects.all()
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if noun is not None:
        rows = rows.filter(noun=noun)
    if object_id is not None:
        rows = rows.filter(object_id=object_id)
    return page_of(rows, paging, _entry)


def nouns(scope: Scope) -> list[str]:
    """Return what the trail has acts on, in order; operators only."""
    scope.require(Right.OPERATE)
    return list(AuditEntry.objects.order_by("noun").values_list("noun", flat=True).distinct())


def _entry(row: AuditEntry) -> Entry:
    return Entry(
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
