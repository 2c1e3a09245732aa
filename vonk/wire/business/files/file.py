"""Videos of an ad account's library: uploaded, read, searched, renamed, and covers out of them."""

from typing import Annotated, Literal

import msgspec

from vonk.content import queries as content
from vonk.content.actions import library_images, library_videos
from vonk.content.queries import LibraryVideo, VideosWanted
from vonk.content.rules import VideoState
from vonk.control.scope import Right
from vonk.wire.business.asked import AskedOfAccount, Sought, numbering
from vonk.wire.business.files import asked as asking
from vonk.wire.business.files.asked import FileName, Ratio, Signature
from vonk.wire.business.given import Digits, Given, PageInfo, moment_z, page_info
from vonk.wire.business.materials import image_id, read_video_id, video_id
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

PLACEMENTS = ("PLACEMENT_TIKTOK",)


class VideoUpload(AskedOfAccount, frozen=True):
    """A video: as a file with its MD5, by an address, from a waiting file, or one that is there already.

    ``flaw_detect``, ``auto_fix_enabled``, ``auto_bind_enabled`` and ``is_third_party`` are read and not acted on: no
    video is changed here but transcoded.
    """

    upload_type: asking.UploadType | Literal["UPLOAD_BY_VIDEO_ID"] = "UPLOAD_BY_FILE"
    video_signature: Signature | None = None
    video_url: str | None = None
    file_id: str | None = None
    video_id: str | None = None
    file_name: FileName | None = None
    is_third_party: bool | None = None
    flaw_detect: bool | None = None
    auto_fix_enabled: bool | None = None
    auto_bind_enabled: bool | None = None
    request_id: str | None = None


class VideosAsked(AskedOfAccount, frozen=True):
    """Which videos, by their ids."""

    video_ids: Annotated[list[str], msgspec.Meta(min_length=1, max_length=60)]


class VideoFilter(msgspec.Struct, frozen=True):
    """``displayable`` true: only those that play. Everything here was uploaded to the ads manager or the API."""

    video_ids: Annotated[list[str], msgspec.Meta(max_length=asking.IDS_MAX)] | None = None
    material_ids: Annotated[list[Id], msgspec.Meta(max_length=asking.IDS_MAX)] | None = None
    video_name: Sought | None = None
    video_material_sources: list[str] | None = None
    displayable: bool | None = None
    width: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] | None = None
    height: Annotated[int, msgspec.Meta(ge=0, lt=2**31)] | None = None
    ratio: Annotated[list[Ratio], msgspec.Meta(max_length=10)] | None = None


class VideosSearched(AskedOfAccount, frozen=True):
    """Which videos, page by page."""

    filtering: VideoFilter | None = None
    page: int | None = None
    page_size: int | None = None


class VideoNamed(AskedOfAccount, frozen=True):
    """A video and its new name."""

    video_id: str
    file_name: FileName


class CoversAsked(AskedOfAccount, frozen=True):
    """Of which video, and how many covers."""

    video_id: str
    poster_number: Annotated[int, msgspec.Meta(ge=1, le=10)] = 10


class VideoRow(Given, frozen=True):
    """A video. ``size``, ``signature`` and measures are of the file as it was sent.

    The addresses are "" until it plays, and never expire; ``signature`` is null for a video from before it was kept.
    """

    video_id: str
    material_id: Digits
    file_name: str
    format: str
    width: int
    height: int
    size: int
    bit_rate: int
    duration: float
    signature: str | None
    preview_url: str
    preview_url_expire_time: str | None
    video_cover_url: str
    displayable: bool
    allow_download: bool
    allowed_placements: tuple[str, ...]
    fix_task_id: str | None
    flaw_types: tuple[str, ...] | None
    create_time: str
    modify_time: str


class VideoList(Given, frozen=True):
    """Videos."""

    list: tuple[VideoRow, ...]


class VideoPage(Given, frozen=True):
    """A page of videos."""

    list: tuple[VideoRow, ...]
    page_info: PageInfo


class Cover(Given, frozen=True):
    """A picture out of a video; ``id`` is good wherever an image_id is."""

    id: str
    url: str
    width: int
    height: int


class CoverList(Given, frozen=True):
    """Covers."""

    list: tuple[Cover, ...]


@operation(
    "POST",
    "file/video/ad/upload",
    may=Right.CAMPAIGN_EDIT,
    files=("video_file",),
    summary="Upload a video",
    example={"advertiser_id": "1838000000000000001", "upload_type": "UPLOAD_BY_URL", "video_url": "https://example.org/a.mp4"},
)  # fmt: skip
def upload(call: Call[VideoUpload]) -> list[VideoRow]:
    """Answered with its measures at once, as a list of one. It can be used in ads when ``displayable`` is true.

    Without ``file_name`` it is called like the file; when that name is taken, it is told apart by its id.
    """
    made = read_video_id(call.asked.video_id or "") if call.asked.upload_type == "UPLOAD_BY_VIDEO_ID" else _added(call)
    with asking.of_video(video_id(made)):
        return [_row(content.library_video(call.scope, made), call)]


def _added(call: Call[VideoUpload]) -> int:
    asked = call.asked
    if asked.upload_type == "UPLOAD_BY_URL":
        url = asking.needed(asked.video_url, "video_url")
        return library_videos.add_from_url(call.scope, url, name=asked.file_name, now=call.now)
    if asked.upload_type == "UPLOAD_BY_FILE_ID":
        file_id = asking.read_file_id(asking.needed(asked.file_id, "file_id"), "file_id")
        return library_videos.add_from_file(call.scope, file_id, name=asked.file_name, now=call.now)
    sent = asking.needed_file(call.files, "video_file")
    md5 = asking.needed(asked.video_signature, "video_signature")
    return library_videos.add(call.scope, sent.file, name=asked.file_name, own_name=sent.name, md5=md5, now=call.now)


@operation("GET", "file/video/ad/info", may=Right.ACCOUNT_VIEW, summary="Read videos")
def info(call: Call[VideosAsked]) -> VideoList:
    """Those of the ids that are the account's, in their order."""
    ids = [read_video_id(text) for text in call.asked.video_ids]
    return VideoList(list=tuple(_row(video, call) for video in content.library_videos(call.scope, ids)))


@operation("GET", "file/video/ad/search", may=Right.ACCOUNT_VIEW, summary="Search the videos of the library")
def search(call: Call[VideosSearched]) -> VideoPage:
    """Newest first; also those that are still being processed or were refused then, with ``displayable`` false."""
    asked = call.asked
    wanted = asked.filtering or VideoFilter()
    named = None if wanted.video_ids is None else [read_video_id(text) for text in wanted.video_ids]
    ids = asking.ids_of(named, wanted.material_ids)
    sources = wanted.video_material_sources
    if sources and "UPLOADED_TO_TIKTOK_ADS_MANAGER" not in sources:
        ids = ()
    page = content.numbered_library_videos(
        call.scope,
        VideosWanted(
            ids=ids,
            name_contains=wanted.video_name,
            ready=bool(wanted.displayable),
            width=wanted.width,
            height=wanted.height,
            ratios=wanted.ratio,
        ),
        numbering(asked.page, asked.page_size, most=asking.PAGE_SIZE_MAX, usual=asking.PAGE_SIZE),
    )
    return VideoPage(list=tuple(_row(video, call) for video in page.items), page_info=page_info(page))


@operation("POST", "file/video/ad/update", may=Right.CAMPAIGN_EDIT, summary="Rename a video")
def update(call: Call[VideoNamed]) -> None:
    """Names are unique among the videos of an account: 40911."""
    with asking.of_video(call.asked.video_id):
        library_videos.rename(call.scope, read_video_id(call.asked.video_id), name=call.asked.file_name, now=call.now)


@operation("GET", "file/video/suggestcover", may=Right.ACCOUNT_VIEW, summary="Get covers out of a video")
def suggestcover(call: Call[CoversAsked]) -> CoverList:
    """Pictures from all over the video, once it plays: 40901 before."""
    asked = call.asked
    with asking.of_video(asked.video_id):
        covers = library_images.suggest_covers(
            call.scope, read_video_id(asked.video_id), at_most=asked.poster_number, now=call.now
        )
    return CoverList(
        list=tuple(
            Cover(id=image_id(image.id), url=call.link(image.url), width=image.width, height=image.height)
            for image in content.library_images(call.scope, covers)
        )
    )


def _row(video: LibraryVideo, call: Call[VideoUpload] | Call[VideosAsked] | Call[VideosSearched]) -> VideoRow:
    return VideoRow(
        video_id=video_id(video.id),
        material_id=str(video.id),
        file_name=video.name,
        format=video.format,
        width=video.width,
        height=video.height,
        size=video.bytes,
        bit_rate=video.bits_per_second,
        duration=video.duration_ms / 1000,
        signature=video.md5,
        preview_url=call.link(video.video_url),
        preview_url_expire_time=None,
        video_cover_url=call.link(video.poster_url),
        displayable=video.state is VideoState.READY,
        allow_download=True,
        allowed_placements=PLACEMENTS,
        fix_task_id=None,
        flaw_types=None,
        create_time=moment_z(video.created_at),
        modify_time=moment_z(video.modified_at),
    )
