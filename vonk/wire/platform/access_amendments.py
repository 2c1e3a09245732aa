"""More access, asked for by a business while it has some; and an access that a business gives back."""

import msgspec

from vonk.authorisation.actions import access_amendments, accesses
from vonk.authorisation.actions.access_amendments import Amended
from vonk.authorisation.actions.access_changes import Revoked
from vonk.authorisation.queries import access as reading
from vonk.authorisation.queries.access import AccessEnds
from vonk.authorisation.rules.access import AccessScope
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation


class AskingMore(Body, frozen=True):
    """``scopes`` besides those granted; ``duration_days`` 7, 30, 60 or 365, counted from the end; null: as it is."""

    scopes: tuple[AccessScope, ...] = ()
    duration_days: int | None = None


class AskedMore(msgspec.Struct, frozen=True):
    amendment_id: int


class Settled(msgspec.Struct, frozen=True):
    """``changed`` is False when it was so already."""

    changed: bool


@operation(
    "POST",
    "/organisations/{organisation_id}/accesses/{access_id}/amendments",
    may=Right.BUSINESS_EDIT,
    summary="Ask for more uses or more days",
    example={"scopes": [AccessScope.COMMENTS.value], "duration_days": 30},
)
def ask(call: Call[AskingMore, Nothing]) -> AskedMore:
    """While the access is live; one at a time. The creator accepts with one act. It lapses after 30 days."""
    asked = call.body
    return AskedMore(
        access_amendments.ask(
            call.scope, call.id("access_id"), scopes=asked.scopes, duration_days=asked.duration_days, now=call.now
        )
    )


@operation(
    "POST",
    "/organisations/{organisation_id}/accesses/{access_id}/amendments/{amendment_id}/withdrawal",
    may=Right.BUSINESS_EDIT,
    summary="Withdraw a request for more access",
)
def withdraw(call: Call[Nothing, Nothing]) -> Settled:
    """While it is open. The next one can be asked a week later."""
    return Settled(access_amendments.withdraw(call.scope, call.id("access_id"), call.id("amendment_id"), now=call.now))


@operation(
    "GET",
    "/organisations/{organisation_id}/accesses/{access_id}/ends",
    may=Right.BUSINESS_EDIT,
    summary="See what giving an access back would end",
)
def read_release_ends(call: Call[Nothing, Nothing]) -> AccessEnds:
    """Consents and the ad accounts that hold them."""
    return reading.release_ends(call.scope, call.id("access_id"), call.now)


@operation(
    "POST",
    "/organisations/{organisation_id}/accesses/{access_id}/release",
    may=Right.BUSINESS_EDIT,
    summary="Give an access back",
)
def release(call: Call[Nothing, Nothing]) -> Revoked:
    """Every ad that stands on it stops within a second, whatever notice its terms ask for."""
    return accesses.release(call.scope, call.id("access_id"), now=call.now)


@operation(
    "POST",
    "/me/accesses/{access_id}/amendments/{amendment_id}/acceptance",
    may=Right.CREATE,
    summary="Give a business all that it asks for",
)
def accept(call: Call[Nothing, Nothing]) -> Amended:
    """Consents under the access last as long as it does."""
    return access_amendments.accept(call.scope, call.id("access_id"), call.id("amendment_id"), now=call.now)


@operation(
    "POST",
    "/me/accesses/{access_id}/amendments/{amendment_id}/refusal",
    may=Right.CREATE,
    summary="Refuse more access",
)
def refuse(call: Call[Nothing, Nothing]) -> Settled:
    """The access stays as it is. The business can ask again after a week."""
    return Settled(access_amendments.refuse(call.scope, call.id("access_id"), call.id("amendment_id"), now=call.now))
