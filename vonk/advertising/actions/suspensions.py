"""Suspend ad accounts, and let them go on: what people read and what is shown change in one transaction."""

from datetime import datetime

from django.db import transaction

from vonk.advertising import publish
from vonk.control.scope import Scope
from vonk.identity.actions import suspensions


@transaction.atomic
def suspend(scope: Scope, account_id: int, *, reason: str, now: datetime) -> None:
    """Stop every ad of the account with the commit. Raises NotFound, FieldInvalid, AccountSuspended."""
    suspensions.suspend(scope, account_id, reason=reason, now=now)
    publish.republish_account(account_id, now)


@transaction.atomic
def unsuspend(scope: Scope, account_id: int, *, now: datetime) -> None:
    """Let the account's ads go on as they were, without a new review. Raises NotFound, AccountNotSuspended."""
    suspensions.unsuspend(scope, account_id, now=now)
    publish.republish_account(account_id, now)
