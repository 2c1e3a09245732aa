"""Access tokens of the platform API."""

from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.identity import queries
from vonk.identity.actions import tokens
from vonk.identity.actions.tokens import IssuedToken
from vonk.identity.queries import TokenView
from vonk.wire.codec import Body, Instant
from vonk.wire.operation import Call, Nothing, Paged, operation


class NewToken(Body, frozen=True):
    """What the token is for, and until when; until revoked without an end."""

    label: str
    expires_at: Instant | None = None


@operation("POST", "/tokens", may=Right.VIEW, summary="Issue an access token", example={"label": "my app"})
def create_token(call: Call[NewToken, Nothing]) -> IssuedToken:
    """The token's text is in this answer alone."""
    return tokens.issue(call.scope, label=call.body.label, expires_at=call.body.expires_at, now=call.now)


@operation("GET", "/tokens", may=Right.VIEW, summary="List one's access tokens")
def list_tokens(call: Call[Nothing, Paged]) -> Page[TokenView]:
    """Newest first, revoked ones too."""
    return queries.tokens(call.scope, call.query.paging())


@operation("DELETE", "/tokens/{token_id}", may=Right.VIEW, summary="Revoke an access token")
def delete_token(call: Call[Nothing, Nothing]) -> None:
    """It ends at once."""
    tokens.revoke(call.scope, call.id("token_id"), now=call.now)
