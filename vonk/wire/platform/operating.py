"""What operators read: the audit trail; and what they do in a sandbox: move its clock, make worlds."""

from datetime import datetime, timedelta

import msgspec
from django.conf import settings

from vonk.control import audit, clock
from vonk.control.audit import EntryView
from vonk.control.paging import Page, Paging, parse
from vonk.control.scope import Right
from vonk.core.clock import to_ms
from vonk.core.errors import FieldInvalid
from vonk.events.tokens import VIEWER_TOKEN_LIVES_MS, ReaderClaims
from vonk.sandbox import keys, worlds
from vonk.wire.codec import Body, Id, Instant
from vonk.wire.operation import Call, Nothing, operation
from vonk.wire.platform import showings
from vonk.wire.platform.accounts import ReaderToken


class TrailQuery(Body, frozen=True):
    """One kind of object, or one object, or everything."""

    noun: str | None = None
    object_id: Id | None = None
    cursor: str | None = None
    page_size: str | None = None

    def paging(self) -> Paging:
        """Return the page asked for."""
        return parse(self.cursor, self.page_size)


class ClockMove(Body, frozen=True):
    """An instant, or how many seconds from now."""

    at: Instant | None = None
    advance_seconds: float | None = None


class Clock(msgspec.Struct, frozen=True):
    now: datetime
    sandbox: bool


class SandboxWorld(msgspec.Struct, frozen=True):
    """What clients are tried with, by the names that their tests read. Secrets are shown this once."""

    values: dict[str, str]


@operation("GET", "/audit_trail", may=Right.OPERATE, summary="Read the audit trail")
def list_trail(call: Call[Nothing, TrailQuery]) -> Page[EntryView]:
    """Who did what to which object, through which surface, newest first."""
    query = call.query
    return audit.entries(call.scope, query.paging(), noun=query.noun, object_id=query.object_id)


@operation("GET", "/reader_token", may=Right.OPERATE, summary="Get a token to read any decision")
def read_reader_token(call: Call[Nothing, Nothing]) -> ReaderToken:
    """For an hour, at the ad server."""
    return ReaderToken(showings.signer().sign_reader(ReaderClaims(0, to_ms(call.now) + VIEWER_TOKEN_LIVES_MS)))


@operation("POST", "/sandbox/worlds", may=Right.OPERATE, alone=True, summary="Make a developer's world in a sandbox")
def create_world(call: Call[Nothing, Nothing]) -> SandboxWorld:
    """As `vonk sandbox create` does, in some seconds: an app with its token, ad accounts, identities, codes that work and not.

    Each is apart from the others. On a real platform it answers ``no_sandbox``.
    """
    return SandboxWorld(keys.told(worlds.create(call.scope, now=call.now), base_url=settings.VONK.site_url))


@operation("GET", "/sandbox/clock", may=None, summary="Read the platform's clock")
def read_clock(call: Call[Nothing, Nothing]) -> Clock:
    """Also outside a sandbox, where it is the machine's."""
    return Clock(call.now, settings.VONK.sandbox)


@operation(
    "POST",
    "/sandbox/clock",
    may=Right.OPERATE,
    summary="Move a sandbox's clock forward",
    example={"advance_seconds": 3600},
)
def move_clock(call: Call[ClockMove, Nothing]) -> Clock:
    """For every process at once. It never goes back."""
    at, seconds = call.body.at, call.body.advance_seconds
    if (at is None) == (seconds is None):
        raise FieldInvalid("at", "give either at or advance_seconds")
    try:
        target = at if at is not None else call.now + timedelta(seconds=seconds or 0.0)
    except (OverflowError, ValueError) as error:
        raise FieldInvalid("advance_seconds", "a number of seconds that stays within the calendar") from error
    return Clock(clock.move_to(call.scope, target, now=call.now), sandbox=True)
