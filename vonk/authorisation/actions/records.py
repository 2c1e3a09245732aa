"""Write the consent record. Every action begins by locking its profile's chain, so that acts have one order."""

from datetime import datetime

from django.db import connection

from vonk.authorisation import chain
from vonk.authorisation.models import Consent, ConsentChain, ConsentRecord
from vonk.authorisation.rules import Act
from vonk.control.scope import Scope
from vonk.core.ids import new_id


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
    detail: chain.Detail | None = None,
) -> None:
    """Append one act to the locked chain. ``detail`` never holds a code."""
    row = chain.Row(
        id=new_id(),
        profile_id=to.profile_id,
        sequence=to.length + 1,
        post_id=consent.post_id if consent is not None else post_id,
        consent_id=consent.pk if consent is not None else None,
        at=at,
        person_id=scope.person_id,
        act=act.value,
        detail=detail or {},
        previous_hash=to.hash,
    )
    hashed = chain.hash_of(row)
    ConsentRecord.objects.create(
        id=row.id,
        profile_id=row.profile_id,
        sequence=row.sequence,
        post_id=row.post_id,
        consent_id=row.consent_id,
        at=row.at,
        person_id=row.person_id,
        act=row.act,
        detail=dict(row.detail),
        previous_hash=row.previous_hash,
        hash=hashed,
    )
    to.length, to.hash = row.sequence, hashed
    to.save(update_fields=["length", "hash"])
