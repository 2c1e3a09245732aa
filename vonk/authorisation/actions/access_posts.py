"""Take up a creator's post by way of an access to their account: without a code, once for each ad account."""

from datetime import datetime

import msgspec
from django.db import transaction

from vonk.authorisation import access_letters, access_links, access_reach
from vonk.authorisation.actions import records, takings
from vonk.authorisation.actions import terms as agreements
from vonk.authorisation.errors.consents import NotPublicVideo
from vonk.authorisation.models import AccountAccess, Consent, ConsentChain
from vonk.authorisation.rules import Road, Side
from vonk.authorisation.rules.access import AccessScope, best_of, missing_links
from vonk.content import queries as content
from vonk.content.actions import posts
from vonk.content.queries import PostFacts
from vonk.content.rules import Visibility
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.identity.queries import account_facts


class Taken(msgspec.Struct, frozen=True):
    """A consent that the account holds by way of an access. ``again``: it held it before, and nothing changed."""

    consent_id: int
    access_id: int
    again: bool


@transaction.atomic
def take_post(
    scope: Scope,
    post_id: int,
    access_id: int | None = None,
    *,
    ads_only: bool = False,
    make_public: bool = False,
    agree_sha256: str | None = None,
    now: datetime,
) -> Taken:
    """Take up a post in the scope's ad account by the access with this id, or by the one that lacks least.

    Again: no change and no error. A post that not everybody can see is made public, or shown in ads alone, only by its
    owner in an account of their own, who says so here (reference §3, rule (d)); by anybody else it is refused.
    ``agree_sha256`` agrees to the terms of the access. Raises NotFound for what cannot be seen from here, the first link
    that is missing (errors.access.LINKS), PostAuthorisationOff, TermsChanged, TermsCurrencyMismatch, or why the post
    cannot be an ad (errors.consents.ERRORS).
    """
    scope.require(Right.CAMPAIGN_EDIT)
    if ads_only and make_public:
        raise FieldInvalid("make_public", "not together with ads_only: a post shown only in ads stays as it is")
    post = content.post_facts([post_id]).get(post_id)
    if post is None or post.owner_id is None:
        raise NotFound(noun="post")
    chain = records.lock(post.profile_id)
    access = _usable(scope, chain, post, access_id=access_id, sha256=agree_sha256, now=now)
    held = _held(scope, access, post_id, now)
    if held is not None:
        return Taken(held.pk, access.pk, again=True)
    confirmed = _confirm(scope, access, post, ads_only=ads_only, make_public=make_public)
    if make_public and post.visibility != Visibility.PUBLIC:
        posts.set_visibility(msgspec.structs.replace(scope, account_id=None), post_id, Visibility.PUBLIC, now=now)
    assert access.ends_at is not None, "A live access has an end."
    consent = takings.take(
        scope,
        chain,
        content.post_facts([post_id])[post_id],  # As it is now: it may just have become public.
        account_id=scope.account,
        person_id=scope.person,
        road=Road.OWN_POST if access_reach.is_own(access) else Road.ACCOUNT_ACCESS,
        ends_at=access.ends_at,
        duration_days=0,
        terms=access.terms,
        access=access,
        ads_only=confirmed or post.ads_only,
        preview_required=access.preview_required,
        now=now,
    )
    if not access_reach.is_own(access):
        access_letters.taken(access, consent, now=now)
    return Taken(consent.pk, access.pk, again=False)


@transaction.atomic
def agree_terms(scope: Scope, access_id: int, *, sha256: str, now: datetime) -> bool:
    """Agree to the terms of an access for the scope's ad account; return whether this was the first time.

    NotFound for an access that has none, TermsChanged for another text's hash, TermsCurrencyMismatch.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    access = access_links.for_account(scope).filter(access_reach.live(now), pk=access_id).first()
    if access is None or access.profile_id is None or access.terms_id is None:
        raise NotFound(noun="access")
    return _agree(scope, records.lock(access.profile_id), access, sha256, now)


def _usable(
    scope: Scope, chain: ConsentChain, post: PostFacts, *, access_id: int | None, sha256: str | None, now: datetime
) -> AccountAccess:
    """Return the access that the post is taken by; raise the first link that is missing."""
    rows = {row.pk: row for row in access_links.for_account(scope).filter(profile_id=post.profile_id)}
    if access_id is not None:
        rows = {pk: row for pk, row in rows.items() if pk == access_id}
        if not rows:
            raise NotFound(noun="access")
    best = best_of(access_links.candidates(scope, rows.values(), now), AccessScope.EXISTING_POSTS)
    access = rows[best.access_id] if best is not None else None
    if access is not None and best is not None and sha256 is not None and not best.terms_agreed:
        _agree(scope, chain, access, sha256, now)
        best = msgspec.structs.replace(best, terms_agreed=True)
    missing = missing_links(access_links.surroundings(scope, post.profile_id), best)
    if missing and access is None and post.visibility != Visibility.PUBLIC:
        raise NotFound(noun="post")  # Whoever has no access does not hear of posts that they cannot see.
    if missing:
        raise access_links.problem(missing[0], access.terms if access is not None else None)
    assert access is not None, "Without an access a link is missing."
    return access


def _agree(scope: Scope, chain: ConsentChain, access: AccountAccess, sha256: str, now: datetime) -> bool:
    terms = access.terms
    assert terms is not None, "Chosen for its terms."
    agreements.require_currency(terms.currency, account_facts(scope.account).currency)
    return agreements.agree(scope, chain, terms, side=Side.ADVERTISER, sha256=sha256, account_id=scope.account, now=now)


def _held(scope: Scope, access: AccountAccess, post_id: int, now: datetime) -> Consent | None:
    """Return the consent that the account holds by the access; one whose notice is over makes room for a new one."""
    rows = Consent.objects.filter(
        access=access, account_id=scope.account, post_id=post_id, revoked_at=None, released_at=None
    )
    held = rows.first()
    if held is None or held.ending_at is None or held.ending_at > now:
        return held
    rows.update(revoked_at=held.ending_at)
    return None


def _confirm(scope: Scope, access: AccountAccess, post: PostFacts, *, ads_only: bool, make_public: bool) -> bool:
    """Return whether the post is to be shown in ads alone. NotPublicVideo when anybody but its owner decides, an app too."""
    if not ads_only and not make_public:
        return False
    if not access_reach.is_own(access) or not scope.is_oneself(post.owner_id):
        raise NotPublicVideo
    return ads_only
