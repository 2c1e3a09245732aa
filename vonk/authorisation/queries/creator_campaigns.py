"""Campaigns of creators, as their ad account and as creators read them."""

from datetime import datetime
from typing import Any

import msgspec
from django.db.models import QuerySet

from vonk.authorisation import campaign_links, needs, reach
from vonk.authorisation.actions import questions
from vonk.authorisation.models import CampaignPost, Consent, CreatorCampaign
from vonk.authorisation.queries.posts import PostView, post_view
from vonk.authorisation.rules import RequestState
from vonk.authorisation.rules.creator_campaigns import POSTS_PER_CAMPAIGN_MAX, LinkState, link_state
from vonk.content import queries as content
from vonk.control.paging import Numbered, Numbering, numbered
from vonk.control.scope import Right, Scope
from vonk.core.errors import NotFound
from vonk.identity.queries import account_facts


class CampaignView(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign as its ad account reads it; ``link`` is the whole address to hand over."""

    id: int
    name: str
    brand: str
    duration_days: int
    link: str
    joined: int
    kept: dict[str, Any]
    created_at: datetime


class CampaignPostView(msgspec.Struct, frozen=True, kw_only=True):
    """A post in a campaign. ``request_id`` and ``request_state`` are of what was asked for it last, if anything was."""

    campaign_id: int
    post: PostView
    state: LinkState
    request_id: int | None
    request_state: RequestState | None
    attempts: int
    duration_days: int
    linked_at: datetime


class InvitationView(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign as a creator who has its link reads it, with their own posts in it."""

    id: int
    name: str
    brand: str
    account_name: str
    advertiser_name: str
    payer_name: str
    duration_days: int
    joined: bool
    posts: tuple[CampaignPostView, ...]


def creator_campaigns(scope: Scope, numbering: Numbering, *, campaign_id: int | None = None) -> Numbered[CampaignView]:
    """Return the account's campaigns of creators, newest first."""
    scope.require(Right.ACCOUNT_VIEW)
    rows = CreatorCampaign.objects.filter(account_id=scope.account)
    return numbered(rows if campaign_id is None else rows.filter(pk=campaign_id), numbering, _campaign)


def creator_campaign(scope: Scope, campaign_id: int) -> CampaignView:
    """Return one of the account's campaigns; NotFound for others'."""
    scope.require(Right.ACCOUNT_VIEW)
    row = CreatorCampaign.objects.filter(pk=campaign_id, account_id=scope.account).first()
    if row is None:
        raise NotFound(noun="campaign")
    return _campaign(row)


def campaign_posts(scope: Scope, campaign_id: int, *, now: datetime) -> tuple[CampaignPostView, ...]:
    """Return the posts of one of the account's campaigns, newest first; NotFound for others' campaigns."""
    creator_campaign(scope, campaign_id)
    return _posts(CampaignPost.objects.filter(campaign_id=campaign_id), now)


def invitation(scope: Scope, campaign_id: int, mark: str, *, now: datetime) -> InvitationView:
    """Return a campaign to a creator who has its link; NotFound for one that nobody signed."""
    profile_id = reach.own_profile(scope)
    row = CreatorCampaign.objects.filter(pk=campaign_id).first()
    if row is None:
        raise NotFound(noun="campaign")
    campaign_links.require(campaign_id, mark)
    account = account_facts(row.account_id)
    return InvitationView(
        id=row.pk,
        name=row.name,
        brand=row.brand,
        account_name=account.name,
        advertiser_name=account.advertiser_name,
        payer_name=account.payer_name,
        duration_days=row.duration_days,
        joined=row.members.filter(profile_id=profile_id, joined_at__isnull=False).exists(),
        posts=_posts(row.posts.filter(post__profile_id=profile_id), now),
    )


def asked_of_creator(scope: Scope, *, now: datetime) -> tuple[CampaignPostView, ...]:
    """Return the acting creator's posts that campaigns wait for, newest first."""
    rows = CampaignPost.objects.filter(
        post__profile_id=reach.own_profile(scope), taken_out_at=None, request__outcome=None, request__lapses_at__gt=now
    )
    return _posts(rows, now)


def _campaign(row: CreatorCampaign) -> CampaignView:
    return CampaignView(
        id=row.pk,
        name=row.name,
        brand=row.brand,
        duration_days=row.duration_days,
        link=campaign_links.link(row.pk),
        joined=row.members.filter(joined_at__isnull=False).count(),
        kept=row.kept,
        created_at=row.created_at,
    )


def _posts(rows: QuerySet[CampaignPost], now: datetime) -> tuple[CampaignPostView, ...]:
    found = list(rows.select_related("request", "campaign").order_by("-pk")[:POSTS_PER_CAMPAIGN_MAX])
    posts = content.post_facts({row.post_id for row in found})
    held = set(
        Consent.objects.filter(
            needs.in_force(now),
            account_id__in={row.campaign.account_id for row in found},
            post_id__in=posts.keys(),
        ).values_list("account_id", "post_id")
    )
    told = []
    for row in found:
        state = questions.state_of(row.request, now) if row.request is not None else None
        told.append(
            CampaignPostView(
                campaign_id=row.campaign_id,
                post=post_view(posts[row.post_id]),
                state=link_state(
                    state,
                    consent_holds=(row.campaign.account_id, row.post_id) in held,
                    taken_out=row.taken_out_at is not None,
                ),
                request_id=row.request_id,
                request_state=state,
                attempts=row.request.attempts if row.request is not None else 0,
                duration_days=row.request.duration_days if row.request is not None else row.campaign.duration_days,
                linked_at=row.linked_at,
            )
        )
    return tuple(told)
