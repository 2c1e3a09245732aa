"""Save targeting under a name, and delete it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from vonk.advertising.models import SavedAudience
from vonk.advertising.rules import custom_audiences as rules
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.actions import accounts

_NOUN: Final = "saved_audience"


@transaction.atomic
def create(scope: Scope, name: str, content: Mapping[str, Any], *, now: datetime) -> int:
    """Save targeting; return its id. Raises FieldInvalid (name, content)."""
    scope.require(Right.CAMPAIGN_EDIT)
    called, kept = rules.name(name, most=rules.SAVED_NAME_MAX), rules.saved(content)
    accounts.hold(scope.account)  # Two that are saved at once do not pass the bound together.
    if SavedAudience.objects.filter(account_id=scope.account, deleted_at=None).count() >= rules.SAVED_MAX:
        raise FieldInvalid("name", "this ad account has %(most)s already", most=rules.SAVED_MAX)
    made = SavedAudience.objects.create(account_id=scope.account, name=called, content=kept, created_at=now)
    audit.record(scope, "saved_audience.created", _NOUN, made.pk, at=now)
    return made.pk


@transaction.atomic
def delete(scope: Scope, audience_ids: Collection[int], *, now: datetime) -> None:
    """Delete saved targeting, all of it or none. Raises NotFound."""
    scope.require(Right.CAMPAIGN_EDIT)
    wanted = set(audience_ids)
    rows = SavedAudience.objects.filter(pk__in=wanted, account_id=scope.account, deleted_at=None)
    if rows.update(deleted_at=now) != len(wanted):
        raise NotFound(noun="saved audience")
    for audience_id in sorted(wanted):
        audit.record(scope, "saved_audience.deleted", _NOUN, audience_id, at=now)
