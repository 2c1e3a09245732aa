"""What somebody who looks after comments for an ad account reads: comments of several posts, blocked words, exports."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from django.db.models import Count, Q

from vonk.content import media
from vonk.content.models import BlockedWord, Comment, ModerationExport, Profile
from vonk.content.moderation import EXPORT_KEPT_FOR, ExportKind, folded
from vonk.control.paging import Numbered, Numbering
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import accounts_facts


class Order(StrEnum):
    """By what comments are sorted."""

    TIME = "time"
    ANSWERS = "answers"


class CommentsWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which comments: all of ``whole_posts``, and of all other posts the shown ones that came from ``ad_ids``.

    An answer is where the comment is that it answers. None of a filter means any; ``since`` to before ``until``.
    """

    whole_posts: Collection[int] = ()
    ad_ids: Collection[int] = ()
    ids: Collection[int] | None = None
    below: int | None = None  # The answers of one comment.
    answers: bool | None = None  # Answers alone, or comments alone.
    hidden: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: Order = Order.TIME
    ascending: bool = False


class ModeratedComment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment or an answer, as who looks after comments reads it. ``account_id`` answered in its own name."""

    id: int
    post_id: int
    ad_id: int  # Of an answer: of the comment that it answers. 0: written on the post itself.
    text: str
    at: datetime
    hidden: bool
    reply_to: int | None
    answers: int
    account_id: int | None
    profile_id: int | None
    handle: str
    display_name: str
    avatar_url: str


class CommentPlace(msgspec.Struct, frozen=True):
    """Where a comment stands. ``ad_id`` is that of the comment it answers, when it is an answer."""

    post_id: int
    ad_id: int
    reply_to: int | None


def moderated_comments(wanted: CommentsWanted, numbering: Numbering) -> Numbered[ModeratedComment]:
    """Return a numbered page; that the caller may read the posts' comments is the caller's to know."""
    rows = (
        Comment.objects.select_related("reply_to")
        .filter(_reach(wanted), deleted_at=None, held="")
        .annotate(answer_count=Count("answers", filter=Q(answers__deleted_at=None, answers__held="")))
    )
    if wanted.ids is not None:
        rows = rows.filter(pk__in=wanted.ids)
    if wanted.below is not None:
        rows = rows.filter(reply_to_id=wanted.below)
    if wanted.answers is not None:
        rows = rows.filter(reply_to__isnull=not wanted.answers)
    if wanted.hidden is not None:
        rows = rows.filter(hidden_at__isnull=not wanted.hidden)
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    total = rows.count()
    keys = ["pk"]
    if wanted.order is Order.ANSWERS:
        rows = rows.alias(below=Count("answers", filter=Q(answers__deleted_at=None, answers__held="")))
        keys = ["below", "pk"]
    first = (numbering.page - 1) * numbering.size
    found = rows.order_by(*(key if wanted.ascending else f"-{key}" for key in keys))[first : first + numbering.size]
    return Numbered(_views(list(found)), total, numbering)


def comment_places(comment_ids: Collection[int]) -> dict[int, CommentPlace]:
    """Return where the comments stand that exist among the ids, for who knows whether the caller may see them."""
    rows = Comment.objects.select_related("reply_to").filter(pk__in=comment_ids, deleted_at=None)
    return {
        row.pk: CommentPlace(row.post_id, row.ad_id if row.reply_to is None else row.reply_to.ad_id, row.reply_to_id)
        for row in rows
    }


def blocked_words(scope: Scope, numbering: Numbering) -> Numbered[str]:
    """Return the words that the scope's ad account blocks, the newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = BlockedWord.objects.filter(account_id=scope.account).order_by("-pk").values_list("word", flat=True)
    first = (numbering.page - 1) * numbering.size
    return Numbered(tuple(rows[first : first + numbering.size]), rows.count(), numbering)


def are_blocked(scope: Scope, words: Sequence[str]) -> tuple[bool, ...]:
    """Say of each word whether the scope's ad account blocks it."""
    scope.require(Right.ACCOUNT_VIEW)
    keys = [folded(word) for word in words]
    rows = BlockedWord.objects.filter(account_id=scope.account, folded__in=keys)
    there = set(rows.values_list("folded", flat=True))
    return tuple(key in there for key in keys)


def words_of(account_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return what each ad account blocks, as it is compared; accounts that block nothing are absent."""
    found: dict[int, list[str]] = {}
    rows = BlockedWord.objects.filter(account_id__in=account_ids).order_by("pk").values_list("account_id", "folded")
    for account_id, word in rows:
        found.setdefault(account_id, []).append(word)
    return {account_id: tuple(words) for account_id, words in found.items()}


def export_asked(scope: Scope, kind: ExportKind, export_id: int, *, now: datetime) -> dict[str, Any]:
    """Return what the scope's ad account asked to have listed; NotFound after 30 days."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = ModerationExport.objects.filter(account_id=scope.account, kind=kind.value, at__gt=now - EXPORT_KEPT_FOR)
    row = rows.filter(pk=export_id).first()
    if row is None:
        raise NotFound(noun="task")
    return dict(row.asked)


def _reach(wanted: CommentsWanted) -> Q:
    shown = Q(ad_id__in=wanted.ad_ids, reply_to=None) | Q(reply_to__ad_id__in=wanted.ad_ids, reply_to__hidden_at=None)
    return Q(post_id__in=wanted.whole_posts) | (Q(hidden_at=None) & shown)


def _views(found: Sequence[Comment]) -> tuple[ModeratedComment, ...]:
    below = Comment.objects.filter(reply_to__in=[row.pk for row in found], deleted_at=None, held="").order_by()
    answers = dict(below.values_list("reply_to").annotate(Count("pk")))
    writers = {row.owner_id: row for row in Profile.objects.filter(owner_id__in={row.person_id for row in found})}
    accounts = accounts_facts({row.account_id for row in found if row.account_id is not None})
    views = []
    for row in found:
        writer = writers.get(row.person_id) if row.account_id is None else None
        name = writer.display_name if writer is not None else ""
        views.append(
            ModeratedComment(
                id=row.pk,
                post_id=row.post_id,
                ad_id=row.ad_id if row.reply_to is None else row.reply_to.ad_id,
                text=row.text,
                at=row.at,
                hidden=row.hidden_at is not None,
                reply_to=row.reply_to_id,
                answers=answers.get(row.pk, 0),
                account_id=row.account_id,
                profile_id=writer.pk if writer is not None else None,
                handle=(writer.handle or "") if writer is not None else "",
                display_name=accounts[row.account_id].advertiser_name if row.account_id is not None else name,
                avatar_url=media.url_of(writer.avatar) if writer is not None else "",
            )
        )
    return tuple(views)
