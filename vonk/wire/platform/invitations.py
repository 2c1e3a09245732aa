"""One-time invitations to codes: made by creators, used by ad accounts."""

from vonk.authorisation import queries
from vonk.authorisation.actions import invitations
from vonk.authorisation.actions.consents import Redeemed
from vonk.authorisation.actions.invitations import Invited
from vonk.authorisation.queries import CodePreview, InvitationView
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation


class InvitationOpened(Body, frozen=True):
    """What stands after the # of the link."""

    invitation: str


class InvitationRedeemed(InvitationOpened, frozen=True):
    """``agree_sha256`` is the hash of the terms that the preview shows: to send it is to agree to them."""

    agree_sha256: str | None = None


@operation("POST", "/consents/{consent_id}/invitations", may=Right.CREATE, summary="Make an invitation to a code")
def create_invitation(call: Call[Nothing, Nothing]) -> Invited:
    """For one ad account, once, for 14 days at most. The link is told here and never again."""
    return invitations.make(call.scope, call.id("consent_id"), now=call.now)


@operation("GET", "/consents/{consent_id}/invitations", may=Right.CREATE, summary="List the invitations to a code")
def list_invitations(call: Call[Nothing, Paged]) -> Page[InvitationView]:
    """Newest first, with who used each."""
    return queries.invitations(call.scope, call.id("consent_id"), call.query.paging(), call.now)


@operation("DELETE", "/invitations/{invitation_id}", may=Right.CREATE, summary="Take an invitation back")
def withdraw_invitation(call: Call[Nothing, Nothing]) -> None:
    """One that nobody has used."""
    invitations.withdraw(call.scope, call.id("invitation_id"), now=call.now)


@operation(
    "POST",
    "/accounts/{account_id}/invitations/preview",
    may=Right.CAMPAIGN_EDIT,
    alone=True,
    summary="See what an invitation gives",
    example={"invitation": "…"},
)
def preview_invitation(call: Call[InvitationOpened, Nothing]) -> CodePreview:
    """Uses nothing up. A wrong invitation counts as a wrong code."""
    code = invitations.code_of(call.scope, call.body.invitation, now=call.now)
    return queries.preview(call.scope, code, call.now)


@operation(
    "POST",
    "/accounts/{account_id}/invitations",
    may=Right.CAMPAIGN_EDIT,
    alone=True,
    summary="Redeem an invitation",
    example={"invitation": "…"},
)
def redeem_invitation(call: Call[InvitationRedeemed, Nothing]) -> Redeemed:
    """As redeeming its code; afterwards it is used up."""
    asked = call.body
    return invitations.redeem(call.scope, asked.invitation, agree_sha256=asked.agree_sha256, now=call.now)
