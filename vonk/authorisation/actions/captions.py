"""New captions of posts that stand in ads: what content keeps of them, with the record, and letters to those concerned.

An advertiser proposes only what its terms allow (rules.Edit.CAPTION), and the creator agrees first. A reviewer's approval
switches the caption in one transaction: ads with the post keep running, likes and counts stay.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.db import transaction

from vonk.authorisation import caption_letters, chain, needs, reach
from vonk.authorisation.actions import records
from vonk.authorisation.caption_rights import may_propose
from vonk.authorisation.errors.consents import ERRORS
from vonk.authorisation.errors.pushes import CaptionEditsNotAgreed, OriginalsFixed
from vonk.authorisation.models import Consent
from vonk.authorisation.rules import Act, promotion_refusal
from vonk.content import captions as reading
from vonk.content import queries as content
from vonk.content.actions import captions
from vonk.content.queries import CaptionView, PostFacts
from vonk.content.rules import Visibility
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


@transaction.atomic
def propose(scope: Scope, post_id: int, text: str, *, now: datetime) -> int:
    """Propose a new caption, as the post's creator or for the scope's ad account; return the version's id.

    The creator's goes to review, an account's to the creator. Raises NotFound, CaptionEditsNotAgreed, OriginalsFixed, why
    the post could not be an ad with it (errors.consents.ERRORS), and as content's ``captions.propose`` does.
    """
    post = _post(scope, post_id, now)
    locked = records.lock(post.profile_id)
    _require_same_originals(post, text)
    version_id = captions.propose(scope, post_id, text, now=now)
    version = _version(version_id)
    records.append(locked, scope, Act.CAPTION_PROPOSED, at=now, post_id=post_id, detail=_detail(version))
    if version.account_id:
        caption_letters.asked(version, post, now=now)
    return version_id


@transaction.atomic
def agree(scope: Scope, version_id: int, *, now: datetime) -> None:
    """Say yes, as the creator, to what an advertiser proposed: a reviewer looks at it next. NotFound, CaptionDecided."""
    captions.agree(scope, version_id, now=now)


@transaction.atomic
def refuse(scope: Scope, version_id: int, *, now: datetime) -> None:
    """Say no, as the creator, to what an advertiser proposed; it is told. Raises NotFound, CaptionDecided."""
    captions.refuse(scope, version_id, now=now)
    version = _version(version_id)
    caption_letters.refused(version, _facts(version), now=now)


@transaction.atomic
def withdraw(scope: Scope, version_id: int, *, now: datetime) -> None:
    """Take a proposal back before it was reviewed: its own side, or the creator who agreed. NotFound, CaptionDecided."""
    captions.withdraw(scope, version_id, now=now)
    version = _version(version_id)
    if version.account_id and scope.account_id is None:
        caption_letters.refused(version, _facts(version), now=now)


@transaction.atomic
def approve(scope: Scope, version_id: int, *, now: datetime) -> None:
    """Switch the post to the caption, in every ad with it, and tell everybody concerned. Raises NotFound, CaptionDecided."""
    scope.require(Right.REVIEW)
    before = _version(version_id)
    locked = records.lock(before.profile_id)
    captions.approve(scope, version_id, now=now)
    version = _version(version_id)
    post = _facts(version)
    records.append(locked, scope, Act.CAPTION_SWITCHED, at=now, post_id=version.post_id, detail=_detail(version))
    held = Consent.objects.filter(needs.in_force(now), post_id=version.post_id)
    accounts = sorted({account_id for account_id in held.values_list("account_id", flat=True) if account_id})
    caption_letters.switched(version, post, accounts, now=now)


@transaction.atomic
def reject(scope: Scope, version_id: int, reasons: Iterable[str], note: str = "", *, now: datetime) -> None:
    """Refuse it for reasons of content's CAPTION_REASONS; both sides are told. NotFound, CaptionDecided, FieldInvalid."""
    captions.reject(scope, version_id, reasons, note, now=now)
    version = _version(version_id)
    caption_letters.rejected(version, _facts(version), now=now)


def _post(scope: Scope, post_id: int, now: datetime) -> PostFacts:
    if scope.account_id is None:
        return content.own_post(scope, post_id)
    scope.require(Right.CAMPAIGN_EDIT)
    allowed = may_propose(scope, post_id, now=now)
    if allowed is None:
        raise NotFound(noun="post")
    if not allowed:
        raise CaptionEditsNotAgreed
    return content.post_facts([post_id])[post_id]


def _require_same_originals(post: PostFacts, text: str) -> None:
    """Raise what stands against the post with this caption, or OriginalsFixed when it points to others' posts anew."""
    links = tuple(linked for linked in reading.post_links(text) if linked != post.id)
    changed = msgspec.structs.replace(post, caption=text, mentions_posts=links)
    refusal = promotion_refusal(
        reach.to_promote(changed),
        ads_only=post.ads_only,
        make_public=post.visibility != Visibility.PUBLIC,  # Whether it is public is not the caption's doing.
    )
    if refusal is not None:
        raise ERRORS[refusal](field="caption")
    if needs.originals_of(changed) != needs.originals_of(post):
        raise OriginalsFixed


def _version(version_id: int) -> CaptionView:
    version = content.caption_version(version_id)
    if version is None:
        raise NotFound(noun="caption")
    return version


def _facts(version: CaptionView) -> PostFacts:
    return content.post_facts([version.post_id])[version.post_id]


def _detail(version: CaptionView) -> chain.Detail:
    """Return what the record keeps: which version, whose, and its hash. Its words may have to be erased one day."""
    return {
        "version": version.number,
        "account": str(version.account_id) if version.account_id else None,
        "caption_sha256": hashlib.sha256(version.text.encode()).hexdigest(),
    }
