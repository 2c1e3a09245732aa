"""Pictures of posts: drawn anew when they come, kept for a day, and put together to what a post shows."""

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Final

from django.db import transaction

from vonk.content import media, picture_sets, pictures
from vonk.content.errors import ImageEmpty, ImageTooLarge, PicturesWaiting
from vonk.content.hosted import RemotePicture, is_remote
from vonk.content.library import IMAGE_BYTES_MAX
from vonk.content.models import Image, Picture, Video
from vonk.content.picture_sets import LONG_SIDE, SMALL_SIDE, Chosen
from vonk.content.rules import VideoState
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.core.ids import new_id

CHUNK_BYTES: Final = 262_144
_NOUN: Final = "picture"


def add(scope: Scope, file: IO[bytes], *, now: datetime) -> int:
    """Keep a picture of the person's for a day, to be put into a post; return its id.

    Raises PicturesWaiting, ImageEmpty, ImageTooLarge, ImageTooManyPixels, ImageUnknown or ImageDamaged; then nothing is
    kept.
    """
    scope.require(Right.CREATE)
    if Picture.objects.filter(uploader_id=scope.person, video=None).count() >= picture_sets.WAITING_MAX:
        raise PicturesWaiting(most=picture_sets.WAITING_MAX)
    with media.scratch("picture") as folder:
        source = folder / "source"
        size, md5 = _write(file, source)
        picture = _drawn(source, folder, Picture(uploader_id=scope.person, created_at=now))
    picture.source_bytes, picture.source_md5 = size, md5
    try:
        with transaction.atomic():
            picture.save(force_insert=True)
            audit.record(scope, "picture.received", _NOUN, picture.pk, at=now, detail={"bytes": size, "md5": md5})
    except BaseException:
        _delete(_keys([picture]))
        raise
    return picture.pk


@transaction.atomic
def remove(scope: Scope, picture_id: int, *, now: datetime) -> None:
    """Delete a picture of the person's that stands in no post; NotFound for every other."""
    scope.require(Right.CREATE)
    picture = Picture.objects.select_for_update().filter(pk=picture_id, uploader_id=scope.person, video=None).first()
    if picture is None:
        raise NotFound(noun=_NOUN)
    keys = _keys([picture])
    picture.delete()
    audit.record(scope, "picture.removed", _NOUN, picture_id, at=now)
    transaction.on_commit(lambda: _delete(keys))


def together(scope: Scope, chosen: Sequence[Chosen], *, now: datetime) -> Video:
    """Return the set of the person's pictures, in this order. Each is in one set alone.

    Raises FieldInvalid unless there are 1 to 35, NotFound for what is not there, or in a post already.
    """
    wanted = picture_sets.require(chosen)
    waiting = Picture.objects.select_for_update().filter(
        pk__in=[one.id for one in wanted], uploader_id=scope.person, account=None, video=None
    )
    found = {row.pk: row for row in waiting}
    for number, one in enumerate(wanted):
        if one.id not in found:
            raise NotFound(noun=_NOUN, field=f"pictures.{number}.id")
        found[one.id].alt = one.alt
    return _set(scope.person, None, [found[one.id] for one in wanted], now)


def of_library(scope: Scope, image_ids: Sequence[int], alts: Sequence[str] = (), *, now: datetime) -> Video:
    """Return a set of copies of pictures of the account's library, in this order; the library may lose its own later.

    ``alts`` say in words what each shows; where there is none, nothing is said. Raises FieldInvalid unless there are 1 to
    35, each once; NotFound for what is not the account's; ImageDamaged.
    """
    chosen = [Chosen(image_id, alts[at] if at < len(alts) else "") for at, image_id in enumerate(image_ids)]
    wanted = picture_sets.require(chosen, "image_ids")
    rows = Image.objects.filter(account_id=scope.account, pk__in=[one.id for one in wanted])
    found = {row.pk: row for row in rows}
    for number, one in enumerate(wanted):
        if one.id not in found:
            raise NotFound(noun="image", field=f"image_ids.{number}")
    copies: list[Picture] = []
    try:
        for one in wanted:
            copies.append(_copy(scope, found[one.id], now))
            copies[-1].alt = one.alt
        return _set(scope.person, scope.account, copies, now)
    except BaseException:
        _delete(_keys(copies))
        raise


def at_host(person_id: int, given: Sequence[RemotePicture], *, now: datetime) -> Video:
    """Return the set of pictures that stay at a host; ``hosted.require_pictures`` has judged them."""
    rows = [
        Picture(
            id=new_id(),
            uploader_id=person_id,
            alt=one.alt,
            key=one.url,
            small_key=one.small_url or one.url,
            width=one.width,
            height=one.height,
            created_at=now,
        )
        for one in given
    ]
    return _set(person_id, None, rows, now)


def forget(video: Video) -> list[str]:
    """Let go of a set's words and files; return the keys, to be deleted after the commit."""
    rows = list(video.picture_rows.select_for_update())
    keys = _keys(rows)
    video.picture_rows.update(key=None, small_key=None, alt="", source_md5="", library_id=None)
    return keys


def forget_waiting(person_id: int) -> list[str]:
    """Delete what the person uploaded and put into no post; return the keys, to be deleted after the commit."""
    rows = Picture.objects.select_for_update().filter(uploader_id=person_id, video=None)
    keys = _keys(rows)
    rows.delete()
    return keys


def tidy(now: datetime) -> int:
    """Delete what waited for a day; return how many there were."""
    old = now - timedelta(seconds=picture_sets.WAITING_SECONDS)
    with transaction.atomic():
        rows = list(Picture.objects.select_for_update().filter(video=None, created_at__lt=old)[:1_000])
        Picture.objects.filter(pk__in=[row.pk for row in rows]).delete()
        keys = _keys(rows)
        transaction.on_commit(lambda: _delete(keys))
    return len(rows)


def _set(person_id: int, account_id: int | None, rows: Sequence[Picture], now: datetime) -> Video:
    first = rows[0]
    video = Video.objects.create(
        uploader_id=person_id,
        account_id=account_id,
        state=VideoState.READY.value,
        progress_percent=100,
        original_name="",
        poster_key=first.key,
        source_bytes=sum(row.source_bytes for row in rows),
        source_sha256="",
        width=first.width,
        height=first.height,
        duration_ms=0,  # They are looked at for as long as somebody likes.
        has_sound=False,
        pictures=len(rows),
        created_at=now,
    )
    for place, row in enumerate(rows):
        row.video, row.place = video, place
        row.save()
    return video


def _copy(scope: Scope, image: Image, now: datetime) -> Picture:
    with media.scratch("picture") as folder, media.store().local(image.key) as file:
        source = folder / "source"
        shutil.copyfile(file, source)
        row = Picture(uploader_id=scope.person, account_id=scope.account, library_id=image.pk, created_at=now)
        row.source_bytes, row.source_md5 = image.source_bytes, image.source_md5
        return _drawn(source, folder, row)


def _drawn(source: Path, folder: Path, row: Picture) -> Picture:
    """Draw the file in both sizes and keep them, under keys that the row gets."""
    large, small = folder / "large", folder / "small"
    drawn = pictures.draw_sizes(source, [(large, LONG_SIDE), (small, SMALL_SIDE)])
    row.id, row.width, row.height = new_id(), drawn.width, drawn.height
    row.key, row.small_key = media.new_key(drawn.format), media.new_key(drawn.format)
    media.store().put(row.key, large)
    try:
        media.store().put(row.small_key, small)
    except BaseException:
        media.store().delete(row.key)
        raise
    return row


def _keys(rows: Iterable[Picture]) -> list[str]:
    return [key for row in rows for key in (row.key, row.small_key) if key is not None and not is_remote(key)]


def _delete(keys: Iterable[str]) -> None:
    for key in keys:
        media.store().delete(key)


def _write(file: IO[bytes], draft: Path) -> tuple[int, str]:
    digest = hashlib.md5(usedforsecurity=False)
    size = 0
    with draft.open("wb") as target:
        while chunk := file.read(CHUNK_BYTES):
            size += len(chunk)
            if size > IMAGE_BYTES_MAX:
                raise ImageTooLarge(megabytes=IMAGE_BYTES_MAX // 1_000_000, field="file")
            digest.update(chunk)
            target.write(chunk)
    if size == 0:
        raise ImageEmpty(field="file")
    return size, digest.hexdigest()
