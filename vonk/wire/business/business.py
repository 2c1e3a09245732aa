"""A creator's own account, for an app that they let act for them: who they are, their posts, and their posts' codes."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec

from vonk.authorisation import post_codes
from vonk.authorisation.actions import post_codes as actions
from vonk.authorisation.post_codes import CodeUse, PostCode
from vonk.authorisation.rules import DURATION_DEFAULT_DAYS
from vonk.content import queries as content
from vonk.content.queries import PostFacts
from vonk.content.queries.creator_figures import post_figures
from vonk.content.queries.creator_posts import own_posts_among
from vonk.content.queries.profiles import ProfileView
from vonk.content.queries.tallies import Counts
from vonk.control.paging import Paging
from vonk.control.scope import Right
from vonk.core.errors import NotFound
from vonk.identity.rules import CreatorScope
from vonk.wire.business import items
from vonk.wire.business.asked import Asked
from vonk.wire.business.given import Digits, Given, Moment, chosen, moment
from vonk.wire.business.operation import Call, Over, operation
from vonk.wire.codec import Id

VIDEOS_MAX: Final = 20
VIDEOS_USUAL: Final = 10
_CREATOR: Final = {"business_id": "1838000000000000001"}
_ITEM: Final = {**_CREATOR, "item_id": "1790000000000000002"}
_STATUS: Final[dict[CodeUse, str]] = {
    CodeUse.UNUSED: "NOT_USED",
    CodeUse.USED: "IN_USE",
    CodeUse.OVER: "EXPIRED",
    CodeUse.DELETED: "DELETED",
}


class OfCreator(Asked, frozen=True, kw_only=True):
    """Of one creator: ``business_id`` is the ``open_id`` that came with their token."""

    business_id: Id


class AccountAsked(OfCreator, frozen=True, kw_only=True):
    """``fields`` chooses among the fields; unless given all come. Dates are read and mean nothing: figures are of now."""

    fields: list[str] | None = None
    start_date: str | None = None
    end_date: str | None = None


class VideoFilters(msgspec.Struct, frozen=True):
    """Of these posts alone; with ``ad_post_only`` those alone that only ads show."""

    video_ids: Annotated[list[Id], msgspec.Meta(max_length=VIDEOS_MAX)] | None = None
    ad_post_only: bool | None = None


class VideosAsked(OfCreator, frozen=True, kw_only=True):
    """The posts after ``cursor``, the newest first."""

    fields: list[str] | None = None
    filters: VideoFilters | None = None
    cursor: int | None = None
    max_count: Annotated[int, msgspec.Meta(ge=1, le=VIDEOS_MAX)] | None = None


class ItemAsked(OfCreator, frozen=True, kw_only=True):
    """Which post."""

    item_id: Id


class SettingAsked(ItemAsked, frozen=True, kw_only=True):
    """Whether ads may use the post; if so, for how many days its new code holds."""

    is_ad_promotable: bool
    authorization_days: Literal[7, 30, 60, 365] | None = None


class LongerAsked(ItemAsked, frozen=True, kw_only=True):
    """For how many days more."""

    authorization_days: Literal[7, 30, 60, 365] | None = None


class Account(Given, frozen=True):
    """Who the creator is. Likes are of all their posts, organic and paid together."""

    username: str
    display_name: str
    profile_image: str
    bio_description: str
    is_verified: bool
    is_business_account: bool
    profile_deep_link: str
    followers_count: int
    following_count: int
    total_likes: int
    videos_count: int


class Video(Given, frozen=True):
    """A post, and how it was met: organic and paid together. ``create_time`` is in epoch seconds, as text."""

    item_id: Digits
    media_type: str
    caption: str
    thumbnail_url: str
    share_url: str
    embed_url: str
    video_duration: float
    create_time: str
    is_ad: bool
    status: str
    video_views: int
    likes: int
    comments: int
    shares: int
    favorites: int


class Videos(Given, frozen=True):
    """Some of the posts; the next are after ``cursor``."""

    videos: list[Any]
    cursor: int
    has_more: bool


class CodeGiven(Given, frozen=True):
    """A post's code: the newest that holds, else the newest. ``auth_code`` is "" once it was deleted."""

    item_id: Digits
    auth_code: str
    auth_code_status: str
    auth_code_start_time: Moment
    auth_code_end_time: Moment
    authorization_days: int


class Setting(Given, frozen=True):
    """Whether ads may use the post, and its code while they may."""

    item_id: Digits
    is_ad_promotable: bool
    auth_code: str | None
    auth_code_status: str | None
    auth_code_start_time: Moment | None
    auth_code_end_time: Moment | None
    authorization_days: int | None


@operation(
    "GET",
    "business/get",
    may=Right.VIEW,
    over=Over.CREATOR,
    allows=CreatorScope.PROFILE,
    summary="Read a creator's account",
    example=_CREATOR,
)
def account(call: Call[AccountAsked]) -> Account:
    """Name, handle, picture, and how many follow."""
    own = content.own_profile(call.scope)
    if own is None or not own.handle:
        raise NotFound(noun="creator's profile")
    row = _account(call, content.profile(call.scope, own.handle))
    (found,) = chosen([row], Account, call.asked.fields, ())
    return found  # type: ignore[no-any-return]  # With the fields asked for.


@operation(
    "GET",
    "business/video/list",
    may=Right.CREATE,
    over=Over.CREATOR,
    allows=CreatorScope.POSTS,
    summary="List a creator's posts",
    example=_CREATOR,
)
def videos(call: Call[VideosAsked]) -> Videos:
    """All of their posts, also those that not everybody sees; ``status`` says who does. Newest first."""
    asked = call.asked
    wanted = asked.filters or VideoFilters()
    page = own_posts_among(
        call.scope,
        Paging(asked.cursor or None, asked.max_count or VIDEOS_USUAL),
        ids=wanted.video_ids,
        ads_only=bool(wanted.ad_post_only),
    )
    ids = [post.id for post in page.items]
    plays, met = post_figures(ids), content.counts(ids)
    rows = [_video(call, post, plays[post.id].plays, met.get(post.id, Counts())) for post in page.items]
    return Videos(
        videos=chosen(rows, Video, asked.fields, ()),
        cursor=int(page.next_cursor or 0),
        has_more=page.next_cursor is not None,
    )


@operation(
    "POST",
    "business/post/authorize/setting",
    may=Right.CREATE,
    over=Over.CREATOR,
    allows=CreatorScope.CODES,
    summary="Let ads use a post, and make its code",
    example={**_ITEM, "is_ad_promotable": True, "authorization_days": 30},
)
def setting(call: Call[SettingAsked]) -> Setting:
    """On: the post is switched on for ads, and has a code that nobody used yet; one that is there stays. Off: unused codes
    end; refused while an ad account holds the post, for an app stops no ads. The creator's ad settings must be on.
    """
    asked = call.asked
    if not asked.is_ad_promotable:
        actions.shut_post(call.scope, asked.item_id, now=call.now)
        return Setting(
            item_id=str(asked.item_id),
            is_ad_promotable=False,
            **dict.fromkeys(set(Setting.__struct_fields__) - {"item_id", "is_ad_promotable"}),
        )
    days = asked.authorization_days or DURATION_DEFAULT_DAYS
    actions.open_post(call.scope, asked.item_id, duration_days=days, now=call.now)
    return Setting(is_ad_promotable=True, **msgspec.structs.asdict(_newest(call, asked.item_id)))


@operation(
    "POST",
    "business/post/authorize",
    may=Right.CREATE,
    over=Over.CREATOR,
    allows=CreatorScope.CODES,
    summary="Make a post's code hold longer",
    example={**_ITEM, "authorization_days": 30},
)
def lengthen(call: Call[LongerAsked]) -> CodeGiven:
    """By so many days from its end; one that expired comes back. Ads that use the post go on longer."""
    days = call.asked.authorization_days or DURATION_DEFAULT_DAYS
    actions.lengthen_code(call.scope, call.asked.item_id, duration_days=days, now=call.now)
    return _newest(call, call.asked.item_id)


@operation(
    "GET",
    "business/post/authorize/status",
    may=Right.CREATE,
    over=Over.CREATOR,
    allows=CreatorScope.CODES,
    summary="Read a post's code",
    example=_ITEM,
)
def status(call: Call[ItemAsked]) -> CodeGiven:
    """The newest that holds, else the newest. EXPIRED is said also of one that was taken back."""
    return _newest(call, call.asked.item_id)


@operation(
    "POST",
    "business/post/authorize/delete",
    may=Right.CREATE,
    over=Over.CREATOR,
    allows=CreatorScope.CODES,
    summary="Delete a post's code",
    example=_ITEM,
)
def delete(call: Call[ItemAsked]) -> CodeGiven:
    """If nobody used it: what an advertiser holds its creator revokes in the studio."""
    actions.delete_code(call.scope, call.asked.item_id, now=call.now)
    return _newest(call, call.asked.item_id)


def _newest(call: Call[Any], post_id: int) -> CodeGiven:
    return _code(post_codes.code_of(call.scope, post_id, now=call.now))


def _code(found: PostCode) -> CodeGiven:
    return CodeGiven(
        item_id=str(found.post_id),
        auth_code=found.code,
        auth_code_status=_STATUS[found.use],
        auth_code_start_time=moment(found.issued_at),
        auth_code_end_time=moment(found.ends_at),
        authorization_days=found.duration_days,
    )


def _account(call: Call[AccountAsked], found: ProfileView) -> Account:
    return Account(
        username=found.handle,
        display_name=found.display_name,
        profile_image=call.link(found.avatar_url),
        bio_description=found.bio,
        is_verified=False,
        is_business_account=False,
        profile_deep_link=call.link(f"/@{found.handle}/"),
        followers_count=found.followers,
        following_count=found.following,
        total_likes=found.likes,
        videos_count=len(content.own_post_ids(call.scope)),
    )


def _video(call: Call[VideosAsked], post: PostFacts, plays: int, met: Counts) -> Video:
    address = call.link(f"/posts/{post.id}/")
    return Video(
        item_id=str(post.id),
        media_type=items.item_type(post),
        caption=post.caption,
        thumbnail_url=call.link(post.poster_url),
        share_url=address,
        embed_url=address,
        video_duration=post.duration_ms / 1_000,
        create_time=str(_epoch(post.created_at)),
        is_ad=post.ads_only,
        status=items.item_status(post),
        video_views=plays,
        likes=met.likes,
        comments=met.comments,
        shares=met.shares,
        favorites=met.favourites,
    )


def _epoch(at: datetime) -> int:
    return int(at.timestamp())
