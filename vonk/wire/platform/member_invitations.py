"""Invitations to join an organisation."""

import msgspec

from vonk.control.scope import Right
from vonk.identity import queries
from vonk.identity.actions import member_invitations
from vonk.identity.actions.member_invitations import Invited
from vonk.identity.queries import InvitationView
from vonk.identity.rules import FinanceRole, OrganisationRole
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation

INVITATIONS = "/organisations/{organisation_id}/invitations"


class NewInvitation(Body, frozen=True):
    """To whom, and what they will be; they need no login yet."""

    email: str
    role: OrganisationRole
    finance_role: FinanceRole | None = None


class Secret(Body, frozen=True):
    """What stands behind ``#`` in the letter's link."""

    secret: str


class InvitationCreated(msgspec.Struct, frozen=True):
    id: int


class Invitations(msgspec.Struct, frozen=True):
    items: tuple[InvitationView, ...]


class Joined(msgspec.Struct, frozen=True):
    organisation_id: int


@operation(
    "POST",
    INVITATIONS,
    may=Right.BUSINESS_EDIT,
    summary="Invite somebody",
    example={"email": "vik@example.org", "role": "standard"},
)
def create_invitation(call: Call[NewInvitation, Nothing]) -> InvitationCreated:
    """A letter with a link goes to the address; the link works once, for a week."""
    asked = call.body
    return InvitationCreated(
        member_invitations.invite(
            call.scope, email=asked.email, role=asked.role, finance_role=asked.finance_role, now=call.now
        )
    )


@operation("GET", INVITATIONS, may=Right.BUSINESS_EDIT, summary="List open invitations")
def list_invitations(call: Call[Nothing, Nothing]) -> Invitations:
    """Those that nobody answered, newest first, expired ones too."""
    return Invitations(queries.invitations(call.scope, now=call.now))


@operation(
    "POST", f"{INVITATIONS}/{{invitation_id}}/resend", may=Right.BUSINESS_EDIT, summary="Send an invitation again"
)
def resend_invitation(call: Call[Nothing, Nothing]) -> None:
    """With a new link, which replaces the one before and lives for a week again."""
    member_invitations.resend(call.scope, call.id("invitation_id"), now=call.now)


@operation("DELETE", f"{INVITATIONS}/{{invitation_id}}", may=Right.BUSINESS_EDIT, summary="Withdraw an invitation")
def withdraw_invitation(call: Call[Nothing, Nothing]) -> None:
    """Its link leads nowhere from now on."""
    member_invitations.withdraw(call.scope, call.id("invitation_id"), now=call.now)


@operation(
    "POST",
    "/member_invitations/read",
    may=Right.VIEW,
    summary="Read an invitation by its secret",
    example={"secret": "from-the-letter"},
)
def read_invitation(call: Call[Secret, Nothing]) -> Invited:
    """Before accepting: who invites, to what, as what."""
    return member_invitations.read(member_invitations.digest_of(call.body.secret), now=call.now)


@operation(
    "POST",
    "/member_invitations/accept",
    may=Right.VIEW,
    summary="Accept an invitation",
    example={"secret": "from-the-letter"},
)
def accept_invitation(call: Call[Secret, Nothing]) -> Joined:
    """As the person whose address was invited (`invitation_of_another`)."""
    digest = member_invitations.digest_of(call.body.secret)
    return Joined(member_invitations.accept(call.scope, digest, now=call.now))
