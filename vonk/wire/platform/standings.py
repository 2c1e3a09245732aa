"""Consents that a creator gives before anybody asks, within limits."""

import msgspec

from vonk.authorisation import queries
from vonk.authorisation.actions import standings
from vonk.authorisation.actions.standings import Given
from vonk.authorisation.queries import Candidate, StandingView
from vonk.authorisation.rules import DURATION_DEFAULT_DAYS, NO_END, Payment
from vonk.authorisation.rules.standings import Limits
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body, Id, Instant
from vonk.wire.operation import Call, Nothing, Paged, operation
from vonk.wire.platform.requests import Changed


class NewStanding(Body, frozen=True):
    """``advertiser_id`` null: from everybody. ``starts_at`` null: now; ``ends_at`` null: until you withdraw it.

    Empty lists and null are no limit. ``payment`` with ``fee_micros`` or ``share_ppm`` is the least that has to be
    offered. ``switch_on`` switches your ad settings on; each post is switched on as a request for it is accepted.
    """

    advertiser_id: Id | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    duration_days_max: int = DURATION_DEFAULT_DAYS
    countries: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    currency: str = ""
    spend_cap_micros: int | None = None
    spend_total_micros: int | None = None
    payment: Payment = Payment.NONE
    fee_micros: int = 0
    share_ppm: int = 0
    notice_days: int = 0
    preview_required: bool = False
    switch_on: bool = False


class Named(Body, frozen=True):
    """A whole name, whatever its case; "" for who asked before."""

    name: str = ""


class Candidates(msgspec.Struct, frozen=True):
    items: tuple[Candidate, ...]


@operation(
    "POST",
    "/me/standing_consents",
    may=Right.CREATE,
    summary="Consent before anybody asks",
    example={"duration_days_max": 30, "countries": ["NL"], "switch_on": True},
)
def create_standing_consent(call: Call[NewStanding, Nothing]) -> Given:
    """A request inside these limits is accepted as it comes; any other waits for you and says why."""
    asked = call.body
    limits = Limits(
        account_id=asked.advertiser_id,
        starts_at=asked.starts_at if asked.starts_at is not None else call.now,
        ends_at=asked.ends_at if asked.ends_at is not None else NO_END,
        duration_days_max=asked.duration_days_max,
        countries=asked.countries,
        categories=asked.categories,
        currency=asked.currency,
        spend_cap_micros=asked.spend_cap_micros,
        spend_total_micros=asked.spend_total_micros,
        payment=asked.payment,
        fee_micros=asked.fee_micros,
        share_ppm=asked.share_ppm,
        notice_days=asked.notice_days,
        preview_required=asked.preview_required,
    )
    return standings.give(call.scope, limits, switch_on=asked.switch_on, now=call.now)


@operation("GET", "/me/standing_consents", may=Right.CREATE, summary="List one's standing consents")
def list_standing_consents(call: Call[Nothing, Paged]) -> Page[StandingView]:
    """Newest first, withdrawn ones too."""
    return queries.standing_consents(call.scope, call.query.paging(), call.now)


@operation(
    "GET", "/me/standing_consents/candidates", may=Right.CREATE, summary="Find an ad account for a standing consent"
)
def list_candidates(call: Call[Nothing, Named]) -> Candidates:
    """Ad accounts of exactly that name, or those that asked you before. Nobody can page through accounts by it."""
    return Candidates(queries.candidates(call.scope, call.query.name))


@operation("GET", "/me/standing_consents/{standing_id}", may=Right.CREATE, summary="Read a standing consent")
def read_standing_consent(call: Call[Nothing, Nothing]) -> StandingView:
    """With what was accepted under it."""
    return queries.standing_consent(call.scope, call.id("standing_id"), call.now)


@operation(
    "POST", "/me/standing_consents/{standing_id}/withdrawal", may=Right.CREATE, summary="Withdraw a standing consent"
)
def withdraw_standing_consent(call: Call[Nothing, Nothing]) -> Changed:
    """What was accepted under it stays, each with its own end: revoke it by itself."""
    return Changed(standings.withdraw(call.scope, call.id("standing_id"), now=call.now))
