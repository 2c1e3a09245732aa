"""How an app is let in: a code becomes a token, the token says which ad accounts it reaches, and ends (reference API §3)."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from vonk.control.scope import Right
from vonk.identity import access
from vonk.identity import queries as identity
from vonk.identity.actions import app_tokens
from vonk.identity.actions.refreshing import TOKEN_LIVES
from vonk.identity.errors import (
    AppMismatch,
    AppPermissionMissing,
    AuthCodeInvalid,
    RefreshTokenExpired,
    RefreshTokenInvalid,
    TokenExpired,
)
from vonk.wire.business.asked import Asked
from vonk.wire.business.errors import answers
from vonk.wire.business.given import Digits, Given
from vonk.wire.business.operation import Call, Over, operation
from vonk.wire.codec import Id

EXCHANGES_PER_MINUTE_MAX = 600

answers({
    AppMismatch.code: 40000,
    AuthCodeInvalid.code: 40110,
    AppPermissionMissing.code: 40130,
    TokenExpired.code: 40102,
    RefreshTokenExpired.code: 40103,
    RefreshTokenInvalid.code: 40107,
})  # fmt: skip

Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
RefreshGrant = Literal["refresh_token"]


class AskedByApp(Asked, frozen=True):
    """By an app that shows its secret."""

    app_id: Id
    secret: Secret


class TokenAsked(AskedByApp, frozen=True):
    """``return_advertiser_ids`` false leaves the ad accounts out of the answer; unless said they are in it."""

    auth_code: Secret
    return_advertiser_ids: bool | None = None


class TokenGiven(Given, frozen=True):
    """The token lives until it is revoked. ``scope`` holds the numbers of what the person allowed."""

    access_token: str
    advertiser_ids: list[Digits]
    scope: list[int]


class EndingTokenGiven(TokenGiven, frozen=True):
    """Of an app that wants tokens to end: when, in seconds, and what renews this one until when."""

    expires_in: int
    refresh_token: str
    refresh_token_expires_in: int


class RefreshAsked(AskedByApp, frozen=True):
    """The refresh token of the newest answer."""

    refresh_token: Secret
    grant_type: RefreshGrant = "refresh_token"


class TokenEnd(AskedByApp, frozen=True):
    """The token to end."""

    access_token: Secret


class TokenEnded(Given, frozen=True):
    """Whose token it was, and what it reached."""

    app_id: Digits
    advertiser_ids: list[Digits]


class Advertiser(Given, frozen=True):
    """An ad account that the token reaches."""

    advertiser_id: Digits
    advertiser_name: str


class Advertisers(Given, frozen=True):
    """All of them: the list has no pages."""

    list: tuple[Advertiser, ...]


@operation(
    "POST",
    "oauth2/access_token",
    may=Right.VIEW,
    over=Over.APP,
    summary="Change an authorisation code for a token",
    per_minute=EXCHANGES_PER_MINUTE_MAX,
    example={"app_id": "1838000000000000001", "secret": "…", "auth_code": "…"},
)
def exchange(call: Call[TokenAsked]) -> TokenGiven | EndingTokenGiven:
    """The code that the browser brought back works once, within the hour, and only for the app it was made for."""
    asked = call.asked
    given = app_tokens.exchange(asked.app_id, asked.secret, asked.auth_code, now=call.now)
    return _given(given, call.now, named=asked.return_advertiser_ids is not False)


@operation(
    "POST",
    "oauth2/refresh_token",
    may=Right.VIEW,
    over=Over.APP,
    alone=True,
    summary="Renew a token of an app whose tokens end",
    per_minute=EXCHANGES_PER_MINUTE_MAX,
    example={"app_id": "1838000000000000001", "secret": "…", "refresh_token": "…"},
)
def refresh(call: Call[RefreshAsked]) -> TokenGiven | EndingTokenGiven:
    """Both are new, and the former ones worthless. A refresh token that comes a second time ends the token: 40107."""
    asked = call.asked
    given = app_tokens.refresh(asked.app_id, asked.secret, asked.refresh_token, now=call.now)
    return _given(given, call.now, named=True)


@operation(
    "POST",
    "oauth2/revoke_token",
    may=Right.VIEW,
    over=Over.APP,
    summary="End a token of the app's",
    example={"app_id": "1838000000000000001", "secret": "…", "access_token": "…"},
)
def revoke(call: Call[TokenEnd]) -> TokenEnded:
    """It is worthless at once. A second time the answer is the same."""
    asked = call.asked
    reached = app_tokens.revoke_token(asked.app_id, asked.secret, asked.access_token, now=call.now)
    return TokenEnded(app_id=str(asked.app_id), advertiser_ids=[str(one) for one in reached])


@operation(
    "GET",
    "oauth2/advertiser/get",
    may=Right.VIEW,
    over=Over.PERSON,
    summary="List the ad accounts that the token reaches",
    example={"app_id": "1838000000000000001", "secret": "…"},
)
def advertisers(call: Call[AskedByApp]) -> Advertisers:
    """Accounts in which the person lost their role are gone from it. A person's own token goes with an app of their own."""
    app_id = access.proven_app(call.asked.app_id, call.asked.secret)
    found = identity.authorised_accounts(call.scope, app_id=app_id)
    return Advertisers(list=tuple(Advertiser(advertiser_id=str(one.id), advertiser_name=one.name) for one in found))


def _given(given: app_tokens.Exchanged, now: datetime, *, named: bool) -> TokenGiven | EndingTokenGiven:
    accounts = [str(one) for one in given.account_ids] if named else []
    if given.pair is None:
        return TokenGiven(access_token=given.token, advertiser_ids=accounts, scope=list(given.permissions))
    return EndingTokenGiven(
        access_token=given.token,
        advertiser_ids=accounts,
        scope=list(given.permissions),
        expires_in=int(TOKEN_LIVES.total_seconds()),
        refresh_token=given.pair.refresh_token,
        refresh_token_expires_in=int((given.pair.refresh_until - now).total_seconds()),
    )
