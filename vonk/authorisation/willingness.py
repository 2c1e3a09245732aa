"""Who lets their posts be advertised and may be seen by everybody: whom advertisers find and write to."""

from collections.abc import Collection

from django.db.models import QuerySet

from vonk.authorisation.models import AdSettings


def willing() -> QuerySet[AdSettings]:
    """Return the ad settings, by profile, of creators whose ad settings are on and whom everybody may see."""
    return AdSettings.objects.filter(
        on=True, profile__owner__isnull=False, profile__banned_at=None, profile__deleted_at=None, profile__private=False
    )


def among(profile_ids: Collection[int]) -> frozenset[int]:
    """Return those of the profiles that are such a creator's."""
    return frozenset(willing().filter(pk__in=set(profile_ids)).values_list("pk", flat=True))
