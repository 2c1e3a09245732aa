"""The comments that an ad brought to one's post."""

from datetime import datetime

import msgspec

from vonk.content.models import Comment, Profile
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope


class AdComment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment written below the post as an ad showed it; names are "" for who has no profile."""

    id: int
    handle: str
    display_name: str
    text: str
    at: datetime
    hidden: bool


def ad_comments(scope: Scope, ad_id: int, paging: Paging) -> Page[AdComment]:
    """Return the comments on the acting creator's own posts that were written where this ad showed them, newest first.

    Hidden ones too. An ad with somebody else's post has none.
    """
    scope.require(Right.CREATE)
    rows = Comment.objects.filter(ad_id=ad_id, post__profile__owner_id=scope.person, deleted_at=None)
    page = page_of(rows, paging, lambda row: row)
    writers = {row.owner_id: row for row in Profile.objects.filter(owner_id__in={row.person_id for row in page.items})}
    return Page(tuple(_view(row, writers.get(row.person_id)) for row in page.items), page.next_cursor)


def _view(row: Comment, writer: Profile | None) -> AdComment:
    return AdComment(
        id=row.pk,
        handle=(writer.handle or "") if writer is not None else "",
        display_name=writer.display_name if writer is not None else "",
        text=row.text,
        at=row.at,
        hidden=row.hidden_at is not None or bool(row.held),
    )
