"""The comments below a post, and the answers below them."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from django.db.models import Q

from vonk.content import media
from vonk.content.models import Comment, Post, Profile
from vonk.content.queries.visibility import engageable_by
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import accounts_facts


class AnswerView(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to a comment: by an advertiser in its own name (``account_id``), by the post's creator, or by a viewer."""

    id: int
    account_id: int | None
    by_creator: bool
    handle: str
    display_name: str
    avatar_url: str
    text: str
    at: datetime
    own: bool
    hidden: bool


class CommentView(msgspec.Struct, frozen=True, kw_only=True):
    """A comment and who wrote it. ``own``: the viewer wrote it; ``may_hide``: it stands below a post that they look after.

    Who looks after it alone reads ``hidden_by``, the advertiser that hid it ("": the creator, or nobody), ``from_ad`` and
    ``creator_decided``: no advertiser changes whether it shows.
    """

    id: int
    handle: str
    display_name: str
    avatar_url: str
    text: str
    at: datetime
    own: bool
    hidden: bool
    may_hide: bool
    hidden_by: str
    from_ad: bool
    creator_decided: bool
    answers: tuple[AnswerView, ...]  # Oldest first.


def comments(scope: Scope | None, post_id: int, paging: Paging) -> Page[CommentView]:
    """Return the comments of a post, newest first; NotFound when the post is not there for the viewer.

    A hidden comment, or one that waits for the creator, is there for its author and for the post's creator alone, and so
    is such an answer.
    """
    viewer_id = scope.person_id if scope else None
    post = Post.objects.filter(engageable_by(viewer_id), pk=post_id).select_related("profile").first()
    if post is None:
        raise NotFound(noun="post")
    rows = Comment.objects.filter(post=post, deleted_at=None, reply_to=None)
    may_hide = viewer_id is not None and post.profile.owner_id == viewer_id
    if not may_hide:
        rows = rows.filter(_shown_to(viewer_id))
    page = page_of(rows, paging, lambda row: row)
    return Page(_views(page.items, viewer_id, post.profile.owner_id, may_hide=may_hide), page.next_cursor)


def comments_for_account(
    scope: Scope, post_id: int, paging: Paging, *, from_ad: bool | None = None
) -> Page[CommentView]:
    """Return the comments of a post that the scope's ad account may look after, hidden ones too, newest first.

    ``from_ad``: those written on ads, or on the post itself, alone. Whether the account may is authorisation's to say.
    """
    rows = Comment.objects.filter(post_id=post_id, deleted_at=None, reply_to=None, held="")
    if from_ad is not None:
        rows = rows.exclude(ad_id=0) if from_ad else rows.filter(ad_id=0)
    page = page_of(rows, paging, lambda row: row)
    owner_id = Post.objects.filter(pk=post_id).values_list("profile__owner_id", flat=True).first()
    return Page(_views(page.items, scope.person_id, owner_id, may_hide=True), page.next_cursor)


def _shown_to(viewer_id: int | None) -> Q:
    shown = Q(hidden_at=None, held="")
    return shown | Q(person_id=viewer_id) if viewer_id else shown


def _views(
    items: Iterable[Comment], viewer_id: int | None, owner_id: int | None, *, may_hide: bool
) -> tuple[CommentView, ...]:
    found = list(items)
    below = Comment.objects.filter(reply_to__in=[row.pk for row in found], deleted_at=None).order_by("pk")
    if viewer_id != owner_id:
        below = below.filter(Q(held="") | Q(person_id=viewer_id))
    answers: dict[int, list[Comment]] = {}
    for row in below if may_hide else below.filter(_shown_to(viewer_id)):
        assert row.reply_to_id is not None, "Chosen as answers."
        answers.setdefault(row.reply_to_id, []).append(row)
    everything = found + [row for rows in answers.values() for row in rows]
    writers = {row.owner_id: row for row in Profile.objects.filter(owner_id__in={row.person_id for row in everything})}
    accounts = accounts_facts({one for row in everything for one in (row.account_id, row.hidden_for_id) if one})

    def answer(row: Comment) -> AnswerView:
        writer = writers.get(row.person_id) if row.account_id is None else None
        return AnswerView(
            id=row.pk,
            account_id=row.account_id,
            by_creator=row.account_id is None and row.person_id == owner_id,
            handle=(writer.handle or "") if writer else "",
            display_name=accounts[row.account_id].advertiser_name if row.account_id is not None else _name(writer),
            avatar_url=media.url_of(writer.avatar) if writer else "",
            text=row.text,
            at=row.at,
            own=row.person_id == viewer_id and row.account_id is None,
            hidden=row.hidden_at is not None or bool(row.held),
        )

    def view(row: Comment) -> CommentView:
        writer = writers.get(row.person_id)
        hider = accounts[row.hidden_for_id] if may_hide and row.hidden_for_id is not None else None
        return CommentView(
            id=row.pk,
            handle=(writer.handle or "") if writer else "",
            display_name=_name(writer),
            avatar_url=media.url_of(writer.avatar) if writer else "",
            text=row.text,
            at=row.at,
            own=row.person_id == viewer_id,
            hidden=row.hidden_at is not None or bool(row.held),
            may_hide=may_hide,
            hidden_by=hider.advertiser_name if hider is not None else "",
            from_ad=may_hide and row.ad_id != 0,
            creator_decided=may_hide and row.creator_decided,
            answers=tuple(answer(below) for below in answers.get(row.pk, ())),
        )

    return tuple(view(row) for row in found)


def _name(writer: Profile | None) -> str:
    return writer.display_name if writer else ""
