"""Partners of an organisation, and what is shared either way."""

import msgspec

from vonk.authorisation.actions import access_people
from vonk.control.scope import Right
from vonk.identity import queries
from vonk.identity.actions import partners, shares
from vonk.identity.queries import PartnershipView, ShareView
from vonk.identity.rules import AccountRole
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation

PARTNERS = "/organisations/{organisation_id}/partners"
SHARES = "/organisations/{organisation_id}/shares"


class NewPartner(Body, frozen=True):
    """The other organisation's id, or its exact name if nobody else has it."""

    partner: str


class Bound(Body, frozen=True):
    """The highest role that the partner's people can have."""

    role_max: AccountRole


class AssignedRole(Body, frozen=True):
    """The role in a shared ad account; null for a creator."""

    role: AccountRole | None = None


class PartnershipCreated(msgspec.Struct, frozen=True):
    id: int


class Shared(msgspec.Struct, frozen=True):
    id: int


class Partnerships(msgspec.Struct, frozen=True):
    items: tuple[PartnershipView, ...]


class Shares(msgspec.Struct, frozen=True):
    items: tuple[ShareView, ...]


@operation(
    "POST",
    PARTNERS,
    may=Right.BUSINESS_EDIT,
    summary="Ask an organisation to be partners",
    example={"partner": "Vik's agency"},
)
def create_partner(call: Call[NewPartner, Nothing]) -> PartnershipCreated:
    """Nothing is shared by it."""
    return PartnershipCreated(partners.ask(call.scope, partner=call.body.partner, now=call.now))


@operation("GET", PARTNERS, may=Right.BUSINESS_EDIT, summary="List partners")
def list_partners(call: Call[Nothing, Nothing]) -> Partnerships:
    """Newest first, with open questions of either side."""
    return Partnerships(queries.partnerships(call.scope))


@operation("POST", f"{PARTNERS}/{{partnership_id}}/accept", may=Right.BUSINESS_EDIT, summary="Accept a partner")
def accept_partner(call: Call[Nothing, Nothing]) -> None:
    """As the organisation that was asked."""
    partners.accept(call.scope, call.id("partnership_id"), now=call.now)


@operation("DELETE", f"{PARTNERS}/{{partnership_id}}", may=Right.BUSINESS_EDIT, summary="End a partnership")
def end_partner(call: Call[Nothing, Nothing]) -> None:
    """Or refuse, or withdraw the question. Whatever was shared either way is taken back at once."""
    partners.end(call.scope, call.id("partnership_id"), now=call.now)


@operation(
    "PUT",
    f"{PARTNERS}/{{partnership_id}}/ad_accounts/{{ad_account_id}}",
    may=Right.BUSINESS_EDIT,
    summary="Share an ad account",
    example={"role_max": "operator"},
)
def share_ad_account(call: Call[Bound, Nothing]) -> Shared:
    """Or change the bound of one that is shared: who was above it is lowered."""
    return Shared(
        shares.share_account(
            call.scope,
            call.id("partnership_id"),
            call.id("ad_account_id"),
            role_max=call.body.role_max,
            now=call.now,
        )
    )


@operation(
    "PUT",
    f"{PARTNERS}/{{partnership_id}}/creators/{{profile_id}}",
    may=Right.BUSINESS_EDIT,
    summary="Share a creator's access",
)
def share_creator(call: Call[Nothing, Nothing]) -> Shared:
    """Of a creator who granted the organisation access."""
    return Shared(access_people.share(call.scope, call.id("partnership_id"), call.id("profile_id"), now=call.now))


@operation("GET", SHARES, may=Right.BUSINESS_EDIT, summary="List what is shared")
def list_shares(call: Call[Nothing, Nothing]) -> Shares:
    """Given and taken, with who of the partner works with it."""
    return Shares(queries.shares(call.scope))


@operation("DELETE", f"{SHARES}/{{share_id}}", may=Right.BUSINESS_EDIT, summary="Take a share back")
def end_share(call: Call[Nothing, Nothing]) -> None:
    """From everybody at the partner, from their next request on."""
    access_people.unshare(call.scope, call.id("share_id"), now=call.now)


@operation(
    "PUT",
    f"{SHARES}/{{share_id}}/people/{{person_id}}",
    may=Right.BUSINESS_EDIT,
    summary="Assign what a partner shares",
    example={"role": "analyst"},
)
def assign_share(call: Call[AssignedRole, Nothing]) -> None:
    """To a member of one's own organisation, in no higher role than was shared (`role_above_share`)."""
    access_people.assign_shared(
        call.scope, call.id("share_id"), call.id("person_id"), role=call.body.role, now=call.now
    )


@operation("DELETE", f"{SHARES}/{{share_id}}/people/{{person_id}}", may=Right.BUSINESS_EDIT, summary="Unassign a share")
def unassign_share(call: Call[Nothing, Nothing]) -> None:
    """From one of one's own people."""
    access_people.unassign_shared(call.scope, call.id("share_id"), call.id("person_id"), now=call.now)
