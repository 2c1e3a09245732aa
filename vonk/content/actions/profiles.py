"""Make and change the names and faces that posts speak as."""

from datetime import date, datetime
from typing import Final

import msgspec
from django.db import IntegrityError, transaction

from vonk.content import avatars, captions, handles, media
from vonk.content.actions import publishing
from vonk.content.errors import HandleTaken, ProfileExists
from vonk.content.models import Image, Profile
from vonk.control import audit
from vonk.control.scope import Right, Scope, Via
from vonk.core.errors import FieldInvalid, NotFound
from vonk.core.ids import new_id
from vonk.core.limits import DISPLAY_NAME_MAX
from vonk.identity import access
from vonk.identity.actions import people

BIO_CHARS_MAX: Final = 160
REASON_CHARS_MAX: Final = 60


class SignedUp(msgspec.Struct, frozen=True):
    """A new person and the profile they are seen as."""

    person_id: int
    profile_id: int


@transaction.atomic
def sign_up(
    *,
    email: str,
    password: str,
    handle: str,
    display_name: str,
    language: str,
    country: str,
    born_on: date,
    now: datetime,
    via: Via = Via.WEB,
) -> SignedUp:
    """Make a person and their profile, both or neither.

    Raises what identity's ``people.register`` and ``create`` here raise.
    """
    person_id = people.register(
        email=email,
        password=password,
        display_name=display_name,
        language=language,
        country=country,
        born_on=born_on,
        now=now,
        via=via,
    )
    scope = access.person(access.Actor(person_id, via))
    return SignedUp(person_id, create(scope, handle=handle, display_name=display_name, now=now))


@transaction.atomic
def create(scope: Scope, *, handle: str, display_name: str, now: datetime) -> int:
    """Make the acting person's profile; return its id.

    Raises HandleInvalid, HandleReserved, HandleTaken, ProfileExists or FieldInvalid.
    """
    scope.require(Right.CREATE)
    profile = Profile(
        owner_id=scope.person,
        handle=handles.parse(handle),
        display_name=clean_display_name(display_name),
        created_at=now,
    )
    save_with_handle(profile)
    audit.record(scope, "profile.created", "profile", profile.pk, at=now, detail={"handle": profile.handle})
    return profile.pk


@transaction.atomic
def create_identity(
    scope: Scope, *, display_name: str, avatar: bytes | None, image_id: int | None = None, now: datetime
) -> int:
    """Make a custom identity of the ad account, for ads that are no Spark Ads; return its profile's id.

    Its face is the picture ``avatar``, or the one with this id in the account's library (NotFound for every other).
    """
    scope.require(Right.CAMPAIGN_EDIT)
    if image_id is not None:
        avatar = _of_library(scope, image_id)
    profile = Profile(
        account_id=scope.account,
        handle=None,
        display_name=clean_display_name(display_name),
        avatar=_keep_avatar(avatar) if avatar else "",
        created_at=now,
    )
    profile.save(force_insert=True)
    audit.record(scope, "identity.created", "profile", profile.pk, at=now)
    return profile.pk


@transaction.atomic
def delete_identity(scope: Scope, profile_id: int, *, now: datetime) -> None:
    """Delete a custom identity of the scope's ad account; its posts stop. NotFound for every other profile.

    Whoever calls this sees to it that no ad uses it (``advertising.actions.unbinding``).
    """
    scope.require(Right.CAMPAIGN_EDIT)
    if not Profile.objects.filter(pk=profile_id, account_id=scope.account, deleted_at=None).exists():
        raise NotFound(noun="identity")
    profile = publishing.lock_profile(profile_id)
    profile.deleted_at = now
    profile.save(update_fields=["deleted_at"])
    audit.record(scope, "identity.deleted", "profile", profile_id, at=now)
    publishing.sync_profile(profile_id, now=now)


@transaction.atomic
def update(scope: Scope, *, display_name: str, bio: str, handle: str | None = None, now: datetime) -> None:
    """Change the acting person's profile (the handle only when one is given). Raises as ``create`` does."""
    scope.require(Right.CREATE)
    profile = _lock_own(scope)
    profile.display_name = clean_display_name(display_name)
    profile.bio = captions.clean_text("bio", bio)
    if len(profile.bio) > BIO_CHARS_MAX:
        raise FieldInvalid("bio", "at most %(most)s characters", most=BIO_CHARS_MAX)
    if handle is not None:
        profile.handle = handles.parse(handle)
    save_with_handle(profile)
    audit.record(scope, "profile.updated", "profile", profile.pk, at=now, detail={"handle": profile.handle})
    publishing.sync_profile(profile.pk, now=now)


@transaction.atomic
def set_avatar(scope: Scope, avatar: bytes, *, now: datetime) -> None:
    """Give the acting person's profile a picture. Raises AvatarUnreadable or AvatarTooLarge."""
    scope.require(Right.CREATE)
    profile = _lock_own(scope)
    previous, profile.avatar = profile.avatar, _keep_avatar(avatar)
    profile.save(update_fields=["avatar"])
    audit.record(scope, "profile.avatar_set", "profile", profile.pk, at=now)
    publishing.sync_profile(profile.pk, now=now)
    if previous:
        transaction.on_commit(lambda: media.store().delete(previous))


@transaction.atomic
def set_private(scope: Scope, private: bool, *, now: datetime) -> None:  # noqa: FBT001 - a switch's position is what the call is about.
    """Show the acting person's posts to their followers alone, or to everybody again; twice is once.

    Never refused because of ads: those with posts that are not ads-only stop at once, and come back with the profile.
    """
    scope.require(Right.CREATE)
    profile = _lock_own(scope)
    if profile.private != private:
        profile.private = private
        profile.save(update_fields=["private"])
        audit.record(scope, "profile.privacy_set", "profile", profile.pk, at=now, detail={"private": private})
        publishing.sync_profile(profile.pk, now=now)


@transaction.atomic
def ban(scope: Scope, profile_id: int, *, reason: str, now: datetime) -> None:
    """Take a profile and all its posts out of sight, in ads too. Banning twice is banning once."""
    scope.require(Right.REVIEW)
    profile = _lock_any(profile_id)
    if profile.banned_at is None or profile.suspended:
        profile.banned_at, profile.suspended = profile.banned_at or now, False  # A host's word no longer lifts it.
        profile.save(update_fields=["banned_at", "suspended"])
        audit.record(
            scope, "profile.banned", "profile", profile_id, at=now, detail={"reason": reason[:REASON_CHARS_MAX]}
        )
        publishing.sync_profile(profile_id, now=now)


@transaction.atomic
def unban(scope: Scope, profile_id: int, *, now: datetime) -> None:
    """Bring a banned profile back, with its posts."""
    scope.require(Right.REVIEW)
    profile = _lock_any(profile_id)
    if profile.banned_at is not None:
        profile.banned_at, profile.suspended = None, False
        profile.save(update_fields=["banned_at", "suspended"])
        audit.record(scope, "profile.unbanned", "profile", profile_id, at=now)
        publishing.sync_profile(profile_id, now=now)


def _lock_own(scope: Scope) -> Profile:
    profile_id = Profile.objects.filter(owner_id=scope.person, deleted_at=None).values_list("pk", flat=True).first()
    if profile_id is None:
        raise NotFound(noun="profile")
    return publishing.lock_profile(profile_id)


def _lock_any(profile_id: int) -> Profile:
    if not Profile.objects.filter(pk=profile_id).exists():
        raise NotFound(noun="profile")
    return publishing.lock_profile(profile_id)


def save_with_handle(profile: Profile) -> None:
    """Save; the database decides who has a handle. Raises HandleTaken, ProfileExists."""
    try:
        with transaction.atomic():
            profile.save()
    except IntegrityError as error:
        others = Profile.objects.exclude(pk=profile.pk)
        if others.filter(handle=profile.handle).exists():
            raise HandleTaken(handle=profile.handle) from error
        if others.filter(owner_id=profile.owner_id).exists():
            raise ProfileExists from error
        raise


def clean_display_name(text: str) -> str:
    """Return the name with single blanks; FieldInvalid for an empty one, one too long, or with control characters."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= DISPLAY_NAME_MAX or captions.clean_text("display_name", name) != name:
        raise FieldInvalid("display_name", "1 to %(most)s characters", most=DISPLAY_NAME_MAX)
    return name


def _of_library(scope: Scope, image_id: int) -> bytes:
    key = Image.objects.filter(pk=image_id, account_id=scope.account).values_list("key", flat=True).first()
    if key is None:
        raise NotFound(noun="image")
    return b"".join(media.store().read(key))


def _keep_avatar(picture: bytes) -> str:
    drawn = avatars.draw(picture)
    key = media.new_key("webp")
    with media.scratch(f"avatar-{new_id()}") as folder:
        file = folder / "avatar"
        file.write_bytes(drawn)
        media.store().put(key, file)
    return key
