"""The tokens that the feed's pages carry: who watches, and what each showing of a post was."""

import secrets
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from vonk.content.queries.profiles import own_profile_ids
from vonk.content.rules import ORGANIC, Source
from vonk.control.scope import Scope
from vonk.core.clock import to_ms
from vonk.core.ids import new_id
from vonk.core.taxonomy import LANGUAGES
from vonk.events.records import Claims
from vonk.events.tokens import COUNTS_FOR_MS, VIEWER_TOKEN_LIVES_MS, Signer, TokenInvalid, ViewerClaims
from vonk.identity import queries as identity
from vonk.reporting import viewers

VISITOR_KEY = "visitor_id"


def signer() -> Signer:
    """Return the platform's signer, with the keys of this moment."""
    found: Signer = settings.VONK_SIGNER
    found.refresh()
    return found


def viewer_of(request: HttpRequest, scope: Scope | None, *, now: datetime) -> ViewerClaims:
    """Return what the ad server may know of who watches: a person, or a visitor by a pseudonym kept in the session."""
    if scope is not None:
        own = own_profile_ids(scope)
        return viewers.claims(scope, profiles=own, now=now, lives_ms=VIEWER_TOKEN_LIVES_MS)
    visitor_id = request.session.setdefault(VISITOR_KEY, secrets.token_urlsafe(9))
    language = (get_language() or "")[:2]
    return identity.visitor_claims(
        visitor_id,
        language=language if language in LANGUAGES else "",
        country="",
        now=now,
        lives_ms=VIEWER_TOKEN_LIVES_MS,
    )


def organic_showing(
    viewer: ViewerClaims, *, post_id: int, profile_id: int, duration_ms: int, surface: str, now: datetime
) -> str:
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
            surface=surface,
            duration_ms=duration_ms,
            own=viewer.owns(profile_id=profile_id),
        )
    )


def source_of(
    scope: Scope, token: str, *, post_id: int | None = None, profile_id: int | None = None, now: datetime
) -> Source:
    """Return where an engagement comes from: the ad of this showing, or organic.

    No token, or one older than events count, is organic. Raises TokenInvalid when the token is not ours, or is that of
    a showing of something else or to somebody else.
    """
    if not token:
        return ORGANIC
    claims = signer().read_showing(token)
    if (post_id is not None and claims.post_id != post_id) or (
        profile_id is not None and claims.profile_id != profile_id
    ):
        raise TokenInvalid
    if claims.viewer_id != identity.pseudonym(scope.person):
        raise TokenInvalid
    if to_ms(now) - claims.decided_ms > COUNTS_FOR_MS:
        return ORGANIC
    return Source(claims.ad_id, claims.decision_id if claims.ad_id else 0)
