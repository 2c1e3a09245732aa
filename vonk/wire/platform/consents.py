"""Consents of a creator to the promotion of a post, and the codes that carry them."""

import msgspec

from vonk.authorisation import queries
from vonk.authorisation.actions import consents
from vonk.authorisation.actions.consents import Extended, IssuedConsent, Revoked
from vonk.authorisation.queries import ConsentOfPost, HistoryRow
from vonk.authorisation.rules import DURATION_DEFAULT_DAYS, TermsDraft
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation


class NewConsent(Body, frozen=True):
    """7, 30, 60 or 365 days. ``make_public`` makes a post that is not public so; without it such a post is refused.

    ``accounts_max`` is how many ad accounts the code serves. ``terms``: who redeems the code agrees to them.
    ``preview_required``: the creator looks at each ad before its first delivery.
    """

    duration_days: int = DURATION_DEFAULT_DAYS
    ads_only: bool = False
    make_public: bool = False
    accounts_max: int = 1
    terms: TermsDraft | None = None
    preview_required: bool = False


class Extension(Body, frozen=True):
    duration_days: int = DURATION_DEFAULT_DAYS


class Code(msgspec.Struct, frozen=True):
    code: str


@operation(
    "POST",
    "/posts/{post_id}/consents",
    may=Right.CREATE,
    summary="Consent to ads with a post",
    example={"duration_days": 30, "ads_only": False},
)
def create_consent(call: Call[NewConsent, Nothing]) -> IssuedConsent:
    """The answer holds the code that the advertiser redeems. It lasts from now, redeemed or not."""
    asked = call.body
    return consents.issue(
        call.scope,
        call.id("post_id"),
        duration_days=asked.duration_days,
        ads_only=asked.ads_only,
        make_public=asked.make_public,
        accounts_max=asked.accounts_max,
        terms=asked.terms,
        preview_required=asked.preview_required,
        now=call.now,
    )


@operation("GET", "/posts/{post_id}/consents", may=Right.CREATE, summary="List the consents of a post")
def list_consents(call: Call[Nothing, Paged]) -> Page[ConsentOfPost]:
    """Newest first, with who holds each."""
    return queries.consents_of_post(call.scope, call.id("post_id"), call.now, paging=call.query.paging())


@operation(
    "POST",
    "/consents/{consent_id}/extension",
    may=Right.CREATE,
    summary="Extend a consent",
    example={"duration_days": 30},
)
def extend_consent(call: Call[Extension, Nothing]) -> Extended:
    """With the same code; an expired one comes back."""
    return consents.extend(call.scope, call.id("consent_id"), duration_days=call.body.duration_days, now=call.now)


@operation("POST", "/consents/{consent_id}/revocation", may=Right.CREATE, summary="Revoke a consent")
def revoke_consent(call: Call[Nothing, Nothing]) -> Revoked:
    """Always accepted. Within a second of ``ends_at`` no ad shows the post under it: now, or the end of the notice."""
    return consents.revoke(call.scope, call.id("consent_id"), now=call.now)


@operation("DELETE", "/consents/{consent_id}", may=Right.CREATE, summary="Delete an unused code")
def delete_consent(call: Call[Nothing, Nothing]) -> None:
    """One that nobody has redeemed."""
    consents.delete(call.scope, call.id("consent_id"), now=call.now)


@operation("GET", "/consents/{consent_id}/code", may=Right.CREATE, summary="See a code again")
def reveal_code(call: Call[Nothing, Nothing]) -> Code:
    """For the creator who made it."""
    return Code(consents.reveal_code(call.scope, call.id("consent_id")))


@operation("GET", "/me/consent_record", may=Right.CREATE, summary="Read one's consent record")
def read_record(call: Call[Nothing, Paged]) -> Page[HistoryRow]:
    """Every act, newest first; each row's hash covers the row before."""
    return queries.history(call.scope, None, call.query.paging())


@operation("GET", "/posts/{post_id}/consent_record", may=Right.CREATE, summary="Read a post's consent record")
def read_record_of_post(call: Call[Nothing, Paged]) -> Page[HistoryRow]:
    """Every act on the post, newest first."""
    return queries.history(call.scope, call.id("post_id"), call.query.paging())
