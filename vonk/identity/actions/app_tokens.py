"""How a person lets an app in, and out again: a code that their browser carries, and the token it is changed for."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from vonk.control import audit
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity import access
from vonk.identity.access import token_digest
from vonk.identity.actions import refreshing
from vonk.identity.actions.refreshing import Renewable
from vonk.identity.actions.tokens import TOKEN_PREFIX
from vonk.identity.errors import AppMismatch, AppUnknown, AuthCodeInvalid, RedirectUriUnknown
from vonk.identity.models import AccessToken, App, AuthorisationCode
from vonk.identity.queries import rights
from vonk.identity.rules import Permission

CODE_LIVES: Final = timedelta(hours=1)
CODES_KEPT: Final = timedelta(days=1)
TOKENS_OF_PERSON_MAX: Final = 20  # Of one app for one person: beyond these the oldest ends, as nobody needs so many.


class IssuedCode(msgspec.Struct, frozen=True):
    """A code, shown this once, and the registered address to which the person's browser carries it."""

    code: str
    redirect_uri: str


class Exchanged(msgspec.Struct, frozen=True):
    """A new token of an app; its text is shown this once."""

    token: str
    account_ids: tuple[int, ...]
    permissions: tuple[int, ...]
    pair: Renewable | None = None  # Of an app whose tokens end: when, and what renews this one.


@transaction.atomic
def authorise(
    scope: Scope,
    app_id: int,
    *,
    redirect_uri: str,
    account_ids: Collection[int],
    permissions: Collection[int],
    now: datetime,
) -> IssuedCode:
    """Let an app into ad accounts of the acting person's; return the code that it changes for a token within the hour.

    Seeing goes with every authorisation. Raises AppUnknown, RedirectUriUnknown, FieldInvalid for no account, one that is
    not theirs, and an unknown permission.
    """
    scope.require(Right.VIEW)
    app = App.objects.filter(pk=app_id, revoked_at=None).first()
    if app is None:
        raise AppUnknown
    if redirect_uri not in app.redirect_uris:
        raise RedirectUriUnknown
    chosen = set(account_ids)
    if not chosen or not chosen <= rights.account_ids(scope.person):
        raise FieldInvalid("account_ids", "one or more of your ad accounts")
    if not set(permissions) <= set(Permission):
        raise FieldInvalid("permissions", "of %(known)s", known=", ".join(str(one.value) for one in Permission))
    AuthorisationCode.objects.filter(app=app, expires_at__lt=now - CODES_KEPT).delete()
    code = secrets.token_urlsafe(32)
    row = AuthorisationCode.objects.create(
        app=app,
        person_id=scope.person,
        digest=token_digest(code),
        account_ids=sorted(chosen),
        permissions=sorted({Permission.SEE.value, *permissions}),
        created_at=now,
        expires_at=now + CODE_LIVES,
    )
    detail = {"accounts": [str(one) for one in row.account_ids], "permissions": row.permissions}
    audit.record(scope, "app.authorised", "app", app_id, at=now, detail=detail)
    return IssuedCode(code, redirect_uri)


@transaction.atomic
def exchange(app_id: int, secret: str, code: str, *, now: datetime) -> Exchanged:
    """Change a code for a token: once, within the hour, by the app it was made for. Raises AppMismatch, AuthCodeInvalid.

    The token lives until it is revoked, or a day where the app wants it so; then something renews it. Accounts in which
    the person holds no role any more are left out.
    """
    app = App.objects.get(pk=access.proven_app(app_id, secret))
    rows = AuthorisationCode.objects.select_for_update().filter(
        digest=token_digest(code), app=app, creator_scopes__isnull=True
    )
    row = rows.filter(used_at=None, expires_at__gt=now, person__is_active=True).first()
    if row is None:
        raise AuthCodeInvalid
    accounts = sorted(set(row.account_ids) & rights.account_ids(row.person_id))
    if not accounts:
        raise AuthCodeInvalid
    row.used_at = now
    row.save(update_fields=["used_at"])
    pair = refreshing.renewable(now=now) if app.tokens_expire else None
    token = pair.token if pair is not None else TOKEN_PREFIX + secrets.token_urlsafe(32)
    made = AccessToken.objects.create(
        person_id=row.person_id,
        app=app,
        account_ids=accounts,
        permissions=row.permissions,
        label=app.name,
        created_at=now,
        **(pair.columns if pair is not None else {"digest": token_digest(token)}),
    )
    end_oldest(app.pk, row.person_id, of_creator=False, now=now)
    detail = {"app_id": str(app.pk), "accounts": [str(one) for one in accounts]}
    audit.record(_of(row.person_id), "app.token_issued", "access_token", made.pk, at=now, detail=detail)
    return Exchanged(token, tuple(accounts), tuple(row.permissions), pair)


def refresh(app_id: int, secret: str, refresh_token: str, *, now: datetime) -> Exchanged:
    """Renew a token of an app whose tokens end. Raises AppMismatch and what ``refreshing.renew`` raises.

    Accounts in which the person holds no role any more are left out of the answer; the token does not reach them either.
    """
    renewed = refreshing.renew(access.proven_app(app_id, secret), refresh_token, of_creator=False, now=now)
    accounts = sorted(set(renewed.account_ids) & rights.account_ids(renewed.person_id))
    return Exchanged(renewed.pair.token, tuple(accounts), renewed.permissions, renewed.pair)


@transaction.atomic
def revoke_token(app_id: int, secret: str, token: str, *, of_creator: bool = False, now: datetime) -> tuple[int, ...]:
    """End a token of the app's at once, for the app itself; return its ad accounts. A second time changes nothing.

    Raises AppMismatch, also for a token that is not the app's, and for a creator's where none is meant.
    """
    proven = access.proven_app(app_id, secret)
    rows = AccessToken.objects.select_for_update().filter(app_id=proven, creator_scopes__isnull=not of_creator)
    row = rows.filter(digest=token_digest(token)).first()
    if row is None:
        raise AppMismatch
    _end(_of(row.person_id), [row], now)
    return tuple(row.account_ids or ())


@transaction.atomic
def disconnect(scope: Scope, app_id: int, *, now: datetime) -> int:
    """Let an app out: end all its tokens and codes of the acting person's; return how many tokens. Raises NotFound."""
    scope.require(Right.VIEW)
    mine = AccessToken.objects.select_for_update().filter(app_id=app_id, person_id=scope.person)
    codes = AuthorisationCode.objects.filter(app_id=app_id, person_id=scope.person, used_at=None)
    waiting, _ = codes.delete()
    rows = list(mine)
    if not rows and not waiting:
        raise NotFound(noun="app")
    return _end(scope, rows, now)


@transaction.atomic
def revoke_as_developer(scope: Scope, app_id: int, token_id: int, *, now: datetime) -> None:
    """End one token of an app that the acting person made. Raises NotFound."""
    scope.require(Right.VIEW)
    rows = AccessToken.objects.select_for_update().filter(pk=token_id, app_id=app_id, app__owner_id=scope.person)
    row = rows.first()
    if row is None:
        raise NotFound(noun="access token")
    _end(scope, [row], now)


def reach_new_account(scope: Scope, account_id: int) -> None:
    """Let an app that opened an ad account for a person reach it; nothing changes for who acts themselves."""
    if scope.app_id is None:
        return
    for row in _living(scope.app_id, scope.person).filter(creator_scopes__isnull=True).select_for_update():
        if frozenset(row.account_ids or ()) == scope.reach:  # The tokens that reach as far as the one that acts.
            row.account_ids = sorted({*(row.account_ids or ()), account_id})
            row.save(update_fields=["account_ids"])


def end_oldest(app_id: int, person_id: int, *, of_creator: bool, now: datetime) -> None:
    """End the oldest tokens of an app for a person, beyond as many as anybody needs."""
    living = _living(app_id, person_id).filter(creator_scopes__isnull=not of_creator).order_by("-pk")
    older = list(living.values_list("pk", flat=True)[TOKENS_OF_PERSON_MAX:])
    AccessToken.objects.filter(pk__in=older).update(revoked_at=now)


def _living(app_id: int, person_id: int) -> QuerySet[AccessToken]:
    return AccessToken.objects.filter(app_id=app_id, person_id=person_id, revoked_at=None)


def _end(scope: Scope, rows: list[AccessToken], now: datetime) -> int:
    living = [row for row in rows if row.revoked_at is None]
    for row in living:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        audit.record(scope, "app.token_revoked", "access_token", row.pk, at=now, detail={"of_app": str(row.app_id)})
    return len(living)


def _of(person_id: int) -> Scope:
    """Return in whose name an app's own server acts: the person's who let it in."""
    return access.person(access.Actor(person_id, Via.BUSINESS_API))
