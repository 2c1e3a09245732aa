"""What lies within a scope: a creator's own posts and consents, an ad account's redeemed consents, a code one knows.

What lies outside does not exist: the answer is NotFound, the same as for what is absent.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from vonk.authorisation import codes, guesses, needs
from vonk.authorisation.errors.consents import (
    ERRORS,
    AccountSuspended,
    AdvertiserPostNotSupported,
    AuthCodeNotFound,
    SparkTermsRequired,
)
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import (
    UNAVAILABLE,
    ConsentFacts,
    ConsentState,
    OriginalFacts,
    PostToPromote,
    Refusal,
    kind_refusal,
    state,
)
from vonk.content import queries as content
from vonk.content.queries import PostFacts, PostStanding
from vonk.content.rules import Disclosure, Format, Unavailable, VideoState, Visibility
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import account_facts


def own_profile(scope: Scope) -> int:
    """Return the acting person's profile."""
    scope.require(Right.CREATE)
    profile = content.own_profile(scope)
    if profile is None:
        raise NotFound(noun="profile")
    return profile.id


def own_post(scope: Scope, post_id: int) -> PostFacts:
    """Return the post that the acting person published, deleted or not.

    AdvertiserPostNotSupported for a creative that the scope's ad account made: it speaks as a custom identity.
    """
    scope.require(Right.CREATE)
    post = content.post_facts([post_id]).get(post_id)
    if post is not None and post.owner_id == scope.person:
        return post
    if post is not None and post.account_id is not None and post.account_id == scope.account_id:
        raise AdvertiserPostNotSupported
    raise NotFound(noun="post")


def public_post(post_id: int) -> PostFacts:
    """Return a post that everybody can see, published by a person; NotFound for every other."""
    post = content.post_facts([post_id]).get(post_id)
    seen = post is not None and post.available and not post.ads_only and post.visibility is Visibility.PUBLIC
    if post is None or post.owner_id is None or not seen:
        raise NotFound(noun="post")
    return post


def own_consent(scope: Scope, consent_id: int) -> Consent:
    """Return the consent that the acting person gave; a deleted one is gone."""
    scope.require(Right.CREATE)
    consent = Consent.objects.filter(pk=consent_id, profile__owner_id=scope.person).first()
    if consent is None:
        raise NotFound(noun="authorisation")
    return consent


def held_consent(scope: Scope, consent_id: int) -> Consent:
    """Return the consent that the scope's ad account redeemed."""
    scope.require(Right.CAMPAIGN_EDIT)
    consent = Consent.objects.filter(pk=consent_id, account_id=scope.account).first()
    if consent is None:
        raise NotFound(noun="authorisation")
    return consent


def consent_of_code(scope: Scope, text: str, *, now: datetime) -> Consent:
    """Return the consent whose code somebody pasted in the scope's ad account.

    Never part of a larger transaction: a wrong code is counted, and the count stays whatever the caller then does.
    Raises AuthCodeFormatError before anything is looked up, then AccountSuspended, SparkTermsRequired,
    CodeGuessesLimited, AuthCodeNotFound.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    code = codes.parse(text)
    with transaction.atomic(durable=True):
        account = account_facts(scope.account)
        if account.suspended:
            raise AccountSuspended
        if not account.spark_terms_accepted:
            raise SparkTermsRequired
        guesses.admit(scope, now=now)
        key = settings.VONK_KEYS.codes
        consent = Consent.objects.filter(code_digest=codes.digest(code, key)).first()
        known = (
            consent is not None and consent.code_digest is not None and codes.matches(code, consent.code_digest, key)
        )
        if not known:
            guesses.count_wrong(scope, now=now)
    if consent is None or not known:
        raise AuthCodeNotFound
    return consent


def facts_of(consent: Consent, *, post_available: bool, originals_met: bool = True) -> ConsentFacts:
    """Return what the consent's state follows from; for its state itself ask states_of, which knows the originals."""
    return ConsentFacts(
        ends_at=consent.ends_at,
        redeemed_at=consent.redeemed_at,
        revoked_at=consent.revoked_at,
        released_at=consent.released_at,
        deleted_at=consent.deleted_at,
        post_available=post_available,
        ending_at=consent.ending_at,
        originals_met=originals_met,
    )


def state_of(consent: Consent, post: PostFacts, now: datetime) -> ConsentState:
    """Return the consent's state at ``now``."""
    return states_of([consent], {post.id: post}, now)[consent.pk]


def states_of(
    consents: Collection[Consent],
    posts: Mapping[int, PostFacts | PostStanding],
    now: datetime,
    *,
    stand_on: Mapping[int, tuple[int, ...] | None] | None = None,
) -> dict[int, ConsentState]:
    """Return the state at ``now`` of each consent, by id. ``posts`` has each one's post.

    ``stand_on`` is what ``needs.stand_on`` says of them, for whoever has just asked.
    """
    if stand_on is None:
        stand_on = needs.stand_on([consent.pk for consent in consents], now)
    return {
        consent.pk: state(
            facts_of(
                consent,
                post_available=posts[consent.post_id].available,
                originals_met=stand_on.get(consent.pk, ()) is not None,
            ),
            now,
        )
        for consent in consents
    }


def post_of(consent: Consent) -> PostFacts:
    """Return the post that the consent is for."""
    return content.post_facts([consent.post_id])[consent.post_id]


def posts_of(consents: Iterable[Consent]) -> dict[int, PostFacts]:
    """Return the posts that the consents are for, by id."""
    return content.post_facts({consent.post_id for consent in consents})


def require_shown(post_id: int, *, private_is_fine: bool = False) -> None:
    """Raise why the post cannot be shown in ads. A private one may come back: that is fine where it is said so."""
    reason = content.post_facts([post_id])[post_id].unavailable_reason
    if reason is None or (private_is_fine and reason == Unavailable.PRIVATE):
        return
    raise ERRORS[UNAVAILABLE.get(reason, Refusal.VIDEO_UNAVAILABLE)]


def kind_refusal_of(post: PostFacts) -> Refusal | None:
    """Return what a post's format has against it. A video has none by itself: what it answers was judged with its code."""
    return None if post.format is Format.VIDEO else kind_refusal(to_promote(post))


def to_promote(post: PostFacts) -> PostToPromote:
    """Return what decides whether the post may be authorised."""
    answered = {original for original in (post.duet_of, post.stitch_of) if original is not None}
    others = content.post_facts({*answered, *post.mentions_posts})
    return PostToPromote(
        profile_id=post.profile_id,
        video_ready=post.video_state == VideoState.READY,
        public=post.visibility == Visibility.PUBLIC,
        unavailable_reason=post.unavailable_reason,
        originals=tuple(
            OriginalFacts(other.profile_id, other.duet_of is not None or other.stitch_of is not None)
            for other in others.values()
            if other.id in answered
        ),
        mentioned_profile_ids=tuple(others[other].profile_id for other in post.mentions_posts if other in others),
        format=post.format,
        disclosed=post.disclosure != Disclosure.NONE,
        sound_commercial=post.sound_commercial,
    )
