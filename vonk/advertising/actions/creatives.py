"""The creative of a non-Spark ad: the account's video or pictures, posted for ads alone under one of its identities."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from vonk.advertising.rules import texts
from vonk.content.actions import posts, profiles
from vonk.control.scope import Right, Scope


class NewIdentity(msgspec.Struct, frozen=True):
    """A custom identity to be made. ``avatar`` is the bytes of a picture; None leaves initials."""

    display_name: str
    avatar: bytes | None = None


class Creative(msgspec.Struct, frozen=True):
    """What was made."""

    post_id: int
    identity_id: int


@transaction.atomic
def make(
    scope: Scope,
    *,
    video_id: int | None = None,
    image_ids: Sequence[int] = (),
    image_alts: Sequence[str] = (),
    sound_id: int | None = None,
    identity: int | NewIdentity,
    text: str,
    now: datetime,
    field: str = "text",
) -> Creative:
    """Publish the account's video, or pictures of its library, under its identity for ads alone, both or neither.

    ``image_alts`` say in words what each picture shows; ``sound_id`` is heard with them. ``field`` is what the caller's form or operation calls the text. Raises FieldInvalid as ``texts.ad_text``, and what
    ``profiles.create_identity`` and ``posts.publish_for_advertiser`` raise.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    said = texts.ad_text(text, field)
    if isinstance(identity, NewIdentity):
        identity_id = profiles.create_identity(
            scope, display_name=identity.display_name, avatar=identity.avatar, now=now
        )
    else:
        identity_id = identity
    post_id = posts.publish_for_advertiser(
        scope,
        video_id=video_id,
        image_ids=image_ids,
        image_alts=image_alts,
        sound_id=sound_id,
        identity_id=identity_id,
        caption=said,
        now=now,
    )
    return Creative(post_id, identity_id)
