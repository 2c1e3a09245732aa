"""Posts that an advertiser makes under a creator's profile, by an access that lets them publish (reference §9.3).

A push is a consent like any other from its first moment, so that an ad can be made of it and reviewed. What is missing
until then is the post: it is a draft. The approval of the first ad publishes it, in the same transaction.

Lock order: the profile's chain, then campaigns, then profile and post.
"""

from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from vonk.authorisation import access_links, publish, push_letters, push_links, reach, speaker_reach
from vonk.authorisation.actions import records, revocations, takings
from vonk.authorisation.actions import terms as agreements
from vonk.authorisation.errors.consents import ERRORS, DisclosureMissing
from vonk.authorisation.errors.pushes import OriginalsFixed
from vonk.authorisation.models import AccountAccess, Consent, ConsentChain
from vonk.authorisation.needs import in_force, originals_of
from vonk.authorisation.rules import Act, Road, Side, promotion_refusal
from vonk.authorisation.rules.access import AccessScope, best_of, missing_links
from vonk.authorisation.speaker_reach import Speaker
from vonk.content import queries as content
from vonk.content.actions import posts
from vonk.content.actions import pushes as drafts
from vonk.content.actions.pushes import Draft
from vonk.content.rules import Disclosure, PublishAs
from vonk.control import audit
from vonk.control.scope import PLATFORM, Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import account_facts

_NEEDED: Final = {
    PublishAs.ADS_ONLY: AccessScope.PUBLISH_ADS_ONLY,
    PublishAs.PRIVATE: AccessScope.PUBLISH_PROFILE,
    PublishAs.PUBLIC: AccessScope.PUBLISH_PROFILE,
}


class Pushed(msgspec.Struct, frozen=True):
    """A draft under a creator's profile, and the consent that an ad with it stands on."""

    post_id: int
    consent_id: int


@transaction.atomic
def push(
    scope: Scope,
    profile_id: int,
    draft: Draft,
    *,
    access_id: int | None = None,
    speaker: Speaker | None = None,
    agree_sha256: str | None = None,
    now: datetime,
) -> Pushed:
    """Make a draft under the creator's profile, by the access with this id or by the one that lacks least.

    With ``speaker``, of those by which the account speaks so. ``agree_sha256`` agrees to the terms of the access. The
    creator is told. Raises NotFound, DisclosureMissing, the first
    link that is missing (errors.access.LINKS), what content's ``pushes.push`` and ``takings.take`` raise.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    _require_disclosed(draft)
    if profile_id not in content.profile_owner([profile_id]):
        raise NotFound(noun="profile")
    chain = records.lock(profile_id)
    access = _access(scope, chain, draft.publish_as, access_id=access_id, speaker=speaker, sha256=agree_sha256, now=now)
    assert access.ends_at is not None, "A live access has an end."
    post_id = drafts.push(scope, profile_id, draft, now=now)
    consent = takings.take(
        scope,
        chain,
        content.post_facts([post_id])[post_id],
        account_id=scope.account,
        person_id=scope.person,
        road=Road.PUSH,
        ends_at=access.ends_at,
        duration_days=0,
        terms=access.terms,
        access=access,
        ads_only=draft.publish_as is PublishAs.ADS_ONLY,
        preview_required=access.preview_required,
        now=now,
    )
    push_letters.pushed(consent, reach.post_of(consent), now=now)
    return Pushed(post_id, consent.pk)


def hold(post_id: int) -> None:
    """Lock the chain of the post's profile, before any campaign: the first lock of whoever edits or approves a push."""
    post = content.post_facts([post_id]).get(post_id)
    if post is not None and post.pushed_for:
        records.lock(post.profile_id)


@transaction.atomic
def edit(scope: Scope, post_id: int, draft: Draft, *, now: datetime) -> Consent:
    """Change the account's draft; return its consent. The creator is not told again: they see the draft as it is.

    Whoever edits a draft with ads has them reviewed again (``advertising.actions.pushes.edit``). What it answers or
    mentions stays. Raises NotFound, PostIsPublished, DisclosureMissing, OriginalsFixed, and as ``push`` does.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    _require_disclosed(draft)
    before = content.pushed_post(scope, post_id)
    chain = records.lock(before.profile_id)
    consent = _consent(scope, post_id)
    _access(scope, chain, draft.publish_as, access_id=consent.access_id, now=now)
    drafts.edit(scope, post_id, draft, now=now)
    after = content.post_facts([post_id])[post_id]
    refusal = promotion_refusal(
        reach.to_promote(after), ads_only=draft.publish_as is PublishAs.ADS_ONLY, make_public=False, pushed=True
    )
    if refusal is not None:
        raise ERRORS[refusal]
    if originals_of(after) != originals_of(before):
        raise OriginalsFixed
    consent.ads_only = draft.publish_as is PublishAs.ADS_ONLY
    consent.save(update_fields=["ads_only"])
    return consent


@transaction.atomic
def discard(scope: Scope, post_id: int, *, now: datetime) -> None:
    """Delete the account's draft and give up its consent; the video stays the account's. Raises NotFound, PostIsPublished."""
    scope.require(Right.CAMPAIGN_EDIT)
    chain = records.lock(content.pushed_post(scope, post_id).profile_id)
    consent = _consent(scope, post_id)
    drafts.discard(scope, post_id, now=now)
    if consent.released_at is None and consent.revoked_at is None:
        consent.released_at, consent.remind_at = now, None
        consent.save(update_fields=["released_at", "remind_at"])
        publish.withdraw_grant(consent, at=now)
        records.append(chain, scope, Act.RELEASED, at=now, consent=consent)
        audit.record(scope, "consent.released", "consent", consent.pk, at=now)
    push_letters.discarded(consent, reach.post_of(consent), now=now)


@transaction.atomic
def refuse(scope: Scope, post_id: int, *, now: datetime) -> None:
    """Delete, as its creator, a post that was pushed, draft or published, and revoke what let ads show it.

    Always accepted: the ads stop at once. NotFound for what was not pushed under the acting person's profile.
    """
    post = content.own_post(scope, post_id)
    if not post.pushed_for:
        raise NotFound(noun="post")
    chain = records.lock(post.profile_id)
    posts.delete(scope, post_id, now)
    revocations.revoke_live(scope, chain, post_id=post_id, now=now)


@transaction.atomic
def publish_approved(post_id: int, *, now: datetime) -> bool:
    """Publish a pushed draft as it was chosen, because an ad with it was approved; return whether this call did.

    Nothing is published under a creator's name whose consent has ended, nor where their access does not let posts be
    published as this one would be (any more): the draft stays one.
    Called in the transaction of the approval, which has taken ``hold`` before its campaign. The creator is told.
    """
    post = content.post_facts([post_id]).get(post_id)
    if post is None or not post.draft:
        return False
    chain = records.lock(post.profile_id)
    held = Consent.objects.filter(in_force(now), post_id=post_id, road=Road.PUSH.value)
    consent = held.select_related("access", "terms").first()
    if consent is None or consent.access is None or post.publish_as is None:
        return False
    if _NEEDED[post.publish_as] not in consent.access.scopes or not drafts.publish_pushed(post_id, now=now):
        return False
    published = reach.post_of(consent)
    detail = {"publish_as": published.publish_as.value if published.publish_as else ""}
    records.append(chain, PLATFORM, Act.PUBLISHED, at=now, consent=consent, detail=detail)
    push_letters.published(consent, published, now=now)
    return True


def _access(
    scope: Scope,
    chain: ConsentChain,
    publish_as: PublishAs,
    *,
    access_id: int | None,
    speaker: Speaker | None = None,
    sha256: str | None = None,
    now: datetime,
) -> AccountAccess:
    """Return the access that the account pushes by; raise the first link that is missing."""
    of_profile = access_links.for_account(scope).filter(profile_id=chain.profile_id)
    rows = {row.pk: row for row in (of_profile if speaker is None else speaker_reach.accesses(scope, speaker))}
    if access_id is not None:
        rows = {pk: row for pk, row in rows.items() if pk == access_id}
        if not rows:
            raise NotFound(noun="access")
    needed = _NEEDED[publish_as]
    best = best_of(push_links.candidates(scope, rows.values(), now), needed)
    access = rows[best.access_id] if best is not None else None
    if access is not None and best is not None and sha256 is not None and not best.terms_agreed:
        _agree(scope, chain, access, sha256, now)
        best = msgspec.structs.replace(best, terms_agreed=True)
    missing = missing_links(access_links.surroundings(scope, chain.profile_id), best, needed)
    if missing:
        raise access_links.problem(missing[0], access.terms if access is not None else None)
    assert access is not None, "Without an access a link is missing."
    return access


def _agree(scope: Scope, chain: ConsentChain, access: AccountAccess, sha256: str, now: datetime) -> None:
    terms = access.terms
    assert terms is not None, "Chosen for its terms."
    agreements.require_currency(terms.currency, account_facts(scope.account).currency)
    agreements.agree(scope, chain, terms, side=Side.ADVERTISER, sha256=sha256, account_id=scope.account, now=now)


def _consent(scope: Scope, post_id: int) -> Consent:
    consent = Consent.objects.filter(post_id=post_id, account_id=scope.account, road=Road.PUSH.value).first()
    if consent is None:
        raise NotFound(noun="post")
    return consent


def _require_disclosed(draft: Draft) -> None:
    """Raise DisclosureMissing: what is made for an advertiser always serves somebody's interest."""
    if draft.disclosure is Disclosure.NONE:
        raise DisclosureMissing(field="disclosure")


__all__ = [
    "Draft",
    "Pushed",
    "discard",
    "edit",
    "hold",
    "publish_approved",
    "push",
    "refuse",
]
