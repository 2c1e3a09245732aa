"""Give materials of one ad account's library to other ad accounts: every one gets a copy of its own."""

import shutil
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db import IntegrityError, transaction

from vonk.content import library, media
from vonk.content.actions import library_images, videos
from vonk.content.actions.making import ready_video
from vonk.content.errors import CopiesTooMany
from vonk.content.library import FileKind
from vonk.content.models import Image, Video
from vonk.content.pictures import Drawn
from vonk.control import audit
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.core.ids import new_id

COPIES_MAX: Final = 40  # Of one call.


class Copy(msgspec.Struct, frozen=True):
    """What a material is in another ad account's library."""

    material_id: int
    account_id: int
    copy_id: int


def share_images(scope: Scope, takers: Sequence[Scope], image_ids: Collection[int], *, now: datetime) -> list[Copy]:
    """Copy pictures into the libraries of other ad accounts; who has one of the same bytes keeps that.

    Raises NotFound when one is not the account's, RightMissing when the caller may not edit in one of the accounts,
    CopiesTooMany; nothing is copied then. A copy may be changed and deleted without regard to the first.
    """
    _require(scope, takers, image_ids)
    found = {image.pk: image for image in Image.objects.filter(pk__in=image_ids, account_id=scope.account, video=None)}
    _all_there(found, image_ids, "image")
    return [
        Copy(image_id, taker.account, _image_copy(taker, found[image_id], now))
        for taker in takers
        for image_id in image_ids
    ]


def share_videos(scope: Scope, takers: Sequence[Scope], video_ids: Collection[int], *, now: datetime) -> list[Copy]:
    """Copy videos that play into the libraries of other ad accounts, as ``share_images``.

    Raises VideoNotReady and VideoFailed, too.
    """
    _require(scope, takers, video_ids)
    found = {video.pk: video for video in Video.objects.filter(pk__in=video_ids, account_id=scope.account)}
    _all_there(found, video_ids, "video")
    for video in found.values():
        ready_video(video)
    return [
        Copy(video_id, taker.account, _video_copy(taker, found[video_id], now))
        for taker in takers
        for video_id in video_ids
    ]


def _require(scope: Scope, takers: Sequence[Scope], material_ids: Collection[int]) -> None:
    scope.require(Right.CAMPAIGN_EDIT)
    for taker in takers:
        taker.require(Right.CAMPAIGN_EDIT)
    copies = len(takers) * len(material_ids)
    if copies > COPIES_MAX:
        raise CopiesTooMany(most=COPIES_MAX, asked=copies)


def _all_there(found: Collection[int], material_ids: Collection[int], noun: str) -> None:
    if any(one not in found for one in material_ids):
        raise NotFound(noun=noun)


def _image_copy(taker: Scope, source: Image, now: datetime) -> int:
    same = Image.objects.filter(account_id=taker.account, video=None, source_md5=source.source_md5)
    known = same.filter(source_bytes=source.source_bytes, width=source.width).values_list("pk", flat=True).first()
    if known is not None:
        return known
    with media.scratch("image") as folder:
        target = folder / "image"
        _copied(source.key, target)
        return library_images.keep(
            taker, target, Drawn(source.format, source.width, source.height), source_bytes=source.source_bytes,
            source_md5=source.source_md5, asked=None, own=source.name or FileKind.IMAGE.value, now=now,
        )  # fmt: skip


def _video_copy(taker: Scope, source: Video, now: datetime) -> int:
    if source.source_md5 is not None:
        same = Video.objects.filter(account_id=taker.account, source_md5=source.source_md5, state=source.state)
        known = same.filter(source_bytes=source.source_bytes).exclude(rendition_key=None)
        first = known.values_list("pk", flat=True).first()
        if first is not None:
            return first
    assert source.rendition_key is not None, "A ready video has one."
    copy = Video.objects.get(pk=source.pk)
    copy.pk, copy.uploader_id, copy.account_id, copy.created_at = new_id(), taker.person, taker.account, now
    copy.source_key, copy.modified_at, copy.claimed_at = None, None, None
    copy.rendition_key = media.new_key("mp4")
    copy.poster_key = None if source.poster_key is None else media.new_key("jpg")
    pairs = [(source.rendition_key, copy.rendition_key), (source.poster_key, copy.poster_key)]
    with media.scratch("upload") as folder:
        for number, (of, key) in enumerate(pairs):
            if of is not None and key is not None:
                _copied(of, folder / str(number))
                media.store().put(key, folder / str(number))
    try:
        return _recorded(taker, copy, source, now)
    except BaseException:
        for _, key in pairs:
            if key is not None:
                media.store().delete(key)
        raise


def _recorded(taker: Scope, copy: Video, source: Video, now: datetime) -> int:
    own = source.library_name or library.found_name(source.original_name, FileKind.VIDEO)
    copy.library_name = library.told_apart(own, copy.pk) if videos.is_named(taker.account, own) else own
    try:
        with transaction.atomic():
            copy.save(force_insert=True)
    except IntegrityError:  # Another took the name meanwhile.
        copy.library_name = library.told_apart(own, copy.pk)
        copy.save(force_insert=True)
    audit.record(taker, "video.shared", "video", copy.pk, at=now, detail={"of": source.pk})
    return copy.pk


def _copied(key: str, target: object) -> None:
    with media.store().local(key) as file:
        shutil.copyfile(file, str(target))
