"""The feed: its page, its next posts, and the state of the posts that ads show."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from vonk.content.queries.cards import PostCard
from vonk.content.queries.overlays import Overlay
from vonk.content.queries.reactions import Reaction, reactions
from vonk.core.errors import FieldInvalid
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.delivery.matching.places import Policy
from vonk.discovery import queries as discovery
from vonk.discovery import reasons
from vonk.events.tokens import ViewerClaims
from vonk.web.common.requests import id_of, now_of, person_scope
from vonk.web.viewer import overlays, reasons_words, reports, tokens, words
from vonk.web.viewer.records import (
    FeedItem,
    FeedPage,
    FeedPicture,
    FeedProfile,
    FeedSound,
    FeedState,
    PostState,
    SlotPolicy,
)
from vonk.web.viewer.views.scopes import viewer_scope

SURFACE: Final = "for_you"
FOLLOWING: Final = "following"
PLACES: Final = Policy(first=4, between=4)  # Where the operator's setting says nothing of this surface.
PAGE_SIZE: Final = 12  # A minute or two of watching.


@require_safe
@gzip_page
@never_cache
@ensure_csrf_cookie
def feed(request: HttpRequest) -> HttpResponse:
    """Show the feed; ``first`` in the address puts one post before all others."""
    first = request.GET.get("first")
    return _stage(request, SURFACE, first_post_id=id_of(first, "first") if first else None)


@require_safe
@gzip_page
@never_cache
@ensure_csrf_cookie
def following(request: HttpRequest) -> HttpResponse:
    """Show the feed of the creators whom the person follows; whoever is not signed in is asked to be."""
    person_scope(request)
    return _stage(request, FOLLOWING)


@require_safe
@never_cache
def feed_next(request: HttpRequest) -> HttpResponse:
    """Answer the next posts, each with the token of its showing, and a fresh viewer token."""
    if request.GET.get("from") == FOLLOWING:
        return _next_followed(request)
    scope, now = viewer_scope(request), now_of(request)
    cursor, first = request.GET.get("cursor"), request.GET.get("first")
    found = discovery.feed_page(
        scope, cursor=cursor or None, size=PAGE_SIZE, now=now, learnt=settings.VONK_LEARNT.now()
    )
    cards = list(found.items)
    if first and not cursor:
        chosen = discovery.post_page(scope, id_of(first, "first"))
        cards = [chosen, *(card for card in cards if card.post_id != chosen.post_id)]
    return _page(request, cards, found.next_cursor, surface=SURFACE)


@require_safe
@never_cache
def feed_state(request: HttpRequest) -> HttpResponse:
    """Answer counters and the viewer's own engagements for the posts named in ``posts``."""
    post_ids = [id_of(text, "posts") for text in request.GET.get("posts", "").split(",") if text]
    if not 1 <= len(post_ids) <= PAGE_SIZE_MAX:
        raise FieldInvalid("posts", "from 1 to %(most)s ids", most=PAGE_SIZE_MAX)
    scope = viewer_scope(request)
    found = reactions(scope, post_ids)
    over = overlays.of(scope, list(found))
    states = {
        str(post_id): _state(post_id, state, over.get(post_id, overlays.NOTHING)) for post_id, state in found.items()
    }
    return HttpResponse(msgspec.json.encode(FeedState(states)), content_type="application/json")


@require_safe
@never_cache
def why(request: HttpRequest, post_id: int) -> HttpResponse:
    """Show why the post may stand in the viewer's feed: a part of a page, for its menu."""
    found = reasons.why(viewer_scope(request), post_id, now=now_of(request), learnt=settings.VONK_LEARNT.now())
    return render(request, "viewer/parts/why_post.html", {"lines": reasons_words.lines(found), "why": found})


def _state(post_id: int, state: Reaction, overlay: Overlay) -> PostState:
    return PostState(
        counts=state.counts,
        liked=state.liked,
        favourited=state.favourited,
        followed=state.followed,
        own=state.own,
        has_page=state.has_page,
        stickers=overlays.stickers(overlay, in_ad=True),
        subtitles=overlays.subtitles(post_id, overlay),
        small_url=overlay.small_url,
    )


def _stage(request: HttpRequest, surface: str, *, first_post_id: int | None = None) -> HttpResponse:
    return render(
        request,
        "viewer/feed.html",
        {
            "surface": surface,
            "first_post_id": first_post_id,
            "report_reasons": reports.offered(),
            "words": words.feed_words(),
        },
    )


def _next_followed(request: HttpRequest) -> HttpResponse:
    found = discovery.following_page(
        person_scope(request), cursor=request.GET.get("cursor") or None, size=PAGE_SIZE, now=now_of(request)
    )
    return _page(request, found.items, found.next_cursor, surface=FOLLOWING)


def _page(request: HttpRequest, cards: Iterable[PostCard], cursor: str | None, *, surface: str) -> HttpResponse:
    now = now_of(request)
    viewer = tokens.viewer_of(request, viewer_scope(request), now=now)
    shown = tuple(cards)
    scope = viewer_scope(request)
    over = overlays.of(scope, [card.post_id for card in shown])
    answered = overlays.credits_of(scope, shown)
    items = (_item(card, viewer, surface, over.get(card.post_id, overlays.NOTHING), now=now) for card in shown)
    page = FeedPage(
        items=tuple(
            msgspec.structs.replace(item, credit=answered.get(card.post_id))
            for card, item in zip(shown, items, strict=True)
        ),
        cursor=cursor,
        viewer_token=tokens.signer().sign_viewer(viewer),
        ads_url=settings.VONK.ads_url,
        slot_policy=_slot_policy(surface),
    )
    return HttpResponse(msgspec.json.encode(page), content_type="application/json")


def _slot_policy(surface: str) -> SlotPolicy:
    """Return where ads may stand; among those whom somebody follows nowhere, unless the operator's setting says so."""
    places = settings.VONK.ad_places.get(surface, PLACES if surface == SURFACE else None)
    return SlotPolicy(places.first, places.between + 1) if places is not None else SlotPolicy(0, 0)


def _item(card: PostCard, viewer: ViewerClaims, surface: str, overlay: Overlay, *, now: datetime) -> FeedItem:
    profile, sound = card.profile, card.sound
    return FeedItem(
        post_id=str(card.post_id),
        token=tokens.organic_showing(
            viewer,
            post_id=card.post_id,
            profile_id=profile.id,
            duration_ms=card.duration_ms,
            surface=surface,
            now=now,
        ),
        profile=FeedProfile(
            id=str(profile.id),
            handle=profile.handle,
            display_name=profile.display_name,
            avatar_url=profile.avatar_url,
            url=reverse("viewer:profile", args=[profile.handle]),
            followed=profile.followed,
        ),
        caption=card.caption,
        segments=card.segments,
        sound=FeedSound(str(sound.id), sound.title, reverse("viewer:sound", args=[sound.id])) if sound else None,
        video_url=card.video_url,
        poster_url=card.poster_url,
        duration_ms=card.duration_ms,
        width=card.width,
        height=card.height,
        counts=card.counts,
        liked=card.liked,
        favourited=card.favourited,
        may_duet=card.may_duet,
        may_stitch=card.may_stitch,
        own=card.own,
        disclosure=card.disclosure.value,
        ai_generated=card.ai_generated,
        pictures=tuple(FeedPicture(one.url, one.small_url, one.width, one.height, one.alt) for one in card.pictures),
        sound_url=card.sound_url,
        small_url=overlay.small_url,
        stickers=overlays.stickers(overlay, in_ad=False),
        subtitles=overlays.subtitles(card.post_id, overlay),
    )
