"""Who belongs to an organisation, and what each of them works with."""

import msgspec

from vonk.authorisation.actions import access_people
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.identity import queries
from vonk.identity.actions import assignments, members
from vonk.identity.queries import MemberView, PersonInAccount, PersonRights
from vonk.identity.rules import AccountRole, FinanceRole, OrganisationRole
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation

PERSON = "/organisations/{organisation_id}/members/{person_id}"


class MemberRoles(Body, frozen=True):
    """What a member is; the finance role covers all the organisation's ad accounts."""

    role: OrganisationRole
    finance_role: FinanceRole | None = None


class RoleInAccount(Body, frozen=True):
    role: AccountRole


class People(msgspec.Struct, frozen=True):
    items: tuple[PersonInAccount, ...]


@operation(
    "GET", "/organisations/{organisation_id}/members", may=Right.BUSINESS_EDIT, summary="List an organisation's members"
)
def list_members(call: Call[Nothing, Paged]) -> Page[MemberView]:
    """Newest first."""
    return queries.members(call.scope, call.query.paging())


@operation("GET", PERSON, may=Right.BUSINESS_EDIT, summary="Read a member")
def read_member(call: Call[Nothing, Nothing]) -> PersonRights:
    """Every right with where it comes from: given directly, by the organisation, or by a partner."""
    return queries.member(call.scope, call.id("person_id"))


@operation("PUT", PERSON, may=Right.BUSINESS_EDIT, summary="Change a member's roles", example={"role": "admin"})
def set_member(call: Call[MemberRoles, Nothing]) -> None:
    """From the member's next request on; the last admin stays one (`last_admin`)."""
    asked = call.body
    members.change(call.scope, call.id("person_id"), role=asked.role, finance_role=asked.finance_role, now=call.now)


@operation("DELETE", PERSON, may=Right.BUSINESS_EDIT, summary="Remove a member")
def remove_member(call: Call[Nothing, Nothing]) -> None:
    """With all that they work with by way of the organisation, from their next request on."""
    members.remove(call.scope, call.id("person_id"), now=call.now)


@operation(
    "PUT",
    f"{PERSON}/ad_accounts/{{ad_account_id}}",
    may=Right.BUSINESS_EDIT,
    summary="Assign an ad account to a member",
    example={"role": "operator"},
)
def assign_ad_account(call: Call[RoleInAccount, Nothing]) -> None:
    """In place of the role that they were given there before."""
    assignments.assign_account(call.scope, call.id("ad_account_id"), call.id("person_id"), call.body.role, now=call.now)


@operation(
    "DELETE",
    f"{PERSON}/ad_accounts/{{ad_account_id}}",
    may=Right.BUSINESS_EDIT,
    summary="Take an ad account back from a member",
)
def unassign_ad_account(call: Call[Nothing, Nothing]) -> None:
    """What they hold there as an admin, in finance, or for a partner stays."""
    assignments.unassign_account(call.scope, call.id("ad_account_id"), call.id("person_id"), now=call.now)


@operation(
    "PUT", f"{PERSON}/creators/{{profile_id}}", may=Right.BUSINESS_EDIT, summary="Assign a creator's access to a member"
)
def assign_creator(call: Call[Nothing, Nothing]) -> None:
    """Of a creator who granted the organisation access; to use it in an ad account takes a role there as well."""
    access_people.assign(call.scope, call.id("profile_id"), call.id("person_id"), now=call.now)


@operation(
    "DELETE",
    f"{PERSON}/creators/{{profile_id}}",
    may=Right.BUSINESS_EDIT,
    summary="Take a creator's access back from a member",
)
def unassign_creator(call: Call[Nothing, Nothing]) -> None:
    """Ads that stand on it go on; new ones are another's to make."""
    access_people.unassign(call.scope, call.id("profile_id"), call.id("person_id"), now=call.now)


@operation("GET", "/accounts/{account_id}/people", may=Right.ACCOUNT_EDIT, summary="List who works in an ad account")
def list_people(call: Call[Nothing, Nothing]) -> People:
    """By name, each with every role and where it comes from."""
    return People(queries.people_in_account(call.scope, call.scope.account))


@operation(
    "PUT",
    "/accounts/{account_id}/people/{person_id}",
    may=Right.ACCOUNT_EDIT,
    summary="Give a member a role in the ad account",
    example={"role": "analyst"},
)
def set_role(call: Call[RoleInAccount, Nothing]) -> None:
    """Of members of the organisation that owns it (`not_member`)."""
    assignments.assign_account(call.scope, call.scope.account, call.id("person_id"), call.body.role, now=call.now)


@operation(
    "DELETE",
    "/accounts/{account_id}/people/{person_id}",
    may=Right.ACCOUNT_EDIT,
    summary="Take back a role in the ad account",
)
def delete_role(call: Call[Nothing, Nothing]) -> None:
    """The one that was given in the account itself."""
    assignments.unassign_account(call.scope, call.scope.account, call.id("person_id"), now=call.now)
