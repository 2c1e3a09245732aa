"""New captions of posts whose caption is locked: proposed, agreed to, reviewed, switched to in one transaction.

Authorisation calls these: it knows who may propose, records the acts and writes the letters.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from vonk.content import captions
from vonk.content.actions import making, posts, publishing
from vonk.content.errors import CaptionDecided, CaptionNotLocked, CaptionUnchanged, CaptionUnderway, PostIsDraft
from vonk.content.models import CaptionVersion, Post
from vonk.content.rules import CAPTION_NOTE_MAX, CAPTION_OPEN, CAPTION_REASONS, CaptionState
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound

_NOUN: Final = "caption"
_OPEN: Final = [state.value for state in CAPTION_OPEN]


@transaction.atomic
def propose(scope: Scope, post_id: int, text: str, *, now: datetime) -> int:
    """Propose a caption: the acting creator for their own post, or the scope's ad account; return the version's id.

    The creator's goes to review at once and takes the place of what is open; an account's waits for the creator. Raises
    NotFound, PostIsDraft, CaptionNotLocked, CaptionUnchanged, CaptionUnderway, CaptionTooLong, MentionsTooMany, FieldInvalid.
    """
    post = publishing.lock(post_id)
    if post is None or post.deleted_at is not None:
        raise NotFound(noun="post")
    by_creator = _is_creator(scope, post)
    if not by_creator:
        scope.require(Right.CAMPAIGN_EDIT)
    if post.draft:
        raise PostIsDraft
    if not post.caption_locked:
        raise CaptionNotLocked
    said = captions.read(text)
    if said.text == post.caption:
        raise CaptionUnchanged
    underway = CaptionVersion.objects.filter(post=post, state__in=_OPEN).first()
    if underway is not None:
        if not by_creator and (underway.state != CaptionState.PROPOSED or underway.account_id != scope.account):
            raise CaptionUnderway
        _end(scope, underway, CaptionState.SUPERSEDED, now)
    last = CaptionVersion.objects.filter(post=post).aggregate(number=Max("number", default=0))["number"]
    version = CaptionVersion.objects.create(
        post=post,
        number=last + 1,
        text=said.text,
        replaces=post.caption,
        state=(CaptionState.IN_REVIEW if by_creator else CaptionState.PROPOSED).value,
        person_id=scope.person,
        account_id=None if by_creator else scope.account,
        proposed_at=now,
        agreed_at=now if by_creator else None,
    )
    _audit(scope, version, "caption.proposed", now)
    return version.pk


@transaction.atomic
def agree(scope: Scope, version_id: int, *, now: datetime) -> None:
    """Say yes, as the post's creator, to an advertiser's proposal: it goes to review. Raises NotFound, CaptionDecided."""
    version = _lock_own(scope, version_id, CaptionState.PROPOSED)
    version.state, version.agreed_at = CaptionState.IN_REVIEW.value, now
    version.save(update_fields=["state", "agreed_at"])
    _audit(scope, version, "caption.agreed", now)


@transaction.atomic
def refuse(scope: Scope, version_id: int, *, now: datetime) -> None:
    """Say no, as the post's creator, to an advertiser's proposal. Raises NotFound, CaptionDecided."""
    _end(scope, _lock_own(scope, version_id, CaptionState.PROPOSED), CaptionState.REFUSED, now)


@transaction.atomic
def withdraw(scope: Scope, version_id: int, *, now: datetime) -> None:
    """Take a proposal back: its side of it, or the creator, who agreed, at any time before it is reviewed.

    Raises NotFound, CaptionDecided.
    """
    version = _lock(version_id)
    own = version.account_id is not None and version.account_id == scope.account_id
    if not own and not _is_creator(scope, version.post):
        raise NotFound(noun=_NOUN)
    scope.require(Right.CAMPAIGN_EDIT if own else Right.CREATE)
    _require(version, *CAPTION_OPEN)
    _end(scope, version, CaptionState.WITHDRAWN, now)


@transaction.atomic
def approve(scope: Scope, version_id: int, *, now: datetime) -> None:
    """Let the post say it, from the commit on, in every ad with it; likes and counts stay. Raises NotFound, CaptionDecided."""
    scope.require(Right.REVIEW)
    version = _lock(version_id)
    _require(version, CaptionState.IN_REVIEW)
    post = version.post
    if post.deleted_at is not None:
        raise NotFound(noun="post")
    CaptionVersion.objects.filter(post=post, state=CaptionState.CURRENT.value).update(
        state=CaptionState.REPLACED.value, ended_at=now
    )
    version.replaces, version.state = post.caption, CaptionState.CURRENT.value
    _review(scope, version, now)
    post.caption = version.text
    making.index_caption(post, captions.read(version.text))
    posts.save_change(scope, post, "post.caption_switched", now, fields=["caption"], detail={"version": version.number})


@transaction.atomic
def reject(scope: Scope, version_id: int, reasons: Iterable[str], note: str = "", *, now: datetime) -> None:
    """Refuse it, for at least one of CAPTION_REASONS, with a note that both sides see.

    Raises NotFound, CaptionDecided, FieldInvalid (reasons, note).
    """
    scope.require(Right.REVIEW)
    wanted = set(reasons)
    if not wanted or wanted - CAPTION_REASONS.keys():
        raise FieldInvalid("reasons", "at least one of %(known)s", known=", ".join(CAPTION_REASONS))
    text = note.strip()
    if len(text) > CAPTION_NOTE_MAX:
        raise FieldInvalid("note", "at most %(most)s characters", most=CAPTION_NOTE_MAX)
    version = _lock(version_id)
    _require(version, CaptionState.IN_REVIEW)
    version.state, version.note = CaptionState.REJECTED.value, text
    version.reasons = [reason for reason in CAPTION_REASONS if reason in wanted]
    _review(scope, version, now)


def _review(scope: Scope, version: CaptionVersion, now: datetime) -> None:
    version.reviewed_at, version.reviewer_id = now, scope.person
    version.save(update_fields=["state", "replaces", "reasons", "note", "reviewed_at", "reviewer"])
    approved = version.state == CaptionState.CURRENT
    _audit(scope, version, "caption.approved" if approved else "caption.rejected", now)


def _end(scope: Scope, version: CaptionVersion, state: CaptionState, now: datetime) -> None:
    version.state, version.ended_at = state.value, now
    version.save(update_fields=["state", "ended_at"])
    _audit(scope, version, f"caption.{state.value}", now)


def _lock(version_id: int) -> CaptionVersion:
    """Return the version with its post, locked as every change of a post locks it."""
    post_id = CaptionVersion.objects.filter(pk=version_id).values_list("post_id", flat=True).first()
    post = publishing.lock(post_id) if post_id is not None else None
    if post is None:
        raise NotFound(noun=_NOUN)
    version = CaptionVersion.objects.get(pk=version_id)
    version.post = post
    return version


def _lock_own(scope: Scope, version_id: int, state: CaptionState) -> CaptionVersion:
    scope.require(Right.CREATE)
    version = _lock(version_id)
    if not _is_creator(scope, version.post):
        raise NotFound(noun=_NOUN)
    _require(version, state)
    return version


def _require(version: CaptionVersion, *states: CaptionState) -> None:
    if version.state not in states:
        raise CaptionDecided


def _is_creator(scope: Scope, post: Post) -> bool:
    return scope.account_id is None and post.profile.owner_id is not None and post.profile.owner_id == scope.person_id


def _audit(scope: Scope, version: CaptionVersion, act: str, now: datetime) -> None:
    detail = {"post_id": str(version.post_id), "version": version.number}
    audit.record(scope, act, _NOUN, version.pk, at=now, account_id=version.account_id, detail=detail)
