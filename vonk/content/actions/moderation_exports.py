"""Lists of comments and of blocked words as files, on request."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from vonk.content.models import ModerationExport
from vonk.content.moderation import EXPORT_KEPT_FOR, ExportKind
from vonk.control.scope import Right, Scope


@transaction.atomic
def ask(scope: Scope, kind: ExportKind, asked: Mapping[str, Any], *, now: datetime) -> int:
    """Remember what the ad account wants listed; return the request's id, which is good for 30 days."""
    scope.require(Right.ACCOUNT_VIEW)
    ModerationExport.objects.filter(account_id=scope.account, at__lt=now - EXPORT_KEPT_FOR).delete()
    row = ModerationExport.objects.create(account_id=scope.account, kind=kind.value, asked=dict(asked), at=now)
    return row.pk
