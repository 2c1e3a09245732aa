"""Write the consent record. Every action begins by locking its profile's chain, so that acts have one order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from vonk.authorisation import chain, events
from vonk.authorisation.models import (
    AccountAccess,
    Consent,
    ConsentChain,
    ConsentRecord,
    PermissionRequest,
    StandingConsent,
)
from vonk.authorisation.rules import Act
from vonk.control.scope import Scope
from vonk.core.ids import new_id

_BATCH: Final = 50  # Rows a statement; SQLite binds at most 999 values on old builds.


def lock(profile_id: int) -> ConsentChain:
    """Return the profile's chain and hold its row until commit. Always the first lock an action takes."""
    assert connection.in_atomic_block, "The record is written in the transaction of its act."
    ConsentChain.objects.get_or_create(profile_id=profile_id)
    return ConsentChain.objects.select_for_update().get(profile_id=profile_id)


def append(
    to: ConsentChain,
    scope: Scope,
    act: Act,
    *,
    at: datetime,
    post_id: int | None = None,
    consent: Consent | None = None,
    request: PermissionRequest | None = None,
    access: AccountAccess | None = None,
    standing: StandingConsent | None = None,
    detail: chain.Detail | None = None,
) -> None:
    """Append one act to the locked chain. ``detail`` never holds a code."""
    of = consent if consent is not None else request
    row = _next(
        to,
        scope,
        act,
        at=at,
        post_id=of.post_id if of is not None else post_id,
        consent_id=consent.pk if consent is not None else None,
        request_id=request.pk if request is not None else None,
        access_id=access.pk if access is not None else None,
        standing_id=standing.pk if standing is not None else None,
        detail=detail or {},
    )
    _write(to, [row])


def append_all(
    to: ConsentChain, scope: Scope, act: Act, consents: Sequence[tuple[Consent, chain.Detail]], *, at: datetime
) -> None:
    """Append the same act on each of the consents, in this order, as so many calls of ``append`` would."""
    rows = [
        _next(to, scope, act, at=at, post_id=consent.post_id, consent_id=consent.pk, detail=detail)
        for consent, detail in consents
    ]
    _write(to, rows)


def _next(
    to: ConsentChain,
    scope: Scope,
    act: Act,
    *,
    at: datetime,
    post_id: int | None,
    consent_id: int | None,
    request_id: int | None = None,
    access_id: int | None = None,
    standing_id: int | None = None,
    detail: chain.Detail,
) -> ConsentRecord:
    """Return the chain's next row, and move the chain's end to it."""
    if scope.app_id is not None:
        detail = {**detail, "app_id": str(scope.app_id)}  # A developer's app did it for who let it.
    row = chain.Row(
        id=new_id(),
        profile_id=to.profile_id,
        sequence=to.length + 1,
        post_id=post_id,
        consent_id=consent_id,
        at=at,
        person_id=scope.person_id,
        act=act.value,
        detail=detail,
        previous_hash=to.hash,
        request_id=request_id,
        access_id=access_id,
        standing_id=standing_id,
    )
    to.length, to.hash = row.sequence, chain.hash_of(row)
    return ConsentRecord(
        id=row.id,
        profile_id=row.profile_id,
        sequence=row.sequence,
        post_id=row.post_id,
        consent_id=row.consent_id,
        request_id=row.request_id,
        access_id=row.access_id,
        standing_id=row.standing_id,
        at=row.at,
        person_id=row.person_id,
        act=row.act,
        detail=dict(row.detail),
        previous_hash=row.previous_hash,
        hash=to.hash,
    )


def _write(to: ConsentChain, rows: Sequence[ConsentRecord]) -> None:
    """Write rows that were made in this order, and the chain's new end."""
    ConsentRecord.objects.bulk_create(rows, batch_size=_BATCH)
    to.save(update_fields=["length", "hash"])
    events.tell(rows)
