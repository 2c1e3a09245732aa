"""Suspend ad accounts. What is published of their ads is advertising's: call these from there."""

from datetime import datetime
from typing import Final

from django.db import connection

from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.actions import news
from vonk.identity.errors import AccountNotSuspended, AccountSuspended
from vonk.identity.models import AdAccount
from vonk.identity.queries import rights
from vonk.identity.rules import AccountRole

REASON_CHARS_MAX: Final = 1_000


def suspend(scope: Scope, account_id: int, *, reason: str, now: datetime) -> None:
    """Mark the account suspended and write the reason to its admins. Raises NotFound, FieldInvalid, AccountSuspended."""
    scope.require(Right.OPERATE)
    text = reason.strip()
    if not 1 <= len(text) <= REASON_CHARS_MAX:
        raise FieldInvalid("reason", "1 to %(most)s characters", most=REASON_CHARS_MAX)
    account = _hold(account_id)
    if account.suspended_at is not None:
        raise AccountSuspended
    account.suspended_at, account.suspension_reason = now, text
    account.save(update_fields=["suspended_at", "suspension_reason"])
    audit.record(
        scope, "account.suspended", "ad_account", account_id, at=now, account_id=account_id, detail={"reason": text}
    )
    news.suspended(_admins(account_id), account=account.name, reason=text, now=now)


def unsuspend(scope: Scope, account_id: int, *, now: datetime) -> None:
    """Lift the suspension and tell the account's admins. Raises NotFound, AccountNotSuspended."""
    scope.require(Right.OPERATE)
    account = _hold(account_id)
    if account.suspended_at is None:
        raise AccountNotSuspended
    account.suspended_at = account.suspension_reason = None
    account.save(update_fields=["suspended_at", "suspension_reason"])
    audit.record(scope, "account.unsuspended", "ad_account", account_id, at=now, account_id=account_id)
    news.unsuspended(_admins(account_id), account=account.name, now=now)


def _hold(account_id: int) -> AdAccount:
    assert connection.in_atomic_block, "The suspension and what is published of it are one transaction."
    row = AdAccount.objects.select_for_update(no_key=True).filter(pk=account_id).first()
    if row is None:
        raise NotFound(noun="ad account")
    return row


def _admins(account_id: int) -> list[int]:
    held = rights.in_accounts(account_ids=[account_id])
    return sorted({one.person_id for one in held if rights.AS_ACCOUNT_ROLE[one.role] is AccountRole.ADMIN})
