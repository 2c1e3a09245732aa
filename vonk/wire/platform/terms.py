"""Terms of grants, as their two sides read them."""

from vonk.authorisation import queries
from vonk.authorisation.queries import TermsView
from vonk.control.scope import Right
from vonk.wire.operation import Call, Nothing, operation


@operation("GET", "/me/terms/{terms_id}", may=Right.CREATE, summary="Read terms of one's own posts")
def read_own_terms(call: Call[Nothing, Nothing]) -> TermsView:
    """The text with its hash, and who agreed when."""
    return queries.terms(call.scope, call.id("terms_id"))


@operation(
    "GET",
    "/accounts/{account_id}/terms/{terms_id}",
    may=Right.ACCOUNT_VIEW,
    summary="Read terms that the account is in",
)
def read_terms(call: Call[Nothing, Nothing]) -> TermsView:
    """Terms that it holds a consent under, was asked to agree to, or offered. A code's come with its preview."""
    return queries.terms(call.scope, call.id("terms_id"))
