"""A host's people: each has a profile here, and may come in to decide over their posts."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from django.conf import settings
from django.db import transaction

from vonk.content import handles, hosted
from vonk.content.actions import profiles, publishing
from vonk.content.actions.hosting import items
from vonk.content.actions.hosting.items import Done
from vonk.content.errors import ItemDeleted
from vonk.content.hosted import AccountItem, Deletion, ItemKind, Judged
from vonk.content.models import HostItem, Post, Profile
from vonk.content.queries import hosting
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.core.ids import new_id
from vonk.identity import access
from vonk.identity.actions import hosts
from vonk.identity.actions.hosts import Entry, Told

STUDIO: Final = "/studio/"


def sync(scope: Scope, given: Sequence[AccountItem], *, now: datetime) -> tuple[Judged, ...]:
    """Make or change the profiles of a host's people. Raises what ``items.take`` raises."""
    return items.take(scope, ItemKind.ACCOUNT, given, partial(_apply, scope, now), hold=hold, now=now)


def remove(
    scope: Scope, given: Sequence[Deletion], erase: Callable[[Scope, int], None], *, now: datetime
) -> tuple[Judged, ...]:
    """Delete accounts for good: ``erase`` is told, with a scope over what is their own, whom to erase. As ``items.remove``."""

    def act(row: HostItem) -> None:
        assert row.object_id is not None, "There is somebody to erase."
        owner_id = Profile.objects.filter(pk=row.object_id, deleted_at=None).values_list("owner_id", flat=True).first()
        if owner_id is not None:
            erase(access.of_hosted(scope, owner_id), owner_id)

    return items.remove(scope, ItemKind.ACCOUNT, given, act, hold=lambda _: None, now=now)


def hold(profile_ids: list[int]) -> None:
    """Lock the profiles until commit, in one order."""
    rows = Profile.objects.select_for_update(no_key=True).filter(pk__in=profile_ids)
    list(rows.order_by("pk").values_list("pk", flat=True))  # Read, and by that locked.


@transaction.atomic
def let_in(scope: Scope, external_id: str, *, post: str | None, now: datetime) -> Entry:
    """Make a link that lets one of the host's people in, to their studio or to the ads of a post. Raises NotFound."""
    scope.require(Right.HOST_SYNC)
    profile = hosting.profile_of(scope, external_id)
    path = STUDIO
    if post is not None:
        post_id = hosting.object_id(scope, ItemKind.POST, post)
        if not Post.objects.filter(pk=post_id, profile=profile, deleted_at=None).exists():
            raise NotFound(noun="post")
        path = f"{STUDIO}posts/{post_id}/ads/"
    assert profile.owner_id is not None, "A host's accounts are people's."
    return hosts.issue_entry(scope, profile.owner_id, path=path, now=now)


def _apply(scope: Scope, now: datetime, row: HostItem, item: AccountItem) -> Done:
    told = Told(
        display_name=profiles.clean_display_name(item.display_name),
        country=item.country,
        language=item.language,
        birth_year=item.birth_year,
        age_band=item.age_band,
        personalised=item.personalised,
    )
    origins = settings.VONK.host_media_origins
    avatar = hosted.require_remote(item.avatar_url, "avatar_url", origins) if item.avatar_url else ""
    handle = handles.parse(item.handle) if item.handle is not None else None
    if row.object_id is None:
        person_id = hosts.add_person(scope, told, now=now)
        profile = Profile(owner_id=person_id, handle=f"user.{new_id():x}", created_at=now)
    else:
        profile = publishing.lock_profile(row.object_id)
        if profile.deleted_at is not None or profile.owner_id is None:
            raise ItemDeleted
        hosts.set_person(scope, profile.owner_id, told, now=now)
    profile.handle = handle or profile.handle
    profile.display_name, profile.avatar, profile.private = told.display_name, avatar, item.private
    _suspend(profile, item, now)
    profiles.save_with_handle(profile)
    act = "profile.synced" if row.object_id is not None else "profile.created"
    audit.record(scope, act, "profile", profile.pk, at=now, detail={"version": item.version})
    publishing.sync_profile(profile.pk, now=now)
    return Done(profile.pk)


def _suspend(profile: Profile, item: AccountItem, now: datetime) -> None:
    """Follow the host; what moderators here have banned stays banned."""
    if item.suspended and profile.banned_at is None:
        profile.banned_at, profile.suspended = now, True
    elif not item.suspended and profile.suspended:
        profile.banned_at, profile.suspended = None, False
