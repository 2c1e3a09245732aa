"""What the operations of file/* are asked in common, and which problem answers which of v1.3's codes for files."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Final, Literal

import msgspec

from vonk.content import errors as content
from vonk.control import fetching
from vonk.core.errors import NotFound
from vonk.core.ids import parse_id
from vonk.wire.business.errors import ParameterInvalid, answers
from vonk.wire.business.materials import ImageIdInvalid, VideoIdInvalid
from vonk.wire.business.operation import File

PAGE_SIZE_MAX: Final = 1_000
PAGE_SIZE: Final = 20
IDS_MAX: Final = 100
FileName = Annotated[str, msgspec.Meta(max_length=1_000)]
Signature = Annotated[str, msgspec.Meta(max_length=200, description="The file's MD5, hexadecimal.")]
Ratio = Annotated[float, msgspec.Meta(gt=0, lt=1_000)]
UploadType = Literal["UPLOAD_BY_FILE", "UPLOAD_BY_URL", "UPLOAD_BY_FILE_ID"]


class ImageFetchTimedOut(fetching.UrlTimedOut):
    """Of pictures v1.3 has another code."""

    code = "image_url_timed_out"


answers({
    content.SignatureWrong.code: 40900,
    content.VideoDamaged.code: 40901,
    content.VideoProcessingFailed.code: 40901,
    content.VideoNotReady.code: 40901,
    content.VideoFailed.code: 40901,
    fetching.UrlTimedOut.code: 40902,
    fetching.UrlUnavailable.code: 40903,
    content.ImageDamaged.code: 40904,
    content.ImageTooManyPixels.code: 40904,
    content.FileMissing.code: 40905,
    content.VideoEmpty.code: 40906,
    content.ImageEmpty.code: 40906,
    content.FileEmpty.code: 40906,
    content.VideoTooLarge.code: 40907,
    content.ImageTooLarge.code: 40907,
    content.FileTooLarge.code: 40907,
    fetching.UrlTooLarge.code: 40907,
    content.VideoMissing.code: 40908,
    content.ImageUnknown.code: 40908,
    content.FileKindWrong.code: 40909,
    content.FileExpired.code: 40910,
    content.MaterialNameTaken.code: 40911,
    ImageFetchTimedOut.code: 40913,
    fetching.UrlBroken.code: 40914,
    content.PieceOutOfPlace.code: 40915,
    content.FileUnfinished.code: 40915,
    content.FileFinished.code: 40915,
    content.VideoTooLargePicture.code: 40916,
    content.VideoTooLong.code: 40916,
})  # fmt: skip


def needed(value: str | None, field: str) -> str:
    """Return a parameter that the kind of upload needs; ParameterInvalid when it is missing."""
    if value is None or value == "":
        raise ParameterInvalid(field=field, reason="it is missing, and this kind of upload needs it")
    return value


def needed_file(files: Mapping[str, File], field: str) -> File:
    """Return the file of a multipart body; ParameterInvalid when it is missing."""
    found = files.get(field)
    if found is None:
        raise ParameterInvalid(field=field, reason="it is missing: send the file as a part of multipart/form-data")
    return found


def read_file_id(text: str, field: str) -> int:
    """Return the id of a waiting file; FileMissing for what is none."""
    try:
        return parse_id(text)
    except ValueError as error:
        raise content.FileMissing(field=field) from error


def ids_of(named: Collection[int] | None, materials: Collection[int] | None) -> Collection[int] | None:
    """Return the ids that both filters leave; a material's id is the id in its name."""
    if named is None or materials is None:
        return materials if named is None else named
    return set(named) & set(materials)


@contextmanager
def of_video(text: str) -> Iterator[None]:
    """Say VideoIdInvalid where the account has no such video."""
    try:
        yield
    except NotFound as problem:
        raise VideoIdInvalid(video_id=text[:40]) from problem


@contextmanager
def of_image(text: str) -> Iterator[None]:
    """Say ImageIdInvalid where the account has no such picture."""
    try:
        yield
    except NotFound as problem:
        raise ImageIdInvalid(image_id=text[:40]) from problem
