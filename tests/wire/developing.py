"""Ada's app, let into her ad account and by Cleo, who makes posts: of each a code that waits, and a token."""

from datetime import datetime

from vonk.control.scope import Scope
from vonk.identity.actions import app_tokens, apps, creator_tokens
from vonk.identity.rules import CreatorScope, Permission

BACK = "https://ada.example.org/back"


def spread(ada: Scope, cleo: Scope, account_id: int, now: datetime) -> dict[str, int | str]:
    """Make the app, its code and its token; return the app's id, and the three texts."""
    app = apps.create_app(ada, name="Ada's dashboard", redirect_uris=[BACK], now=now)

    def code() -> str:
        given = app_tokens.authorise(
            ada, app.id, redirect_uri=BACK, account_ids=[account_id], permissions=tuple(Permission), now=now
        )
        return given.code

    token = app_tokens.exchange(app.id, app.secret, code(), now=now).token

    def creators() -> str:
        scopes = tuple(CreatorScope)
        return creator_tokens.authorise(cleo, app.id, redirect_uri=BACK, scopes=scopes, now=now).code

    acting = creator_tokens.exchange(app.id, app.secret, creators(), BACK, now=now).pair
    return {
        "app_id": app.id,
        "app_secret": app.secret,
        "app_code": code(),
        "app_token": token,
        "app_uri": BACK,
        "creator_code": creators(),
        "creator_token": acting.token,
        "creator_refresh": acting.refresh_token,
    }
