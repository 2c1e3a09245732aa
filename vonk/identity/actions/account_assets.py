"""Say who works with an ad account, be it the organisation's own or one that a partner shares with it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.actions import assignments, shares
from vonk.identity.models import AdAccount, Share
from vonk.identity.rules import AccountRole


@transaction.atomic
def assign(scope: Scope, account_id: int, person_id: int, role: AccountRole, *, now: datetime) -> None:
    """Give a member a role in the ad account. Raises NotFound, NotMember, RoleAboveShare."""
    shared = _share_of(scope, account_id)
    if shared is None:
        assignments.assign_account(scope, account_id, person_id, role, now=now)
    else:
        shares.assign(scope, shared, person_id, role=role, now=now)


@transaction.atomic
def unassign(scope: Scope, account_id: int, person_id: int, *, now: datetime) -> None:
    """Take back what a member was given in the ad account; without that nothing changes. Raises NotFound."""
    shared = _share_of(scope, account_id)
    if shared is None:
        assignments.unassign_account(scope, account_id, person_id, now=now)
    else:
        shares.unassign(scope, shared, person_id, now=now)


@transaction.atomic
def give_up(scope: Scope, account_ids: Collection[int], *, now: datetime) -> None:
    """Work no longer with ad accounts that partners share. Raises NotFound, also for one's own: those stay."""
    scope.require(Right.BUSINESS_EDIT)
    for account_id in account_ids:
        shared = _share_of(scope, account_id)
        if shared is None:
            raise NotFound(noun="share")
        shares.hand_back(scope, shared, now=now)


def _share_of(scope: Scope, account_id: int) -> int | None:
    """Return the share by which a partner's ad account came here, None for one's own. Raises NotFound for any other."""
    scope.require(Right.BUSINESS_EDIT)
    if not scope.reaches(account_id):
        raise NotFound(noun="ad account")
    if AdAccount.objects.filter(pk=account_id, organisation_id=scope.organisation).exists():
        return None
    living = Share.objects.filter(
        taker_id=scope.organisation, account_id=account_id, partnership__accepted_at__isnull=False
    )
    found = living.filter(partnership__ended_at=None).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(noun="ad account")
    return found
