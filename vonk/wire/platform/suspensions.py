"""All ad accounts and organisations, for operators: find them, stop an account, let it go on."""

from vonk.advertising.actions import suspensions
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.identity import queries
from vonk.identity.actions import members
from vonk.identity.queries import AccountOfAll, OrganisationOfAll
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation


class Reason(Body, frozen=True):
    """What the account's admins are written."""

    reason: str


class Search(Paged, frozen=True):
    """An id, or part of a name; ``suspended`` "true" for suspended ones alone."""

    text: str = ""
    suspended: str = ""


class SearchName(Paged, frozen=True):
    """An id, or part of a name."""

    text: str = ""


@operation("GET", "/operating/ad_accounts", may=Right.OPERATE, summary="Find ad accounts")
def list_all_accounts(call: Call[Nothing, Search]) -> Page[AccountOfAll]:
    """By id, or part of their, their advertiser's or their organisation's name, newest first."""
    asked = call.query
    return queries.all_accounts(call.scope, asked.paging(), text=asked.text, suspended=asked.suspended == "true")


@operation("GET", "/operating/organisations", may=Right.OPERATE, summary="Find organisations")
def list_all_organisations(call: Call[Nothing, SearchName]) -> Page[OrganisationOfAll]:
    """By id or part of their name, newest first."""
    return queries.all_organisations(call.scope, call.query.paging(), text=call.query.text)


@operation(
    "PUT",
    "/operating/ad_accounts/{ad_account_id}/suspension",
    may=Right.OPERATE,
    summary="Suspend an ad account",
    example={"reason": "Payments were reversed."},
)
def suspend_account(call: Call[Reason, Nothing]) -> None:
    """None of its ads is shown any more; its admins are written the reason."""
    suspensions.suspend(call.scope, call.id("ad_account_id"), reason=call.body.reason, now=call.now)


@operation(
    "DELETE",
    "/operating/ad_accounts/{ad_account_id}/suspension",
    may=Right.OPERATE,
    summary="Lift a suspension",
)
def unsuspend_account(call: Call[Nothing, Nothing]) -> None:
    """Its ads go on as they were, without a new review."""
    suspensions.unsuspend(call.scope, call.id("ad_account_id"), now=call.now)


@operation(
    "PUT",
    "/operating/organisations/{business_id}/admins/{person_id}",
    may=Right.OPERATE,
    summary="Make a member an admin",
)
def appoint_admin(call: Call[Nothing, Nothing]) -> None:
    """Of an organisation where nobody else can."""
    members.appoint(call.scope, call.id("business_id"), call.id("person_id"), now=call.now)
