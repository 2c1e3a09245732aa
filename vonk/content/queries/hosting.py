"""What a host's server reads of its sync: what stands for what, how far it is, and what was refused."""

from datetime import datetime

import msgspec
from django.db.models import Count, Max, Q, QuerySet

from vonk.content import hosted
from vonk.content.hosted import ItemKind, key_of
from vonk.content.models import HostItem, HostReconciliation, Profile
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity import access
from vonk.identity import queries as identity


class ItemView(msgspec.Struct, frozen=True):
    """One thing of the host's. ``version`` is of what was applied, -1 before anything was; ``object_id`` 0: nothing is here."""

    kind: ItemKind
    external_id: str
    version: int
    object_id: int
    synced_at: datetime
    removed_at: datetime | None
    refused_code: str
    refused_reason: str


class KindView(msgspec.Struct, frozen=True):
    """How far the sync of one kind is."""

    kind: ItemKind
    living: int
    removed: int
    refused: int
    version: int  # The highest that was applied; -1: none.
    synced_at: datetime | None


class SyncView(msgspec.Struct, frozen=True):
    """How far a host's sync is."""

    host_id: int
    host_name: str
    kinds: tuple[KindView, ...]


class ReconciliationView(msgspec.Struct, frozen=True):
    """A reconciliation. ``extra`` is how many items here the host did not name; None before its last page."""

    id: int
    kind: ItemKind
    started_at: datetime
    finished_at: datetime | None
    named: int
    missing: int
    extra: int | None


def object_id(scope: Scope, kind: ItemKind, external_id: str) -> int:
    """Return what stands for the host's id; NotFound for what was not synced, or deleted."""
    scope.require(Right.HOST_SYNC)
    rows = HostItem.objects.filter(host_id=scope.host, kind=kind.value, key=key_of(external_id), removed_at=None)
    found = rows.values_list("object_id", flat=True).first()
    if found is None:
        raise NotFound(noun=kind.value)
    return found


def profile_of(scope: Scope, external_id: str, *, field: str = "account") -> Profile:
    """Return the profile of one of the host's people; NotFound for who was not synced, or deleted; FieldInvalid."""
    hosted.require_external_id(external_id, field)
    profile_id = object_id(scope, ItemKind.ACCOUNT, external_id)
    profile = Profile.objects.filter(pk=profile_id, deleted_at=None, owner__isnull=False).first()
    if profile is None:
        raise NotFound(noun="account")
    return profile


def watcher(scope: Scope, external_id: str) -> tuple[Scope, int]:
    """Return the scope of one of the host's people as they watch, and their profile; NotFound."""
    profile = profile_of(scope, external_id)
    assert profile.owner_id is not None, "It was asked for."
    return access.of_hosted(scope, profile.owner_id), profile.pk


def uploader(scope: Scope, external_id: str) -> Scope:
    """Return the scope in which a video is uploaded for one of the host's people; NotFound."""
    profile = profile_of(scope, external_id)
    assert profile.owner_id is not None, "It was asked for."
    return access.of_hosted(scope, profile.owner_id)


def item(scope: Scope, kind: ItemKind, external_id: str) -> ItemView:
    """Return what is known of one id of the host's; NotFound when it was never told."""
    scope.require(Right.HOST_SYNC)
    row = HostItem.objects.filter(host_id=scope.host, kind=kind.value, key=key_of(external_id)).first()
    if row is None:
        raise NotFound(noun=kind.value)
    return _view(row)


def refused(scope: Scope, paging: Paging) -> Page[ItemView]:
    """Return the items whose last version was refused, newest first; a later version that is applied takes them out."""
    scope.require(Right.HOST_SYNC)
    rows = HostItem.objects.filter(host_id=scope.host).exclude(refused_code="")
    return page_of(rows, paging, _view)


def status(scope: Scope) -> SyncView:
    """Return how far the host's sync is."""
    scope.require(Right.HOST_SYNC)
    rows = HostItem.objects.filter(host_id=scope.host).values("kind")
    counted = rows.annotate(
        living=Count("pk", filter=Q(removed_at=None, object_id__isnull=False)),
        removed=Count("pk", filter=Q(removed_at__isnull=False)),
        refused=Count("pk", filter=~Q(refused_code="")),
        highest=Max("version"),
        latest=Max("synced_at"),
    )
    found = {row["kind"]: row for row in counted}
    kinds = tuple(
        KindView(kind, one["living"], one["removed"], one["refused"], one["highest"], one["latest"])
        if (one := found.get(kind.value)) is not None
        else KindView(kind, 0, 0, 0, -1, None)
        for kind in ItemKind
    )
    return SyncView(scope.host, identity.host_name(scope), kinds)


def reconciliation(scope: Scope, reconciliation_id: int) -> ReconciliationView:
    """Return how far a reconciliation is; NotFound."""
    row = _reconciliation(scope, reconciliation_id)
    return ReconciliationView(
        id=row.pk,
        kind=ItemKind(row.kind),
        started_at=row.started_at,
        finished_at=row.finished_at,
        named=row.named,
        missing=row.missing,
        extra=unnamed_items(row).count() if row.finished_at is not None else None,
    )


def unnamed(scope: Scope, reconciliation_id: int, paging: Paging) -> Page[ItemView]:
    """Return what is here and was not named, newest first; nothing before the last page was."""
    row = _reconciliation(scope, reconciliation_id)
    rows = unnamed_items(row) if row.finished_at is not None else HostItem.objects.none()
    return page_of(rows, paging, _view)


def unnamed_items(row: HostReconciliation) -> "QuerySet[HostItem]":
    """Return the living items that the reconciliation did not name and that were not synced since it began."""
    rows = HostItem.objects.filter(host_id=row.host_id, kind=row.kind, removed_at=None, object_id__isnull=False)
    return rows.filter(synced_at__lt=row.started_at).exclude(seen_in=row.pk)


def _reconciliation(scope: Scope, reconciliation_id: int) -> HostReconciliation:
    scope.require(Right.HOST_SYNC)
    row = HostReconciliation.objects.filter(pk=reconciliation_id, host_id=scope.host).first()
    if row is None:
        raise NotFound(noun="reconciliation")
    return row


def _view(row: HostItem) -> ItemView:
    return ItemView(
        kind=ItemKind(row.kind),
        external_id=row.external_id,
        version=row.version,
        object_id=row.object_id or 0,
        synced_at=row.synced_at,
        removed_at=row.removed_at,
        refused_code=row.refused_code,
        refused_reason=row.refused_reason,
    )
