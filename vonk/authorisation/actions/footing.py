"""The consent on which an ad of a post stands: one that the account holds, or one that it takes where that needs no code."""

from datetime import datetime
from typing import Final

from django.db.models import Q

from vonk.authorisation import access_links, needs, reach, speaker_reach
from vonk.authorisation.actions import access_posts
from vonk.authorisation.errors.consents import (
    ERRORS,
    AuthCodeExpired,
    AuthorizationReleased,
    AuthorizationRevoked,
    OriginalAuthorizationRequired,
)
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import UNAVAILABLE, USABLE, ConsentState, Refusal
from vonk.authorisation.rules.access import AccessScope, best_of
from vonk.authorisation.speaker_reach import ACCESS_OF_KIND, Speaker, SpeakerKind
from vonk.content.rules import Unavailable
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, Problem

_ENDED: Final[dict[ConsentState, type[Problem]]] = {
    ConsentState.EXPIRED: AuthCodeExpired,
    ConsentState.REVOKED: AuthorizationRevoked,
    ConsentState.RELEASED: AuthorizationReleased,
}


def consent_of(scope: Scope, speaker: Speaker, post_id: int, *, now: datetime) -> int:
    """Return the consent on which an ad of the post, under this name, stands in the scope's account.

    One that the account holds; of several the one that lasts longest. By an access a post is taken up where it is not
    yet (``access_posts.take_post``, which raises what stands in the way). Raises NotFound for what the speaker never
    consented to, and by its name why what they consented to cannot be used now: auth_code_expired,
    authorization_revoked, authorization_released, original_authorization_required, or what became of the post.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    assert speaker.kind is not SpeakerKind.CUSTOM, "A custom identity needs nobody's consent."
    held = _held(scope, speaker, post_id)
    usable = [row for row in held if _why_not(scope, row, now) is None]
    if usable:
        return max(usable, key=lambda row: (row.ends_at, row.pk)).pk
    if speaker.kind is SpeakerKind.POST:
        if not held:
            raise NotFound(noun="authorisation of this post by this creator")
        problem = _why_not(scope, held[0], now)
        assert problem is not None, "Nothing of it is usable."
        raise problem
    return access_posts.take_post(scope, post_id, _access_id(scope, speaker, now), now=now).consent_id


def _held(scope: Scope, speaker: Speaker, post_id: int) -> list[Consent]:
    """Return what the account holds, or held, of the post by this speaker: what nobody ended first, then the newest."""
    rows = Consent.objects.filter(account_id=scope.account, post_id=post_id, profile_id=speaker.profile_id)
    if speaker.kind is SpeakerKind.POST:
        rows = rows.filter(access=None)
    else:
        of_kind = Q(access__kind=ACCESS_OF_KIND[speaker.kind].value, access__organisation_id=speaker.organisation_id)
        rows = rows.filter(of_kind)
    return sorted(rows, key=lambda row: (row.revoked_at is None and row.released_at is None, row.pk), reverse=True)


def _why_not(scope: Scope, consent: Consent, now: datetime) -> Problem | None:
    """Return why no ad may stand on the consent now. A draft that the account pushed may wait for its ad's approval."""
    post = reach.post_of(consent)
    state = reach.state_of(consent, post, now)
    if state in USABLE:
        return None
    if state in _ENDED:
        return _ENDED[state]()
    if post.unavailable_reason == Unavailable.DRAFT and post.pushed_for == scope.account:
        return None
    if post.unavailable_reason is not None:
        return ERRORS[UNAVAILABLE.get(post.unavailable_reason, Refusal.VIDEO_UNAVAILABLE)]()
    if not post.available:
        return ERRORS[Refusal.VIDEO_NOT_READY]()
    lacking = needs.missing([consent.pk], now).get(consent.pk, ())
    return OriginalAuthorizationRequired(handles=[original.handle for original in lacking])


def _access_id(scope: Scope, speaker: Speaker, now: datetime) -> int:
    """Return the access of the speaker that lacks least; NotFound when there never was one."""
    rows = speaker_reach.accesses(scope, speaker).filter(granted_at__isnull=False)
    best = best_of(access_links.candidates(scope, rows, now), AccessScope.EXISTING_POSTS)
    if best is None:
        raise NotFound(noun="access")
    return best.access_id
