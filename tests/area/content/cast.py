"""The cast with profiles, and the smallest valid things they own."""

from datetime import datetime
from typing import Any

from vonk.content import media
from vonk.content.actions import posts, profiles
from vonk.content.models import Video
from vonk.content.rules import VideoState
from vonk.control.scope import Right, Scope, Via
from vonk.core.ids import new_id
from vonk.identity import access
from vonk.identity.models import AdAccount, Membership, Organisation, Person, PlatformMember
from vonk.identity.rules import AccountRole, PlatformRole


def person(name: str, now: datetime, **values: Any) -> Scope:
    row = Person.objects.create(email=f"{name.lower()}@example.org", display_name=name, joined_at=now, **values)
    return access.person(access.Actor(row.pk, Via.WEB))


def creator(name: str, now: datetime, **values: Any) -> Scope:
    scope = person(name, now, **values)
    profiles.create(scope, handle=name.lower(), display_name=name, now=now)
    return scope


def operator(now: datetime) -> Scope:
    scope = person("Olu", now)
    PlatformMember.objects.create(person_id=scope.person, role=PlatformRole.OPERATOR.value)
    return access.operator(access.Actor(scope.person, Via.WEB), may=Right.OPERATE)


def advertiser(name: str, now: datetime) -> Scope:
    scope = person(name, now)
    organisation = Organisation.objects.create(name=name, created_by_id=scope.person, created_at=now)
    account = AdAccount.objects.create(
        organisation=organisation,
        name=name,
        currency="EUR",
        time_zone="Europe/Amsterdam",
        country="NL",
        advertiser_name=name,
        payer_name=name,
        created_at=now,
    )
    Membership.objects.create(account=account, person_id=scope.person, role=AccountRole.ADMIN.value)
    return access.advertiser(access.Actor(scope.person, Via.WEB), account.pk, may=Right.CAMPAIGN_EDIT)


def video(scope: Scope, now: datetime, **values: Any) -> int:
    """A video as processing leaves it; its files are not there."""
    fields: dict[str, Any] = {
        "state": VideoState.READY.value,
        "progress_percent": 100,
        "original_name": "clip.mp4",
        "rendition_key": media.new_key("mp4"),
        "poster_key": media.new_key("jpg"),
        "source_bytes": 1,
        "source_sha256": "0" * 64,
        "width": 360,
        "height": 640,
        "duration_ms": 5000,
        "has_sound": False,
        "created_at": now,
    }
    row = Video(id=new_id(), uploader_id=scope.person, account_id=scope.account_id, **fields | values)
    row.save(force_insert=True)
    return row.pk


def post(scope: Scope, now: datetime, caption: str = "", **values: Any) -> int:
    video_id = values.pop("video_id", None) or video(scope, now)
    return posts.publish(scope, video_id=video_id, caption=caption, now=now, **values)
