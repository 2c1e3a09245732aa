"""Pictures of an ad account's library, and covers out of its videos."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db.models import ExpressionWrapper, F, FloatField, Q, QuerySet

from vonk.content import media
from vonk.content.models import Image
from vonk.control.paging import Numbered, Numbering, numbered
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound

RATIO_GRACE: Final = 0.05
_FORMATS: Final = {"jpg": "jpeg"}


class LibraryImage(msgspec.Struct, frozen=True):
    """A picture. ``bytes`` and ``md5`` are of the file as it was uploaded; the rest is of the picture as it is kept.

    ``video_id`` is the video that it is a frame of; its name is made of that. ``key`` is the media store's.
    """

    id: int
    name: str
    key: str
    url: str
    format: str  # "jpeg", "png" or "webp".
    width: int
    height: int
    bytes: int
    md5: str
    video_id: int | None
    created_at: datetime
    modified_at: datetime


class ImagesWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which pictures a list holds; None of a filter means any. A ratio is met within RATIO_GRACE."""

    ids: Collection[int] | None = None
    width: int | None = None
    height: int | None = None
    ratios: Sequence[float] | None = None


def library_image(scope: Scope, image_id: int) -> LibraryImage:
    """Return a picture of the account, or a cover out of one of its videos; NotFound when there is none."""
    row = _own(scope).filter(pk=image_id).first()
    if row is None:
        raise NotFound(noun="image")
    return _view(row)


def library_images(scope: Scope, image_ids: Collection[int]) -> tuple[LibraryImage, ...]:
    """Return those of the pictures and covers that are the account's, in the order of the ids."""
    found = {row.pk: _view(row) for row in _own(scope).filter(pk__in=set(image_ids))}
    return tuple(found[image_id] for image_id in dict.fromkeys(image_ids) if image_id in found)


def numbered_library_images(scope: Scope, wanted: ImagesWanted, numbering: Numbering) -> Numbered[LibraryImage]:
    """Return a numbered page of the account's pictures, newest first, without covers."""
    rows = _own(scope).filter(video=None)
    if wanted.ids is not None:
        rows = rows.filter(pk__in=wanted.ids)
    if wanted.width is not None:
        rows = rows.filter(width=wanted.width)
    if wanted.height is not None:
        rows = rows.filter(height=wanted.height)
    if wanted.ratios:
        close = Q()
        for ratio in wanted.ratios:
            close |= Q(ratio__gte=ratio - RATIO_GRACE, ratio__lte=ratio + RATIO_GRACE)
        rows = rows.annotate(ratio=ExpressionWrapper(F("width") * 1.0 / F("height"), FloatField())).filter(close)
    return numbered(rows, numbering, _view)


def image_named(scope: Scope, name: str) -> int | None:
    """Return the account's picture of that name, None when there is none."""
    return _own(scope).filter(name=name).values_list("pk", flat=True).first()


def _own(scope: Scope) -> QuerySet[Image]:
    scope.require(Right.ACCOUNT_VIEW)
    return Image.objects.filter(account_id=scope.account)


def _view(row: Image) -> LibraryImage:
    return LibraryImage(
        id=row.pk,
        name=row.name if row.name is not None else f"cover_{row.video_id}_{row.video_ms}.{row.format}",
        key=row.key,
        url=media.url_of(row.key),
        format=_FORMATS.get(row.format, row.format),
        width=row.width,
        height=row.height,
        bytes=row.source_bytes,
        md5=row.source_md5,
        video_id=row.video_id,
        created_at=row.created_at,
        modified_at=row.modified_at,
    )
