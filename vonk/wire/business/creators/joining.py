"""Creators in campaigns: tto/creator/* (reference API §17). For a creator's own token, and for
an app that they let do it.
"""

from typing import Annotated, Final, Literal

import msgspec

from vonk.authorisation import campaign_links
from vonk.authorisation.actions import answers
from vonk.authorisation.actions import creator_campaigns as actions
from vonk.authorisation.actions.answers import Choice
from vonk.authorisation.queries.creator_campaigns import asked_of_creator, invitation
from vonk.control.scope import Right
from vonk.identity.rules import CreatorScope
from vonk.wire.business.asked import Asked
from vonk.wire.business.creators.campaigns import LinkedVideo, LinkedVideos, linked_video
from vonk.wire.business.given import Digits, Given
from vonk.wire.business.operation import Call, Over, operation
from vonk.wire.codec import Id

_LINK: Final = {
    "tto_invite_link": "https://vonk.example/studio/campaigns/1790000000000000006/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/"
}
_REQUEST: Final = {"link_request_id": "1790000000000000007"}
Link = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Days = Literal[7, 30, 60, 365]


class Join(Asked, frozen=True, kw_only=True):
    """By which link."""

    tto_invite_link: Link


class Bring(Join, frozen=True, kw_only=True):
    """Which post of one's own, and for how many days: as the campaign asks unless said."""

    video_id: Id
    spark_authorization_days: Days | None = None


class RequestsAsked(Asked, frozen=True, kw_only=True):
    """Nothing: one's own."""


class Confirm(Asked, frozen=True, kw_only=True):
    """The answer; with APPROVE for how many days, as asked unless said."""

    link_request_id: Id
    action: Literal["APPROVE", "REJECT"]
    spark_authorization_days: Days | None = None


class Joined(Given, frozen=True):
    """The campaign, and for how many days it asks for posts."""

    campaign_id: Digits
    campaign_name: str
    brand_name: str
    spark_authorization_days: int


class LinkRequest(LinkedVideo, frozen=True):
    """A campaign waits for this post."""

    campaign_id: Digits
    spark_authorization_days: int


class LinkRequests(Given, frozen=True):
    """What waits for the creator, newest first."""

    link_requests: list[LinkRequest]


@operation(
    "POST",
    "tto/creator/campaign/join",
    over=Over.CREATOR,
    allows=CreatorScope.CAMPAIGNS,
    may=Right.VIEW,
    summary="Join a campaign",
    example=_LINK,
)
def join(call: Call[Join]) -> Joined:
    """Joining allows the advertiser nothing by itself but to ask. Twice is once. 40007 for a link that leads nowhere."""
    campaign_id, mark = campaign_links.read(call.asked.tto_invite_link)
    actions.join(call.scope, campaign_id, mark, now=call.now)
    told = invitation(call.scope, campaign_id, mark, now=call.now)
    return Joined(
        campaign_id=str(told.id),
        campaign_name=told.name,
        brand_name=told.brand,
        spark_authorization_days=told.duration_days,
    )


@operation(
    "POST",
    "tto/creator/video/link",
    over=Over.CREATOR,
    allows=CreatorScope.CAMPAIGNS,
    may=Right.VIEW,
    summary="Bring a post into a campaign",
    example={**_LINK, "video_id": "1790000000000000002"},
)
def bring(call: Call[Bring]) -> LinkedVideos:
    """The campaign asks for the post, and the creator consents, as to any request; what is off in their ad settings is
    switched on. A post that the ad account asked for on terms waits until those are answered in the studio: IN_REVIEW.
    """
    asked = call.asked
    campaign_id, mark = campaign_links.read(asked.tto_invite_link)
    actions.bring(
        call.scope, campaign_id, mark, asked.video_id, duration_days=asked.spark_authorization_days, now=call.now
    )
    told = invitation(call.scope, campaign_id, mark, now=call.now)
    return LinkedVideos(
        video_infos=[LinkedVideo(**linked_video(one)) for one in told.posts if one.post.id == asked.video_id]
    )


@operation(
    "GET",
    "tto/creator/link/request/get",
    over=Over.CREATOR,
    allows=CreatorScope.CAMPAIGNS,
    may=Right.VIEW,
    summary="List what campaigns ask for",
    example={},
)
def requests(call: Call[RequestsAsked]) -> LinkRequests:
    """Posts of the creator that campaigns wait for."""
    return LinkRequests(
        link_requests=[
            LinkRequest(
                **linked_video(one), campaign_id=str(one.campaign_id), spark_authorization_days=one.duration_days
            )
            for one in asked_of_creator(call.scope, now=call.now)
        ]
    )


@operation(
    "POST",
    "tto/creator/link/request/confirm",
    over=Over.CREATOR,
    allows=CreatorScope.CAMPAIGNS,
    may=Right.VIEW,
    summary="Answer what a campaign asks for",
    example={**_REQUEST, "action": "APPROVE"},
)
def confirm(call: Call[Confirm]) -> None:
    """As in the studio: APPROVE is a consent for these days, and what is off in the ad settings is switched on. A question
    with terms is answered in the studio, where they are read.
    """
    asked = call.asked
    if asked.action == "REJECT":
        answers.refuse(call.scope, asked.link_request_id, now=call.now)
        return
    choice = Choice(duration_days=asked.spark_authorization_days, switch_on=True)
    answers.accept(call.scope, asked.link_request_id, choice, now=call.now)
