"""Organisations: what they are called, and their ad accounts."""

import msgspec

from vonk.control.scope import Right
from vonk.identity import queries
from vonk.identity.actions import accounts, members, organisations
from vonk.identity.queries import OrganisationAccount, OrganisationView, PersonRights
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation
from vonk.wire.platform.accounts import AccountCreated


class Name(Body, frozen=True):
    name: str


class AnotherAccount(Body, frozen=True):
    """Currency (ISO 4217) and time zone (IANA) never change."""

    name: str
    currency: str
    time_zone: str
    country: str
    advertiser_name: str
    payer_name: str


class Organisations(msgspec.Struct, frozen=True):
    items: tuple[OrganisationView, ...]


class OrganisationAccounts(msgspec.Struct, frozen=True):
    items: tuple[OrganisationAccount, ...]


@operation("GET", "/organisations", may=Right.VIEW, summary="List one's organisations")
def list_organisations(call: Call[Nothing, Nothing]) -> Organisations:
    """All that the caller is a member of, with their role."""
    return Organisations(tuple(queries.organisations_of(call.scope)))


@operation("GET", "/organisations/{organisation_id}", may=Right.BUSINESS_VIEW, summary="Read an organisation")
def read_organisation(call: Call[Nothing, Nothing]) -> OrganisationView:
    """With the caller's role in it."""
    return queries.organisation(call.scope)


@operation(
    "PATCH",
    "/organisations/{organisation_id}",
    may=Right.BUSINESS_EDIT,
    summary="Rename an organisation",
    example={"name": "Ada's bakeries"},
)
def rename_organisation(call: Call[Name, Nothing]) -> None:
    """What ads say of who advertises and pays is each ad account's own."""
    organisations.rename(call.scope, name=call.body.name, now=call.now)


@operation(
    "GET",
    "/organisations/{organisation_id}/ad_accounts",
    may=Right.BUSINESS_VIEW,
    summary="List an organisation's ad accounts",
)
def list_ad_accounts(call: Call[Nothing, Nothing]) -> OrganisationAccounts:
    """Those in which the caller holds a role; an admin's are all."""
    return OrganisationAccounts(queries.ad_accounts(call.scope))


@operation(
    "POST",
    "/organisations/{organisation_id}/ad_accounts",
    may=Right.BUSINESS_EDIT,
    summary="Open a further ad account",
    example={
        "name": "Cakes",
        "currency": "EUR",
        "time_zone": "Europe/Amsterdam",
        "country": "NL",
        "advertiser_name": "Ada's bakery",
        "payer_name": "Ada's bakery",
    },
)
def create_ad_account(call: Call[AnotherAccount, Nothing]) -> AccountCreated:
    """Its currency may be another than that of the first."""
    return AccountCreated(accounts.open_another(call.scope, **msgspec.structs.asdict(call.body), now=call.now))


@operation(
    "GET",
    "/organisations/{organisation_id}/membership",
    may=Right.BUSINESS_VIEW,
    summary="Read one's own place in an organisation",
)
def read_membership(call: Call[Nothing, Nothing]) -> PersonRights:
    """Every right with where it comes from."""
    return queries.member(call.scope, call.scope.person)


@operation(
    "DELETE",
    "/organisations/{organisation_id}/membership",
    may=Right.BUSINESS_VIEW,
    summary="Leave an organisation",
)
def leave_organisation(call: Call[Nothing, Nothing]) -> None:
    """With all that the caller works with by way of it; the last admin stays (`last_admin`)."""
    members.leave(call.scope, now=call.now)
