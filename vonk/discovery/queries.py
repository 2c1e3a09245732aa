"""The feed, and the pages of profiles, posts, hashtags and sounds."""

from collections import Counter
from datetime import datetime
from typing import Final

import msgspec

from vonk.content import captions
from vonk.content.queries import candidates as posts
from vonk.content.queries import cards as content
from vonk.content.queries.candidates import Candidate, Taste, Wanted
from vonk.content.queries.cards import PostCard, Within
from vonk.content.queries.profiles import ProfileView, profile
from vonk.content.queries.sounds import SoundView, sound
from vonk.content.rules import EngagementKind
from vonk.control.paging import Page
from vonk.control.scope import Scope
from vonk.core.clock import from_ms, to_ms
from vonk.core.errors import FieldInvalid, NotFound
from vonk.core.ids import parse_id
from vonk.core.limits import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX
from vonk.core.signs import Learnt
from vonk.discovery import ranking
from vonk.discovery.ranking import Signs
from vonk.viewing import queries as viewing
from vonk.viewing.queries import ForFeed

CANDIDATES_MAX: Final = 500  # By the formula the newest; by what was learnt these together:
NEAR_MAX: Final = 200  # near to what the viewer watched,
TRENDING_MAX: Final = 50  # watched long most often of late,
FOLLOWED_MAX: Final = 100  # of creators whom they follow,
NEWEST_MAX: Final = 150  # and the newest.
WANTS_MIN: Final = 3  # Posts that somebody's viewing speaks for, before it orders their feed.
_MS_MAX: Final = 253_402_300_799_000  # The end of the year 9999.

FeedItem = PostCard


class ProfilePage(msgspec.Struct, frozen=True):
    """A profile and its posts, newest first."""

    profile: ProfileView
    posts: Page[FeedItem]


class TagPage(msgspec.Struct, frozen=True):
    """A hashtag, how many public posts carry it, and those posts."""

    tag: str
    post_count: int
    posts: Page[FeedItem]


class SoundPage(msgspec.Struct, frozen=True):
    """A sound, how many public posts use it, and those posts."""

    sound: SoundView
    post_count: int
    posts: Page[FeedItem]


def feed_page(
    scope: Scope | None,
    *,
    cursor: str | None = None,
    size: int = PAGE_SIZE_DEFAULT,
    now: datetime,
    learnt: Learnt | None = None,
) -> Page[FeedItem]:
    """Return a page of the organic feed; ``scope`` is None for somebody who is not signed in.

    The cursor holds the instant of the first page and how far the viewer came, so posts and counts that come later do
    not move what was shown. How posts are ordered is told in ``ranking``; what a viewer who agreed has met in the last
    days comes after all others, and what they put away not at all. ``learnt``: None where nothing is to be had.
    """
    as_of, start = _feed_cursor(cursor, now)
    viewer_id = scope.person_id if scope else None
    known = ForFeed() if viewer_id is None else viewing.for_feed(viewer_id, as_of=as_of, now=now)
    end = start + _size(size)
    order, more = _order(viewer_id, known, learnt, as_of, end)
    shown = [post_id for post_id in order[start:end] if post_id not in known.since and post_id not in known.away]
    return Page(tuple(content.cards(viewer_id, shown)), f"{to_ms(as_of)}-{end}" if more else None)


def _order(
    viewer_id: int | None, known: ForFeed, learnt: Learnt | None, as_of: datetime, end: int
) -> tuple[list[int], bool]:
    """Return the first ``end`` posts in their order, and whether there are more."""
    taste = Taste() if viewer_id is None else posts.taste(viewer_id, as_of=as_of, profiled=known.profiled)
    if known.profiled and known.away:
        unwanted = ranking.unwanted_of(posts.tags_of(known.away).values(), taste.interests)
        taste = msgspec.structs.replace(taste, unwanted=unwanted)
    if learnt is not None and by_signs(known):
        signs = signs_of(known, learnt, taste)
        wanted = Wanted(NEWEST_MAX, taste.follows, FOLLOWED_MAX, [*signs.near, *learnt.trending(TRENDING_MAX)])
        found = posts.candidates(viewer_id, wanted, as_of=as_of, recent=None)
    else:
        signs = None
        found = posts.candidates(viewer_id, Wanted(CANDIDATES_MAX), as_of=as_of, recent=ranking.RECENT)
    kept = [one for one in found if one.profile_id in taste.follows or one.profile_id not in known.away_creators]

    def ranked(some: list[Candidate], at_most: int) -> list[int]:
        if signs is None or learnt is None:
            return ranking.rank(some, taste, as_of, at_most=at_most)
        return ranking.rank_learnt(some, taste, signs, learnt, as_of, at_most=at_most)

    order = ranked([one for one in kept if one.post_id not in known.seen], end)
    if len(order) < end:
        order += ranked([one for one in kept if one.post_id in known.seen], end - len(order))
    return order, len(kept) > end


def by_signs(known: ForFeed) -> bool:
    """Tell whether somebody's viewing orders their feed: they agreed to it, and there is some."""
    return known.profiled and len(known.wants.posts) >= WANTS_MIN


def signs_of(known: ForFeed, learnt: Learnt, taste: Taste) -> Signs:
    """Return what the viewing of somebody who agreed says of them."""
    near = learnt.near(known.wants, tuple(known.seen), NEAR_MAX)
    watched = posts.tags_of([*(post_id for post_id, _ in known.long), *taste.known])
    interests = ranking.interests_of(watched.values()) | dict.fromkeys(_declared(taste, watched), 1.0)
    return Signs(known.wants, frozenset(near), interests, Counter(profile_id for _, profile_id in known.long))


def _declared(taste: Taste, watched: dict[int, frozenset[str]]) -> frozenset[str]:
    """Return the interests that come from no post: those that the person declared."""
    return taste.interests - frozenset[str]().union(*watched.values())


def profile_page(
    scope: Scope | None, handle: str, *, cursor: str | None = None, size: int = PAGE_SIZE_DEFAULT
) -> ProfilePage:
    """Return a profile with those of its posts that the viewer may see; NotFound when there is none."""
    head = profile(scope, handle)
    return ProfilePage(head, _page(scope, Within(profile_id=head.id), cursor, size))


def post_page(scope: Scope | None, post_id: int) -> FeedItem:
    """Return one post; NotFound when the viewer may not see it, also when it is shown in ads alone."""
    found = content.cards(scope.person_id if scope else None, [post_id])
    if not found:
        raise NotFound(noun="post")
    return found[0]


def tag_page(scope: Scope | None, tag: str, *, cursor: str | None = None, size: int = PAGE_SIZE_DEFAULT) -> TagPage:
    """Return the posts with a hashtag, newest first; a tag that nobody used has none."""
    within = Within(tag=tag)
    return TagPage(captions.tag_of(tag), content.post_count(within), _page(scope, within, cursor, size))


def sound_page(
    scope: Scope | None, sound_id: int, *, cursor: str | None = None, size: int = PAGE_SIZE_DEFAULT
) -> SoundPage:
    """Return a sound and the posts that use it, newest first; NotFound when there is no such sound."""
    within = Within(sound_id=sound_id)
    return SoundPage(sound(sound_id), content.post_count(within), _page(scope, within, cursor, size))


def following_page(
    scope: Scope, *, cursor: str | None = None, size: int = PAGE_SIZE_DEFAULT, now: datetime
) -> Page[FeedItem]:
    """Return the posts of the creators whom the acting person follows, newest first, without what they put away."""
    found = _page(scope, Within(followed_by=scope.person), cursor, size)
    away = viewing.for_feed(scope.person, as_of=now, now=now).away
    return Page(tuple(item for item in found.items if item.post_id not in away), found.next_cursor)


def kept_page(
    scope: Scope, kind: EngagementKind, *, cursor: str | None = None, size: int = PAGE_SIZE_DEFAULT
) -> Page[FeedItem]:
    """Return the posts that the acting person likes or keeps among their favourites, the latest first; they alone see it."""
    items, after = content.kept_page(scope, kind, after=_after(cursor), size=_size(size))
    return Page(tuple(items), str(after) if after is not None else None)


def _page(scope: Scope | None, within: Within, cursor: str | None, size: int) -> Page[FeedItem]:
    viewer_id = scope.person_id if scope else None
    items, next_after = content.card_page(viewer_id, within, after=_after(cursor), size=_size(size))
    return Page(tuple(items), str(next_after) if next_after is not None else None)


def _after(cursor: str | None) -> int | None:
    try:
        return parse_id(cursor) if cursor else None
    except ValueError as error:
        raise FieldInvalid("cursor", "not a cursor of this list") from error


def _size(size: int) -> int:
    if not 1 <= size <= PAGE_SIZE_MAX:
        raise FieldInvalid("page_size", "a number from 1 to %(most)s", most=PAGE_SIZE_MAX)
    return size


def _feed_cursor(cursor: str | None, now: datetime) -> tuple[datetime, int]:
    """Return the instant and the place that the cursor holds; those of a first page when there is none."""
    if not cursor:
        return from_ms(to_ms(now)), 0
    instant_ms, _, place = cursor.partition("-")
    digits = instant_ms + place
    if not (digits.isascii() and digits.isdigit() and instant_ms and place and len(digits) <= 20):
        raise FieldInvalid("cursor", "not a cursor of this list")
    if int(instant_ms) > _MS_MAX or int(place) > CANDIDATES_MAX:
        raise FieldInvalid("cursor", "not a cursor of this list")
    return min(from_ms(int(instant_ms)), now), int(place)
