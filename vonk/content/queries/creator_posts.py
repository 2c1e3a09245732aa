"""A creator's posts, for an app that they let read them."""

from collections.abc import Collection

from vonk.content.models import Post
from vonk.content.queries.posts import PostFacts, post_facts
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Right, Scope


def own_posts_among(
    scope: Scope, paging: Paging, *, ids: Collection[int] | None = None, ads_only: bool = False
) -> Page[PostFacts]:
    """Return the acting person's own posts wherever they are shown, removed ones too, newest first.

    ``ids`` None: of all of them; with ``ads_only`` those alone that only ads show.
    """
    scope.require(Right.CREATE)
    rows = Post.objects.filter(profile__owner_id=scope.person, deleted_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=set(ids))
    if ads_only:
        rows = rows.filter(ads_only=True)
    page = page_of(rows.only("pk"), paging, lambda row: row.pk)
    facts = post_facts(page.items)
    return Page(tuple(facts[post_id] for post_id in page.items), page.next_cursor)
