"""The only maker of scopes: who asks, in which role, and whether that role may do what is asked."""

import hashlib
from datetime import datetime

import msgspec

from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import NotFound, RightMissing, SignInRequired
from vonk.identity.models import AccessToken, Membership, Person, PlatformMember
from vonk.identity.rules import ACCOUNT_RIGHTS, EVERYBODY, PLATFORM_RIGHTS, AccountRole, PlatformRole


class Actor(msgspec.Struct, frozen=True):
    """A person known by a session or a token, before it is known what they want."""

    person_id: int
    via: Via


def by_token(token: str, *, now: datetime) -> Actor:
    """Return whom a bearer token of the platform API stands for; SignInRequired when it is not valid (any more)."""
    row = (
        AccessToken.objects.filter(digest=token_digest(token), revoked_at=None, person__is_active=True)
        .values_list("person_id", "expires_at")
        .first()
    )
    if row is None or (row[1] is not None and row[1] <= now):
        raise SignInRequired
    return Actor(row[0], Via.PLATFORM_API)


def token_digest(token: str) -> str:
    """Return what is kept of a token. Tokens are 256 random bits, so a plain digest is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def person(actor: Actor) -> Scope:
    """Return the scope of a viewer and creator: everybody has it over what is their own."""
    if not Person.objects.filter(pk=actor.person_id, is_active=True).exists():
        raise SignInRequired
    return Scope(person_id=actor.person_id, rights=EVERYBODY, via=actor.via)


def advertiser(actor: Actor, account_id: int, *, may: Right) -> Scope:
    """Return the scope over an ad account.

    Raises NotFound when the actor is no member, RightMissing when the role does not include ``may``.
    """
    role = (
        Membership.objects.filter(account_id=account_id, person_id=actor.person_id, person__is_active=True)
        .values_list("role", flat=True)
        .first()
    )
    if role is None:
        raise NotFound(noun="ad account")
    scope = Scope(
        person_id=actor.person_id,
        rights=EVERYBODY | ACCOUNT_RIGHTS[AccountRole(role)],
        account_id=account_id,
        via=actor.via,
    )
    scope.require(may)
    return scope


def operator(actor: Actor, *, may: Right) -> Scope:
    """Return the scope of the platform's own people; RightMissing for everybody else."""
    role = (
        PlatformMember.objects.filter(person_id=actor.person_id, person__is_active=True)
        .values_list("role", flat=True)
        .first()
    )
    if role is None:
        raise RightMissing(right=may.value)
    scope = Scope(person_id=actor.person_id, rights=EVERYBODY | PLATFORM_RIGHTS[PlatformRole(role)], via=actor.via)
    scope.require(may)
    return scope
