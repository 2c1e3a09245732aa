"""What an ad shows: a creator's post by their consent, or an advertiser's own post under a custom identity."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
from django.conf import settings

from vonk.advertising.drafts import AdDraft
from vonk.advertising.rules import Objective, objectives, texts
from vonk.authorisation import queries as authorisation
from vonk.authorisation.errors.consents import (
    ERRORS,
    AuthCodeExpired,
    AuthorizationReleased,
    AuthorizationRevoked,
    MusicRightsMissing,
    OriginalAuthorizationRequired,
    VideoUnavailable,
)
from vonk.authorisation.queries import ConsentView
from vonk.authorisation.queries.limits import HeldConsent, held_consents
from vonk.authorisation.rules import UNAVAILABLE, ConsentState, limits
from vonk.content.errors import VideoNotReady
from vonk.content.queries import PostFacts, post_facts
from vonk.content.rules import Origin, Unavailable
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound, Problem

_ENDED: Final[dict[ConsentState, type[Problem]]] = {
    ConsentState.EXPIRED: AuthCodeExpired,
    ConsentState.REVOKED: AuthorizationRevoked,
    ConsentState.RELEASED: AuthorizationReleased,
}


class Creative(msgspec.Struct, frozen=True):
    """What an ad shows. ``consent_id`` is None, and ``held`` too, for a non-Spark ad."""

    consent_id: int | None
    post: PostFacts
    held: HeldConsent | None = None


def address(text: str, objective: Objective, shown: Creative) -> str:
    """Return where the ad's button leads: the address, or the creator's profile where there need be none.

    Raises FieldInvalid as ``texts.landing_url``.
    """
    if not text.strip() and shown.consent_id is not None and objective in objectives.WITHOUT_ADDRESS:
        return profile_page(shown.post)
    return texts.landing_url(text)


def profile_page(post: PostFacts) -> str:
    """Return the whole address of the profile that posted it; "" for a custom identity, which has none."""
    return f"{settings.VONK.site_url}/@{post.handle}/" if post.handle else ""


class Choices(msgspec.Struct, frozen=True):
    """The consents and posts that some drafts name, read together."""

    consents: dict[int, ConsentView]
    held: dict[int, HeldConsent]
    now: datetime
    posts: dict[int, PostFacts]


def choices(drafts: Iterable[AdDraft], now: datetime) -> Choices:
    """Read what the drafts name, whoever's it is; ``creative`` judges it."""
    named = list(drafts)
    consents = authorisation.consent_facts([draft.consent_id for draft in named if draft.consent_id is not None], now)
    post_ids = {view.post_id for view in consents.values()}
    post_ids.update(draft.post_id for draft in named if draft.post_id is not None)
    return Choices(consents, held_consents(consents, now), now, post_facts(sorted(post_ids)))


def creative(scope: Scope, draft: AdDraft, among: Choices) -> Creative:
    """Return what the draft's ad would show.

    Raises FieldInvalid unless it names a consent, or an identity and a post; NotFound for what is not the account's;
    and by its name in reference §8 why a consent or post cannot be used: auth_code_expired, authorization_revoked,
    authorization_released, original_authorization_required, video_deleted, video_unavailable, not_public_video,
    account_private, account_banned, music_rights_missing, video_not_ready. A consent that was revoked with notice can
    be used until the notice ends.
    """
    if draft.consent_id is not None:
        if draft.identity_id is not None or draft.post_id is not None:
            raise FieldInvalid("post_id", "a Spark Ad's post and identity follow from its authorisation")
        return _spark(scope, draft.consent_id, among)
    if draft.identity_id is None or draft.post_id is None:
        missing = "identity_id" if draft.identity_id is None else "post_id"
        raise FieldInvalid(missing, "name an authorisation, or an identity and its post")
    post = among.posts.get(draft.post_id)
    owned = post is not None and post.account_id == scope.account and post.origin == Origin.ADVERTISER
    if post is None or not owned:
        raise NotFound(noun="post", field="post_id")
    if post.profile_id != draft.identity_id:
        raise NotFound(noun="identity", field="identity_id")
    return Creative(None, _usable(post, "post_id"))


def _spark(scope: Scope, consent_id: int, among: Choices) -> Creative:
    consent = among.consents.get(consent_id)
    if consent is None or consent.account_id != scope.account:
        raise NotFound(noun="authorisation", field="consent_id")
    if consent.state in _ENDED:
        raise _ENDED[consent.state](field="consent_id")
    post, held = among.posts[consent.post_id], among.held[consent_id]
    if limits.ends_at(held.limits) <= among.now:
        raise AuthCodeExpired(field="consent_id")
    if post.unavailable_reason == Unavailable.DRAFT and post.pushed_for == scope.account:
        return Creative(consent_id, post, held)  # Published when this ad, or another one with it, is approved.
    post = _usable(post, "consent_id")
    if held.original_missing:
        problem = OriginalAuthorizationRequired(handles=held.missing_handles)
        problem.field = "consent_id"
        raise problem
    if not post.sound_commercial:
        raise MusicRightsMissing(field="consent_id")
    return Creative(consent_id, post, held)


def _usable(post: PostFacts, field: str) -> PostFacts:
    if post.unavailable_reason is not None:
        refusal = UNAVAILABLE.get(post.unavailable_reason)
        raise (ERRORS[refusal] if refusal is not None else VideoUnavailable)(field=field)
    if not post.available:
        raise VideoNotReady(field=field)
    return post
