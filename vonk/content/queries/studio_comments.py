"""The comments below all of a creator's posts, and the words that they want to see first."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from vonk.content import media
from vonk.content.models import Comment, CreatorBlockedWord, Profile
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope

COUNT_MAX: Final = 100  # The navigation counts no further: it says "99+".


class Which(StrEnum):
    """Which of the comments."""

    HELD = "held"  # They wait for the creator.
    SHOWN = "shown"
    HIDDEN = "hidden"


class StudioComment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment, or an answer to one, and where it stands. ``held`` says why it waits, "" for not; names are "" for none."""

    id: int
    post_id: int
    post_title: str  # The caption whole.
    poster_url: str
    answer: bool
    from_ad: bool
    handle: str
    display_name: str
    text: str
    at: datetime
    held: str
    hidden: bool


class CreatorWord(msgspec.Struct, frozen=True):
    """A word of the list."""

    id: int
    word: str


def studio_comments(scope: Scope, which: Which, paging: Paging, *, post_id: int | None = None) -> Page[StudioComment]:
    """Return what was written below the acting creator's own posts that are there, newest first; nothing of another's."""
    scope.require(Right.CREATE)
    rows = Comment.objects.select_related("post__video").filter(
        post__profile__owner_id=scope.person, post__deleted_at=None, deleted_at=None
    )
    if post_id is not None:
        rows = rows.filter(post_id=post_id)
    if which is Which.HELD:
        rows = rows.exclude(held="")
    else:
        rows = rows.filter(held="", hidden_at__isnull=which is Which.SHOWN)
    page = page_of(rows, paging, lambda row: row)
    return Page(_views(page.items), page.next_cursor)


def held_count(scope: Scope) -> int:
    """Return how many comments wait for the acting creator, at most COUNT_MAX."""
    scope.require(Right.CREATE)
    rows = Comment.objects.filter(post__profile__owner_id=scope.person, post__deleted_at=None, deleted_at=None)
    return rows.exclude(held="")[:COUNT_MAX].count()


def creator_words(scope: Scope) -> tuple[CreatorWord, ...]:
    """Return the acting creator's list, in the order of the alphabet."""
    scope.require(Right.CREATE)
    rows = CreatorBlockedWord.objects.filter(profile__owner_id=scope.person).order_by("folded", "pk")
    return tuple(CreatorWord(*row) for row in rows.values_list("pk", "word"))


def _views(rows: Sequence[Comment]) -> tuple[StudioComment, ...]:
    writers = {row.owner_id: row for row in Profile.objects.filter(owner_id__in={row.person_id for row in rows})}
    return tuple(_view(row, writers.get(row.person_id)) for row in rows)


def _view(row: Comment, writer: Profile | None) -> StudioComment:
    return StudioComment(
        id=row.pk,
        post_id=row.post_id,
        post_title=row.post.caption,
        poster_url=media.url_of(row.post.video.poster_key),
        answer=row.reply_to_id is not None,
        from_ad=row.ad_id != 0,
        handle=(writer.handle or "") if writer is not None else "",
        display_name=writer.display_name if writer is not None else "",
        text=row.text,
        at=row.at,
        held=row.held,
        hidden=row.hidden_at is not None,
    )
