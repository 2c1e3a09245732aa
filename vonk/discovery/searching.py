"""What somebody looks for: posts, people, hashtags and sounds by words.

Promises: nobody finds what is not for them; whether a post is promoted plays no part; nothing of it is kept.
"""

from enum import StrEnum
from typing import Final

import msgspec

from vonk.content.queries import cards, searching
from vonk.content.queries.cards import PostCard, Within
from vonk.content.queries.hashtags import HashtagView, hashtags_like, popular_hashtags
from vonk.content.queries.searching import PersonFound, SoundFound
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid
from vonk.core.ids import parse_id

ASKED_CHARS_MAX: Final = 100
WORDS_MAX: Final = 6  # Each is a condition of its own.
SIZE: Final = 24
FEW: Final = 4  # Of each kind but posts, where all are shown together.
POPULAR: Final = 12
PLACE_MAX: Final = 480  # Of a list by number; who wants more says more.


class Kind(StrEnum):
    """What is looked for; TOP is some of everything."""

    TOP = "top"
    POSTS = "posts"
    PEOPLE = "people"
    HASHTAGS = "hashtags"
    SOUNDS = "sounds"


class Found(msgspec.Struct, frozen=True):
    """What was found, and the cursor to go on with (None at the end)."""

    posts: tuple[PostCard, ...] = ()
    people: tuple[PersonFound, ...] = ()
    hashtags: tuple[HashtagView, ...] = ()
    sounds: tuple[SoundFound, ...] = ()
    next_cursor: str | None = None

    @property
    def nothing(self) -> bool:
        return not (self.posts or self.people or self.hashtags or self.sounds)


def words_of(asked: str) -> tuple[str, ...]:
    """Return the words that are looked for; FieldInvalid when there is too much of them."""
    if len(asked) > ASKED_CHARS_MAX:
        raise FieldInvalid("q", "up to %(most)s characters", most=ASKED_CHARS_MAX)
    bare = (word.lstrip("#").lstrip("@") for word in asked.split())
    return tuple(dict.fromkeys(word for word in bare if word))[:WORDS_MAX]


def search(scope: Scope | None, asked: str, kind: Kind, *, cursor: str | None = None) -> Found:
    """Return what is there for the viewer under these words; nothing without a word. Raises FieldInvalid."""
    words = words_of(asked)
    if not words:
        return Found()
    if kind in (Kind.TOP, Kind.POSTS):
        posts, after = _posts(scope, words, cursor)
        if kind is Kind.POSTS or cursor:
            return Found(posts=posts, next_cursor=after)
        return Found(
            posts,
            searching.people_like(scope, words, first=0, at_most=FEW),
            hashtags_like(words, every=True, at_most=FEW),
            searching.sounds_like(words, first=0, at_most=FEW),
            after,
        )
    first = _place(cursor)
    if kind is Kind.PEOPLE:
        people = searching.people_like(scope, words, first=first, at_most=SIZE + 1)
        return Found(people=people[:SIZE], next_cursor=_on(first, len(people)))
    if kind is Kind.SOUNDS:
        sounds = searching.sounds_like(words, first=first, at_most=SIZE + 1)
        return Found(sounds=sounds[:SIZE], next_cursor=_on(first, len(sounds)))
    tags = hashtags_like(words, every=True, at_most=first + SIZE + 1)[first:]
    return Found(hashtags=tags[:SIZE], next_cursor=_on(first, len(tags)))


def popular(scope: Scope | None) -> Found:
    """Return where to begin without words: whom most follow, and the hashtags of most posts."""
    return Found(
        people=searching.people_like(scope, (), first=0, at_most=POPULAR // 2), hashtags=popular_hashtags(POPULAR)
    )


def _posts(scope: Scope | None, words: tuple[str, ...], cursor: str | None) -> tuple[tuple[PostCard, ...], str | None]:
    try:
        after = parse_id(cursor) if cursor else None
    except ValueError as error:
        raise FieldInvalid("cursor", "not a cursor of this list") from error
    viewer_id = scope.person_id if scope else None
    found, going_on = cards.card_page(viewer_id, Within(words=words), after=after, size=SIZE)
    return tuple(found), str(going_on) if going_on is not None else None


def _place(cursor: str | None) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 4 and int(cursor) <= PLACE_MAX):
        raise FieldInvalid("cursor", "not a cursor of this list")
    return int(cursor)


def _on(first: int, found: int) -> str | None:
    return str(first + SIZE) if found > SIZE and first + SIZE <= PLACE_MAX else None
