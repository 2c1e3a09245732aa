"""Pictures of an ad account's library: drawn anew when they come; and frames of its videos, offered as covers."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from django.db import IntegrityError, transaction

from vonk.content import library, media, pictures
from vonk.content.actions import library_files
from vonk.content.actions.making import ready_video
from vonk.content.errors import ImageEmpty, ImageTooLarge, MaterialNameTaken, SignatureWrong
from vonk.content.library import COVERS_MAX, IMAGE_BYTES_MAX, FileKind
from vonk.content.models import Image, Video
from vonk.content.transcoding import rendition
from vonk.control import audit, fetching
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound, Phrase
from vonk.core.ids import new_id

CHUNK_BYTES: Final = 262_144


def add(scope: Scope, file: IO[bytes], *, name: str | None, own_name: str, md5: str | None, now: datetime) -> int:
    """Keep a picture in the account's library; return its id. ``name`` None: it is called ``own_name``, or nearly so.

    Raises SignatureWrong when ``md5`` is of other bytes, MaterialNameTaken, ImageEmpty, ImageTooLarge,
    ImageTooManyPixels, ImageUnknown or ImageDamaged; then nothing is kept.
    """
    scope.require(Right.CAMPAIGN_EDIT)
    asked = None if name is None else library.asked_name(name)
    if asked is not None and is_named(scope.account, asked):
        raise MaterialNameTaken(noun=Phrase("image"), name=asked)
    with media.scratch("image") as folder:
        source, target = folder / "source", folder / "image"
        size, found = _write(file, source)
        if md5 is not None and md5.lower() != found:
            raise SignatureWrong(found=found, announced=md5[:40], field="image_signature")
        drawn = pictures.redraw(source, target)
        return keep(
            scope, target, drawn, source_bytes=size, source_md5=found, asked=asked,
            own=library.found_name(own_name, FileKind.IMAGE), now=now,
        )  # fmt: skip


def keep(
    scope: Scope, file: Path, drawn: pictures.Drawn, *, source_bytes: int, source_md5: str, asked: str | None, own: str,
    now: datetime,
) -> int:  # fmt: skip
    """Take a drawn picture into the store and the account's library; return its id. The file is used up.

    ``asked`` None: it is called ``own``, or nearly so. Raises MaterialNameTaken; then nothing is kept.
    """
    image = Image(
        id=new_id(),
        account_id=scope.account,
        key=media.new_key(drawn.format),
        format=drawn.format,
        width=drawn.width,
        height=drawn.height,
        source_bytes=source_bytes,
        source_md5=source_md5,
        created_at=now,
        modified_at=now,
    )
    media.store().put(image.key, file)
    try:
        return _named(scope, image, asked, own)
    except BaseException:
        media.store().delete(image.key)
        raise


def add_from_url(scope: Scope, url: str, *, name: str | None, now: datetime) -> int:
    """Fetch a picture and keep it, as ``add``. Raises what ``fetching.fetch`` raises, too."""
    scope.require(Right.CAMPAIGN_EDIT)
    with media.scratch("image") as folder:
        fetched = folder / "fetched"
        fetching.fetch(url, fetched, bytes_max=IMAGE_BYTES_MAX, field="image_url")
        with fetched.open("rb") as file:
            return add(scope, file, name=name, own_name=library.name_in_url(url), md5=None, now=now)


def add_from_file(scope: Scope, file_id: int, *, name: str | None, now: datetime) -> int:
    """Make a picture of a waiting file. Raises what ``library_files.opened`` raises, too."""
    with library_files.opened(scope, file_id, FileKind.IMAGE, now=now) as waiting:
        return add(scope, waiting.file, name=name, own_name=waiting.name, md5=None, now=now)


@transaction.atomic
def rename(scope: Scope, image_id: int, *, name: str, now: datetime) -> None:
    """Call a picture otherwise. Raises NotFound, MaterialNameTaken, FieldInvalid."""
    scope.require(Right.CAMPAIGN_EDIT)
    asked = library.asked_name(name)
    image = Image.objects.select_for_update(no_key=True)
    found = image.filter(pk=image_id, account_id=scope.account, video=None).first()
    if found is None:
        raise NotFound(noun="image")
    if asked == found.name:
        return
    found.name, found.modified_at = asked, now
    try:
        with transaction.atomic():
            found.save(update_fields=["name", "modified_at"])
    except IntegrityError as error:
        raise MaterialNameTaken(noun=Phrase("image"), name=asked) from error
    audit.record(scope, "image.renamed", "image", image_id, at=now, detail={"name": asked})


def suggest_covers(scope: Scope, video_id: int, *, at_most: int, now: datetime) -> tuple[int, ...]:
    """Return the ids of pictures out of one of the account's videos, from all over it; drawn when first asked for.

    They are the account's like its other pictures, and not listed among them. Raises NotFound, VideoNotReady,
    VideoFailed.
    """
    scope.require(Right.ACCOUNT_VIEW)
    video = ready_video(Video.objects.filter(pk=video_id, account_id=scope.account).first())
    if not video.covers.exists():
        _draw_covers(scope, video, now)
    drawn = list(video.covers.order_by("video_ms").values_list("pk", flat=True))
    if at_most >= len(drawn):
        return tuple(drawn)
    return tuple(drawn[number * len(drawn) // at_most] for number in range(at_most))


def _draw_covers(scope: Scope, video: Video, now: datetime) -> None:
    assert video.rendition_key is not None, "A ready video has one."
    covers: list[Image] = []
    with media.scratch("covers") as folder, media.store().local(video.rendition_key) as file:
        for frame in rendition.draw_frames(file, video.duration_ms or 0, COVERS_MAX, folder):
            body = frame.file.read_bytes()
            cover = Image(
                id=new_id(),
                account_id=scope.account,
                key=media.new_key("jpg"),
                format="jpg",
                width=frame.width,
                height=frame.height,
                source_bytes=len(body),
                source_md5=hashlib.md5(body, usedforsecurity=False).hexdigest(),
                video=video,
                video_ms=frame.at_ms,
                created_at=now,
                modified_at=now,
            )
            media.store().put(cover.key, frame.file)
            covers.append(cover)
    # Whoever asks at the same time draws the same frames: the first keeps them, ``videos.sweep`` finds the others.
    Image.objects.bulk_create(covers, ignore_conflicts=True)


def is_named(account_id: int, name: str) -> bool:
    """Say whether a picture of the account's library has the name."""
    return Image.objects.filter(account_id=account_id, name=name).exists()


def _named(scope: Scope, image: Image, asked: str | None, own: str) -> int:
    for name in (asked,) if asked is not None else (own, library.told_apart(own, image.pk)):
        try:
            _record(scope, image, name)
        except IntegrityError:
            if not is_named(scope.account, name):
                raise
        else:
            return image.pk
    raise MaterialNameTaken(noun=Phrase("image"), name=asked)


@transaction.atomic
def _record(scope: Scope, image: Image, name: str) -> None:
    image.name = name
    image.save(force_insert=True)
    detail = {"bytes": image.source_bytes, "md5": image.source_md5}
    audit.record(scope, "image.received", "image", image.pk, at=image.created_at, detail=detail)


def _write(file: IO[bytes], draft: Path) -> tuple[int, str]:
    digest = hashlib.md5(usedforsecurity=False)
    size = 0
    with draft.open("wb") as target:
        while chunk := file.read(CHUNK_BYTES):
            size += len(chunk)
            if size > IMAGE_BYTES_MAX:
                raise ImageTooLarge(megabytes=IMAGE_BYTES_MAX // 1_000_000, field="image_file")
            digest.update(chunk)
            target.write(chunk)
    if size == 0:
        raise ImageEmpty(field="image_file")
    return size, digest.hexdigest()
