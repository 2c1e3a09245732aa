"""The posts of an identity, from which ads are made; its live rooms, of which there are none; its posts' music (§6)."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeVar

import msgspec

from vonk.authorisation.queries import speaker_posts
from vonk.authorisation.queries.speaker_posts import SpeakerPost
from vonk.authorisation.speaker_reach import Speaker
from vonk.content.queries import PostFacts
from vonk.content.queries.renditions import RenditionFacts, renditions
from vonk.control.paging import Paging
from vonk.control.scope import Right
from vonk.core.errors import NotFound
from vonk.core.ids import parse_id
from vonk.wire.business import items, locations, speaking
from vonk.wire.business.asked import AskedOfAccount
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, moment_z, read_moment
from vonk.wire.business.items import AuthInfo, CarouselInfo
from vonk.wire.business.operation import Call, operation
from vonk.wire.business.speaking import IdentityUnknown, ItemNotAuthorised
from vonk.wire.codec import Id

_COUNT: Final = 20
_ITEMS_MAX: Final = 20

A = TypeVar("A", bound="OfIdentity")
SparkType = Literal["AUTH_CODE", "TT_USER", "BC_AUTH_TT"]
Keyword = Annotated[str, msgspec.Meta(max_length=100)]


class Playing(Given, frozen=True):
    """What plays of a post."""

    duration: float
    width: int
    height: int
    size: int
    bit_rate: int
    format: str
    signature: str
    poster_url: str
    url: str


class VideoRow(Given, frozen=True):
    """A post of an identity. ``auth_code`` and ``auth_info`` are null unless the identity is AUTH_CODE."""

    item_id: Digits
    item_type: str
    text: str
    status: str
    anchor_list: None
    carousel_info: CarouselInfo | None
    video_info: Playing
    auth_code: str | None
    auth_info: AuthInfo | None
    identity_type: str
    identity_id: Digits
    duet_original_item_id: Digits | None
    stitch_original_item_id: Digits | None
    is_multi_duet_stitch: bool
    mentioned_item_ids: list[Digits]


class Videos(Given, frozen=True):
    """A page of posts. ``cursor`` is "" on the last."""

    video_list: list[VideoRow]
    cursor: str
    has_more: bool


class VideoDetail(Given, frozen=True):
    """``video_detail`` answers ``item_id``, ``video_details`` answers ``item_ids``; the other one is null."""

    video_detail: VideoRow | None
    video_details: list[VideoRow] | None


class LiveRooms(Given, frozen=True):
    """Live rooms: there are none."""

    live_list: list[str]


class MusicPlace(Given, frozen=True):
    """Whether the sound may be heard in ads in a country."""

    location_id: Digits
    authorized: bool


class Music(Given, frozen=True):
    """Whether the post's sound may be heard in ads. ``authorization_infos`` has a row for each location asked for."""

    video_id: Digits
    music_status: str
    authorization_infos: list[MusicPlace]


class MusicAuthorization(Given, frozen=True):
    """A row, of the post asked for."""

    music_authorization: list[Music]


class OfIdentity(AskedOfAccount, frozen=True, kw_only=True):
    """Whose posts."""

    identity_type: SparkType
    identity_id: Id
    identity_authorized_bc_id: Id | None = None


class VideoGet(OfIdentity, frozen=True, kw_only=True):
    """Which posts."""

    item_type: Literal["VIDEO", "CAROUSEL"] | None = None
    keyword: Keyword | None = None
    cursor: str | None = None
    count: Annotated[int, msgspec.Meta(ge=1, le=_COUNT)] = _COUNT


class VideoInfo(OfIdentity, frozen=True, kw_only=True):
    """Which post, or which ones."""

    item_id: Id | None = None
    item_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=_ITEMS_MAX)] | None = None
    item_type: Literal["VIDEO", "CAROUSEL"] | None = None


class MusicOf(OfIdentity, frozen=True, kw_only=True):
    """Which post; where and when its ads shall run."""

    video_id: Id
    locations: list[Id] | None = None
    start_time: str | None = None
    end_time: str | None = None


@operation("GET", "identity/video/get", may=Right.ACCOUNT_VIEW, summary="List an identity's posts")
def videos(call: Call[VideoGet]) -> Videos:
    """The posts that ads can be made of under the identity, newest first.

    AUTH_CODE: those authorised one by one. TT_USER and BC_AUTH_TT: those that everybody sees or that are shown in ads
    alone; to their owner, in an ad account of their own, the hidden ones too.
    """
    asked = call.asked
    paging = Paging(_cursor(asked.cursor), asked.count)
    speaker = _speaker(call, asked)
    formats = items.FORMATS[asked.item_type] if asked.item_type is not None else None
    try:
        page = speaker_posts.posts(call.scope, speaker, paging, call.now, keyword=asked.keyword or "", formats=formats)
    except NotFound as problem:
        raise _unknown(asked) from problem
    playing = renditions(one.post.video_id for one in page.items)
    return Videos(
        video_list=[_row(call, speaker, one, playing) for one in page.items],
        cursor=page.next_cursor or "",
        has_more=page.next_cursor is not None,
    )


@operation("GET", "identity/video/info", may=Right.ACCOUNT_VIEW, summary="Read posts of an identity")
def video_info(call: Call[VideoInfo]) -> VideoDetail:
    """One post by ``item_id``, or up to 20 by ``item_ids``; of these, what is not the identity's is left out."""
    asked = call.asked
    if (asked.item_id is None) == (asked.item_ids is None):
        raise ParameterInvalid(field="item_id", reason="either item_id or item_ids")
    ids = [asked.item_id] if asked.item_id is not None else asked.item_ids or []
    speaker = _speaker(call, asked)
    found = _posts(call, asked, speaker, ids)
    playing = renditions(one.post.video_id for one in found.values())
    rows = [_row(call, speaker, found[one], playing) for one in dict.fromkeys(ids) if one in found]
    if asked.item_ids is not None:
        return VideoDetail(video_detail=None, video_details=rows)
    if not rows:
        raise ItemNotAuthorised(field="item_id", item_id=asked.item_id)
    return VideoDetail(video_detail=rows[0], video_details=None)


@operation("GET", "identity/live/get", may=Right.ACCOUNT_VIEW, summary="List live rooms")
def live(call: Call[OfIdentity]) -> LiveRooms:
    """Nobody is live here: the list is empty for every identity of the account."""
    _speaker(call, call.asked)
    return LiveRooms(live_list=[])


@operation("GET", "identity/music/authorization", may=Right.ACCOUNT_VIEW, summary="Read a post's music rights")
def music(call: Call[MusicOf]) -> MusicAuthorization:
    """Whether the post's sound may be heard in ads, in the countries asked for or everywhere. Rights here have no end."""
    asked = call.asked
    for name, text in (("start_time", asked.start_time), ("end_time", asked.end_time)):
        if text is not None:
            read_moment(text, name)
    countries = locations.countries(asked.locations or (), "locations")
    found = _posts(call, asked, _speaker(call, asked), [asked.video_id]).get(asked.video_id)
    if found is None:
        raise ItemNotAuthorised(field="video_id", item_id=asked.video_id)
    post = found.post
    heard = {country: _heard(post, country) for country in countries}
    everywhere = post.sound_commercial and (bool(countries) or not post.sound_countries)
    authorised = everywhere and all(heard.values())
    status = "WITH_FULL_AUTHORIZATION" if authorised else "AUTHORIZATION_MISSING"
    places = [
        MusicPlace(location_id=location, authorized=heard[country])
        for location, country in zip(locations.location_ids(countries), countries, strict=True)
    ]
    row = Music(
        video_id=str(post.id),
        music_status=status if post.sound_id else "WITHOUT_SONG_ID",
        authorization_infos=places,
    )
    return MusicAuthorization(music_authorization=[row])


def _heard(post: PostFacts, country: str) -> bool:
    return post.sound_commercial and (not post.sound_countries or country in post.sound_countries)


def _speaker(call: Call[A], asked: OfIdentity) -> Speaker:
    """Return the identity; IdentityUnknown for what is none of the account's."""
    found = speaking.speaker(call.scope, asked.identity_type, asked.identity_id, asked.identity_authorized_bc_id)
    return speaking.read(found)


def _unknown(asked: OfIdentity) -> IdentityUnknown:
    return IdentityUnknown(identity_id=asked.identity_id, identity_type=asked.identity_type)


def _cursor(text: str | None) -> int | None:
    try:
        return parse_id(text) if text and text != "0" else None  # Clients begin with 0.
    except ValueError as problem:
        raise ParameterInvalid(field="cursor", reason="as the page before answered it") from problem


def _posts(call: Call[A], asked: OfIdentity, speaker: Speaker, ids: list[Id]) -> dict[int, SpeakerPost]:
    try:
        return speaker_posts.posts_by_id(call.scope, speaker, ids, call.now)
    except NotFound as problem:
        raise _unknown(asked) from problem


def _row(call: Call[A], speaker: Speaker, one: SpeakerPost, playing: Mapping[int, RenditionFacts]) -> VideoRow:
    post, held = one.post, one.held
    rendition = playing.get(post.video_id, items.NO_RENDITION)
    answered = items.answered(post, answers_answer=one.answers_answer)
    return VideoRow(
        item_id=str(post.id),
        item_type=items.item_type(post),
        text=post.caption,
        status=items.video_status(post),
        anchor_list=None,
        carousel_info=items.carousel_info(post, call.link, call.scope.account),
        video_info=Playing(
            duration=items.seconds(post),
            width=post.width,
            height=post.height,
            size=rendition.bytes,
            bit_rate=rendition.bits_per_second,
            format="mp4",
            signature=rendition.source_md5,
            poster_url=call.link(post.poster_url),
            url=call.link(post.video_url),
        ),
        auth_code=held.code if held is not None else None,
        auth_info=items.auth_info(held, moment_z) if held is not None else None,
        identity_type=speaking.TYPES[speaker.kind],
        identity_id=str(speaker.profile_id),
        duet_original_item_id=answered.duet_original_item_id,
        stitch_original_item_id=answered.stitch_original_item_id,
        is_multi_duet_stitch=answered.is_multi_duet_stitch,
        mentioned_item_ids=answered.mentioned_item_ids,
    )
