"""How the acting creator has their studio."""

import msgspec

from vonk.content.models import Profile
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound


class StudioSettings(msgspec.Struct, frozen=True):
    """``time_zone`` is an IANA name, "" while they chose none: then days are UTC's."""

    time_zone: str
    hold_comments: bool


def studio_settings(scope: Scope) -> StudioSettings:
    """Return the acting person's settings; NotFound when they have no profile."""
    scope.require(Right.CREATE)
    row = (
        Profile.objects.filter(owner_id=scope.person, deleted_at=None).values_list("time_zone", "hold_comments").first()
    )
    if row is None:
        raise NotFound(noun="profile")
    return StudioSettings(*row)


def creator_time_zone(person_id: int) -> str:
    """Return by which clock a creator reads letters about their posts: an IANA name, "" for UTC."""
    return Profile.objects.filter(owner_id=person_id, deleted_at=None).values_list("time_zone", flat=True).first() or ""
