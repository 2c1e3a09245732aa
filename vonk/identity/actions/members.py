"""Change and end what people are in an organisation. It is never left without an admin."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.actions import member_invitations, news, organisations
from vonk.identity.errors import LastAdmin
from vonk.identity.models import (
    Membership,
    Organisation,
    OrganisationMember,
    Person,
    ProfileAssignment,
    ShareAssignment,
)
from vonk.identity.queries import rights
from vonk.identity.rules import FinanceRole, OrganisationRole


@transaction.atomic
def change(
    scope: Scope, person_id: int, *, role: OrganisationRole, finance_role: FinanceRole | None, now: datetime
) -> None:
    """Give a member these roles from now on; the same ones change nothing. Raises NotFound, LastAdmin."""
    scope.require(Right.BUSINESS_EDIT)
    organisation = organisations.hold(scope.organisation)
    member = _member(organisation.pk, person_id)
    finance = finance_role.value if finance_role is not None else None
    if (member.role, member.finance_role) == (role.value, finance):
        return
    if role is not OrganisationRole.ADMIN:
        _require_another_admin(organisation, member)
    member.role, member.finance_role = role.value, finance
    member.save(update_fields=["role", "finance_role"])
    detail = {"person_id": person_id, "role": role.value, "finance_role": finance}
    audit.record(scope, "organisation.member_changed", "organisation", organisation.pk, at=now, detail=detail)
    if person_id != scope.person_id:
        named = role.value if finance is None else f"{role.value}, finance {finance}"
        news.role_changed(
            person_id, organisation_id=organisation.pk, organisation=organisation.name, role=named, now=now
        )


@transaction.atomic
def amend(
    scope: Scope,
    person_id: int,
    *,
    role: OrganisationRole | None = None,
    finance_role: FinanceRole | None = None,
    without_finance: bool = False,
    now: datetime,
) -> None:
    """Change a member's role, their finance role, or both; what is None stays. Raises NotFound, LastAdmin.

    ``without_finance`` takes the finance role away.
    """
    scope.require(Right.BUSINESS_EDIT)
    organisation = organisations.hold(scope.organisation)
    member = _member(organisation.pk, person_id)
    held = FinanceRole(member.finance_role) if member.finance_role is not None and not without_finance else None
    change(scope, person_id, role=role or OrganisationRole(member.role), finance_role=finance_role or held, now=now)


@transaction.atomic
def remove_by_address(scope: Scope, email: str, *, now: datetime) -> None:
    """Take out who has this e-mail address, as ``remove`` does, or take back their invitation. Raises NotFound, LastAdmin."""
    scope.require(Right.BUSINESS_EDIT)
    if member_invitations.withdraw_from(scope, email, now=now):
        return
    rows = OrganisationMember.objects.filter(organisation_id=scope.organisation, person__email__iexact=email.strip())
    person_id = rows.values_list("person_id", flat=True).first()
    if person_id is None:
        raise NotFound(noun="member")
    remove(scope, person_id, now=now)


@transaction.atomic
def remove(scope: Scope, person_id: int, *, now: datetime) -> None:
    """Take a member out, with all that they work with by way of the organisation. Raises NotFound, LastAdmin."""
    scope.require(Right.BUSINESS_EDIT)
    organisation = organisations.hold(scope.organisation)
    _out(scope, organisation, person_id, "organisation.member_removed", now)
    if person_id != scope.person_id:
        news.removed(person_id, organisation=organisation.name, now=now)


@transaction.atomic
def leave(scope: Scope, *, now: datetime) -> None:
    """Leave the scope's organisation, as any member may. Raises LastAdmin."""
    scope.require(Right.BUSINESS_VIEW)
    organisation = organisations.hold(scope.organisation)
    _out(scope, organisation, scope.person, "organisation.member_left", now)
    name = Person.objects.values_list("display_name", flat=True).get(pk=scope.person)
    news.left(organisation.pk, organisation=organisation.name, person=name, now=now)


@transaction.atomic
def appoint(scope: Scope, organisation_id: int, person_id: int, *, now: datetime) -> None:
    """Make a member an admin, as an operator of the platform: where nobody else can. Raises NotFound."""
    scope.require(Right.OPERATE)
    organisation = organisations.hold(organisation_id)
    member = _member(organisation.pk, person_id)
    if member.role == OrganisationRole.ADMIN.value:
        return
    member.role = OrganisationRole.ADMIN.value
    member.save(update_fields=["role"])
    detail = {"person_id": person_id, "role": member.role}
    audit.record(scope, "organisation.member_changed", "organisation", organisation.pk, at=now, detail=detail)
    news.role_changed(
        person_id, organisation_id=organisation.pk, organisation=organisation.name, role=member.role, now=now
    )


def forget(person_id: int, organisation_ids: Iterable[int] | None = None) -> None:
    """Delete what a person is and works with, in these organisations or (None) everywhere."""
    memberships = Membership.objects.filter(person_id=person_id)
    profiles = ProfileAssignment.objects.filter(person_id=person_id)
    shares = ShareAssignment.objects.filter(person_id=person_id)
    members = OrganisationMember.objects.filter(person_id=person_id)
    if organisation_ids is not None:
        ids = list(organisation_ids)
        memberships = memberships.filter(account__organisation_id__in=ids)
        profiles = profiles.filter(organisation_id__in=ids)
        shares = shares.filter(share__taker_id__in=ids)
        members = members.filter(organisation_id__in=ids)
    for rows in (memberships, profiles, shares, members):
        rows.delete()


def _out(scope: Scope, organisation: Organisation, person_id: int, action: str, now: datetime) -> None:
    _require_another_admin(organisation, _member(organisation.pk, person_id))
    forget(person_id, [organisation.pk])
    audit.record(scope, action, "organisation", organisation.pk, at=now, detail={"person_id": person_id})


def _member(organisation_id: int, person_id: int) -> OrganisationMember:
    row = OrganisationMember.objects.filter(organisation_id=organisation_id, person_id=person_id).first()
    if row is None:
        raise NotFound(noun="member")
    return row


def _require_another_admin(organisation: Organisation, member: OrganisationMember) -> None:
    if member.role == OrganisationRole.ADMIN.value and set(rights.admins(organisation.pk)) <= {member.person_id}:
        name = Person.objects.values_list("display_name", flat=True).get(pk=member.person_id)
        raise LastAdmin(person=name, organisation=organisation.name)
