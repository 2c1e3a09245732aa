"""Say which member works with which ad account, as what, and with which creator's access."""

from datetime import datetime

from django.db import transaction

from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.actions import news, organisations
from vonk.identity.errors import NotMember
from vonk.identity.models import AdAccount, Membership, Organisation, OrganisationMember, ProfileAssignment
from vonk.identity.rules import AccountRole


@transaction.atomic
def assign_account(scope: Scope, account_id: int, person_id: int, role: AccountRole, *, now: datetime) -> None:
    """Give a member a role in an ad account of their organisation, in place of the one they had there.

    For the organisation's admins and for those of the ad account. Raises NotFound, NotMember.
    """
    account, organisation = _account(scope, account_id)
    _require_member(organisation.pk, person_id)
    found = Membership.objects.filter(account_id=account_id, person_id=person_id).first()
    if found is not None and found.role == role.value:
        return
    Membership.objects.update_or_create(account_id=account_id, person_id=person_id, defaults={"role": role.value})
    _record(scope, "account.member_assigned", account_id, now, person_id=person_id, role=role.value)
    if person_id != scope.person_id:
        news.assigned(person_id, asset=account.name, role=role.value, organisation=organisation.name, now=now)


@transaction.atomic
def unassign_account(scope: Scope, account_id: int, person_id: int, *, now: datetime) -> None:
    """Take back the role that a person was given in the ad account itself; without one nothing changes.

    What they may do there as an admin of the organisation, in its money, or for a partner stays.
    """
    account, organisation = _account(scope, account_id)
    if not Membership.objects.filter(account_id=account_id, person_id=person_id).delete()[0]:
        return
    _record(scope, "account.member_unassigned", account_id, now, person_id=person_id)
    if person_id != scope.person_id:
        news.unassigned([person_id], asset=account.name, organisation=organisation.name, now=now)


@transaction.atomic
def assign_profile(scope: Scope, profile_id: int, person_id: int, *, creator: str, now: datetime) -> None:
    """Let a member use what the creator's profile grants the organisation; ``creator`` is its name, for the letter.

    That the organisation has been granted anything is the caller's to know. Raises NotMember.
    """
    scope.require(Right.BUSINESS_EDIT)
    organisation = organisations.hold(scope.organisation)
    _require_member(organisation.pk, person_id)
    _row, made = ProfileAssignment.objects.get_or_create(
        organisation_id=organisation.pk, person_id=person_id, profile_id=profile_id
    )
    if not made:
        return
    detail = {"person_id": person_id, "profile_id": profile_id}
    audit.record(scope, "organisation.creator_assigned", "organisation", organisation.pk, at=now, detail=detail)
    if person_id != scope.person_id:
        news.assigned(person_id, asset=creator, role="", organisation=organisation.name, now=now)


@transaction.atomic
def unassign_profile(scope: Scope, profile_id: int, person_id: int, *, creator: str, now: datetime) -> None:
    """End that a member uses what the creator grants; without that nothing changes."""
    scope.require(Right.BUSINESS_EDIT)
    organisation = organisations.hold(scope.organisation)
    rows = ProfileAssignment.objects.filter(organisation_id=organisation.pk, person_id=person_id, profile_id=profile_id)
    if not rows.delete()[0]:
        return
    detail = {"person_id": person_id, "profile_id": profile_id}
    audit.record(scope, "organisation.creator_unassigned", "organisation", organisation.pk, at=now, detail=detail)
    if person_id != scope.person_id:
        news.unassigned([person_id], asset=creator, organisation=organisation.name, now=now)


def _account(scope: Scope, account_id: int) -> tuple[AdAccount, Organisation]:
    """Return the account, with its organisation held, to who may say who works there; NotFound outside the scope."""
    if scope.organisation_id is not None:
        scope.require(Right.BUSINESS_EDIT)
        rows = AdAccount.objects.filter(pk=account_id, organisation_id=scope.organisation)
    else:
        scope.require(Right.ACCOUNT_EDIT)
        rows = AdAccount.objects.filter(pk=account_id).filter(pk=scope.account)
    row = rows.first()
    if row is None:
        raise NotFound(noun="ad account")
    return row, organisations.hold(row.organisation_id)


def _require_member(organisation_id: int, person_id: int) -> None:
    members = OrganisationMember.objects.filter(organisation_id=organisation_id, person__is_active=True)
    if not members.filter(person_id=person_id).exists():
        raise NotMember


def _record(scope: Scope, action: str, account_id: int, now: datetime, **detail: object) -> None:
    audit.record(scope, action, "ad_account", account_id, at=now, account_id=account_id, detail=detail)
