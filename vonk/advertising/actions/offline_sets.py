"""Make, rename and delete offline event sets: what an advertiser's servers report of what happens in shops.

A set is a pixel that no page may report for. It has no secret: who may edit the account's campaigns reports for it.
"""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from vonk.advertising import publish
from vonk.advertising.errors import OfflineSetQuotaExceeded
from vonk.advertising.models import Pixel
from vonk.advertising.rules import pixels as rules
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.actions import accounts

_NOUN: Final = "offline_set"
_OFFLINE: Final = rules.Origin.OFFLINE.value


@transaction.atomic
def create(scope: Scope, name: str, description: str, *, kept: Mapping[str, Any], now: datetime) -> int:
    """Make a set that may be reported for at once; return its id. Raises FieldInvalid, OfflineSetQuotaExceeded."""
    scope.require(Right.CAMPAIGN_EDIT)
    clean, told = rules.name(name), rules.description(description)
    accounts.hold(scope.account)  # Two who create at once do not pass the quota together.
    rows = Pixel.objects.filter(account_id=scope.account, origin=_OFFLINE)
    if rows.filter(deleted_at=None).count() >= rules.OFFLINE_SETS_MAX or rows.count() >= rules.OFFLINE_SETS_EVER_MAX:
        raise OfflineSetQuotaExceeded(most=rules.OFFLINE_SETS_MAX)
    made = Pixel.objects.create(
        account_id=scope.account,
        name=clean,
        origin=_OFFLINE,
        description=told,
        kept=dict(kept),
        secret_sha256=hashlib.sha256(secrets.token_bytes(32)).hexdigest(),  # Of nothing that anybody knows.
        created_at=now,
        modified_at=now,
    )
    audit.record(scope, "offline_set.created", _NOUN, made.pk, at=now)
    publish.publish_pixels([made.pk], at=now)
    return made.pk


@transaction.atomic
def update(scope: Scope, set_id: int, *, name: str | None, kept: Mapping[str, Any], now: datetime) -> None:
    """Give the set another name, or keep other things with it; None leaves the name. Raises NotFound, FieldInvalid."""
    held = _hold(scope, set_id)
    clean = held.name if name is None else rules.name(name)
    merged = {**held.kept, **kept}
    if (clean, merged) != (held.name, held.kept):
        held.name, held.kept, held.modified_at = clean, merged, now
        held.save(update_fields=["name", "kept", "modified_at"])
        audit.record(scope, "offline_set.changed", _NOUN, set_id, at=now, detail={"name": clean, "kept": merged})


@transaction.atomic
def delete(scope: Scope, set_id: int, *, now: datetime) -> None:
    """Take nothing more for the set, within a second; what it reported stays. Raises NotFound, also the second time."""
    held = _hold(scope, set_id)
    held.deleted_at = held.modified_at = now
    held.save(update_fields=["deleted_at", "modified_at"])
    audit.record(scope, "offline_set.deleted", _NOUN, set_id, at=now)
    publish.publish_pixels([set_id], at=now)


def _hold(scope: Scope, set_id: int) -> Pixel:
    scope.require(Right.CAMPAIGN_EDIT)
    rows = Pixel.objects.select_for_update(no_key=True)
    held = rows.filter(pk=set_id, account_id=scope.account, origin=_OFFLINE, deleted_at=None).first()
    if held is None:
        raise NotFound(noun="offline event set")
    return held
