"""How a creator lets an app act for them: a code that their browser carries, and the token it is changed for.

Such a token opens what is declared for creators and what they allowed, and nothing of an ad account.
"""

import hmac
import secrets
from collections.abc import Collection
from datetime import datetime

import msgspec
from django.db import transaction

from vonk.control import audit
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import FieldInvalid
from vonk.identity import access
from vonk.identity.access import token_digest
from vonk.identity.actions import refreshing
from vonk.identity.actions.app_tokens import CODE_LIVES, CODES_KEPT, IssuedCode, end_oldest, revoke_token
from vonk.identity.actions.refreshing import Renewable
from vonk.identity.errors import AppMismatch, AppUnknown, AuthCodeInvalid, RedirectUriUnknown
from vonk.identity.models import AccessToken, App, AuthorisationCode
from vonk.identity.rules import CreatorScope, known_scopes


class CreatorToken(msgspec.Struct, frozen=True):
    """A creator's token: whose it is, and what they allowed."""

    pair: Renewable
    person_id: int
    scopes: tuple[str, ...]


class TokenFacts(msgspec.Struct, frozen=True):
    """What a creator's token is for."""

    app_id: int
    person_id: int
    scopes: tuple[str, ...]


@transaction.atomic
def authorise(scope: Scope, app_id: int, *, redirect_uri: str, scopes: Collection[str], now: datetime) -> IssuedCode:
    """Let an app act for the acting person as a creator; return the code that it changes for a token within the hour.

    Reading who they are goes with every yes. Raises AppUnknown, RedirectUriUnknown, FieldInvalid for no scope, and for one
    that there is not.
    """
    scope.require(Right.VIEW)
    app = App.objects.filter(pk=app_id, revoked_at=None).first()
    if app is None:
        raise AppUnknown
    if redirect_uri not in app.redirect_uris:
        raise RedirectUriUnknown
    if not scopes or not set(scopes) <= set(CreatorScope):
        raise FieldInvalid("scopes", "of %(known)s", known=", ".join(CreatorScope))
    AuthorisationCode.objects.filter(app=app, expires_at__lt=now - CODES_KEPT).delete()
    code = secrets.token_urlsafe(32)
    row = AuthorisationCode.objects.create(
        app=app,
        person_id=scope.person,
        digest=token_digest(code),
        creator_scopes=[one.value for one in known_scopes(scopes)],
        redirect_uri=redirect_uri,
        created_at=now,
        expires_at=now + CODE_LIVES,
    )
    audit.record(scope, "app.authorised", "app", app_id, at=now, detail={"creator_scopes": row.creator_scopes})
    return IssuedCode(code, redirect_uri)


@transaction.atomic
def exchange(app_id: int, secret: str, code: str, redirect_uri: str, *, now: datetime) -> CreatorToken:
    """Change a creator's code for a token: once, within the hour, by the app and with the address it was made for.

    Raises AppMismatch, AuthCodeInvalid.
    """
    app = App.objects.get(pk=access.proven_app(app_id, secret))
    rows = AuthorisationCode.objects.select_for_update().filter(digest=token_digest(code), app=app)
    row = rows.filter(used_at=None, expires_at__gt=now, person__is_active=True, creator_scopes__isnull=False).first()
    if row is None or not hmac.compare_digest(row.redirect_uri.encode(), redirect_uri.encode()):
        raise AuthCodeInvalid
    row.used_at = now
    row.save(update_fields=["used_at"])
    scopes = tuple(row.creator_scopes or ())
    pair = refreshing.renewable(now=now)
    made = AccessToken.objects.create(
        person_id=row.person_id,
        app=app,
        creator_scopes=list(scopes),
        label=app.name,
        created_at=now,
        **pair.columns,
    )
    end_oldest(app.pk, row.person_id, of_creator=True, now=now)
    of = access.person(access.Actor(row.person_id, Via.BUSINESS_API))
    detail = {"app_id": str(app.pk), "creator_scopes": list(scopes)}
    audit.record(of, "app.token_issued", "access_token", made.pk, at=now, detail=detail)
    return CreatorToken(pair, row.person_id, scopes)


def refresh(app_id: int, secret: str, refresh_token: str, *, now: datetime) -> CreatorToken:
    """Renew a creator's token. Raises AppMismatch and what ``refreshing.renew`` raises."""
    renewed = refreshing.renew(access.proven_app(app_id, secret), refresh_token, of_creator=True, now=now)
    return CreatorToken(renewed.pair, renewed.person_id, renewed.creator_scopes)


def revoke(app_id: int, secret: str, token: str, *, now: datetime) -> None:
    """End a creator's token at once, for the app itself. A second time changes nothing. Raises AppMismatch."""
    revoke_token(app_id, secret, token, of_creator=True, now=now)


def facts(token: str, *, app_id: int | None, now: datetime) -> TokenFacts:
    """Return what a creator's token is for, to who holds it. Raises SignInRequired, TokenExpired, AppMismatch."""
    actor = access.by_business_token(token, now=now)
    if actor.scopes is None or actor.app_id is None or (app_id is not None and actor.app_id != app_id):
        raise AppMismatch
    return TokenFacts(actor.app_id, actor.person_id, tuple(one for one in CreatorScope if one in actor.scopes))
