"""Who may see what: conditions on posts, for every query and action that reaches one."""

from typing import Final, TypedDict

from django.db.models import Exists, OuterRef, Q, QuerySet

from vonk.content.models import Follow, Post, Profile
from vonk.content.rules import Origin, VideoState, Visibility

THERE: Final = Q(
    deleted_at=None,
    removed_at=None,
    profile__banned_at=None,
    profile__deleted_at=None,
    video__state=VideoState.READY.value,
    draft=False,
)
"""Posts that are anywhere at all."""

ORGANIC: Final = THERE & Q(ads_only=False, origin__in=[Origin.ORGANIC.value, Origin.PUSHED.value])
"""Posts that feeds, profiles, tags and sounds may show to somebody."""

PUBLIC: Final = ORGANIC & Q(visibility=Visibility.PUBLIC.value, profile__private=False)

IN_ADS: Final = (
    THERE
    & Q(in_ads=True)
    & (
        Q(visibility=Visibility.PUBLIC.value, profile__private=False)
        | Q(ads_only=True)
        | Q(origin=Origin.ADVERTISER.value)
    )
)
"""Posts that anybody may meet as an ad."""


class ProfileKey(TypedDict):
    """A row of ``friend_ids``."""

    pk: int


def followers_posts(person_id: int) -> Q:
    """Return the condition for posts of private profiles that the person follows, meant for all who do."""
    followed = Follow.objects.filter(person_id=person_id).values("profile")
    return ORGANIC & Q(visibility=Visibility.PUBLIC.value, profile__private=True, profile__in=followed)


def shown_to(person_id: int) -> Q:
    """Return the condition for posts that others mean the person to see: what a feed may show them."""
    return PUBLIC | followers_posts(person_id) | friends_posts(person_id)


def friends_posts(person_id: int) -> Q:
    """Return the condition for posts that friends of the person meant for friends."""
    return ORGANIC & Q(visibility=Visibility.FRIENDS.value, profile__in=friend_ids(person_id))


def friend_ids(person_id: int) -> QuerySet[Profile, ProfileKey]:
    """Return a subquery of the profiles that the person follows and whose owners follow the person's."""
    followers = Follow.objects.filter(profile__owner_id=person_id).values("person")
    return Profile.objects.filter(followers__person_id=person_id, owner__in=followers).values("pk")


def visible_to(person_id: int | None) -> Q:
    """Return the condition for posts that the person (None: somebody not signed in) may see organically.

    One's own posts are visible to oneself, whoever else may see them, as long as they are on the profile.
    """
    if person_id is None:
        return PUBLIC
    return shown_to(person_id) | (ORGANIC & Q(profile__owner_id=person_id))


def engageable_by(person_id: int | None) -> Q:
    """Return the condition for posts that the person may like, comment on or share: what they see, or meet as an ad."""
    return visible_to(person_id) | IN_ADS


def available(post: OuterRef) -> Exists:
    """Return the condition that ads may show the post now, as posts.facts_of judges it, for other areas' tables."""
    shown = Q(ads_only=True) | Q(origin=Origin.ADVERTISER.value)
    shown |= Q(visibility=Visibility.PUBLIC.value, profile__private=False)
    return Exists(Post.objects.filter(THERE & shown, pk=post))
