"""Posts that a feed may choose from, and what ranking may know of them and of who watches."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.db.models import Sum

from vonk.content.models import Engagement, Follow, Post, PostTag, Profile, Tally
from vonk.content.queries import visibility
from vonk.content.rules import EngagementKind

LIKED_POSTS_MAX: Final = 100  # The newest likes say best what somebody likes now.
ENGAGED: Final = ("likes", "comments", "favourites", "shares", "follows")  # What liveliness is made of.


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


class Wanted(msgspec.Struct, frozen=True):
    """Which posts are looked at: the newest of all, the newest of these creators, and these posts."""

    newest: int
    creators: Collection[int] = ()
    of_creators: int = 0
    post_ids: Collection[int] = ()


def candidates(viewer_id: int | None, wanted: Wanted, *, as_of: datetime, recent: timedelta | None) -> list[Candidate]:
    """Return the posts of ``as_of`` that the viewer may find in a feed: public ones, and friends' for friends.

    Engagement counts the full hours of ``recent`` before ``as_of``, so that the same instant gives the same answer;
    with None it is not counted.
    """
    seen = visibility.PUBLIC if viewer_id is None else visibility.shown_to(viewer_id)
    found = Post.objects.filter(seen, created_at__lte=as_of)
    newest = found.order_by("-created_at", "-pk")
    fields = ("pk", "profile_id", "created_at", "sound_id")
    rows = {row[0]: row for row in newest.values_list(*fields)[: wanted.newest]}
    also = set(wanted.post_ids)
    if wanted.of_creators and wanted.creators:  # Whether the viewer may see them is asked below, with the others.
        of_them = Post.objects.filter(profile_id__in=wanted.creators, created_at__lte=as_of).order_by("-created_at")
        also.update(of_them.values_list("pk", flat=True)[: wanted.of_creators])
    missing = sorted(also - rows.keys())
    if missing:
        rows.update((row[0], row) for row in found.filter(pk__in=missing).values_list(*fields))
    tags = tags_of(rows)
    engagement = _engagement(rows, as_of, recent) if recent is not None else {}
    return [
        Candidate(
            post_id, profile_id, created_at, tags.get(post_id, frozenset()), engagement.get(post_id, {}), sound_id
        )
        for post_id, profile_id, created_at, sound_id in rows.values()
    ]


def tags_of(post_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return the hashtags of those of the posts that have any."""
    tags: dict[int, set[str]] = defaultdict(set)
    for post_id, tag in PostTag.objects.filter(post_id__in=post_ids).values_list("post_id", "tag"):
        tags[post_id].add(tag)
    return {post_id: frozenset(of) for post_id, of in tags.items()}


def _engagement(post_ids: Collection[int], as_of: datetime, recent: timedelta) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    hours = Tally.objects.filter(
        post_id__in=post_ids,
        ad_id=0,
        metric__in=ENGAGED,
        hour_at__gte=as_of - recent,
        hour_at__lte=as_of - timedelta(hours=1),
    )
    for post_id, metric, value in hours.values_list("post_id", "metric").annotate(total=Sum("value")):
        found[post_id][metric] = value
    return found


def taste(viewer_id: int, *, as_of: datetime, profiled: bool) -> Taste:
    """Return what the viewer showed to like until ``as_of``: whom they follow, and what they reacted to.

    With ``profiled`` also what they may like because of it: hashtags of what they liked, and declared interests.
    """
    reactions = Engagement.objects.filter(person_id=viewer_id, at__lte=as_of)
    liked = list(
        reactions.filter(kind__in=[EngagementKind.LIKE.value, EngagementKind.FAVOURITE.value])
        .order_by("-pk")
        .values_list("post_id", flat=True)[:LIKED_POSTS_MAX]
    )
    interests: set[str] = set()
    if profiled:
        interests.update(PostTag.objects.filter(post_id__in=liked).values_list("tag", flat=True))
        # The declared ones are the person's; the join reads them without touching identity's tables from here.
        declared = Profile.objects.filter(owner_id=viewer_id).values_list("owner__interests", flat=True).first()
        interests.update(declared or ())
    follows = Follow.objects.filter(person_id=viewer_id, at__lte=as_of)
    return Taste(frozenset(follows.values_list("profile_id", flat=True)), frozenset(interests), frozenset(liked))


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
    kinds = [EngagementKind.LIKE.value, EngagementKind.FAVOURITE.value]
    liked = Engagement.objects.filter(kind__in=kinds, person_id__in=person_ids, ad_id=0)
    follows = Follow.objects.filter(person_id__in=person_ids, ad_id=0)
    return OutsideAds(
        frozenset(liked.values_list("person_id", "post_id")),
        {
            (person_id, profile_id): at
            for person_id, profile_id, at in follows.values_list("person_id", "profile_id", "at")
        },
    )
