"""Custom identities: the names and faces of ads that are no Spark Ads."""

import msgspec

from vonk.content import queries
from vonk.content.actions import profiles
from vonk.content.queries import ProfileBrief
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation


class NewIdentity(Body, frozen=True):
    """``avatar`` is a picture, base64; initials are drawn without one."""

    display_name: str
    avatar: bytes | None = None


class IdentityCreated(msgspec.Struct, frozen=True):
    id: int


@operation(
    "POST",
    "/accounts/{account_id}/identities",
    may=Right.CAMPAIGN_EDIT,
    summary="Make a custom identity",
    example={"display_name": "Ada's bakery"},
)
def create_identity(call: Call[NewIdentity, Nothing]) -> IdentityCreated:
    """An identity has no profile page and no followers."""
    asked = call.body
    return IdentityCreated(
        profiles.create_identity(call.scope, display_name=asked.display_name, avatar=asked.avatar, now=call.now)
    )


@operation("GET", "/accounts/{account_id}/identities", may=Right.ACCOUNT_VIEW, summary="List custom identities")
def list_identities(call: Call[Nothing, Paged]) -> Page[ProfileBrief]:
    """Newest first."""
    return queries.identities(call.scope, call.query.paging())
