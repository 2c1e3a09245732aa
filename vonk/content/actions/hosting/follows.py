"""Who follows whom at a host. The host's word is all there is to it: nobody is asked here again."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from vonk.content.actions import changes
from vonk.content.actions.hosting import items
from vonk.content.actions.hosting.items import Done
from vonk.content.errors import AccountUnknown, FollowSelf
from vonk.content.hosted import FollowItem, ItemKind, Judged
from vonk.content.models import Follow, HostItem, Profile
from vonk.content.queries import hosting
from vonk.content.rules import Metric
from vonk.control.scope import Scope
from vonk.core.errors import NotFound


def sync(scope: Scope, given: Sequence[FollowItem], *, now: datetime) -> tuple[Judged, ...]:
    """Begin or end follows, whichever each item tells. Raises what ``items.take`` raises."""
    return items.take(scope, ItemKind.FOLLOW, given, partial(_apply, scope, now), hold=lambda _: None, now=now)


def _apply(scope: Scope, now: datetime, row: HostItem, item: FollowItem) -> Done:
    follower, followed = _profile(scope, item.follower, "follower"), _profile(scope, item.followed, "followed")
    if follower.pk == followed.pk:
        raise FollowSelf
    assert follower.owner_id is not None, "A host's accounts are people's."
    if item.following:
        _begin(follower.owner_id, followed.pk, now)
    else:
        _end(follower.owner_id, followed.pk)
    HostItem.objects.filter(pk=row.pk).update(external_id="")  # Only those refused are named again.
    return Done(followed.pk)


def _profile(scope: Scope, external_id: str, field: str) -> Profile:
    try:
        return hosting.profile_of(scope, external_id, field=field)
    except NotFound as error:
        raise AccountUnknown(external_id=external_id, field=field) from error


def _begin(person_id: int, profile_id: int, now: datetime) -> None:
    row, created = Follow.objects.get_or_create(person_id=person_id, profile_id=profile_id, defaults={"at": now})
    if created:
        _tell(row, given=True)


def _end(person_id: int, profile_id: int) -> None:
    row = Follow.objects.filter(person_id=person_id, profile_id=profile_id, post=None).first()
    if row is not None and Follow.objects.filter(pk=row.pk).delete()[0]:
        _tell(row, given=False)


def _tell(row: Follow, *, given: bool) -> None:
    changes.tell(
        Metric.FOLLOWS,
        row.pk,
        person_id=row.person_id,
        post_id=0,
        profile_id=row.profile_id,
        at=row.at,
        given=given,
    )
