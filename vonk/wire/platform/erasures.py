"""A person's end on the platform: by themselves, or by an operator."""

from vonk.control.scope import Right
from vonk.privacy import queries as privacy
from vonk.privacy.actions import erasures
from vonk.privacy.actions.erasures import Erased
from vonk.privacy.queries import ErasureView
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation


class Confirmation(Body, frozen=True):
    """One's own address and password, typed once more: this cannot be undone."""

    email: str
    password: str


@operation(
    "POST",
    "/me/erasure",
    may=Right.VIEW,
    alone=True,
    summary="Delete one's account",
    example={"email": "vik@example.org", "password": "a long sentence nobody guesses"},
)
def erase_me(call: Call[Confirmation, Nothing]) -> Erased:
    """Name, address, profile, posts, comments and every way in go at once, and ads with the posts stop.

    Transfers, the record of consents and the audit trail keep a number. An ad account with money that nobody else
    administers has to be settled first (`accounts_unsettled`).
    """
    asked = call.body
    return erasures.erase_oneself(
        call.scope, email=asked.email, password=asked.password, place=call.place, now=call.now
    )


@operation("POST", "/people/{person_id}/erasure", may=Right.OPERATE, summary="Erase a person")
def erase_person(call: Call[Nothing, Nothing]) -> Erased:
    """As the person could themselves; for requests that reach the operator another way."""
    return erasures.erase(call.scope, call.id("person_id"), now=call.now)


@operation("GET", "/people/{person_id}/erasure", may=Right.OPERATE, summary="Read how far an erasure is")
def read_erasure(call: Call[Nothing, Nothing]) -> ErasureView:
    """When log and archive were redacted, and when the pseudonym itself was forgotten."""
    return privacy.erasure(call.scope, call.id("person_id"))
