"""What an ad shows: a creator's post by their consent, or an advertiser's own post under a custom identity."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from vonk.advertising.drafts import AdDraft
from vonk.authorisation import queries as authorisation
from vonk.authorisation.errors import (
    ERRORS,
    AuthCodeExpired,
    AuthorizationReleased,
    AuthorizationRevoked,
    VideoUnavailable,
)
from vonk.authorisation.queries import ConsentView
from vonk.authorisation.rules import UNAVAILABLE, ConsentState
from vonk.content.errors import VideoNotReady
from vonk.content.queries import PostFacts, post_facts
from vonk.content.rules import Origin
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid, NotFound, Problem

_ENDED: Final[dict[ConsentState, type[Problem]]] = {
    ConsentState.EXPIRED: AuthCodeExpired,
    ConsentState.REVOKED: AuthorizationRevoked,
    ConsentState.RELEASED: AuthorizationReleased,
}


class Creative(msgspec.Struct, frozen=True):
    """What an ad shows. ``consent_id`` is None for a non-Spark ad."""

    consent_id: int | None
    post: PostFacts


class Choices(msgspec.Struct, frozen=True):
    """The consents and posts that some drafts name, read together."""

    consents: dict[int, ConsentView]
    posts: dict[int, PostFacts]


def choices(drafts: Iterable[AdDraft], now: datetime) -> Choices:
    """Read what the drafts name, whoever's it is; ``creative`` judges it."""
    named = list(drafts)
    consents = authorisation.consent_facts([draft.consent_id for draft in named if draft.consent_id is not None], now)
    post_ids = {view.post_id for view in consents.values()}
    post_ids.update(draft.post_id for draft in named if draft.post_id is not None)
    return Choices(consents, post_facts(sorted(post_ids)))


def creative(scope: Scope, draft: AdDraft, among: Choices) -> Creative:
    """Return what the draft's ad would show.

    Raises FieldInvalid unless it names a consent, or an identity and a post; NotFound for what is not the account's;
    and by its name in reference §8 why a consent or post cannot be used: auth_code_expired, authorization_revoked,
    authorization_released, video_deleted, video_unavailable, not_public_video, account_banned, video_not_ready.
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
    post = _usable(among.posts[consent.post_id], "consent_id")
    assert consent.state is ConsentState.ACTIVE, "What an account holds is active, ended, or its post cannot be shown."
    return Creative(consent_id, post)


def _usable(post: PostFacts, field: str) -> PostFacts:
    if post.unavailable_reason is not None:
        refusal = UNAVAILABLE.get(post.unavailable_reason)
        raise (ERRORS[refusal] if refusal is not None else VideoUnavailable)(field=field)
    if not post.available:
        raise VideoNotReady(field=field)
    return post
