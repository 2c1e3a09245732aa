"""Proposed captions: a post's history, and what waits for a reviewer."""

from datetime import datetime

import msgspec
from django.db.models import QuerySet

from vonk.content.models import CaptionVersion, Post
from vonk.content.queries.posts import PostFacts, post_facts
from vonk.content.rules import CaptionState
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


class CaptionView(msgspec.Struct, frozen=True, kw_only=True):
    """One version. ``replaces`` is what the post said before it, or says; ``account_id`` who proposed it, 0: its creator."""

    id: int
    post_id: int
    profile_id: int
    number: int
    text: str
    replaces: str
    state: CaptionState
    account_id: int
    proposed_at: datetime
    agreed_at: datetime | None
    ended_at: datetime | None
    reviewed_at: datetime | None
    reasons: tuple[str, ...]
    note: str


class CaptionReview(msgspec.Struct, frozen=True):
    """What a reviewer decides on: the version, and the post that would say it."""

    version: CaptionView
    post: PostFacts


def caption_history(post_id: int) -> tuple[CaptionView, ...]:
    """Return every version of the post, newest first. For authorisation, which knows who may see it."""
    rows = _rows().filter(post_id=post_id).order_by("-number")
    return tuple(_view(row) for row in rows)


def caption_version(version_id: int) -> CaptionView | None:
    """Return one version, None when there is none. For authorisation, which knows who may see it."""
    row = _rows().filter(pk=version_id).first()
    return _view(row) if row is not None else None


def caption_reviews(scope: Scope, paging: Paging) -> Page[CaptionReview]:
    """Return what waits for review, oldest last as everywhere; those of deleted posts wait for nobody."""
    scope.require(Right.REVIEW)
    rows = _rows().filter(state=CaptionState.IN_REVIEW.value, post__deleted_at=None)
    page = page_of(rows, paging, _view)
    posts = post_facts({view.post_id for view in page.items})
    return Page(tuple(CaptionReview(view, posts[view.post_id]) for view in page.items), page.next_cursor)


def caption_review(scope: Scope, version_id: int) -> CaptionReview:
    """Return one version with its post, decided or not; NotFound."""
    scope.require(Right.REVIEW)
    view = caption_version(version_id)
    if view is None:
        raise NotFound(noun="caption")
    return CaptionReview(view, post_facts([view.post_id])[view.post_id])


def captions_waiting(scope: Scope) -> int:
    """Return how many captions wait for review."""
    scope.require(Right.REVIEW)
    return CaptionVersion.objects.filter(state=CaptionState.IN_REVIEW.value, post__deleted_at=None).count()


def _rows() -> QuerySet[CaptionVersion]:
    return CaptionVersion.objects.select_related("post")


def _view(row: CaptionVersion) -> CaptionView:
    post: Post = row.post
    return CaptionView(
        id=row.pk,
        post_id=row.post_id,
        profile_id=post.profile_id,
        number=row.number,
        text=row.text,
        replaces=row.replaces,
        state=CaptionState(row.state),
        account_id=row.account_id or 0,
        proposed_at=row.proposed_at,
        agreed_at=row.agreed_at,
        ended_at=row.ended_at,
        reviewed_at=row.reviewed_at,
        reasons=tuple(row.reasons),
        note=row.note,
    )
