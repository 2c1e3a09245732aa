"""Signed receipts of consents, requests and accesses, for each side of them. ``vonk verify-receipt`` verifies them."""

from vonk.authorisation.queries import receipts
from vonk.authorisation.receipts import Receipt
from vonk.control.scope import Right
from vonk.wire.operation import Call, Nothing, operation


@operation("GET", "/consents/{consent_id}/receipt", may=Right.CREATE, summary="Get a signed receipt of a consent")
def read_consent_receipt(call: Call[Nothing, Nothing]) -> Receipt:
    """For its creator: every act on it, each with its hash; signed with the key at `/.well-known/vonk-receipt-key`."""
    return receipts.of_consent(call.scope, call.id("consent_id"), now=call.now)


@operation(
    "GET",
    "/accounts/{account_id}/authorisations/{consent_id}/receipt",
    may=Right.ACCOUNT_VIEW,
    summary="Get a signed receipt of an authorisation",
)
def read_authorisation_receipt(call: Call[Nothing, Nothing]) -> Receipt:
    """For the ad account that holds it. Acts on other advertisers' authorisations are not in it."""
    return receipts.of_consent(call.scope, call.id("consent_id"), now=call.now)


@operation(
    "GET",
    "/me/requests/{request_id}/receipt",
    may=Right.CREATE,
    summary="Get a signed receipt of a request one was asked",
)
def read_own_request_receipt(call: Call[Nothing, Nothing]) -> Receipt:
    """With what was offered, answered and agreed, and when."""
    return receipts.of_request(call.scope, call.id("request_id"), now=call.now)


@operation(
    "GET",
    "/accounts/{account_id}/requests/{request_id}/receipt",
    may=Right.ACCOUNT_VIEW,
    summary="Get a signed receipt of a request",
)
def read_request_receipt(call: Call[Nothing, Nothing]) -> Receipt:
    """For the ad account that asked."""
    return receipts.of_request(call.scope, call.id("request_id"), now=call.now)


@operation(
    "GET",
    "/me/accesses/{access_id}/receipt",
    may=Right.CREATE,
    summary="Get a signed receipt of an access to one's profile",
)
def read_own_access_receipt(call: Call[Nothing, Nothing]) -> Receipt:
    """With every act on the access itself."""
    return receipts.of_access(call.scope, call.id("access_id"), now=call.now)


@operation(
    "GET",
    "/accounts/{account_id}/accesses/{access_id}/receipt",
    may=Right.ACCOUNT_VIEW,
    summary="Get a signed receipt of a link to one's own profile",
)
def read_link_receipt(call: Call[Nothing, Nothing]) -> Receipt:
    """For the ad account that is linked."""
    return receipts.of_access(call.scope, call.id("access_id"), now=call.now)


@operation(
    "GET",
    "/organisations/{organisation_id}/accesses/{access_id}/receipt",
    may=Right.BUSINESS_VIEW,
    summary="Get a signed receipt of an access",
)
def read_access_receipt(call: Call[Nothing, Nothing]) -> Receipt:
    """For the business that has or asked for it."""
    return receipts.of_access(call.scope, call.id("access_id"), now=call.now)


@operation(
    "GET",
    "/me/standing_consents/{standing_id}/receipt",
    may=Right.CREATE,
    summary="Get a signed receipt of a standing consent",
)
def read_standing_receipt(call: Call[Nothing, Nothing]) -> Receipt:
    """For the creator who gave it."""
    return receipts.of_standing(call.scope, call.id("standing_id"), now=call.now)
