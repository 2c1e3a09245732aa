"""The comments below a post."""

from datetime import datetime

import msgspec
from django.db.models import Q

from vonk.content import media
from vonk.content.models import Comment, Post, Profile
from vonk.content.queries.visibility import engageable_by
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Scope
from vonk.core.errors import NotFound


class CommentView(msgspec.Struct, frozen=True, kw_only=True):
    """A comment and who wrote it. ``own``: the viewer wrote it; ``may_hide``: it stands below the viewer's own post."""

    id: int
    handle: str
    display_name: str
    avatar_url: str
    text: str
    at: datetime
    own: bool
    hidden: bool
    may_hide: bool


def comments(scope: Scope | None, post_id: int, paging: Paging) -> Page[CommentView]:
    """Return the comments of a post, newest first; NotFound when the post is not there for the viewer.

    A hidden comment is there for its author and for the post's creator alone.
    """
    viewer_id = scope.person_id if scope else None
    post = Post.objects.filter(engageable_by(viewer_id), pk=post_id).select_related("profile").first()
    if post is None:
        raise NotFound(noun="post")
    rows = Comment.objects.filter(post=post, deleted_at=None)
    may_hide = viewer_id is not None and post.profile.owner_id == viewer_id
    if not may_hide:
        rows = rows.filter(Q(hidden_at=None) | Q(person_id=viewer_id) if viewer_id else Q(hidden_at=None))
    page = page_of(rows, paging, lambda row: row)
    writers = {
        row.owner_id: row for row in Profile.objects.filter(owner_id__in={written.person_id for written in page.items})
    }

    def view(row: Comment) -> CommentView:
        writer = writers.get(row.person_id)
        return CommentView(
            id=row.pk,
            handle=(writer.handle or "") if writer else "",
            display_name=writer.display_name if writer else "",
            avatar_url=media.url_of(writer.avatar) if writer else "",
            text=row.text,
            at=row.at,
            own=row.person_id == viewer_id,
            hidden=row.hidden_at is not None,
            may_hide=may_hide,
        )

    return Page(tuple(view(row) for row in page.items), page.next_cursor)
