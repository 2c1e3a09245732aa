"""Pictures of an ad account's library: uploaded, read, searched, renamed."""

from typing import Annotated, Any

import msgspec

from vonk.content import queries as content
from vonk.content.actions import library_images
from vonk.content.queries import ImagesWanted, LibraryImage
from vonk.control.fetching import UrlTimedOut
from vonk.control.scope import Right
from vonk.wire.business.asked import AskedOfAccount, numbering
from vonk.wire.business.files import asked as asking
from vonk.wire.business.files.asked import FileName, ImageFetchTimedOut, Ratio, Signature
from vonk.wire.business.given import Digits, Given, PageInfo, moment_z, page_info
from vonk.wire.business.materials import image_id, read_image_id
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id


class ImageUpload(AskedOfAccount, frozen=True):
    """A picture: as a file with its MD5, by an address, or from a waiting file."""

    upload_type: asking.UploadType = "UPLOAD_BY_FILE"
    image_signature: Signature | None = None
    image_url: str | None = None
    file_id: str | None = None
    file_name: FileName | None = None
    request_id: str | None = None


class ImagesAsked(AskedOfAccount, frozen=True):
    """Which pictures, by their ids."""

    image_ids: Annotated[list[str], msgspec.Meta(min_length=1, max_length=asking.IDS_MAX)]


class ImageFilter(msgspec.Struct, frozen=True):
    """A ratio is width by height, met within 0.05. Every picture here is displayable."""

    image_ids: Annotated[list[str], msgspec.Meta(max_length=asking.IDS_MAX)] | None = None
    material_ids: Annotated[list[Id], msgspec.Meta(max_length=asking.IDS_MAX)] | None = None
    width: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] | None = None
    height: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] | None = None
    ratio: Annotated[list[Ratio], msgspec.Meta(max_length=10)] | None = None
    displayable: bool | None = None


class ImagesSearched(AskedOfAccount, frozen=True):
    """Which pictures, page by page."""

    filtering: ImageFilter | None = None
    page: int | None = None
    page_size: int | None = None


class ImageNamed(AskedOfAccount, frozen=True):
    """A picture and its new name."""

    image_id: str
    file_name: FileName


class ImageRow(Given, frozen=True):
    """A picture. ``size`` and ``signature`` are of the file as it was sent; at its address it is drawn anew, upright.

    The address never expires. Every picture is ``is_carousel_usable``.
    """

    image_id: str
    material_id: Digits
    image_url: str
    signature: str
    size: int
    width: int
    height: int
    format: str
    file_name: str
    displayable: bool
    is_carousel_usable: bool
    create_time: str
    modify_time: str


class ImageList(Given, frozen=True):
    """Pictures."""

    list: tuple[ImageRow, ...]


class ImagePage(Given, frozen=True):
    """A page of pictures."""

    list: tuple[ImageRow, ...]
    page_info: PageInfo


@operation(
    "POST",
    "file/image/ad/upload",
    may=Right.CAMPAIGN_EDIT,
    files=("image_file",),
    summary="Upload a picture",
    example={"advertiser_id": "1838000000000000001", "upload_type": "UPLOAD_BY_URL", "image_url": "https://example.org/a.jpg"},
)  # fmt: skip
def upload(call: Call[ImageUpload]) -> ImageRow:
    """JPEG, PNG, WebP or GIF, of which the first picture is kept; at most 50 MB and 40 megapixels.

    Without ``file_name`` it is called like the file; when that name is taken, it is told apart by its id.
    """
    made = _added(call)
    with asking.of_image(image_id(made)):
        return row(content.library_image(call.scope, made), call)


def _added(call: Call[ImageUpload]) -> int:
    asked = call.asked
    if asked.upload_type == "UPLOAD_BY_URL":
        url = asking.needed(asked.image_url, "image_url")
        try:
            return library_images.add_from_url(call.scope, url, name=asked.file_name, now=call.now)
        except UrlTimedOut as problem:
            raise ImageFetchTimedOut(field="image_url") from problem
    if asked.upload_type == "UPLOAD_BY_FILE_ID":
        file_id = asking.read_file_id(asking.needed(asked.file_id, "file_id"), "file_id")
        return library_images.add_from_file(call.scope, file_id, name=asked.file_name, now=call.now)
    sent = asking.needed_file(call.files, "image_file")
    md5 = asking.needed(asked.image_signature, "image_signature")
    return library_images.add(call.scope, sent.file, name=asked.file_name, own_name=sent.name, md5=md5, now=call.now)


@operation("GET", "file/image/ad/info", may=Right.ACCOUNT_VIEW, summary="Read pictures")
def info(call: Call[ImagesAsked]) -> ImageList:
    """Those of the ids that are the account's, in their order; covers out of its videos, too."""
    ids = [read_image_id(text) for text in call.asked.image_ids]
    return ImageList(list=tuple(row(image, call) for image in content.library_images(call.scope, ids)))


@operation("GET", "file/image/ad/search", may=Right.ACCOUNT_VIEW, summary="Search the pictures of the library")
def search(call: Call[ImagesSearched]) -> ImagePage:
    """Newest first, without covers out of videos."""
    asked = call.asked
    wanted = asked.filtering or ImageFilter()
    named = None if wanted.image_ids is None else [read_image_id(text) for text in wanted.image_ids]
    page = content.numbered_library_images(
        call.scope,
        ImagesWanted(
            ids=asking.ids_of(named, wanted.material_ids),
            width=wanted.width,
            height=wanted.height,
            ratios=wanted.ratio,
        ),
        numbering(asked.page, asked.page_size, most=asking.PAGE_SIZE_MAX, usual=asking.PAGE_SIZE),
    )
    return ImagePage(list=tuple(row(image, call) for image in page.items), page_info=page_info(page))


@operation("POST", "file/image/ad/update", may=Right.CAMPAIGN_EDIT, summary="Rename a picture")
def update(call: Call[ImageNamed]) -> None:
    """Names are unique among the pictures of an account: 40911."""
    with asking.of_image(call.asked.image_id):
        library_images.rename(call.scope, read_image_id(call.asked.image_id), name=call.asked.file_name, now=call.now)


def row(image: LibraryImage, call: Call[Any]) -> ImageRow:
    """Return a picture as v1.3 writes it."""
    return ImageRow(
        image_id=image_id(image.id),
        material_id=str(image.id),
        image_url=call.link(image.url),
        signature=image.md5,
        size=image.bytes,
        width=image.width,
        height=image.height,
        format=image.format,
        file_name=image.name,
        displayable=True,
        is_carousel_usable=True,
        create_time=moment_z(image.created_at),
        modify_time=moment_z(image.modified_at),
    )
