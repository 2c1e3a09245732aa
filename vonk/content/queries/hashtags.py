"""Hashtags that public posts carry, by how many do."""

import hashlib
from collections.abc import Collection, Sequence
from typing import Final

import msgspec
from django.db.models import Count, F, Q

from vonk.content import captions
from vonk.content.models import Post, PostTag
from vonk.content.queries.visibility import PUBLIC

TAGS_READ_MAX: Final = 20_000  # The most used ones; beyond it an id is not found again.


class HashtagView(msgspec.Struct, frozen=True):
    """A hashtag without its sign. ``id`` follows from the tag, so it is the same on every platform and day."""

    id: int
    tag: str
    post_count: int


def hashtag_id(tag: str) -> int:
    """Return the 63-bit id of a tag."""
    return int.from_bytes(hashlib.sha256(tag.encode()).digest()[:8], "big") >> 1 or 1


def hashtags_like(words: Sequence[str], *, every: bool, at_most: int) -> tuple[HashtagView, ...]:
    """Return the hashtags that contain one of the words (``every``: all of them), the most used ones first."""
    asked = [found for word in words if (found := captions.tag_of(word.lstrip("#").strip()))]
    if not asked:
        return ()
    condition = Q()
    for word in asked:
        part = Q(tag__contains=word)
        condition = condition & part if every else condition | part
    return tuple(_rows(condition, at_most))


def popular_hashtags(at_most: int) -> tuple[HashtagView, ...]:
    """Return the hashtags that most public posts carry."""
    return tuple(_rows(Q(), at_most))


def hashtags_by_id(ids: Collection[int]) -> dict[int, HashtagView]:
    """Return those of the ids that are hashtags in use."""
    wanted = frozenset(ids)
    return {row.id: row for row in _rows(Q(), TAGS_READ_MAX) if row.id in wanted}


def _rows(condition: Q, at_most: int) -> list[HashtagView]:
    found = (
        PostTag.objects.filter(condition, post__in=Post.objects.filter(PUBLIC).values("pk"))
        .values("tag")
        .annotate(post_count=Count("post"))
        .order_by(F("post_count").desc(), "tag")
        .values_list("tag", "post_count")[:at_most]
    )
    return [HashtagView(hashtag_id(tag), tag, count) for tag, count in found]
