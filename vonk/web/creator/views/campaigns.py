"""A campaign that a creator has the link of: what it is, joining it, and bringing posts."""

from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from vonk.authorisation.actions import creator_campaigns as actions
from vonk.authorisation.queries.creator_campaigns import InvitationView, invitation
from vonk.authorisation.rules.creator_campaigns import LinkState
from vonk.content import queries as content
from vonk.content.queries import PostFacts
from vonk.content.rules import Visibility
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid
from vonk.core.ids import parse_id
from vonk.web.common import asking
from vonk.web.common.records import Badge, Tone
from vonk.web.common.requests import now_of, paging_of
from vonk.web.creator.access import for_creators

_BADGES: Final = {
    LinkState.WAITING: (gettext_lazy("Waits for an answer"), Tone.BUSY),
    LinkState.APPROVED: (gettext_lazy("You agreed"), Tone.GOOD),
    LinkState.REFUSED: (gettext_lazy("You refused"), Tone.CALM),
    LinkState.OVER: (gettext_lazy("Over"), Tone.CALM),
}


class PostRow(msgspec.Struct, frozen=True):
    """A post of the creator's: in the campaign (``badge``), or one to bring. ``request_id`` is of what waits for them."""

    id: int
    title: str
    poster_url: str
    badge: Badge | None
    request_id: int | None


class CampaignPage(msgspec.Struct, frozen=True):
    """The page. ``mark`` signs its address; ``offered`` are public posts that are not in the campaign."""

    campaign: InvitationView
    mark: str
    days: str
    rows: tuple[PostRow, ...]
    offered: tuple[PostRow, ...]
    next_cursor: str | None


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope, campaign_id: int, mark: str) -> HttpResponse:
    """Show who asks for what, and once one joined, one's posts."""
    found = invitation(scope, campaign_id, mark, now=now_of(request))
    posts = content.own_posts(scope, paging_of(request))
    inside = {one.post.id for one in found.posts if one.state in {LinkState.WAITING, LinkState.APPROVED}}
    record = CampaignPage(
        campaign=found,
        mark=mark,
        days=asking.days_words(found.duration_days),
        rows=tuple(
            PostRow(
                one.post.id,
                _title(one.post.caption),
                one.post.poster_url,
                Badge(str(_BADGES[one.state][0]), _BADGES[one.state][1]),
                one.request_id if one.state is LinkState.WAITING else None,
            )
            for one in found.posts
        ),
        offered=tuple(
            PostRow(post.id, _title(post.caption), post.poster_url, None, None)
            for post in posts.items
            if post.id not in inside and _may_be_brought(post)
        )
        if found.joined
        else (),
        next_cursor=posts.next_cursor if found.joined else None,
    )
    response = render(request, "creator/campaign.html", {"page": record})
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@require_POST
@for_creators
def join(request: HttpRequest, scope: Scope, campaign_id: int, mark: str) -> HttpResponse:
    """Join it."""
    actions.join(scope, campaign_id, mark, now=now_of(request))
    messages.success(request, _("You are in. Choose the posts that this advertiser may show."))
    return redirect("creator:campaign", campaign_id, mark)


@require_POST
@for_creators
def bring(request: HttpRequest, scope: Scope, campaign_id: int, mark: str) -> HttpResponse:
    """Consent to a post for the campaign's days."""
    try:
        post_id = parse_id(request.POST.get("post_id", ""))
    except ValueError as error:
        raise FieldInvalid("post_id", "one of your posts") from error
    actions.bring(scope, campaign_id, mark, post_id, now=now_of(request))
    messages.success(request, _("Brought into the campaign. You can revoke it at any time on the post's page."))
    return redirect("creator:campaign", campaign_id, mark)


def _may_be_brought(post: PostFacts) -> bool:
    return post.available and not post.ads_only and post.visibility is Visibility.PUBLIC


def _title(caption: str) -> str:
    return caption or _("Without a caption")
