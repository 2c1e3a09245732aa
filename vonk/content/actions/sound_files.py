"""What is heard of a sound by itself: uploaded to the library, or taken out of the video whose original it is."""

from datetime import datetime
from pathlib import Path
from typing import IO, Final

from django.db import transaction

from vonk.content import media
from vonk.content.errors import SoundNotLibrary, SoundTooLarge, SoundTooShort, SoundUnreadable
from vonk.content.hosted import is_remote
from vonk.content.models import Post, Sound
from vonk.content.picture_sets import SOUND_BYTES_MAX, SOUND_MS_MAX, SOUND_MS_MIN
from vonk.content.transcoding import rendition, run
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound

CHUNK_BYTES: Final = 262_144


def set_audio(scope: Scope, sound_id: int, file: IO[bytes], *, now: datetime) -> None:
    """Keep what is heard of a sound of the library, its first minute; once set, posts are heard with it and it stays.

    Raises NotFound, SoundNotLibrary for somebody's original, or for one that can be heard already; SoundTooLarge,
    SoundUnreadable.
    """
    scope.require(Right.OPERATE)
    sound = Sound.objects.filter(pk=sound_id).first()
    if sound is None:
        raise NotFound(noun="sound")
    if sound.profile_id is not None or sound.audio_key is not None:
        raise SoundNotLibrary
    with media.scratch("sound") as folder:
        source = folder / "source"
        _write(file, source)
        key, milliseconds = _kept(source, folder)
    with transaction.atomic():
        claimed = Sound.objects.filter(pk=sound_id, audio_key=None).update(audio_key=key, audio_ms=milliseconds)
        if claimed:
            audit.record(scope, "sound.heard", "sound", sound_id, at=now, detail={"milliseconds": milliseconds})
    if not claimed:
        media.store().delete(key)
        raise SoundNotLibrary


def make_audible(sound: Sound) -> None:
    """Take the sound out of the oldest video that it is the original of, unless it can be heard by itself already.

    Of a sound line without a file, or with films that stay at a host, nothing is heard.
    """
    if sound.audio_key is not None or sound.profile_id is None:
        return
    first = (
        Post.objects.filter(sound=sound, profile_id=sound.profile_id, deleted_at=None, video__has_sound=True)
        .exclude(video__rendition_key=None)
        .order_by("pk")
        .values_list("video__rendition_key", flat=True)
        .first()
    )
    if first is None or is_remote(first):
        return
    with media.scratch("sound") as folder, media.store().local(first) as film:
        key, milliseconds = _kept(film, folder)
    if Sound.objects.filter(pk=sound.pk, audio_key=None).update(audio_key=key, audio_ms=milliseconds):
        sound.audio_key, sound.audio_ms = key, milliseconds
    else:
        media.store().delete(key)
        sound.refresh_from_db(fields=["audio_key", "audio_ms"])


def under_pictures(sound_id: int | None, *, field: str = "sound_id") -> Sound | None:
    """Return a sound of the library that is heard under an ad's pictures; None for none.

    Raises NotFound for what ads may not use, SoundUnreadable for a title without a sound, SoundTooShort.
    """
    if sound_id is None:
        return None
    sound = Sound.objects.filter(pk=sound_id, profile=None, commercial=True).first()
    if sound is None:
        raise NotFound(noun="sound", field=field)
    if sound.audio_key is None:
        raise SoundUnreadable(field=field)
    if sound.audio_ms < SOUND_MS_MIN:
        raise SoundTooShort(seconds=SOUND_MS_MIN // 1000, found=sound.audio_ms / 1000, field=field)
    return sound


def _kept(source: Path, folder: Path) -> tuple[str, int]:
    target = folder / "sound.m4a"
    run.encode_sound(source, target, SOUND_MS_MAX)
    milliseconds = rendition.sound_ms(target)
    key = media.new_key("m4a")
    media.store().put(key, target)
    return key, milliseconds


def _write(file: IO[bytes], draft: Path) -> None:
    size = 0
    with draft.open("wb") as target:
        while chunk := file.read(CHUNK_BYTES):
            size += len(chunk)
            if size > SOUND_BYTES_MAX:
                raise SoundTooLarge(megabytes=SOUND_BYTES_MAX // 1_000_000, field="file")
            target.write(chunk)
    if size == 0:
        raise SoundUnreadable(field="file")
