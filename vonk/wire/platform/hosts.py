"""Host apps and the keys of their servers, for operators; and what a host's server needs for one of its people."""

from datetime import datetime

import msgspec

from vonk.content.actions.hosting import accounts
from vonk.content.queries import hosting
from vonk.control.scope import Right
from vonk.events.tokens import VIEWER_TOKEN_LIVES_MS
from vonk.identity import queries as identity
from vonk.identity.actions import hosts
from vonk.identity.actions.tokens import IssuedToken
from vonk.identity.queries import HostView
from vonk.reporting import viewers
from vonk.wire.codec import Body, Instant
from vonk.wire.operation import Call, Nothing, operation
from vonk.wire.platform import showings


class NewHost(Body, frozen=True):
    """By the name that its people know it by: they are told whose link lets them in."""

    name: str


class NewHostKey(Body, frozen=True):
    label: str
    expires_at: Instant | None = None


class NewHostSession(Body, frozen=True):
    """Whom to let in; with ``post`` they come to that post's ads and codes, else to their studio. Both are the host's ids."""

    account: str
    post: str | None = None


class ViewerAsked(Body, frozen=True):
    account: str


class HostCreated(msgspec.Struct, frozen=True):
    id: int


class Hosts(msgspec.Struct, frozen=True):
    items: tuple[HostView, ...]


class HostSession(msgspec.Struct, frozen=True):
    """A path of this site, with the secret in its fragment: it works once, until ``expires_at``."""

    path: str
    expires_at: datetime


class HostViewer(msgspec.Struct, frozen=True):
    """The token with which slots of this viewer are asked for at the ad server, for an hour."""

    viewer_token: str


@operation("POST", "/hosts", may=Right.OPERATE, summary="Make a host app", example={"name": "Loaf"})
def create_host(call: Call[NewHost, Nothing]) -> HostCreated:
    """An app that syncs its accounts, posts, sounds and follows here."""
    return HostCreated(hosts.create(call.scope, name=call.body.name, now=call.now))


@operation("GET", "/hosts", may=Right.OPERATE, summary="List the host apps")
def list_hosts(call: Call[Nothing, Nothing]) -> Hosts:
    """With their keys, which nobody can see again."""
    return Hosts(identity.hosts(call.scope))


@operation(
    "POST",
    "/hosts/{host_id}/keys",
    may=Right.OPERATE,
    summary="Make a key for a host's server",
    example={"label": "sync server"},
)
def create_host_key(call: Call[NewHostKey, Nothing]) -> IssuedToken:
    """Shown this once. It allows what stands under /sync and /hosts, and nothing else; the ad server's key is another one."""
    asked = call.body
    return hosts.issue_key(call.scope, call.id("host_id"), label=asked.label, expires_at=asked.expires_at, now=call.now)


@operation("DELETE", "/hosts/{host_id}/keys/{key_id}", may=Right.OPERATE, summary="Revoke a host's key")
def revoke_host_key(call: Call[Nothing, Nothing]) -> None:
    """At once."""
    hosts.revoke_key(call.scope, call.id("host_id"), call.id("key_id"), now=call.now)


@operation(
    "POST",
    "/hosts/sessions",
    may=Right.HOST_SYNC,
    summary="Let one of the host's people in",
    example={"account": "u-17", "post": "p-230"},
)
def create_host_session(call: Call[NewHostSession, Nothing]) -> HostSession:
    """A link to the studio for the person's own browser: once, for five minutes; a newer one ends it.

    Consent is given there, by the person. The host's key never consents for anybody.
    """
    entry = accounts.let_in(call.scope, call.body.account, post=call.body.post, now=call.now)
    return HostSession(f"{hosts.ENTRY_PAGE}#{entry.secret}", entry.expires_at)


@operation(
    "POST",
    "/hosts/viewer_tokens",
    may=Right.HOST_SYNC,
    summary="Get the viewer token of one of the host's people",
    example={"account": "u-17"},
)
def create_viewer_token(call: Call[ViewerAsked, Nothing]) -> HostViewer:
    """What the ad server may know of them: a pseudonym, of age and agreement what the host told, and of adults who agreed
    in which audiences they are.
    """
    person, profile_id = hosting.watcher(call.scope, call.body.account)
    claims = viewers.claims(person, profiles=(profile_id,), now=call.now, lives_ms=VIEWER_TOKEN_LIVES_MS)
    return HostViewer(showings.signer().sign_viewer(claims))
