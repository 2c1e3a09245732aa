"""Tokens that end after a day, and the text that renews one.

A renewing text works once. Who sends one again that was spent has it from somebody else, or somebody else has it from
them: the token ends, and the person is asked anew (RFC 9700, section 4.14).
"""

import secrets
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.db import transaction

from vonk.control import audit
from vonk.control.scope import Via
from vonk.identity import access
from vonk.identity.access import token_digest
from vonk.identity.actions.tokens import TOKEN_PREFIX
from vonk.identity.errors import RefreshTokenExpired, RefreshTokenInvalid
from vonk.identity.models import AccessToken

TOKEN_LIVES: Final = timedelta(days=1)
REFRESH_LIVES: Final = timedelta(days=365)
REFRESH_PREFIX: Final = "vonkr_"


class Renewable(msgspec.Struct, frozen=True):
    """A token that ends and the text that renews it, both shown this once."""

    token: str
    refresh_token: str
    expires_at: datetime
    refresh_until: datetime

    @property
    def columns(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {
            "digest": token_digest(self.token),
            "refresh_digest": token_digest(self.refresh_token),
            "expires_at": self.expires_at,
            "refresh_until": self.refresh_until,
        }


class Renewed(msgspec.Struct, frozen=True):
    """A renewed token and what it is for."""

    pair: Renewable
    person_id: int
    account_ids: tuple[int, ...]
    permissions: tuple[int, ...]
    creator_scopes: tuple[str, ...]


def renewable(*, now: datetime, until: datetime | None = None) -> Renewable:
    """Return a fresh pair; ``until`` is the end of an authorisation that began before, for a year unless said."""
    return Renewable(
        token=TOKEN_PREFIX + secrets.token_urlsafe(32),
        refresh_token=REFRESH_PREFIX + secrets.token_urlsafe(32),
        expires_at=now + TOKEN_LIVES,
        refresh_until=until or now + REFRESH_LIVES,
    )


def renew(app_id: int, refresh_token: str, *, of_creator: bool, now: datetime) -> Renewed:
    """Renew a token of an app that has proven itself; the former one is worthless at once.

    Never part of a larger transaction: a spent text ends the token, whatever the caller then does. Raises
    RefreshTokenInvalid, also for a spent text, another app's and an ended token's; RefreshTokenExpired after its year.
    """
    digest = token_digest(refresh_token)
    mine = AccessToken.objects.filter(
        app_id=app_id, creator_scopes__isnull=not of_creator, revoked_at=None, person__is_active=True
    )
    with transaction.atomic(durable=True):
        row = mine.select_for_update(of=("self",)).filter(refresh_digest=digest).first()
        if row is None:
            _end_stolen(mine.select_for_update(of=("self",)).filter(spent_digest=digest).first(), now)
        else:
            assert row.refresh_until is not None, "Written together with the text."
            if row.refresh_until <= now:
                raise RefreshTokenExpired
            pair = renewable(now=now, until=row.refresh_until)
            columns = {**pair.columns, "spent_digest": digest}
            for name, value in columns.items():
                setattr(row, name, value)
            row.save(update_fields=list(columns))
            _record(row, "app.token_renewed", now)
    if row is None:
        raise RefreshTokenInvalid
    return Renewed(
        pair=pair,
        person_id=row.person_id,
        account_ids=tuple(row.account_ids or ()),
        permissions=tuple(row.permissions or ()),
        creator_scopes=tuple(row.creator_scopes or ()),
    )


def _end_stolen(row: AccessToken | None, now: datetime) -> None:
    if row is not None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        _record(row, "app.token_revoked", now, why="a spent refresh token came again")


def _record(row: AccessToken, act: str, now: datetime, **detail: str) -> None:
    of = access.person(access.Actor(row.person_id, Via.BUSINESS_API))
    audit.record(of, act, "access_token", row.pk, at=now, detail={"of_app": str(row.app_id), **detail})
