"""The only maker of scopes: who asks, in which role, and whether that role may do what is asked."""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import Q

from vonk.control import prepared
from vonk.control.prepared import given
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import NotFound, RightMissing, SignInRequired
from vonk.identity.errors import (
    AppMayNot,
    AppMismatch,
    AppPermissionMissing,
    HostMayNot,
    RoleMissing,
    TokenExpired,
)
from vonk.identity.models import AccessToken, App, OrganisationMember, Person, PlatformMember
from vonk.identity.queries import organisations
from vonk.identity.queries import rights as held_rights
from vonk.identity.rules import (
    EVERYBODY,
    NOTHING,
    PERMISSIONS,
    RIGHTS_OF_SCOPE,
    Asset,
    CreatorScope,
    FinanceRole,
    OrganisationRole,
    PlatformRole,
    Role,
    allowed,
    known_scopes,
    least_role,
    organisation_roles,
    platform_role,
    rights_of,
)

_NOBODYS: Final = "0" * 64  # No text has this digest.


class _Token(msgspec.Struct, frozen=True):
    person_id: int
    app_id: int | None
    host_id: int | None
    account_ids: list[int] | None
    permissions: list[int] | None
    creator_scopes: list[str] | None
    expires_at: datetime | None


_LIVING_TOKEN: Final = prepared.values(
    _Token,
    lambda: AccessToken.objects.filter(
        Q(app=None) | Q(app__revoked_at=None), digest=given("digest"), revoked_at=None, person__is_active=True
    ).values_list(*_Token.__struct_fields__),
)


class Actor(msgspec.Struct, frozen=True):
    """A person known by a session or a token, before it is known what they want; or an app that acts for them."""

    person_id: int
    via: Via
    app_id: int | None = None  # The developer's app that acts for them; None: they themselves.
    account_ids: frozenset[int] | None = None  # The ad accounts that the app was authorised for; None: all of theirs.
    host_id: int | None = None  # The host app whose server it is; it is nobody who could do anything else.
    rights: frozenset[Right] | None = None  # What of theirs the app was allowed; None: all of it.
    scopes: frozenset[CreatorScope] | None = None  # What a creator allowed the app; None: no creator's.


def by_token(token: str, *, now: datetime) -> Actor:
    """Return whom a bearer token of the platform API stands for; SignInRequired when it is not valid (any more).

    An app's token is none here: the platform API is a person's own.
    """
    row = _living_token(token, now)
    if row.app_id is not None:
        raise SignInRequired
    return Actor(row.person_id, Via.PLATFORM_API, host_id=row.host_id)


def by_business_token(token: str, *, now: datetime) -> Actor:
    """Return whom a token of the business API stands for: a person's own, or an app's; SignInRequired otherwise.

    TokenExpired, which is one, says that it was valid until its end.
    """
    row = _living_token(token, now)
    if row.host_id is not None:
        raise SignInRequired
    if row.app_id is None:
        return Actor(row.person_id, Via.BUSINESS_API)
    if row.creator_scopes is not None:
        return Actor(
            row.person_id,
            Via.BUSINESS_API,
            app_id=row.app_id,
            account_ids=frozenset(),
            rights=NOTHING,
            scopes=frozenset(known_scopes(row.creator_scopes)),
        )
    return Actor(
        row.person_id,
        Via.BUSINESS_API,
        app_id=row.app_id,
        account_ids=frozenset(row.account_ids or ()),
        rights=allowed(row.permissions or ()),
    )


def _living_token(token: str, now: datetime) -> _Token:
    row = _LIVING_TOKEN.first(digest=token_digest(token))
    if row is None:
        raise SignInRequired
    if row.expires_at is not None and row.expires_at <= now:
        raise TokenExpired if row.app_id is not None else SignInRequired
    return row


def proven_app(app_id: int, secret: str) -> int:
    """Return the id of the developer's app whose secret this is.

    Raises AppMismatch, after the same comparison, also for an unknown and for a revoked one.
    """
    digest = App.objects.filter(pk=app_id, revoked_at=None).values_list("secret_digest", flat=True).first()
    right = hmac.compare_digest(token_digest(secret), digest if digest is not None else _NOBODYS)
    if digest is None or not right:
        raise AppMismatch
    return app_id


def token_digest(token: str) -> str:
    """Return what is kept of a token. Tokens are 256 random bits, so a plain digest is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def person(actor: Actor) -> Scope:
    """Return the scope of a viewer and creator: everybody has it over what is their own.

    An app has none of those rights: over the person it only reads who they are, and lists what it was authorised for.
    """
    if actor.host_id is not None:
        raise HostMayNot
    if not Person.objects.filter(pk=actor.person_id, is_active=True).exists():
        raise SignInRequired
    return _scope(actor, NOTHING)


def creator(actor: Actor, *, allows: CreatorScope) -> Scope:
    """Return the scope of a creator over what is their own, for what ``allows`` names: theirs, or an app's they let do it.

    Raises AppPermissionMissing for an app that no creator allowed this, and what ``person`` raises.
    """
    if actor.app_id is None:
        return person(actor)
    if actor.scopes is None or allows not in actor.scopes:
        raise AppPermissionMissing(right=allows.value)
    return Scope(
        person_id=actor.person_id,
        rights=RIGHTS_OF_SCOPE[allows],
        via=actor.via,
        app_id=actor.app_id,
        reach=frozenset(),  # No ad account of theirs exists for it.
    )


def advertiser(actor: Actor, account_id: int, *, may: Right) -> Scope:
    """Return the scope over an ad account, with the rights of every role that the actor holds in it.

    Raises NotFound when they hold none, RightMissing when none of their roles includes ``may``; for an app also when it
    was not authorised for the account, and AppPermissionMissing when the person did not allow it this.
    """
    return _over_account(actor, account_id, held_rights.in_account(actor.person_id, account_id), may)


def advertisers(actor: Actor, account_ids: Collection[int], *, may: Right) -> list[Scope]:
    """Return the scopes over several ad accounts, in their order; raises what ``advertiser`` raises for one of them."""
    held: dict[int, list[held_rights.Held]] = {account_id: [] for account_id in account_ids}
    for one in held_rights.in_accounts(person_id=actor.person_id, account_ids=list(held)):
        held[one.account_id].append(one)
    return [_over_account(actor, account_id, roles, may) for account_id, roles in held.items()]


def _over_account(actor: Actor, account_id: int, held: Collection[held_rights.Held], may: Right) -> Scope:
    if not held or (actor.account_ids is not None and account_id not in actor.account_ids):
        raise NotFound(noun="ad account")
    rights = rights_of((one.role for one in held), Asset.AD_ACCOUNT)
    scope = _scope(actor, rights, account_id=account_id)
    if may not in scope.rights:
        if may in rights:
            raise AppPermissionMissing(right=may.value)
        raise _missing_role(_asked_of(held), may, Asset.AD_ACCOUNT, [one.role for one in held])
    return scope


def organisation(actor: Actor, organisation_id: int, *, may: Right) -> Scope:
    """Return the scope over an organisation; NotFound for who is no member, RightMissing like ``advertiser``.

    For an app only an organisation that owns an ad account it was authorised for exists; it changes one only when it was
    authorised for all of them, those that partners share included: who manages its people reaches every account.
    """
    member = (
        OrganisationMember.objects.filter(
            organisation_id=organisation_id, person_id=actor.person_id, person__is_active=True
        )
        .values_list("role", "finance_role")
        .first()
    )
    if member is None:
        raise NotFound(noun="organisation")
    roles = organisation_roles(OrganisationRole(member[0]), FinanceRole(member[1]) if member[1] else None)
    rights = given = rights_of(roles, Asset.ORGANISATION)
    if actor.account_ids is not None:
        owned = organisations.account_ids(organisation_id)
        if not owned & actor.account_ids:
            raise NotFound(noun="organisation")
        if not owned | organisations.taken_account_ids(organisation_id) <= actor.account_ids:
            given = rights - {Right.BUSINESS_EDIT}
    scope = _scope(actor, given, organisation_id=organisation_id)
    if may not in scope.rights:
        if may in rights:
            raise AppPermissionMissing(right=may.value)
        raise _missing_role(organisation_id, may, Asset.ORGANISATION, roles)
    return scope


def _scope(
    actor: Actor, rights: frozenset[Right], *, account_id: int | None = None, organisation_id: int | None = None
) -> Scope:
    """Return a scope with the rights over one thing, and with what is the person's own unless an app acts for them."""
    return Scope(
        person_id=actor.person_id,
        rights=EVERYBODY | rights if actor.app_id is None else rights & (actor.rights or NOTHING),
        account_id=account_id,
        organisation_id=organisation_id,
        via=actor.via,
        app_id=actor.app_id,
        reach=actor.account_ids if actor.app_id is not None else None,
    )


def _asked_of(held: Iterable[held_rights.Held]) -> int:
    """Return whose admins can give more: of a partner's people, those of the partner itself."""
    return min(held, key=lambda one: one.origin is held_rights.Origin.PARTNER).organisation_id


def _missing_role(organisation_id: int, may: Right, asset: Asset, held: Iterable[Role]) -> RoleMissing:
    """Return the refusal that says which role it takes and who of the organisation can give it."""
    enough = least_role(may, asset)
    assert enough is not None, "Every right is somebody's."
    return RoleMissing(
        right=may.value,
        role=enough.value,
        held=", ".join(sorted(role.value for role in set(held))),
        admins=", ".join(organisations.admin_names(organisation_id)) or "an operator of the platform",
    )


def host(actor: Actor) -> Scope:
    """Return the scope of a host app's server; RightMissing for everybody else."""
    if actor.host_id is None:
        raise RightMissing(right=Right.HOST_SYNC.value)
    rights = PERMISSIONS[Role.HOST_SERVER][Asset.HOST]
    return Scope(person_id=actor.person_id, rights=rights, via=actor.via, host_id=actor.host_id)


def of_hosted(scope: Scope, person_id: int) -> Scope:
    """Return the scope over what is the own of one of a host's people, for what their host does with their account.

    Who calls has seen to it that the account is this host's. It is not the person who acts: nothing they alone may do asks
    for this scope.
    """
    scope.require(Right.HOST_SYNC)
    return Scope(person_id=person_id, rights=EVERYBODY, via=scope.via, host_id=scope.host)


def watching(account_id: int) -> Scope:
    """Return the scope in which the platform asks for an ad account, while it serves, what the account could do itself."""
    return Scope(
        person_id=None, rights=frozenset({Right.ACCOUNT_VIEW, Right.CAMPAIGN_EDIT}), account_id=account_id, via=Via.WORK
    )


def operator(actor: Actor, *, may: Right) -> Scope:
    """Return the scope of the platform's own people; RightMissing for everybody else. No app is one of them."""
    if actor.app_id is not None:
        raise AppMayNot
    if actor.host_id is not None:
        raise HostMayNot
    role = (
        PlatformMember.objects.filter(person_id=actor.person_id, person__is_active=True)
        .values_list("role", flat=True)
        .first()
    )
    if role is None:
        raise RightMissing(right=may.value)
    rights = rights_of([platform_role(PlatformRole(role))], Asset.PLATFORM)
    scope = _scope(actor, rights)
    scope.require(may)
    return scope
