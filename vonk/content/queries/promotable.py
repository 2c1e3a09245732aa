"""A profile's posts as an advertiser chooses among them: those that ads may show, and to their owner the hidden ones too."""

from collections.abc import Collection
from typing import Final

from django.db.models import Q, QuerySet

from vonk.content.models import Post
from vonk.content.queries.posts import PostFacts, facts_of
from vonk.content.rules import Format, Origin, VideoState, Visibility
from vonk.control.paging import Page, Paging, page_of
from vonk.core.errors import FieldInvalid

SEARCH_CHARS_MAX: Final = 100


def promotable_posts(
    profile_id: int,
    paging: Paging,
    *,
    search: str = "",
    hidden_too: bool = False,
    formats: Collection[Format] | None = None,
) -> Page[PostFacts]:
    """Return the profile's posts that can be shown, newest first; ``hidden_too``: also those that not everybody sees.

    ``search`` is looked for in the captions, every word of it; None of ``formats`` means any. FieldInvalid for a search of more than 100 characters.
    """
    if len(search) > SEARCH_CHARS_MAX:
        raise FieldInvalid("search", "at most %(most)s characters", most=SEARCH_CHARS_MAX)
    rows = _promotable(profile_id, hidden_too=hidden_too)
    if formats is not None:
        rows = rows.filter(format__in=[one.value for one in formats])
    for word in search.split():
        rows = rows.filter(caption__icontains=word)
    return page_of(rows, paging, facts_of)


def promotable_by_id(profile_id: int, post_ids: Collection[int], *, hidden_too: bool = False) -> dict[int, PostFacts]:
    """Return those of the posts that ``promotable_posts`` lists, by id."""
    rows = _promotable(profile_id, hidden_too=hidden_too).filter(pk__in=set(post_ids))
    return {row.pk: facts_of(row) for row in rows}


def _promotable(profile_id: int, *, hidden_too: bool) -> QuerySet[Post]:
    rows = Post.objects.select_related("profile", "video", "sound").filter(
        profile_id=profile_id,
        deleted_at=None,
        removed_at=None,
        draft=False,
        origin__in=(Origin.ORGANIC.value, Origin.PUSHED.value),
        video__state=VideoState.READY.value,
    )
    if hidden_too:
        return rows
    return rows.filter(Q(visibility=Visibility.PUBLIC.value, profile__private=False) | Q(ads_only=True))
