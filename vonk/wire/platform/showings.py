"""Showings of posts as the feed and the engagements speak of them: signed tokens, checked against who sends them."""

from datetime import datetime
from typing import Final

from django.conf import settings

from vonk.content.rules import ORGANIC, Source
from vonk.control.scope import Scope
from vonk.core.clock import to_ms
from vonk.core.errors import Forbidden
from vonk.core.ids import new_id
from vonk.events.records import Claims
from vonk.events.tokens import COUNTS_FOR_MS, Signer, TokenExpired, ViewerClaims
from vonk.identity import queries as identity

SURFACE: Final = "feed"


class ShowingMismatch(Forbidden):
    """The token tells of another showing than the one that this engagement can come from."""

    code = "showing_mismatch"
    message = "The showing token belongs to another %(what)s."
    cause = "A token counts only for the post that was shown and the viewer who saw it."
    remedy = "Send the token that came with this post, or none when there was no showing."
    field = "showing_token"


def signer() -> Signer:
    """Return the platform's signer, with the keys of this moment."""
    found: Signer = settings.VONK_SIGNER
    found.refresh()
    return found


def organic(viewer: ViewerClaims, *, post_id: int, profile_id: int, duration_ms: int, now: datetime) -> str:
    """Return the token of one organic showing of a post, whose video is so long (0: not known)."""
    return signer().sign_showing(
        Claims(
            decision_id=new_id(),
            ad_id=0,
            ad_group_id=0,
            campaign_id=0,
            account_id=0,
            grant_id=0,
            post_id=post_id,
            profile_id=profile_id,
            viewer_id=viewer.viewer_id,
            bills="",
            price_micros=0,
            currency="",
            decided_ms=to_ms(now),
            surface=SURFACE,
            duration_ms=duration_ms,
            own=viewer.owns(profile_id=profile_id),
        )
    )


def source(
    scope: Scope, token: str | None, *, now: datetime, post_id: int | None = None, profile_id: int | None = None
) -> Source:
    """Return where an engagement came from; without a token it is organic, with a wrong one it is refused.

    Raises TokenInvalid, TokenExpired (after seven days) or ShowingMismatch.
    """
    if token is None:
        return ORGANIC
    claims = signer().read_showing(token)
    if to_ms(now) - claims.decided_ms > COUNTS_FOR_MS:
        raise TokenExpired(field="showing_token")
    if post_id is not None and claims.post_id != post_id:
        raise ShowingMismatch(what="post")
    if profile_id is not None and claims.profile_id != profile_id:
        raise ShowingMismatch(what="profile")
    if claims.viewer_id != identity.pseudonym(scope.person):
        raise ShowingMismatch(what="viewer")
    return Source(claims.ad_id, claims.decision_id) if claims.ad_id else ORGANIC


def post_of(token: str | None) -> int | None:
    """Return the post that a checked token showed, None without a token."""
    return signer().read_showing(token).post_id if token is not None else None
