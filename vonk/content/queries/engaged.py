"""Who did something with posts or followed a profile, for whoever counts them; they are told to nobody."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import Q, QuerySet

from vonk.content.models import Comment, Engagement, Follow, PostTag
from vonk.content.rules import EngagementKind
from vonk.core.taxonomy import Deed

COMMENT: Final = "comment"
FOLLOW: Final = "follow"
LATELY_MAX: Final = 200
_ADS_PER_QUERY: Final = 1_000


class Deeds(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for: ``kinds`` are those of EngagementKind, COMMENT and FOLLOW, from ``start`` until before ``end``.

    ``ads`` are ads with their posts: what was done at these ads alone; None: wherever it was done, and with ``organic``
    outside ads. ``profile_id`` is whose posts, or who was followed; of the posts only ``post_ids`` where given.
    ``person_id``: whether this person did, and nobody else.
    """

    kinds: Collection[str]
    start: datetime
    end: datetime
    ads: Mapping[int, int] | None = None
    organic: bool = False
    profile_id: int | None = None
    post_ids: Collection[int] | None = None
    person_id: int | None = None


def people_who(deeds: Deeds) -> frozenset[int]:
    """Return the ids of the people who did one of these."""
    found: set[int] = set()
    for at_posts, following in _places(deeds):
        within = Q(at__gte=deeds.start, at__lt=deeds.end)
        if deeds.person_id is not None:
            within &= Q(person_id=deeds.person_id)
        kinds = [kind for kind in deeds.kinds if kind in set(EngagementKind)]
        if kinds:
            found |= _people(Engagement.objects.filter(within, at_posts, kind__in=kinds))
        if COMMENT in deeds.kinds:
            found |= _people(Comment.objects.filter(within, at_posts, deleted_at=None, account=None, held=""))
        if FOLLOW in deeds.kinds:
            found |= _people(Follow.objects.filter(within, following))
    return frozenset(found)


def lately(person_id: int, interests: Collection[str], *, start: datetime) -> tuple[tuple[Deed, str, datetime], ...]:
    """Return what a person did since ``start`` with posts that carry an interest as their hashtag, newest first.

    At most LATELY_MAX of each kind are looked at.
    """
    posts = PostTag.objects.filter(tag__in=interests)
    found: list[tuple[Deed, int, datetime]] = []
    kinds = {EngagementKind.LIKE: Deed.LIKE, EngagementKind.SHARE: Deed.SHARE}
    engaged = Engagement.objects.filter(person_id=person_id, at__gte=start, kind__in=kinds)
    for kind, post_id, at in engaged.order_by("-at").values_list("kind", "post_id", "at")[:LATELY_MAX]:
        found.append((kinds[EngagementKind(kind)], post_id, at))
    said = Comment.objects.filter(person_id=person_id, at__gte=start, deleted_at=None, account=None, held="")
    found += [
        (Deed.COMMENT, post_id, at) for post_id, at in said.order_by("-at").values_list("post_id", "at")[:LATELY_MAX]
    ]
    followed = Follow.objects.filter(person_id=person_id, at__gte=start).exclude(post=None)
    for post_id, at in followed.order_by("-at").values_list("post_id", "at")[:LATELY_MAX]:
        if post_id is not None:
            found.append((Deed.FOLLOW, post_id, at))
    about: dict[int, list[str]] = {}
    for post_id, tag in posts.filter(post_id__in={post_id for _, post_id, _ in found}).values_list("post_id", "tag"):
        about.setdefault(post_id, []).append(tag)
    said_of = ((deed, interest, at) for deed, post_id, at in found for interest in about.get(post_id, ()))
    return tuple(sorted(said_of, key=lambda one: one[2], reverse=True))


def _places(deeds: Deeds) -> Iterator[tuple[Q, Q]]:
    """Yield where it was done at posts, and where by following, in parts that a database takes."""
    if deeds.ads is not None:
        ads = tuple(deeds.ads)
        for at in range(0, len(ads), _ADS_PER_QUERY):
            part = ads[at : at + _ADS_PER_QUERY]
            yield Q(ad_id__in=part, post_id__in={deeds.ads[ad_id] for ad_id in part}), Q(ad_id__in=part)
        return
    where = Q(ad_id=0) if deeds.organic else Q()
    whose = Q() if deeds.profile_id is None else Q(post__profile_id=deeds.profile_id)
    whom = Q() if deeds.profile_id is None else Q(profile_id=deeds.profile_id)
    posts = Q() if deeds.post_ids is None else Q(post_id__in=tuple(deeds.post_ids))
    yield where & whose & posts, where & whom & posts


def _people(rows: "QuerySet[Engagement] | QuerySet[Comment] | QuerySet[Follow]") -> set[int]:
    return set(rows.values_list("person_id", flat=True).distinct())
