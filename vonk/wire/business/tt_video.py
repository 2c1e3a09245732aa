"""Spark codes: redeem a creator's code, look at what it is for, list what was authorised, give it back (reference API §5)."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec

from vonk.advertising.actions import unbinding
from vonk.authorisation.actions import redemptions
from vonk.authorisation.queries import held_posts
from vonk.authorisation.queries.held_posts import HeldPost
from vonk.content.queries.renditions import RenditionFacts, renditions
from vonk.content.rules import Format
from vonk.control.scope import Right
from vonk.core.errors import NotFound
from vonk.core.ids import parse_id
from vonk.core.limits import CODE_CHARS_MAX
from vonk.wire.business import items, materials
from vonk.wire.business.asked import AskedOfAccount, numbering
from vonk.wire.business.given import Digits, Given, PageInfo, moment, page_info
from vonk.wire.business.items import AuthInfo, CarouselInfo
from vonk.wire.business.operation import Call, operation
from vonk.wire.business.speaking import ItemNotAuthorised
from vonk.wire.codec import Id

AUTHORISE_PER_MINUTE_MAX: Final = 60
_ITEM_ID_DIGITS: Final = 19
_PAGE_SIZE_MAX: Final = 50
_PAGE_SIZE: Final = 20

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=CODE_CHARS_MAX)]


class ItemInfo(Given, frozen=True):
    """The post. ``anchor_list`` is null: posts have no anchors."""

    item_id: Digits
    auth_code: str
    item_type: str
    text: str
    status: str
    carousel_info: CarouselInfo | None
    anchor_list: None
    duet_original_item_id: Digits | None
    stitch_original_item_id: Digits | None
    is_multi_duet_stitch: bool
    mentioned_item_ids: list[Digits]


class UserInfo(Given, frozen=True):
    """Whose post it is."""

    tiktok_name: str
    identity_id: Digits
    identity_type: str


class VideoInfo(Given, frozen=True):
    """What plays; of a carousel, which has no length, its first picture. ``preview_url`` and ``poster_url`` are whole addresses, "" once the post is deleted."""

    duration: float
    width: int
    height: int
    size: int
    bit_rate: int
    signature: str
    poster_url: str
    preview_url: str
    video_id: str
    file_name: str


class SparkPost(Given, frozen=True):
    """A post and the consent to it."""

    item_info: ItemInfo
    user_info: UserInfo
    video_info: VideoInfo
    auth_info: AuthInfo


class SparkPosts(Given, frozen=True):
    """A page of them."""

    list: list[SparkPost]
    page_info: PageInfo


class Authorise(AskedOfAccount, frozen=True, kw_only=True):
    """The code. ``terms_sha256`` is ours: the hash of the creator's terms, by which the account agrees to them."""

    auth_code: Code
    original_post_auth_code: Code | None = None
    terms_sha256: str | None = None


class Info(AskedOfAccount, frozen=True, kw_only=True):
    """The code."""

    auth_code: Code


class Listing(AskedOfAccount, frozen=True, kw_only=True):
    """Which posts."""

    item_types: list[Literal["VIDEO", "CAROUSEL"]] | None = None
    keyword: Annotated[str, msgspec.Meta(max_length=held_posts.KEYWORD_CHARS_MAX)] | None = None
    page: int | None = None
    page_size: int | None = None


class Unbind(AskedOfAccount, frozen=True, kw_only=True):
    """The post."""

    item_id: Id


@operation(
    "POST",
    "tt_video/authorize",
    may=Right.CAMPAIGN_EDIT,
    summary="Redeem a creator's code",
    alone=True,
    per_minute=AUTHORISE_PER_MINUTE_MAX,
    example={"advertiser_id": "1790000000000000001", "auth_code": "#code"},
)
def authorize(call: Call[Authorise]) -> None:
    """From now on ads of the account may show the post of the code; see ``tt_video/list`` for what became of it.

    Again in the same ad account: success without change. Refusals have code 40002 and begin with their reason
    (``auth_code_expired: …``). A duet, stitch or mention of somebody else's post is SUSPENDED until that author consents
    too: send their code along as ``original_post_auth_code``, or wait; they are asked.
    """
    redemptions.redeem(
        call.scope,
        call.asked.auth_code,
        agree_sha256=call.asked.terms_sha256,
        original_code=call.asked.original_post_auth_code,
        now=call.now,
    )


@operation(
    "GET",
    "tt_video/info",
    may=Right.CAMPAIGN_EDIT,
    summary="Look at the post of a code",
    alone=True,
    per_minute=AUTHORISE_PER_MINUTE_MAX,
    example={"advertiser_id": "1790000000000000001", "auth_code": "#code"},
)
def info(call: Call[Info]) -> SparkPost:
    """What the account holds by a code, ended or not, or what redeeming it would give; wrong codes count as tries."""
    held = held_posts.held_post_of_code(call.scope, call.asked.auth_code, call.now)
    return _row(call, held, renditions([held.post.video_id]))


@operation("GET", "tt_video/list", may=Right.ACCOUNT_VIEW, summary="List authorised posts")
def listing(call: Call[Listing]) -> SparkPosts:
    """The posts that creators authorised to the account one by one, each once; ended ones until they are unbound.

    Newest first. A ``keyword`` of 19 digits is a post's id, every other is looked for in the captions.
    """
    asked = call.asked
    keyword, post_id = _keyword(asked.keyword or "")
    page = held_posts.held_posts(
        call.scope,
        numbering(asked.page, asked.page_size, most=_PAGE_SIZE_MAX, usual=_PAGE_SIZE),
        call.now,
        formats=_formats(asked.item_types),
        keyword=keyword,
        post_id=post_id,
    )
    playing = renditions(held.post.video_id for held in page.items)
    return SparkPosts(list=[_row(call, held, playing) for held in page.items], page_info=page_info(page))


@operation("POST", "tt_video/unbind", may=Right.CAMPAIGN_EDIT, summary="Give an authorised post back")
def unbind(call: Call[Unbind]) -> None:
    """Take a post off the account's list, whatever is left of its days; its code works no longer.

    Refused with 40002 while ads of the account show it.
    """
    try:
        unbinding.give_post_back(call.scope, call.asked.item_id, now=call.now)
    except NotFound as problem:
        raise ItemNotAuthorised(field="item_id", item_id=call.asked.item_id) from problem


def _keyword(text: str) -> tuple[str, int | None]:
    if len(text) >= _ITEM_ID_DIGITS and text.isascii() and text.isdigit():
        try:
            return "", parse_id(text)
        except ValueError:
            return text, None
    return text, None


def _formats(item_types: list[Literal["VIDEO", "CAROUSEL"]] | None) -> frozenset[Format] | None:
    if not item_types:
        return None
    return frozenset(one for name in item_types for one in items.FORMATS[name])


def _row(call: Call[Info] | Call[Listing], held: HeldPost, playing: Mapping[int, RenditionFacts]) -> SparkPost:
    post = held.post
    rendition = playing.get(post.video_id, items.NO_RENDITION)
    answered = items.answered(post, answers_answer=held.answers_answer)
    return SparkPost(
        item_info=ItemInfo(
            item_id=str(post.id),
            auth_code=held.code,
            item_type=items.item_type(post),
            text=post.caption,
            status=items.item_status(post),
            carousel_info=items.carousel_info(post, call.link, call.scope.account),
            anchor_list=None,
            duet_original_item_id=answered.duet_original_item_id,
            stitch_original_item_id=answered.stitch_original_item_id,
            is_multi_duet_stitch=answered.is_multi_duet_stitch,
            mentioned_item_ids=answered.mentioned_item_ids,
        ),
        user_info=UserInfo(tiktok_name=post.display_name, identity_id=str(post.profile_id), identity_type="AUTH_CODE"),
        video_info=VideoInfo(
            duration=items.seconds(post),
            width=post.width,
            height=post.height,
            size=rendition.bytes,
            bit_rate=rendition.bits_per_second,
            signature=rendition.source_md5,
            poster_url=call.link(post.poster_url),
            preview_url=call.link(post.video_url),
            video_id="" if post.pictures else materials.video_id(post.video_id),
            file_name="" if post.pictures else f"{post.id}.mp4",
        ),
        auth_info=items.auth_info(held, moment),
    )
