"""The ad accounts that an organisation works with: its own, and those that partners share with it."""

from collections.abc import Collection

import msgspec
from django.db.models import Q

from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.models import AdAccount, OrganisationMember, Share
from vonk.identity.queries import rights
from vonk.identity.queries.rights import Held


class AccountAsset(msgspec.Struct, frozen=True, kw_only=True):
    """An ad account; ``role`` is the highest that the person asked about holds there by way of the organisation."""

    id: int
    name: str
    currency: str
    time_zone: str
    owner_id: int
    owner_name: str
    role: str | None
    suspended: bool


def account_assets(scope: Scope, person_id: int | None = None) -> tuple[AccountAsset, ...]:
    """Return the ad accounts with which a person works by way of the scope's organisation, oldest first.

    The acting person's own, or to admins any member's. Raises NotFound for who is no member.
    """
    scope.require(Right.BUSINESS_VIEW)
    who = scope.person if person_id is None else person_id
    if who != scope.person_id:
        scope.require(Right.BUSINESS_EDIT)
    if not OrganisationMember.objects.filter(organisation_id=scope.organisation, person_id=who).exists():
        raise NotFound(noun="member")
    held = _held(scope, who)
    return _assets(held, held)


def all_account_assets(scope: Scope) -> tuple[AccountAsset, ...]:
    """Return all of them to admins, oldest first (bounded by what there is to own and to share)."""
    scope.require(Right.BUSINESS_EDIT)
    shared = Share.objects.filter(
        taker_id=scope.organisation, partnership__accepted_at__isnull=False, partnership__ended_at=None
    )
    taken = shared.filter(account__isnull=False).values_list("account_id", flat=True)
    rows = AdAccount.objects.filter(Q(organisation_id=scope.organisation) | Q(pk__in=list(taken)))
    ids = [account_id for account_id in rows.values_list("pk", flat=True) if scope.reaches(account_id)]
    return _assets(ids, _held(scope, scope.person))


def _held(scope: Scope, person_id: int) -> dict[int, list[Held]]:
    by_account: dict[int, list[Held]] = {}
    for one in rights.in_accounts(person_id=person_id, account_ids=scope.reach):
        if one.organisation_id == scope.organisation:
            by_account.setdefault(one.account_id, []).append(one)
    return by_account


def _assets(account_ids: Collection[int], held: dict[int, list[Held]]) -> tuple[AccountAsset, ...]:
    rows = AdAccount.objects.select_related("organisation").filter(pk__in=account_ids).order_by("pk")
    return tuple(
        AccountAsset(
            id=row.pk,
            name=row.name,
            currency=row.currency,
            time_zone=row.time_zone,
            owner_id=row.organisation_id,
            owner_name=row.organisation.name,
            role=_role(held.get(row.pk, [])),
            suspended=row.suspended_at is not None,
        )
        for row in rows
    )


def _role(held: list[Held]) -> str | None:
    role = rights.named(held)
    return role.value if role is not None else None
