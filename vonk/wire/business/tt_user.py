"""Creators' tokens: how an app comes to act for a creator, renews that for a year, and ends it."""

from typing import Annotated, Final, Literal

import msgspec

from vonk.control.scope import Right
from vonk.core.errors import SignInRequired
from vonk.identity.actions import creator_tokens
from vonk.identity.actions.creator_tokens import CreatorToken
from vonk.identity.actions.refreshing import TOKEN_LIVES
from vonk.identity.errors import TokenExpired
from vonk.wire.business.asked import Asked
from vonk.wire.business.errors import TokenInvalid, TokenMissing
from vonk.wire.business.given import Digits, Given
from vonk.wire.business.oauth2 import EXCHANGES_PER_MINUTE_MAX, RefreshGrant, Secret
from vonk.wire.business.operation import Call, Over, operation
from vonk.wire.codec import Id

_APP: Final = {"client_id": "1838000000000000001", "client_secret": "…"}


class OfClient(Asked, frozen=True):
    """By an app that shows its secret: its id and secret under the names of OAuth."""

    client_id: Id
    client_secret: Secret


class CreatorCode(OfClient, frozen=True):
    """The code that the creator's browser brought back, and the address to which it did."""

    auth_code: Secret
    redirect_uri: Annotated[str, msgspec.Meta(max_length=500)]
    grant_type: Literal["authorization_code"] = "authorization_code"


class CreatorRefresh(OfClient, frozen=True):
    """The refresh token of the newest answer."""

    refresh_token: Secret
    grant_type: RefreshGrant = "refresh_token"


class CreatorRevoked(OfClient, frozen=True):
    """Which token to end."""

    access_token: Secret


class TokenInfoAsked(Asked, frozen=True):
    """Which token: the one in the header when none is named. ``app_id`` must be the app's whose it is."""

    app_id: Id | None = None
    access_token: Secret | None = None


class CreatorTokenGiven(Given, frozen=True):
    """``open_id`` is the creator, and ``business_id`` wherever that is asked. ``scope``: what they allowed, by commas."""

    access_token: str
    token_type: str
    scope: str
    expires_in: int
    refresh_token: str
    refresh_token_expires_in: int
    open_id: Digits


class TokenInfo(Given, frozen=True):
    """Whose token it is, for which app, and what the creator allowed, by commas."""

    app_id: Digits
    creator_id: Digits
    scope: str


@operation(
    "POST",
    "tt_user/oauth2/token",
    may=Right.VIEW,
    over=Over.APP,
    summary="Change a creator's code for a token",
    per_minute=EXCHANGES_PER_MINUTE_MAX,
    example={
        **_APP,
        "grant_type": "authorization_code",
        "auth_code": "…",
        "redirect_uri": "https://ada.example.org/back",
    },
)
def exchange(call: Call[CreatorCode]) -> CreatorTokenGiven:
    """The code works once, within the hour, for the app and the address it was made for. The token lives a day."""
    asked = call.asked
    made = creator_tokens.exchange(
        asked.client_id, asked.client_secret, asked.auth_code, asked.redirect_uri, now=call.now
    )
    return _given(made, call)


@operation(
    "POST",
    "tt_user/oauth2/refresh_token",
    may=Right.VIEW,
    over=Over.APP,
    alone=True,
    summary="Renew a creator's token",
    per_minute=EXCHANGES_PER_MINUTE_MAX,
    example={**_APP, "grant_type": "refresh_token", "refresh_token": "…"},
)
def refresh(call: Call[CreatorRefresh]) -> CreatorTokenGiven:
    """Both are new, and the former ones worthless. A refresh token that comes a second time ends the token: 40107."""
    asked = call.asked
    made = creator_tokens.refresh(asked.client_id, asked.client_secret, asked.refresh_token, now=call.now)
    return _given(made, call)


@operation(
    "POST",
    "tt_user/oauth2/revoke",
    may=Right.VIEW,
    over=Over.APP,
    summary="End a creator's token",
    example={**_APP, "access_token": "…"},
)
def revoke(call: Call[CreatorRevoked]) -> None:
    """It is worthless at once, and nothing renews it. A second time the answer is the same."""
    asked = call.asked
    creator_tokens.revoke(asked.client_id, asked.client_secret, asked.access_token, now=call.now)


@operation(
    "GET",
    "tt_user/token_info/get",
    may=Right.VIEW,
    over=Over.APP,
    also_method="POST",
    summary="Read what a creator's token is for",
    example={"app_id": "1838000000000000001", "access_token": "…"},
)
def info(call: Call[TokenInfoAsked]) -> TokenInfo:
    """Who holds the token may read it: the token itself is the proof."""
    token = call.asked.access_token or call.token
    if not token:
        raise TokenMissing
    try:
        found = creator_tokens.facts(token, app_id=call.asked.app_id, now=call.now)
    except TokenExpired:
        raise
    except SignInRequired as problem:
        raise TokenInvalid from problem
    return TokenInfo(app_id=str(found.app_id), creator_id=str(found.person_id), scope=",".join(found.scopes))


def _given(made: CreatorToken, call: Call[CreatorCode] | Call[CreatorRefresh]) -> CreatorTokenGiven:
    return CreatorTokenGiven(
        access_token=made.pair.token,
        token_type="Bearer",  # noqa: S106 - the name of a kind of token.
        scope=",".join(made.scopes),
        expires_in=int(TOKEN_LIVES.total_seconds()),
        refresh_token=made.pair.refresh_token,
        refresh_token_expires_in=int((made.pair.refresh_until - call.now).total_seconds()),
        open_id=str(made.person_id),
    )
