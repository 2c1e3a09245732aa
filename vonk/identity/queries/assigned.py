"""What a member was assigned in one asset, by name: what their role in the organisation gives beside it is not in it."""

from vonk.control.scope import Right, Scope
from vonk.identity.models import Membership, OrganisationMember, ProfileAssignment, ShareAssignment


def member_rows(scope: Scope) -> dict[int, int]:
    """Return the organisation's members by person, as the ids of their rows: a new one for who joins again."""
    scope.require(Right.BUSINESS_EDIT)
    rows = OrganisationMember.objects.filter(organisation_id=scope.organisation, person__is_active=True)
    return dict(rows.values_list("person_id", "pk"))


def assigned_role(scope: Scope, account_id: int, person_id: int) -> str | None:
    """Return the role that the member was given in the ad account, be it the organisation's or a partner's."""
    scope.require(Right.BUSINESS_EDIT)
    own = Membership.objects.filter(
        account_id=account_id, person_id=person_id, account__organisation_id=scope.organisation
    )
    role = own.values_list("role", flat=True).first()
    if role is not None:
        return role
    shared = ShareAssignment.objects.filter(
        share__taker_id=scope.organisation, share__account_id=account_id, person_id=person_id
    )
    return shared.values_list("role", flat=True).first()


def uses_creator(scope: Scope, profile_id: int, person_id: int) -> bool:
    """Say whether the creator's account was assigned to the member, by the organisation's access or a partner's."""
    scope.require(Right.BUSINESS_EDIT)
    own = {"organisation_id": scope.organisation, "profile_id": profile_id, "person_id": person_id}
    if ProfileAssignment.objects.filter(**own).exists():
        return True
    return ShareAssignment.objects.filter(
        share__taker_id=scope.organisation, share__profile_id=profile_id, person_id=person_id
    ).exists()
