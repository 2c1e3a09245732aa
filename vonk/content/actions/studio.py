"""How a creator has their studio: the time zone of their plans."""

from datetime import datetime
from typing import Final

from django.db import transaction

from vonk.content.models import Profile
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import FieldInvalid, NotFound
from vonk.core.time_zones import time_zones

TIME_ZONE_CHARS_MAX: Final = 40


@transaction.atomic
def set_time_zone(scope: Scope, name: str, *, now: datetime) -> None:
    """Say in which IANA time zone the acting creator plans and reads days. FieldInvalid for an unknown one."""
    scope.require(Right.CREATE)
    if len(name) > TIME_ZONE_CHARS_MAX or name not in time_zones():
        raise FieldInvalid("time_zone", "an IANA time zone, for example Europe/Amsterdam")
    row = Profile.objects.select_for_update(no_key=True).filter(owner_id=scope.person, deleted_at=None).first()
    if row is None:
        raise NotFound(noun="profile")
    if row.time_zone != name:
        row.time_zone = name
        row.save(update_fields=["time_zone"])
        audit.record(scope, "profile.time_zone_set", "profile", row.pk, at=now, detail={"time_zone": name})
