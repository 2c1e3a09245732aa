"""Creators in figures: what everybody sees of a profile, and how its latest posts were met outside ads."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from statistics import median_low
from typing import Final

import msgspec
from django.db.models import Count, F, Sum, Window
from django.db.models.functions import RowNumber

from vonk.content import media
from vonk.content.models import Follow, Post, PostTag, Profile, Tally
from vonk.content.queries import visibility
from vonk.content.rules import Disclosure, Metric

LATEST_POSTS: Final = 20  # Of each profile: what is typical of it now.
PLAYS: Final = "plays"
_ENGAGEMENTS: Final = (Metric.LIKES.value, Metric.COMMENTS.value, Metric.SHARES.value, Metric.FAVOURITES.value)
_IDS_PER_QUERY: Final = 5_000


class CreatorFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A creator. ``likes`` are of all posts, organic and paid; the last three are of the latest public posts, organic alone.

    ``tags`` are those hashtags of public posts that were asked for.
    """

    profile_id: int
    handle: str
    display_name: str
    bio: str
    avatar_url: str
    followers: int
    following: int
    likes: int
    videos: int
    tags: frozenset[str]
    median_plays: int
    latest_plays: int
    latest_engagements: int

    @property
    def engagement_rate(self) -> float:
        """Return engagements ÷ plays of the latest public posts, 0 while nobody played them."""
        return self.latest_engagements / self.latest_plays if self.latest_plays else 0.0


class PostFigures(msgspec.Struct, frozen=True):
    """How often a post was played, organic and paid together."""

    plays: int


def profiles_by_handle(handles: Iterable[str]) -> dict[str, int]:
    """Return the profiles with these handles, by the handle in lower case; banned and deleted ones are absent."""
    wanted = {handle.strip().removeprefix("@").lower() for handle in handles}
    rows = Profile.objects.filter(handle__in=wanted, banned_at=None, deleted_at=None)
    return {handle: pk for handle, pk in rows.values_list("handle", "pk") if handle is not None}


def creator_figures(profile_ids: Collection[int], *, tags: Collection[str]) -> dict[int, CreatorFigures]:
    """Return the figures of those of the profiles that everybody may see, in eight queries and a few more for many."""
    there = Profile.objects.filter(
        pk__in=profile_ids, banned_at=None, deleted_at=None, private=False, owner__isnull=False
    )
    rows = {row.pk: row for row in there}
    owners = {row.owner_id: pk for pk, row in rows.items()}
    public = Post.objects.filter(visibility.PUBLIC, profile__in=rows)
    followers = dict(Follow.objects.filter(profile__in=rows).values_list("profile").annotate(Count("pk")))
    following = dict(Follow.objects.filter(person__in=owners).values_list("person").annotate(Count("pk")))
    videos = dict(public.values_list("profile").annotate(Count("pk")))
    liked = Tally.objects.filter(post__profile__in=rows, post__deleted_at=None, metric=Metric.LIKES.value)
    likes = dict(liked.values_list("post__profile").annotate(Sum("value")))
    named: dict[int, set[str]] = defaultdict(set)
    tagged = PostTag.objects.filter(post__in=public, tag__in=tags).values_list("post__profile_id", "tag").distinct()
    for profile_id, tag in tagged:
        named[profile_id].add(tag)
    latest = _latest(rows)
    return {
        pk: CreatorFigures(
            profile_id=pk,
            handle=row.handle or "",
            display_name=row.display_name,
            bio=row.bio,
            avatar_url=media.url_of(row.avatar),
            followers=followers.get(pk, 0),
            following=following.get(row.owner_id, 0),
            likes=likes.get(pk, 0),
            videos=videos.get(pk, 0),
            tags=frozenset(named[pk]),
            median_plays=median_low([plays for plays, _ in latest[pk]]) if latest[pk] else 0,
            latest_plays=sum(plays for plays, _ in latest[pk]),
            latest_engagements=sum(engagements for _, engagements in latest[pk]),
        )
        for pk, row in rows.items()
    }


def post_figures(post_ids: Collection[int]) -> dict[int, PostFigures]:
    """Return how often each post was played, for whoever has them inside their scope already."""
    rows = Tally.objects.filter(post__in=set(post_ids), metric=PLAYS).values_list("post").annotate(Sum("value"))
    plays = dict(rows)
    return {post_id: PostFigures(plays.get(post_id, 0)) for post_id in post_ids}


def most_played(start: datetime, end: datetime, *, tag: str, branded: bool, at_most: int) -> list[tuple[int, int]]:
    """Return profiles and the plays of their public posts outside ads from start to end (exclusive), the most first.

    ``tag`` keeps profiles with a public post of that hashtag; ``branded`` counts posts alone that disclose a brand.
    """
    posts = Post.objects.filter(visibility.PUBLIC, profile__owner__isnull=False)
    within = Profile.objects.filter(pk__in=posts.filter(tags__tag=tag).values("profile"))
    if branded:
        posts = posts.filter(disclosure=Disclosure.BRANDED.value)
    rows = Tally.objects.filter(
        ad_id=0, metric=PLAYS, hour_at__gte=start, hour_at__lt=end, post__in=posts, post__profile__in=within
    )
    sums = rows.values_list("post__profile_id").annotate(plays=Sum("value")).order_by("-plays", "post__profile_id")
    return [(profile_id, plays) for profile_id, plays in sums[:at_most] if plays > 0]


def _latest(profile_ids: Collection[int]) -> dict[int, list[tuple[int, int]]]:
    """Return plays and engagements of each latest public post, by profile."""
    place = Window(RowNumber(), partition_by=F("profile_id"), order_by=F("pk").desc())
    rows = Post.objects.filter(visibility.PUBLIC, profile__in=profile_ids).annotate(place=place)
    profile_of = dict(rows.filter(place__lte=LATEST_POSTS).values_list("pk", "profile_id"))
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    wanted = list(profile_of)
    for at in range(0, len(wanted), _IDS_PER_QUERY):
        ids = wanted[at : at + _IDS_PER_QUERY]
        tallies = Tally.objects.filter(post__in=ids, ad_id=0, metric__in=(PLAYS, *_ENGAGEMENTS))
        for post_id, metric, value in tallies.values_list("post_id", "metric").annotate(total=Sum("value")):
            counted[post_id][metric] = value
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for post_id, profile_id in profile_of.items():
        of = counted[post_id]
        found[profile_id].append((of.get(PLAYS, 0), sum(of.get(metric, 0) for metric in _ENGAGEMENTS)))
    return found
