"""Files that wait for a day, sent at once or in pieces; names that are taken; sounds that ads may use."""

from typing import Annotated, Literal

import msgspec

from vonk.content import queries as content
from vonk.content.actions import library_files
from vonk.content.actions.library_files import NextPiece
from vonk.content.library import FileKind
from vonk.content.picture_sets import SOUND_MS_MIN
from vonk.content.queries import CommercialSound, SoundsWanted
from vonk.control.scope import Right
from vonk.wire.business.asked import AskedOfAccount, Sought, numbering
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.files import asked as asking
from vonk.wire.business.files.asked import FileName, Signature
from vonk.wire.business.given import Digits, Given, Moment, PageInfo, moment, moment_z, page_info
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

ContentType = Literal["image", "video", "music", "playable"]
SearchType = Literal[
    "SEARCH_BY_KEYWORD",
    "SEARCH_BY_RECOMMEND",
    "SEARCH_BY_LIKED",
    "SEARCH_BY_HISTORY",
    "SEARCH_BY_MUSIC_ID",
    "SEARCH_BY_SOURCE",
]
_NOBODYS = frozenset({"SEARCH_BY_LIKED", "SEARCH_BY_HISTORY"})  # Nothing of an ad account's liking is kept.


class UploadStart(AskedOfAccount, frozen=True):
    """A file that will come in pieces; ``size`` is all of it, in bytes."""

    size: int
    content_type: ContentType
    name: FileName | None = None


class PieceSent(AskedOfAccount, frozen=True):
    """The next piece, with its own MD5."""

    upload_id: str
    signature: Signature
    start_offset: int


class UploadEnd(AskedOfAccount, frozen=True):
    """An upload of which every piece has come."""

    upload_id: str


class FileSent(AskedOfAccount, frozen=True):
    """A file as a whole, at most 100 MB: with its MD5, or by an address."""

    upload_type: Literal["FILE", "URL", "UPLOAD_BY_FILE", "UPLOAD_BY_URL"]
    content_type: ContentType
    signature: Signature | None = None
    url: str | None = None
    name: FileName | None = None


class NameAsked(msgspec.Struct, frozen=True):
    """A name, among videos or pictures."""

    file_name: FileName
    file_type: Literal["VIDEO", "IMAGE"] = "VIDEO"


class NamesAsked(AskedOfAccount, frozen=True):
    """One name, or up to 20 in ``files``."""

    file_name: FileName | None = None
    file_type: Literal["VIDEO", "IMAGE"] = "VIDEO"
    files: Annotated[list[NameAsked], msgspec.Meta(min_length=1, max_length=20)] | None = None


class SoundFilter(msgspec.Struct, frozen=True):
    """What to find sounds by."""

    keyword: Sought | None = None
    music_ids: Annotated[list[Id], msgspec.Meta(max_length=asking.IDS_MAX)] | None = None
    material_ids: Annotated[list[Id], msgspec.Meta(max_length=asking.IDS_MAX)] | None = None


class SoundsAsked(AskedOfAccount, frozen=True):
    """Which sounds, page by page. For CAROUSEL_ADS those that can be heard under pictures: from 2 s on."""

    music_scene: Literal["CREATIVE_ASSET", "CAROUSEL_ADS", "CATALOG_CAROUSEL"] | None = None
    search_type: SearchType | None = None
    filtering: SoundFilter | None = None
    page: int | None = None
    page_size: int | None = None


class UploadStarted(Given, frozen=True):
    """Send the bytes from ``start_offset`` until before ``end_offset`` next."""

    upload_id: Digits
    file_name: str
    start_offset: int
    end_offset: int


class PieceTaken(Given, frozen=True):
    """What to send next; both are the file's size when everything has come."""

    start_offset: int
    end_offset: int


class UploadFinished(Given, frozen=True):
    """A file that waits for 24 hours."""

    file_id: Digits
    file_name: str
    size: int
    signature: str
    create_time: Moment


class FileTaken(Given, frozen=True):
    """A file that waits for 24 hours."""

    file_id: Digits
    signature: str
    file_size: int
    create_time: Moment


class NameFound(Given, frozen=True):
    """Whether a name is taken, and by which material."""

    file_name: str
    duplicate: bool
    duplicate_material_id: Digits | None


class NamesFound(Given, frozen=True):
    """Of one name in ``duplicate``, of several in ``batch_results``; the other is null."""

    duplicate: bool | None
    duplicate_material_id: Digits | None
    batch_results: tuple[NameFound, ...] | None


class SoundRow(Given, frozen=True):
    """A sound that ads may use. ``url`` is "" and ``duration`` 0 of one that is a title alone, without a sound."""

    music_id: Digits
    material_id: Digits
    file_name: str
    author: str
    duration: float
    url: str
    cover_url: str
    sources: tuple[str, ...]
    style: str
    copyright: str
    country_code: tuple[str, ...]
    create_time: str


class SoundPage(Given, frozen=True):
    """A page of sounds."""

    musics: tuple[SoundRow, ...]
    page_info: PageInfo


@operation("POST", "file/start/upload", may=Right.CAMPAIGN_EDIT, summary="Begin to send a file in pieces")
def start(call: Call[UploadStart]) -> UploadStarted:
    """A piece has at most 20 MiB. What is not finished within a day is deleted."""
    asked = call.asked
    begun = library_files.start(call.scope, _kind(asked.content_type), name=asked.name, size=asked.size, now=call.now)
    return UploadStarted(
        upload_id=str(begun.file_id), file_name=begun.name, start_offset=begun.start, end_offset=begun.end
    )


@operation("POST", "file/transfer/upload", may=Right.CAMPAIGN_EDIT, files=("file",), summary="Send the next piece")
def transfer(call: Call[PieceSent]) -> PieceTaken:
    """Pieces come in order: 40915 names the byte that is expected. The same piece again changes nothing."""
    asked = call.asked
    sent = asking.needed_file(call.files, "file")
    after: NextPiece = library_files.transfer(
        call.scope,
        asking.read_file_id(asked.upload_id, "upload_id"),
        sent.file,
        first_byte=asked.start_offset,
        md5=asked.signature,
        now=call.now,
    )
    return PieceTaken(start_offset=after.start, end_offset=after.end)


@operation("POST", "file/finish/upload", may=Right.CAMPAIGN_EDIT, alone=True, summary="Put the pieces together")
def finish(call: Call[UploadEnd]) -> UploadFinished:
    """From now on the file waits for 24 hours, to become a video or a picture by its ``file_id``."""
    whole = library_files.finish(call.scope, asking.read_file_id(call.asked.upload_id, "upload_id"), now=call.now)
    return UploadFinished(
        file_id=str(whole.file_id),
        file_name=whole.name,
        size=whole.bytes,
        signature=whole.md5,
        create_time=moment(whole.finished_at),
    )


@operation("POST", "file/temporarily/upload", may=Right.CAMPAIGN_EDIT, files=("file",), summary="Send a whole file")
def temporarily(call: Call[FileSent]) -> FileTaken:
    """It waits for 24 hours, to become a video or a picture by its ``file_id``."""
    asked = call.asked
    kind = _kind(asked.content_type)
    if asked.upload_type.endswith("URL"):
        url = asking.needed(asked.url, "url")
        whole = library_files.put_from_url(call.scope, url, kind, name=asked.name, now=call.now)
    else:
        sent = asking.needed_file(call.files, "file")
        md5 = asking.needed(asked.signature, "signature")
        whole = library_files.put(
            call.scope, sent.file, kind, name=asked.name, own_name=sent.name, md5=md5, now=call.now
        )
    return FileTaken(
        file_id=str(whole.file_id), signature=whole.md5, file_size=whole.bytes, create_time=moment(whole.finished_at)
    )


@operation(
    "POST",
    "file/name/check",
    may=Right.ACCOUNT_VIEW,
    also_method="GET",
    summary="Ask whether names are taken",
    example={"advertiser_id": "1838000000000000001", "file_name": "Bread.mp4", "file_type": "VIDEO"},
)
def check_names(call: Call[NamesAsked]) -> NamesFound:
    """Names are unique among an account's videos, and among its pictures."""
    asked = call.asked
    if asked.files is not None:
        results = tuple(_found(call, one) for one in asked.files)
        return NamesFound(duplicate=None, duplicate_material_id=None, batch_results=results)
    one = _found(call, NameAsked(asking.needed(asked.file_name, "file_name"), asked.file_type))
    return NamesFound(duplicate=one.duplicate, duplicate_material_id=one.duplicate_material_id, batch_results=None)


def _found(call: Call[NamesAsked], one: NameAsked) -> NameFound:
    look = content.video_named if one.file_type == "VIDEO" else content.image_named
    taken = look(call.scope, one.file_name.strip())
    return NameFound(
        file_name=one.file_name,
        duplicate=taken is not None,
        duplicate_material_id=None if taken is None else str(taken),
    )


@operation("GET", "file/music/get", may=Right.ACCOUNT_VIEW, summary="List sounds that ads may use")
def sounds(call: Call[SoundsAsked]) -> SoundPage:
    """The platform's library, without what may not be heard in ads; newest first."""
    asked = call.asked
    wanted = asked.filtering or SoundFilter()
    ids = asking.ids_of(wanted.music_ids, wanted.material_ids)
    page = content.commercial_sounds(
        call.scope,
        SoundsWanted(
            ids=() if asked.search_type in _NOBODYS else ids,
            title_contains=wanted.keyword,
            lasting_ms=SOUND_MS_MIN if asked.music_scene == "CAROUSEL_ADS" else 0,
        ),
        numbering(asked.page, asked.page_size, most=asking.PAGE_SIZE_MAX, usual=asking.PAGE_SIZE),
    )
    return SoundPage(musics=tuple(_sound(sound, call) for sound in page.items), page_info=page_info(page))


def _sound(sound: CommercialSound, call: Call[SoundsAsked]) -> SoundRow:
    return SoundRow(
        music_id=str(sound.id),
        material_id=str(sound.id),
        file_name=sound.title,
        author="",
        duration=sound.audio_ms / 1_000,
        url=call.link(sound.audio_url),
        cover_url="",
        sources=(),
        style="",
        copyright="",
        country_code=sound.countries,
        create_time=moment_z(sound.created_at),
    )


def _kind(content_type: ContentType) -> FileKind:
    if content_type in ("music", "playable"):
        raise ParameterInvalid(field="content_type", reason=f"{content_type} is not kept here; image and video are")
    return FileKind(content_type)
