"""Posts that a feed may choose from, and what ranking may know of them and of who watches."""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec
from django.db.models import Q, QuerySet, Sum

from vonk.content.models import Engagement, Follow, Post, PostTag, Profile, Tally
from vonk.content.queries import visibility
from vonk.content.rules import EngagementKind
from vonk.control import prepared
from vonk.control.prepared import Prepared, given

LIKED_POSTS_MAX: Final = 100  # The newest likes say best what somebody likes now.
ENGAGED: Final = ("likes", "comments", "favourites", "shares", "follows")  # What liveliness is made of.
_LIKING: Final = (EngagementKind.LIKE.value, EngagementKind.FAVOURITE.value)
_NO_TAGS: Final = frozenset[str]()


class Candidate(msgspec.Struct, frozen=True):
    """What ranking may know of a post. Whether it is promoted is not among it, nor any engagement that ads brought."""

    post_id: int
    profile_id: int
    created_at: datetime
    tags: frozenset[str]
    engagement: dict[str, int]  # Organic, recent, by metric.
    sound_id: int | None = None


class Taste(msgspec.Struct, frozen=True):
    """What ranking may know of a viewer."""

    follows: frozenset[int] = frozenset()
    interests: frozenset[str] = frozenset()  # Declared, and the hashtags of posts they liked.
    known: frozenset[int] = frozenset()  # Posts they reacted to already.
    unwanted: frozenset[str] = frozenset()  # Hashtags that posts which they put away share.


class Wanted(msgspec.Struct, frozen=True):
    """Which posts are looked at: the newest of all, the newest of these creators, and these posts."""

    newest: int
    creators: Collection[int] = ()
    of_creators: int = 0
    post_ids: Collection[int] = ()


class _Row(msgspec.Struct, frozen=True):
    post_id: int
    profile_id: int
    created_at: datetime
    sound_id: int | None


class _Id(msgspec.Struct, frozen=True):
    id: int


class _Tag(msgspec.Struct, frozen=True):
    post_id: int
    tag: str


class _Engaged(msgspec.Struct, frozen=True):
    post_id: int
    metric: str
    value: int


class _Declared(msgspec.Struct, frozen=True):
    interests: list[str] | None


class _Open(NamedTuple):
    """What some viewers may find in a feed: all of it, newest first, and the posts with these ids."""

    newest: Prepared[_Row]
    chosen: Prepared[_Row]


def _open(seen: Callable[[], Q]) -> _Open:
    def rows() -> QuerySet[Post]:
        return Post.objects.filter(seen(), limited_at=None, created_at__lte=given("as_of"))

    fields = ("pk", "profile_id", "created_at", "sound_id")
    return _Open(
        prepared.values(_Row, lambda: rows().order_by("-created_at", "-pk").values_list(*fields)),
        prepared.values(_Row, lambda: rows().filter(pk__in=given("ids")).values_list(*fields)),
    )


_TO_ANYBODY: Final = _open(lambda: visibility.PUBLIC)
_TO_VIEWER: Final = _open(lambda: visibility.shown_to(given("viewer")))
_OF_CREATORS: Final = prepared.values(
    _Id,
    lambda: (
        Post.objects.filter(profile_id__in=given("creators"), created_at__lte=given("as_of"))
        .order_by("-created_at")
        .values_list("pk")
    ),
)
_TAGS: Final = prepared.values(
    _Tag, lambda: PostTag.objects.filter(post_id__in=given("ids")).values_list("post_id", "tag")
)
_ENGAGED: Final = prepared.values(
    _Engaged,
    lambda: (
        Tally.objects.filter(
            post_id__in=given("ids"),
            ad_id=0,
            metric__in=ENGAGED,
            hour_at__gte=given("start"),
            hour_at__lte=given("last"),
        )
        .values_list("post_id", "metric")
        .annotate(total=Sum("value"))
    ),
)
_LIKED: Final = prepared.values(
    _Id,
    lambda: (
        Engagement.objects.filter(person_id=given("person"), at__lte=given("as_of"), kind__in=_LIKING)
        .order_by("-pk")
        .values_list("post_id")
    ),
)
_FOLLOWED: Final = prepared.values(
    _Id,
    lambda: Follow.objects.filter(person_id=given("person"), at__lte=given("as_of")).values_list("profile_id"),
)
# The declared interests are the person's; the join reads them without touching identity's tables from here.
_DECLARED: Final = prepared.values(
    _Declared, lambda: Profile.objects.filter(owner_id=given("person")).values_list("owner__interests")
)


def candidates(viewer_id: int | None, wanted: Wanted, *, as_of: datetime, recent: timedelta | None) -> list[Candidate]:
    """Return the posts of ``as_of`` that the viewer may find in a feed: public ones, and friends' for friends.

    Engagement counts the full hours of ``recent`` before ``as_of``, so that the same instant gives the same answer;
    with None it is not counted.
    """
    found = _TO_ANYBODY if viewer_id is None else _TO_VIEWER
    rows = {row.post_id: row for row in found.newest.rows(viewer=viewer_id, as_of=as_of, limit=wanted.newest)}
    also = set(wanted.post_ids)
    if wanted.of_creators and wanted.creators:  # Whether the viewer may see them is asked below, with the others.
        of_them = _OF_CREATORS.rows(creators=wanted.creators, as_of=as_of, limit=wanted.of_creators)
        also.update(row.id for row in of_them)
    missing = sorted(also - rows.keys())
    rows.update((row.post_id, row) for row in found.chosen.rows(viewer=viewer_id, as_of=as_of, ids=missing))
    tags = tags_of(rows)
    engagement = _engagement(rows, as_of, recent) if recent is not None else {}
    return [
        Candidate(
            post_id,
            row.profile_id,
            row.created_at,
            tags.get(post_id, _NO_TAGS),
            engagement.get(post_id, {}),
            row.sound_id,
        )
        for post_id, row in rows.items()
    ]


def tags_of(post_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return the hashtags of those of the posts that have any."""
    tags: dict[int, set[str]] = defaultdict(set)
    for row in _TAGS.rows(ids=post_ids):
        tags[row.post_id].add(row.tag)
    return {post_id: frozenset(of) for post_id, of in tags.items()}


def _engagement(post_ids: Collection[int], as_of: datetime, recent: timedelta) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in _ENGAGED.rows(ids=post_ids, start=as_of - recent, last=as_of - timedelta(hours=1)):
        found[row.post_id][row.metric] = row.value
    return found


def taste(viewer_id: int, *, as_of: datetime, profiled: bool) -> Taste:
    """Return what the viewer showed to like until ``as_of``: whom they follow, and what they reacted to.

    With ``profiled`` also what they may like because of it: hashtags of what they liked, and declared interests.
    """
    liked = [row.id for row in _LIKED.rows(person=viewer_id, as_of=as_of, limit=LIKED_POSTS_MAX)]
    interests: set[str] = set()
    if profiled:
        interests.update(row.tag for row in _TAGS.rows(ids=liked))
        declared = _DECLARED.first(person=viewer_id)
        interests.update((declared.interests if declared else None) or ())
    follows = frozenset(row.id for row in _FOLLOWED.rows(person=viewer_id, as_of=as_of))
    return Taste(follows, frozenset(interests), frozenset(liked))


class Met(msgspec.Struct, frozen=True):
    """What of a post can be learnt from: whose it is, since when, and its hashtags."""

    post_id: int
    profile_id: int
    created_at: datetime
    tags: frozenset[str]


def met(post_ids: Collection[int]) -> list[Met]:
    """Return those of the posts that anybody may find in a feed now."""
    rows = list(Post.objects.filter(visibility.PUBLIC, pk__in=post_ids).values_list("pk", "profile_id", "created_at"))
    tags = tags_of([row[0] for row in rows])
    return [Met(*row, tags.get(row[0], frozenset())) for row in rows]


def lively(post_ids: Collection[int], weights: dict[str, int], *, as_of: datetime, recent: timedelta) -> dict[int, int]:
    """Return the recent organic engagement of posts, weighed by metric, of those that have any."""
    return {
        post_id: sum(weights.get(metric, 0) * max(0, value) for metric, value in of.items())
        for post_id, of in _engagement(post_ids, as_of, recent).items()
    }


class OutsideAds(msgspec.Struct, frozen=True):
    """What people did outside ads: pairs of person and post that they liked or kept; since when who follows whom."""

    liked: frozenset[tuple[int, int]]
    follows: dict[tuple[int, int], datetime]


def outside_ads(person_ids: Collection[int]) -> OutsideAds:
    """Return what these people did outside ads."""
    liked = Engagement.objects.filter(kind__in=_LIKING, person_id__in=person_ids, ad_id=0)
    follows = Follow.objects.filter(person_id__in=person_ids, ad_id=0)
    return OutsideAds(
        frozenset(liked.values_list("person_id", "post_id")),
        {
            (person_id, profile_id): at
            for person_id, profile_id, at in follows.values_list("person_id", "profile_id", "at")
        },
    )
