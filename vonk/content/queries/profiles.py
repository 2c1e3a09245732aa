"""Profiles as others see them, and their friends."""

from collections.abc import Iterable

import msgspec
from django.db.models import Q, Sum

from vonk.content import media
from vonk.content.models import Follow, Profile, Tally
from vonk.content.queries.visibility import friend_ids
from vonk.content.rules import Metric
from vonk.control.paging import Page, Paging, page_of
from vonk.control.scope import Scope
from vonk.core.errors import NotFound


class ProfileBrief(msgspec.Struct, frozen=True):
    """A name and a face. ``handle`` is "" for a custom identity, ``avatar_url`` "" for initials."""

    id: int
    handle: str
    display_name: str
    avatar_url: str
    private: bool = False


class ProfileView(msgspec.Struct, frozen=True, kw_only=True):
    """A profile page's head. ``followed``: by whoever looks; ``friend``: they follow each other; ``own``: it is theirs."""

    id: int
    handle: str
    display_name: str
    bio: str
    avatar_url: str
    followers: int
    following: int
    likes: int
    followed: bool
    friend: bool
    own: bool
    private: bool = False  # Only who follows it sees its posts.


def profile(scope: Scope | None, handle: str) -> ProfileView:
    """Return the profile with this handle; NotFound when there is none, or it was banned or deleted."""
    row = Profile.objects.filter(handle=handle.lower(), banned_at=None, deleted_at=None).first()
    if row is None:
        raise NotFound(noun="profile")
    assert row.owner_id is not None, "Whoever has a handle is a person."
    viewer_id = scope.person_id if scope else None
    followed = viewer_id is not None and Follow.objects.filter(person_id=viewer_id, profile=row).exists()
    back = followed and Follow.objects.filter(person_id=row.owner_id, profile__owner_id=viewer_id).exists()
    likes = Tally.objects.filter(post__profile=row, post__deleted_at=None, metric=Metric.LIKES.value)
    return ProfileView(
        id=row.pk,
        handle=row.handle or "",
        display_name=row.display_name,
        bio=row.bio,
        avatar_url=media.url_of(row.avatar),
        followers=Follow.objects.filter(profile=row).count(),
        following=Follow.objects.filter(person_id=row.owner_id).count(),
        likes=likes.aggregate(total=Sum("value", default=0))["total"],
        followed=followed,
        friend=back,
        own=viewer_id is not None and viewer_id == row.owner_id,
        private=row.private,
    )


def own_profile(scope: Scope) -> ProfileBrief | None:
    """Return the person's own profile, None before they made one."""
    row = Profile.objects.filter(owner_id=scope.person, deleted_at=None).first()
    return _brief(row) if row else None


def own_profile_ids(scope: Scope) -> tuple[int, ...]:
    """Return the profiles under which the person's own posts stand: one, or none before they made it."""
    return tuple(Profile.objects.filter(owner_id=scope.person).values_list("pk", flat=True))


def identities(scope: Scope, paging: Paging) -> Page[ProfileBrief]:
    """Return the custom identities of the scope's ad account."""
    return page_of(Profile.objects.filter(account_id=scope.account, deleted_at=None), paging, _brief)


def custom_identities(scope: Scope, wanted: slice, *, keyword: str = "") -> tuple[tuple[ProfileBrief, ...], int]:
    """Return a slice of the custom identities of the scope's ad account, newest first, and how many there are.

    ``keyword`` is looked for in their names, whatever its case.
    """
    rows = Profile.objects.filter(account_id=scope.account, deleted_at=None, display_name__icontains=keyword)
    return tuple(_brief(row) for row in rows.order_by("-pk")[wanted]), rows.count()


def custom_identity(scope: Scope, profile_id: int) -> ProfileBrief | None:
    """Return a custom identity of the scope's ad account, None for every other profile."""
    row = Profile.objects.filter(pk=profile_id, account_id=scope.account, deleted_at=None).first()
    return _brief(row) if row is not None else None


def profile_briefs(profile_ids: Iterable[int]) -> dict[int, ProfileBrief]:
    """Return names and faces, also of banned profiles; unknown ids are absent."""
    return {row.pk: _brief(row) for row in Profile.objects.filter(pk__in=set(profile_ids))}


def usable_profiles(profile_ids: Iterable[int]) -> frozenset[int]:
    """Return those of the profiles that are neither banned nor deleted."""
    rows = Profile.objects.filter(pk__in=set(profile_ids), banned_at=None, deleted_at=None)
    return frozenset(rows.values_list("pk", flat=True))


def profile_owner(profile_ids: Iterable[int]) -> dict[int, int]:
    """Return the person behind each profile; custom identities and unknown ids are absent."""
    rows = Profile.objects.filter(pk__in=set(profile_ids), owner__isnull=False)
    return {profile_id: owner_id for profile_id, owner_id in rows.values_list("pk", "owner_id") if owner_id is not None}


def profile_of_person(person_ids: Iterable[int]) -> dict[int, ProfileBrief]:
    """Return the profile of each person who has one."""
    rows = Profile.objects.filter(owner_id__in=set(person_ids), deleted_at=None)
    return {row.owner_id: _brief(row) for row in rows if row.owner_id is not None}


def are_friends(person_id: int, profile_id: int) -> bool:
    """Tell whether the person and the profile's owner follow each other."""
    return Profile.objects.filter(Q(pk=profile_id) & Q(pk__in=friend_ids(person_id))).exists()


def _brief(row: Profile) -> ProfileBrief:
    return ProfileBrief(row.pk, row.handle or "", row.display_name, media.url_of(row.avatar), row.private)
