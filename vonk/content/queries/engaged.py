"""Who did something with posts or followed a profile, for whoever counts them; they are told to nobody."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import Q, QuerySet

from vonk.content.models import Comment, Engagement, Follow
from vonk.content.rules import EngagementKind

COMMENT: Final = "comment"
FOLLOW: Final = "follow"
_ADS_PER_QUERY: Final = 1_000


class Deeds(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for: ``kinds`` are those of EngagementKind, COMMENT and FOLLOW, from ``start`` until before ``end``.

    ``ads`` are ads with their posts: what was done at these ads alone; None: wherever it was done, and with ``organic``
    outside ads. ``profile_id`` is whose posts, or who was followed; of the posts only ``post_ids`` where given.
    """

    kinds: Collection[str]
    start: datetime
    end: datetime
    ads: Mapping[int, int] | None = None
    organic: bool = False
    profile_id: int | None = None
    post_ids: Collection[int] | None = None


def people_who(deeds: Deeds) -> frozenset[int]:
    """Return the ids of the people who did one of these."""
    found: set[int] = set()
    for at_posts, following in _places(deeds):
        within = Q(at__gte=deeds.start, at__lt=deeds.end)
        kinds = [kind for kind in deeds.kinds if kind in set(EngagementKind)]
        if kinds:
            found |= _people(Engagement.objects.filter(within, at_posts, kind__in=kinds))
        if COMMENT in deeds.kinds:
            found |= _people(Comment.objects.filter(within, at_posts, deleted_at=None, account=None))
        if FOLLOW in deeds.kinds:
            found |= _people(Follow.objects.filter(within, following))
    return frozenset(found)


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
