"""Finding creators (reference API §17): those who let their posts be advertised. ``tto_tcm_account_id`` is the ad account's id."""

from collections.abc import Iterable
from typing import Annotated, Final, Literal

import msgspec

from vonk.content.queries.creator_figures import CreatorFigures
from vonk.content.rules import Disclosure
from vonk.control.scope import Right
from vonk.core.errors import Actor, Missing, NotFound
from vonk.core.ids import parse_id
from vonk.core.taxonomy import INTERESTS
from vonk.discovery import creators
from vonk.discovery.creators import CreatorPost, Onboarding, Period, Sort, Wanted
from vonk.wire.business.asked import Asked, numbering
from vonk.wire.business.creators.given import (
    Creator,
    CreatorDetail,
    Creators,
    Cursor,
    Label,
    Labels,
    Post,
    Posts,
    RankedCreator,
    RankedCreators,
    Status,
    Statuses,
)
from vonk.wire.business.errors import ParameterInvalid, answers
from vonk.wire.business.given import moment, page_info
from vonk.wire.business.interests import NUMBER_OF_INTEREST
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

_ACCOUNT: Final = {"tto_tcm_account_id": "1790000000000000001"}
_HANDLES_MAX: Final = 100
_PAGE_SIZE_MAX: Final = 200
_POSTS_MAX: Final = 20
_INTEREST_OF: Final = {number: name for name, number in NUMBER_OF_INTEREST.items()}
_BACK: Final = {"ONE": 1, "TWO": 2, "THREE": 3}
_SORTS: Final = {
    "RELEVANCE": Sort.FOLLOWERS, "FOLLOWERS": Sort.FOLLOWERS, "MEDIAN_VIEWS": Sort.MEDIAN_PLAYS,
    "ENGAGEMENT_RATE": Sort.ENGAGEMENT_RATE,
}  # fmt: skip
_UNKNOWN_HERE: Final = (
    "follower_age", "follower_country_codes", "follower_gender_ratio", "industry_label_ids", "languages", "max_avg_views",
    "max_creator_price", "min_avg_views", "min_creator_price", "state_provinces",
)  # fmt: skip

Handle = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Counted = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Rate = Annotated[float, msgspec.Meta(ge=0)]


class CreatorNotFound(Missing):
    """Only who lets their posts be advertised is found."""

    code = "creator_not_found"
    message = "%(handle)s is no creator who can be found."
    cause = "Nobody has this handle, the profile is private or banned, or its ad settings are off."
    remedy = "Check the handle, or ask the creator to switch their ad settings on."
    actor = Actor.CREATOR
    field = "handle_name"


answers({CreatorNotFound.code: 40121})


class OfAccount(Asked, frozen=True, kw_only=True, rename={"advertiser_id": "tto_tcm_account_id"}):
    """Of an ad account."""

    advertiser_id: Id


class LabelsOf(OfAccount, frozen=True, kw_only=True, rename={"advertiser_id": "tto_tcm_account_id"}):
    """What the labels are for."""

    label_type: Literal["RANKING", "SEARCH"]


class StatusOf(OfAccount, frozen=True, kw_only=True, rename={"advertiser_id": "tto_tcm_account_id"}):
    """Whose status."""

    handle_names: Annotated[list[Handle], msgspec.Meta(min_length=1, max_length=_HANDLES_MAX)]


class PublicOf(OfAccount, frozen=True, kw_only=True, rename={"advertiser_id": "tto_tcm_account_id"}):
    """Which creator."""

    handle_name: Handle


class PostsOf(PublicOf, frozen=True, kw_only=True, rename={"advertiser_id": "tto_tcm_account_id"}):
    """Which posts of a creator."""

    video_ids: Annotated[list[Id], msgspec.Meta(max_length=_POSTS_MAX)] | None = None
    cursor: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=_POSTS_MAX)] = _POSTS_MAX


class Discover(OfAccount, frozen=True, kw_only=True, rename={"advertiser_id": "tto_tcm_account_id"}):
    """Which creators. ``country_codes`` is read alone: where a creator lives is told to nobody."""

    country_codes: list[str] | None = None
    content_label_ids: list[Id] | None = None
    keyword_search: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    min_followers: Counted | None = None
    max_followers: Counted | None = None
    min_median_views: Counted | None = None
    max_median_views: Counted | None = None
    min_engagement_rate: Rate | None = None
    max_engagement_rate: Rate | None = None
    sort_field: Literal["RELEVANCE", "FOLLOWERS", "MEDIAN_VIEWS", "ENGAGEMENT_RATE"] = "RELEVANCE"
    sort_order: Literal["ASC", "DESC"] = "DESC"
    page: int | None = None
    page_size: int | None = None
    # What nobody here says of themselves or their followers, and so cannot be filtered by.
    follower_age: str | None = None
    follower_country_codes: str | None = None
    follower_gender_ratio: str | None = None
    industry_label_ids: str | None = None
    languages: str | None = None
    min_avg_views: str | None = None
    max_avg_views: str | None = None
    min_creator_price: str | None = None
    max_creator_price: str | None = None
    state_provinces: str | None = None


class RankOf(OfAccount, frozen=True, kw_only=True, rename={"advertiser_id": "tto_tcm_account_id"}):
    """Which ranking. ``country_code`` is read alone."""

    label_id: Id
    ranking_type: Literal["BRANDED_CONTENT", "ORGANIC_CONTENT"] = "ORGANIC_CONTENT"
    time_period: Literal["WEEK", "MONTH"] = "WEEK"
    time_period_lookback: Literal["ONE", "TWO", "THREE"] = "ONE"
    country_code: str | None = None
    page: int | None = None
    page_size: int | None = None


@operation(
    "GET", "tto/tcm/category/label", may=Right.ACCOUNT_VIEW, summary="List creators' labels",
    example={**_ACCOUNT, "label_type": "SEARCH"},
)  # fmt: skip
def labels(call: Call[LabelsOf]) -> Labels:  # noqa: ARG001 - the labels are everybody's, and both types the same.
    """The interests by which creators are found: a creator has those that stand as hashtags on their public posts."""
    return Labels(content_labels=_labels(INTERESTS), industry_labels=[])


@operation(
    "GET", "tto/tcm/creator/status/get", may=Right.ACCOUNT_VIEW, summary="Read whether creators can be found",
    example={**_ACCOUNT, "handle_names": ["cleo"]},
)  # fmt: skip
def status(call: Call[StatusOf]) -> Statuses:
    """IN: they let their posts be advertised. NOT_IN: their ad settings are off, or the profile is private. INVALID: nobody."""
    told = creators.onboarding(call.scope, call.asked.handle_names)
    return Statuses(onboarding_status=[Status(handle_name=name, status=_status(one)) for name, one in told])


@operation(
    "GET", "tto/tcm/creator/public", may=Right.ACCOUNT_VIEW, summary="Read a creator's figures",
    example={**_ACCOUNT, "handle_name": "cleo"},
)  # fmt: skip
def public(call: Call[PublicOf]) -> CreatorDetail:
    """A creator who can be found."""
    try:
        one = creators.creator(call.scope, call.asked.handle_name)
    except NotFound as problem:
        raise CreatorNotFound(handle=call.asked.handle_name[:100]) from problem
    row = _creator(one, call.link(one.avatar_url))
    return CreatorDetail(
        **msgspec.structs.asdict(row),
        creator_id=str(one.profile_id),
        bio=one.bio,
        median_views=one.median_plays,
        engagement_rate=round(one.engagement_rate, 4),
        creator_price=None,
        currency=None,
        content_labels=_labels(one.tags),
        industry_labels=[],
    )


@operation(
    "GET", "tto/tcm/creator/public/video/list", may=Right.ACCOUNT_VIEW, summary="List a creator's public posts",
    example={**_ACCOUNT, "handle_name": "cleo"},
)  # fmt: skip
def posts(call: Call[PostsOf]) -> Posts:
    """The public posts of a creator who can be found, newest first."""
    asked = call.asked
    try:
        after = parse_id(asked.cursor) if asked.cursor and asked.cursor != "0" else None
    except ValueError as problem:
        raise ParameterInvalid(field="cursor", reason="as the page before answered it") from problem
    try:
        found, going_on = creators.creator_posts(
            call.scope, asked.handle_name, after=after, size=asked.limit, post_ids=asked.video_ids
        )
    except NotFound as problem:
        raise CreatorNotFound(handle=asked.handle_name[:100]) from problem
    more = Cursor(has_more=going_on is not None, cursor=str(going_on) if going_on is not None else "")
    return Posts(posts=[_post(call, one) for one in found], page_info=more)


@operation(
    "GET", "tto/tcm/creator/discover", may=Right.ACCOUNT_VIEW, summary="Find creators",
    example={**_ACCOUNT, "country_codes": ["NL"], "min_followers": 100},
)  # fmt: skip
def discover(call: Call[Discover]) -> Creators:
    """The creators who match, of the 500 most followed of them. RELEVANCE is by followers."""
    asked = call.asked
    for name in _UNKNOWN_HERE:
        if getattr(asked, name) is not None:
            raise ParameterInvalid(field=name, reason="creators cannot be filtered by it: nothing is known of it here")
    wanted = Wanted(
        keyword=_keyword(asked.keyword_search or ""),
        labels=tuple(_label("content_label_ids", one) for one in asked.content_label_ids or ()),
        followers_min=asked.min_followers or 0,
        followers_max=asked.max_followers,
        plays_min=asked.min_median_views or 0,
        plays_max=asked.max_median_views,
        rate_min=asked.min_engagement_rate or 0.0,
        rate_max=asked.max_engagement_rate,
        sort=_SORTS[asked.sort_field],
        descending=asked.sort_order == "DESC",
    )
    page = creators.creators(call.scope, wanted, numbering(asked.page, asked.page_size, most=_PAGE_SIZE_MAX))
    rows = [_creator(one, call.link(one.avatar_url)) for one in page.items]
    return Creators(creators=rows, page_info=page_info(page))


@operation(
    "GET", "tto/tcm/rank", may=Right.ACCOUNT_VIEW, summary="Rank creators", example={**_ACCOUNT, "label_id": "26014"}
)
def rank(call: Call[RankOf]) -> RankedCreators:
    """Creators of a label by the views of their public posts outside ads, in a whole week from Monday or a whole month, UTC."""
    asked = call.asked
    branded = asked.ranking_type == "BRANDED_CONTENT"
    found = creators.ranking(
        call.scope,
        numbering(asked.page, asked.page_size, most=_PAGE_SIZE_MAX),
        call.now,
        label=_label("label_id", asked.label_id),
        period=Period.WEEK if asked.time_period == "WEEK" else Period.MONTH,
        back=_BACK[asked.time_period_lookback],
        branded=branded,
    )
    rows = [_ranked(one, call.link(one.creator.avatar_url), branded=branded) for one in found.page.items]
    return RankedCreators(creators=rows, last_updated_at=moment(found.ended_at), page_info=page_info(found.page))


def _creator(one: CreatorFigures, picture: str) -> Creator:
    return Creator(
        handle_name=one.handle,
        display_name=one.display_name,
        profile_image=picture,
        followers_count=one.followers,
        following_count=one.following,
        likes_count=one.likes,
        videos_count=one.videos,
    )


def _ranked(one: creators.Ranked, picture: str, *, branded: bool) -> RankedCreator:
    moved = one.place_before - one.place if one.place_before is not None else None
    return RankedCreator(
        ranking_change=f"{moved:+d}" if moved is not None else None,
        profile_image=picture,
        country=None,
        handle=one.creator.handle,
        display_name=one.creator.display_name,
        industry_labels=[],
        content_labels=_labels(one.creator.tags),
        score=None,
        number_of_followers=one.creator.followers,
        branded_content_video_views=one.plays if branded else None,
        branded_content_engagement_rate=None,
        total_video_views=None if branded else one.plays,
        engagement_rate=round(one.creator.engagement_rate, 4),
        starting_price=None,
        starting_price_currency=None,
        follower_growth=None,
    )


def _post(call: Call[PostsOf], one: CreatorPost) -> Post:
    card = one.card
    return Post(
        display_name=card.profile.display_name,
        video_id=str(card.post_id),
        thumbnail_url=call.link(card.poster_url),
        embed_url=call.link(f"/posts/{card.post_id}/"),
        caption=card.caption,
        likes=card.counts.likes,
        comments=card.counts.comments,
        shares=card.counts.shares,
        favorites=card.counts.favourites,
        video_views=one.figures.plays,
        create_time=moment(card.created_at),
        caption_hashtags=list(card.hashtags),
        mentioned_accounts=list(card.mentions),
        collaboration_status="PAID_PARTNERSHIP" if card.disclosure is Disclosure.BRANDED else "NONE",
    )


def _status(one: Onboarding) -> str:
    return {Onboarding.IN: "IN", Onboarding.NOT_IN: "NOT_IN", Onboarding.INVALID: "INVALID"}[one]


def _labels(names: Iterable[str]) -> list[Label]:
    return [Label(label_id=str(NUMBER_OF_INTEREST[name]), label_name=INTERESTS[name]) for name in sorted(names)]


def _label(field: str, number: int) -> str:
    name = _INTEREST_OF.get(number)
    if name is None:
        raise ParameterInvalid(field=field, reason=f"{number} is no label; tto/tcm/category/label lists them")
    return name


def _keyword(text: str) -> str:
    """Return what is looked for; some clients send it as a list of one."""
    try:
        return " ".join(msgspec.json.decode(text, type=list[str]))
    except msgspec.MsgspecError:
        return text.strip()
