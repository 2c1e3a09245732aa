"""The audit trail: one row an act, in the act's own transaction."""

from collections.abc import Mapping
from datetime import datetime

from vonk.control.models import AuditEntry
from vonk.control.scope import Scope


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
        detail=dict(detail or {}),
    )
