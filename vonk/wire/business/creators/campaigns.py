"""Campaigns of creators: tto/tcm/campaign/* and tto/tcm/report (reference API §17). ``tto_tcm_account_id`` is the ad account's id."""

from typing import Annotated, Any, Final, Literal

import msgspec

from vonk.authorisation.actions import creator_campaigns as actions
from vonk.authorisation.actions.creator_campaigns import CampaignChanges, CampaignDraft
from vonk.authorisation.queries.creator_campaigns import (
    CampaignPostView,
    CampaignView,
    campaign_posts,
    creator_campaign,
    creator_campaigns,
)
from vonk.authorisation.rules.creator_campaigns import NAME_MAX, LinkState
from vonk.content.queries.creator_figures import profiles_by_handle
from vonk.control.scope import Right
from vonk.core.errors import NotFound
from vonk.reporting.creator_campaigns import PostReport, campaign_report
from vonk.wire.business.asked import day, numbering
from vonk.wire.business.creators.tto import Handle, OfAccount
from vonk.wire.business.errors import ParameterInvalid
from vonk.wire.business.given import Digits, Given, Moment, PageInfo, moment, page_info, units
from vonk.wire.business.operation import Call, operation
from vonk.wire.codec import Id

_ACCOUNT: Final = {"tto_tcm_account_id": "1790000000000000001"}
_ONE: Final = {**_ACCOUNT, "campaign_id": "1790000000000000006"}
_RENAMED: Final = {"advertiser_id": "tto_tcm_account_id"}
_PAGE_SIZE_MAX: Final = 100
_DAYS_MAX: Final = 365
_HANDLES_MAX: Final = 100
_KEPT: Final = ("campaign_type", "anchor_id", "advertiser_ids")
_STATUS: Final = {
    LinkState.WAITING: "IN_REVIEW",
    LinkState.APPROVED: "APPROVE",
    LinkState.REFUSED: "REJECTED",
    LinkState.OVER: "REVOKE",
}
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_MAX)]
Handles = Annotated[list[Handle], msgspec.Meta(max_length=_HANDLES_MAX)]
Days = Literal[7, 30, 60, 365]
Kept = Annotated[str, msgspec.Meta(max_length=64)]


class CampaignsAsked(OfAccount, frozen=True, kw_only=True, rename=_RENAMED):
    """Which campaigns; without an id, all."""

    campaign_id: Id | None = None
    page: int | None = None
    page_size: int | None = None


class CampaignNew(OfAccount, frozen=True, kw_only=True, rename=_RENAMED):
    """A campaign, and whom to write to. The last three are kept and given back, and mean nothing here."""

    campaign_name: Name
    brand_name: Name
    handle_names: Handles | None = None
    default_spark_ads_requested_authorization_days: Days = 30
    campaign_type: Kept | None = None
    anchor_id: Kept | None = None
    advertiser_ids: Annotated[list[Id], msgspec.Meta(max_length=_HANDLES_MAX)] | None = None


class CampaignChanged(OfAccount, frozen=True, kw_only=True, rename=_RENAMED):
    """What changes; ``handle_names`` are written to as well."""

    campaign_id: Id
    campaign_name: Name | None = None
    brand_name: Name | None = None
    handle_names: Handles | None = None
    default_spark_ads_requested_authorization_days: Days | None = None
    campaign_type: Kept | None = None
    anchor_id: Kept | None = None
    advertiser_ids: Annotated[list[Id], msgspec.Meta(max_length=_HANDLES_MAX)] | None = None


class PostLinked(OfAccount, frozen=True, kw_only=True, rename=_RENAMED):
    """A post and a campaign: ask for it, or take it out."""

    campaign_id: Id
    video_id: Id
    action: Literal["LINK", "REVOKE"] = "LINK"


class LinksAsked(OfAccount, frozen=True, kw_only=True, rename=_RENAMED):
    """Which posts of a campaign; without ids, all."""

    campaign_id: Id
    video_ids: Annotated[list[Id], msgspec.Meta(max_length=_HANDLES_MAX)] | None = None


class ReportAsked(OfAccount, frozen=True, kw_only=True, rename=_RENAMED):
    """Which campaign, on which of the account's days."""

    campaign_id: Id
    start_date: str
    end_date: str


class Campaign(Given, frozen=True):
    """A campaign; ``creators_joined`` is this platform's own."""

    campaign_id: Digits
    campaign_name: str
    brand_name: str
    campaign_type: str | None
    anchor_id: str | None
    advertiser_ids: list[str]
    default_spark_ads_requested_authorization_days: int
    invite_link: str
    creators_joined: int
    create_time: Moment


class CampaignMade(Campaign, frozen=True):
    """A campaign, and who was not written to: nobody has the handle, or their ad settings are off."""

    failed_handle_names: list[str]


class Campaigns(Given, frozen=True):
    """A page of campaigns."""

    campaigns: list[Campaign]
    page_info: PageInfo


class LinkedVideo(Given, frozen=True):
    """Where a post stands; ``link_request_id`` is null where a consent was there before the campaign."""

    video_id: Digits
    handle_name: str | None
    status: Literal["IN_REVIEW", "APPROVE", "REJECTED", "REVOKE"]
    number_of_requests: int
    link_request_id: str | None


class LinkedVideos(Given, frozen=True):
    """Posts of a campaign, newest first."""

    video_infos: list[LinkedVideo]


class ReportedVideo(LinkedVideo, frozen=True):
    """A post's numbers: the first four outside ads, the rest in the ad account's ads. ``spend`` is in ``currency``."""

    video_views: int
    likes: int
    comments: int
    shares: int
    number_of_ads: int
    paid_impressions: int
    paid_video_views: int
    paid_clicks: int
    spend: float


class CampaignNumbers(Given, frozen=True):
    """The posts of a campaign in numbers."""

    campaign_id: Digits
    currency: str
    videos: list[ReportedVideo]


@operation("GET", "tto/tcm/campaign", may=Right.ACCOUNT_VIEW, summary="List campaigns of creators", example=_ACCOUNT)
def campaigns(call: Call[CampaignsAsked]) -> Campaigns:
    """Newest first, each with the link by which creators join."""
    asked = call.asked
    paged = numbering(asked.page, asked.page_size, most=_PAGE_SIZE_MAX)
    page = creator_campaigns(call.scope, paged, campaign_id=asked.campaign_id)
    return Campaigns(campaigns=[Campaign(**_campaign(one)) for one in page.items], page_info=page_info(page))


@operation(
    "POST",
    "tto/tcm/campaign/create",
    may=Right.CAMPAIGN_EDIT,
    summary="Make a campaign of creators",
    example={**_ACCOUNT, "campaign_name": "Spring", "brand_name": "Ada's bakery", "handle_names": ["cleo"]},
)
def create(call: Call[CampaignNew]) -> CampaignMade:
    """Whoever has ``invite_link`` may join; creators who are named and let their posts be advertised are written to."""
    asked = call.asked
    draft = CampaignDraft(
        name=asked.campaign_name,
        brand=asked.brand_name,
        duration_days=asked.default_spark_ads_requested_authorization_days,
        kept=_kept(asked),
    )
    return _made(call, actions.create(call.scope, draft, now=call.now), asked.handle_names)


@operation(
    "POST",
    "tto/tcm/campaign/update",
    may=Right.CAMPAIGN_EDIT,
    summary="Change a campaign of creators",
    example={**_ONE, "campaign_name": "Spring and summer"},
)
def update(call: Call[CampaignChanged]) -> CampaignMade:
    """What is left out stays. What was asked of creators stays as it was asked."""
    asked = call.asked
    changes = CampaignChanges(
        name=asked.campaign_name,
        brand=asked.brand_name,
        duration_days=asked.default_spark_ads_requested_authorization_days,
        kept=_kept(asked),
    )
    actions.update(call.scope, asked.campaign_id, changes, now=call.now)
    return _made(call, asked.campaign_id, asked.handle_names)


@operation(
    "POST",
    "tto/tcm/campaign/link",
    may=Right.CAMPAIGN_EDIT,
    summary="Ask for a post for a campaign",
    example={**_ONE, "video_id": "1790000000000000002", "action": "LINK"},
)
def link(call: Call[PostLinked]) -> LinkedVideos:
    """LINK asks a creator who joined for the post, for the campaign's days; while a question is out it changes nothing.

    REVOKE takes the post out of the campaign and withdraws the question. A consent that was given stays, with its own end.
    """
    asked = call.asked
    act = actions.ask if asked.action == "LINK" else actions.take_out
    act(call.scope, asked.campaign_id, asked.video_id, now=call.now)
    return _linked(call, asked.campaign_id, {asked.video_id})


@operation(
    "GET", "tto/tcm/campaign/link/status", may=Right.ACCOUNT_VIEW, summary="Read posts of a campaign", example=_ONE
)
def status(call: Call[LinksAsked]) -> LinkedVideos:
    """IN_REVIEW waits for an answer; APPROVE: the account may show the post; REVOKE: taken out, lapsed, or the consent ended."""
    wanted = call.asked.video_ids
    return _linked(call, call.asked.campaign_id, None if wanted is None else set(wanted))


@operation(
    "GET",
    "tto/tcm/report",
    may=Right.ACCOUNT_VIEW,
    summary="Read a campaign's posts in numbers",
    example={**_ONE, "start_date": "2026-01-01", "end_date": "2026-01-30"},
)
def report(call: Call[ReportAsked]) -> CampaignNumbers:
    """On the ad account's days, 366 at most. What happened outside ads is told of posts that the account may show now."""
    asked = call.asked
    first, last = day(asked.start_date, "start_date"), day(asked.end_date, "end_date")
    if not 0 <= (last - first).days <= _DAYS_MAX:
        raise ParameterInvalid(field="end_date", reason=f"from start_date on, at most {_DAYS_MAX} days after it")
    found = campaign_report(call.scope, asked.campaign_id, start_date=first, end_date=last, now=call.now)
    return CampaignNumbers(
        campaign_id=str(asked.campaign_id), currency=found.currency, videos=[_reported(one) for one in found.posts]
    )


def linked_video(one: CampaignPostView) -> dict[str, Any]:
    """Return where a post stands, as v1.3 says it."""
    return {
        "video_id": str(one.post.id),
        "handle_name": one.post.handle,
        "status": _STATUS[one.state],
        "number_of_requests": one.attempts,
        "link_request_id": str(one.request_id) if one.request_id is not None else None,
    }


def _linked(call: Call[Any], campaign_id: int, wanted: set[Id] | None) -> LinkedVideos:
    found = campaign_posts(call.scope, campaign_id, now=call.now)
    rows = [LinkedVideo(**linked_video(one)) for one in found if wanted is None or one.post.id in wanted]
    if wanted is not None and len(rows) != len(wanted):
        raise NotFound(noun="post in this campaign", field="video_ids")
    return LinkedVideos(video_infos=rows)


def _reported(one: PostReport) -> ReportedVideo:
    return ReportedVideo(
        **linked_video(one.of),
        video_views=one.organic.get("plays", 0),
        likes=one.organic.get("likes", 0),
        comments=one.organic.get("comments", 0),
        shares=one.organic.get("shares", 0),
        number_of_ads=one.ads,
        paid_impressions=one.paid.get("impressions", 0),
        paid_video_views=one.paid.get("plays", 0),
        paid_clicks=one.paid.get("clicks_destination", 0),
        spend=units(one.paid.get("spend", 0)),
    )


def _made(call: Call[Any], campaign_id: int, handles: list[str] | None) -> CampaignMade:
    known = profiles_by_handle(handles or ())
    invited = actions.invite(call.scope, campaign_id, set(known.values()), now=call.now) if known else frozenset()
    failed = [one for one in handles or () if known.get(one.strip().removeprefix("@").lower()) not in invited]
    return CampaignMade(**_campaign(creator_campaign(call.scope, campaign_id)), failed_handle_names=failed)


def _kept(asked: CampaignNew | CampaignChanged) -> dict[str, Any]:
    given = {name: getattr(asked, name) for name in _KEPT}
    return {
        name: [str(one) for one in value] if isinstance(value, list) else value
        for name, value in given.items()
        if value is not None
    }


def _campaign(one: CampaignView) -> dict[str, Any]:
    return {
        "campaign_id": str(one.id),
        "campaign_name": one.name,
        "brand_name": one.brand,
        "campaign_type": one.kept.get("campaign_type"),
        "anchor_id": one.kept.get("anchor_id"),
        "advertiser_ids": one.kept.get("advertiser_ids", []),
        "default_spark_ads_requested_authorization_days": one.duration_days,
        "invite_link": one.link,
        "creators_joined": one.joined,
        "create_time": moment(one.created_at),
    }
