"""Creators who let their posts be advertised: those whose ad settings are on. Only they are found by advertisers."""

from collections.abc import Collection

from django.db.models import Count, Q

from vonk.authorisation import willingness
from vonk.control.scope import Right, Scope


def willing_creators(
    scope: Scope,
    *,
    keyword: str = "",
    tags: Collection[str] = (),
    followers_min: int = 0,
    followers_max: int | None = None,
    at_most: int,
) -> list[int]:
    """Return the profiles of creators whose ad settings are on and whom everybody may see, the most followed first.

    ``keyword`` is looked for in names and handles, whatever its case; ``tags`` among the hashtags of posts.
    """
    scope.require(Right.ACCOUNT_VIEW)
    rows = willingness.willing().filter(
        Q(profile__display_name__icontains=keyword) | Q(profile__handle__icontains=keyword)
    )
    if tags:
        rows = rows.filter(profile__posts__tags__tag__in=tags)
    counted = rows.annotate(followers=Count("profile__followers", distinct=True)).filter(followers__gte=followers_min)
    if followers_max is not None:
        counted = counted.filter(followers__lte=followers_max)
    return list(counted.order_by("-followers", "pk").values_list("pk", flat=True)[:at_most])


def willing_among(scope: Scope, profile_ids: Collection[int]) -> frozenset[int]:
    """Return those of the profiles whose ad settings are on and whom everybody may see."""
    scope.require(Right.ACCOUNT_VIEW)
    return willingness.among(profile_ids)
