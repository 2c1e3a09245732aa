"""People, hashtags and sounds by their names, for whoever looks for them."""

from collections.abc import Sequence

import msgspec
from django.db.models import Case, Count, IntegerField, Q, Value, When

from vonk.content import media
from vonk.content.models import Follow, Post, Profile, Sound
from vonk.content.queries.profiles import ProfileBrief
from vonk.content.queries.visibility import PUBLIC
from vonk.control.scope import Scope


class PersonFound(msgspec.Struct, frozen=True):
    """A profile with a handle, how many follow it, and whether the viewer does or it is their own."""

    profile: ProfileBrief
    bio: str
    followers: int
    followed: bool
    own: bool


class SoundFound(msgspec.Struct, frozen=True):
    """A sound and how many public posts use it; ``handle`` names whose original it is, "" for the library's."""

    id: int
    title: str
    handle: str
    post_count: int


def people_like(scope: Scope | None, words: Sequence[str], *, first: int, at_most: int) -> tuple[PersonFound, ...]:
    """Return profiles with every word in handle or name: that very handle first, then the most followed.

    Without words, of those who posted something that everybody may see.
    """
    named = Q()
    for word in words:
        bare = word.lstrip("@")
        named &= Q(handle__icontains=bare) | Q(display_name__icontains=bare)
    exact = "".join(words).lstrip("@").lower()
    there = Profile.objects.filter(named, owner__isnull=False, banned_at=None, deleted_at=None)
    if not words:
        there = there.filter(pk__in=Post.objects.filter(PUBLIC).values("profile"))
    rows = there.annotate(
        following=Count("followers"),
        other=Case(When(handle=exact, then=Value(0)), default=Value(1), output_field=IntegerField()),
    ).order_by("other", "-following", "pk")[first : first + at_most]
    found = list(rows)
    viewer_id = scope.person_id if scope else None
    followed: set[int] = set()
    if viewer_id is not None:
        of_them = Follow.objects.filter(person_id=viewer_id, profile__in=[row.pk for row in found])
        followed.update(of_them.values_list("profile_id", flat=True))
    return tuple(
        PersonFound(
            ProfileBrief(row.pk, row.handle or "", row.display_name, media.url_of(row.avatar), row.private),
            row.bio,
            row.following,
            row.pk in followed,
            viewer_id is not None and row.owner_id == viewer_id,
        )
        for row in found
    )


def sounds_like(words: Sequence[str], *, first: int, at_most: int) -> tuple[SoundFound, ...]:
    """Return sounds with every word in their titles that the library holds or public posts use, the most used first."""
    titled = Q()
    for word in words:
        titled &= Q(title__icontains=word)
    public = Post.objects.filter(PUBLIC, limited_at=None).values("pk")
    rows = (
        Sound.objects.filter(titled)
        .select_related("profile")
        .annotate(used=Count("posts", filter=Q(posts__in=public)))
        .filter(Q(profile=None) | Q(used__gt=0))
        .order_by("-used", "pk")[first : first + at_most]
    )
    return tuple(
        SoundFound(row.pk, row.title, (row.profile.handle or "") if row.profile else "", row.used) for row in rows
    )
