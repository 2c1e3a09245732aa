"""Developers' apps: made, named anew, given another secret, revoked. Secrets are shown once and kept as digests."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.access import token_digest
from vonk.identity.errors import AppRevoked, AppsLimited
from vonk.identity.models import AccessToken, App, AuthorisationCode, Person
from vonk.identity.rules import REDIRECT_URIS_MAX, is_redirect_uri

APPS_PER_PERSON_MAX: Final = 20
NAME_CHARS_MAX: Final = 60


class CreatedApp(msgspec.Struct, frozen=True):
    """A new app, or an app with a new secret; the secret's text is shown this once."""

    id: int
    secret: str


@transaction.atomic
def create_app(
    scope: Scope, *, name: str, redirect_uris: Sequence[str], tokens_expire: bool = False, now: datetime
) -> CreatedApp:
    """Make an app of the acting person's. With ``tokens_expire`` its tokens live a day and are renewed. Raises FieldInvalid, AppsLimited."""
    scope.require(Right.VIEW)
    Person.objects.select_for_update(no_key=True).get(pk=scope.person)  # So that the count stays true until commit.
    if App.objects.filter(owner_id=scope.person, revoked_at=None).count() >= APPS_PER_PERSON_MAX:
        raise AppsLimited(most=APPS_PER_PERSON_MAX)
    secret = secrets.token_urlsafe(32)
    row = App.objects.create(
        name=_name(name),
        owner_id=scope.person,
        secret_digest=token_digest(secret),
        redirect_uris=_redirect_uris(redirect_uris),
        tokens_expire=tokens_expire,
        created_at=now,
    )
    audit.record(scope, "app.created", "app", row.pk, at=now, detail={"name": row.name})
    return CreatedApp(row.pk, secret)


@transaction.atomic
def change_app(
    scope: Scope, app_id: int, *, name: str, redirect_uris: Sequence[str], tokens_expire: bool = False, now: datetime
) -> None:
    """Give the app this name and these addresses; those that are left away count no more. Raises FieldInvalid, NotFound.

    ``tokens_expire`` is about the tokens that it is given from now on.
    """
    row = _own(scope, app_id)
    row.name, row.redirect_uris, row.tokens_expire = _name(name), _redirect_uris(redirect_uris), tokens_expire
    row.save(update_fields=["name", "redirect_uris", "tokens_expire"])
    detail = {"name": row.name, "tokens_expire": tokens_expire}
    audit.record(scope, "app.changed", "app", app_id, at=now, detail=detail)


@transaction.atomic
def rotate_secret(scope: Scope, app_id: int, *, now: datetime) -> CreatedApp:
    """Give the app another secret; the one of before is worthless at once, and tokens go on. Raises NotFound, AppRevoked."""
    row = _own(scope, app_id)
    secret = secrets.token_urlsafe(32)
    row.secret_digest = token_digest(secret)
    row.save(update_fields=["secret_digest"])
    audit.record(scope, "app.secret_rotated", "app", app_id, at=now)
    return CreatedApp(row.pk, secret)


@transaction.atomic
def revoke_app(scope: Scope, app_id: int, *, now: datetime) -> int:
    """End the app for good, with all its tokens and codes; return how many tokens that were. Raises NotFound, AppRevoked."""
    row = _own(scope, app_id)
    ended = close(row, now=now)
    audit.record(scope, "app.revoked", "app", app_id, at=now, detail={"tokens": ended})
    return ended


def close(row: App, *, now: datetime) -> int:
    """End an app that the caller holds, with all its tokens and codes; return how many tokens that were."""
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    AuthorisationCode.objects.filter(app=row, used_at=None).delete()
    return AccessToken.objects.filter(app=row, revoked_at=None).update(revoked_at=now)


def _own(scope: Scope, app_id: int) -> App:
    scope.require(Right.VIEW)
    row = App.objects.select_for_update(no_key=True).filter(pk=app_id, owner_id=scope.person).first()
    if row is None:
        raise NotFound(noun="app")
    if row.revoked_at is not None:
        raise AppRevoked
    return row


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= NAME_CHARS_MAX or not name.isprintable():
        raise FieldInvalid("name", "1 to %(most)s printable characters", most=NAME_CHARS_MAX)
    return name


def _redirect_uris(given: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(text.strip() for text in given if text.strip()))
    wrong = next((text for text in found if not is_redirect_uri(text)), None)
    if wrong is not None:
        raise FieldInvalid(
            "redirect_uris",
            "%(address)s: https addresses, or http ones of your own machine, without fragment or login",
            address=wrong[:80],
        )
    if not 1 <= len(found) <= REDIRECT_URIS_MAX:
        raise FieldInvalid("redirect_uris", "1 to %(most)s addresses", most=REDIRECT_URIS_MAX)
    return found
