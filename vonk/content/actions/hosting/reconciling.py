"""Find out what a host has and we have not, and the other way round. Nothing is deleted before the host confirms it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from vonk.content import hosted
from vonk.content.errors import ReconciliationChanged, ReconciliationClosed
from vonk.content.hosted import Deletion, ItemKind, key_of
from vonk.content.models import HostItem, HostReconciliation
from vonk.content.queries import hosting
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound, Phrase

RECONCILED = (ItemKind.ACCOUNT, ItemKind.POST, ItemKind.SOUND)


@transaction.atomic
def begin(scope: Scope, kind: ItemKind, *, now: datetime) -> int:
    """Begin to name everything of a kind; return the reconciliation's id. FieldInvalid for follows."""
    scope.require(Right.HOST_SYNC)
    if kind not in RECONCILED:
        raise FieldInvalid("kind", "account, post or sound")
    HostReconciliation.objects.filter(host_id=scope.host, kind=kind.value).delete()  # A new one ends the one before.
    return HostReconciliation.objects.create(host_id=scope.host, kind=kind.value, started_at=now).pk


@transaction.atomic
def name(
    scope: Scope, reconciliation_id: int, external_ids: Sequence[str], *, last: bool, now: datetime
) -> tuple[str, ...]:
    """Take one page of ids that the host has; return those that we have not. Pages may come twice, in any order.

    ``last`` ends the naming. Raises NotFound, FieldInvalid, ReconciliationClosed.
    """
    row = _locked(scope, reconciliation_id)
    if row.finished_at is not None:
        raise ReconciliationClosed(state=Phrase("has ended"))
    if len(external_ids) > hosted.ITEMS_MAX:
        raise FieldInvalid("external_ids", "at most %(most)s ids a page", most=hosted.ITEMS_MAX)
    for external_id in external_ids:
        hosted.require_external_id(external_id, "external_ids")
    names = {key_of(external_id): external_id for external_id in external_ids}
    living = HostItem.objects.filter(
        host_id=scope.host, kind=row.kind, key__in=names, removed_at=None, object_id__isnull=False
    )
    here = set(living.values_list("key", flat=True))
    living.update(seen_in=row.pk)
    missing = tuple(external_id for key, external_id in names.items() if key not in here)
    HostReconciliation.objects.filter(pk=row.pk).update(
        named=F("named") + len(names), missing=F("missing") + len(missing), finished_at=now if last else None
    )
    return missing


@transaction.atomic
def confirmed(scope: Scope, reconciliation_id: int, *, extra: int, now: datetime) -> tuple[Deletion, ...]:
    """Return what is to be deleted now, DELETIONS_MAX items at most: what the host did not name.

    ``extra`` is how many there are, as the host was told; the caller deletes them and confirms the rest again.
    Raises NotFound, ReconciliationClosed before the last page, ReconciliationChanged.
    """
    row = _locked(scope, reconciliation_id)
    if row.finished_at is None:
        raise ReconciliationClosed(state=Phrase("still waits for its last page"))
    unnamed = hosting.unnamed_items(row)
    found = unnamed.count()
    if found != extra:
        raise ReconciliationChanged(extra=found, expected=extra)
    audit.record(scope, "host.reconciled", "host", scope.host, at=now, detail={"kind": row.kind, "extra": found})
    rows = unnamed.order_by("pk").values_list("external_id", "version")[: hosted.DELETIONS_MAX]
    return tuple(Deletion(kind=ItemKind(row.kind), external_id=text, version=version) for text, version in rows)


def _locked(scope: Scope, reconciliation_id: int) -> HostReconciliation:
    scope.require(Right.HOST_SYNC)
    rows = HostReconciliation.objects.select_for_update().filter(host_id=scope.host)
    row = rows.filter(pk=reconciliation_id).first()
    if row is None:
        raise NotFound(noun="reconciliation")
    return row
