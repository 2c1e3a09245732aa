"""A host's sounds, with the rights to hear them in ads."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from vonk.content.actions import publishing, sounds
from vonk.content.actions.hosting import items
from vonk.content.actions.hosting.items import Done
from vonk.content.hosted import Deletion, ItemKind, Judged, SoundItem
from vonk.content.models import HostItem, Post, Sound
from vonk.control import audit
from vonk.control.scope import Scope


def sync(scope: Scope, given: Sequence[SoundItem], *, now: datetime) -> tuple[Judged, ...]:
    """Add a host's sounds to the library, or change their rights, in ads that run already too."""
    return items.take(scope, ItemKind.SOUND, given, partial(_apply, scope, now), hold=_hold, now=now)


def delete(scope: Scope, given: Sequence[Deletion], *, now: datetime) -> tuple[Judged, ...]:
    """Take sounds out of ads: posts that have them keep their line, and are not authorised for ads any more."""
    return items.remove(scope, ItemKind.SOUND, given, partial(_delete, scope, now), hold=_hold, now=now)


def _hold(sound_ids: list[int]) -> None:
    """Lock the sounds; what is published of their posts goes by the posts' own rows."""
    for sound_id in sound_ids:
        Sound.objects.select_for_update(no_key=True).get(pk=sound_id)


def _apply(scope: Scope, now: datetime, row: HostItem, item: SoundItem) -> Done:
    title, countries = sounds.clean_title(item.title), sounds.clean_countries(item.countries)
    if row.object_id is None:
        sound = Sound.objects.create(title=title, commercial=item.commercial, countries=countries, created_at=now)
        audit.record(scope, "sound.added", "sound", sound.pk, at=now)
        return Done(sound.pk)
    sound = Sound.objects.get(pk=row.object_id)
    sound.title, sound.commercial, sound.countries = title, item.commercial, countries
    sound.save(update_fields=["title", "commercial", "countries"])
    publishing.sync(_shown(sound.pk), now=now)
    detail = {"commercial": item.commercial, "countries": countries}
    audit.record(scope, "sound.rights_set", "sound", sound.pk, at=now, detail=detail)
    return Done(sound.pk)


def _delete(scope: Scope, now: datetime, row: HostItem) -> None:
    assert row.object_id is not None, "There is something to delete."
    Sound.objects.filter(pk=row.object_id).update(commercial=False)
    publishing.sync(_shown(row.object_id), now=now)
    audit.record(scope, "sound.removed", "sound", row.object_id, at=now)


def _shown(sound_id: int) -> list[int]:
    return list(Post.objects.filter(sound_id=sound_id, in_ads=True).values_list("pk", flat=True))
