"""My posts: what is on its way, what is published, what it brought."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vonk.authorisation import queries as authorisation
from vonk.authorisation.queries import Promotion
from vonk.billing import queries as billing
from vonk.content import queries as content
from vonk.content.queries import PostFacts
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.reporting import queries as reporting
from vonk.web.common import formats
from vonk.web.common.records import Badge
from vonk.web.common.requests import now_of, paging_of
from vonk.web.creator import numbers, words
from vonk.web.creator.access import for_creators
from vonk.web.creator.numbers import Split
from vonk.web.creator.uploads import UploadView, upload_view

UPLOADS_SHOWN: Final = 10
FAILED_SHOWN_FOR: Final = timedelta(days=1)  # A refused file has been read about by then.


class HomePost(msgspec.Struct, frozen=True):
    """A post in the list."""

    id: int
    title: str
    poster_url: str
    duration_ms: int
    created_at: datetime
    visibility: Badge
    consent: Badge
    views: Split
    likes: Split


class Home(msgspec.Struct, frozen=True):
    """The page."""

    greeting: str
    views: Split
    likes: Split
    earned: str
    uploads: tuple[UploadView, ...]
    posts: tuple[HomePost, ...]
    next_cursor: str | None


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the creator's posts."""
    return render(request, "creator/home.html", {"page": _home(scope, paging_of(request), now_of(request))})


def _home(scope: Scope, paging: Paging, now: datetime) -> Home:
    profile = content.own_profile(scope)
    posts = content.own_posts(scope, paging)
    ids = [post.id for post in posts.items]
    splits = numbers.of_posts(ids, now)
    standings = authorisation.promotions(ids, now)
    totals = reporting.own_totals(scope)
    first = paging.cursor is None
    uploads = content.waiting(scope, Paging(size=UPLOADS_SHOWN), failed_since=now - FAILED_SHOWN_FOR) if first else None
    return Home(
        greeting=f"@{profile.handle}" if profile is not None else "",
        views=numbers.of_total(totals.get(numbers.VIEWS)),
        likes=numbers.of_total(totals.get(numbers.LIKES)),
        earned=earned_words(scope),
        uploads=tuple(upload_view(video) for video in uploads.items) if uploads is not None else (),
        posts=tuple(_post(post, splits, standings[post.id]) for post in posts.items),
        next_cursor=posts.next_cursor,
    )


def _post(post: PostFacts, splits: dict[tuple[int, str], Split], standing: Promotion) -> HomePost:
    return HomePost(
        id=post.id,
        title=words.title_of(post),
        poster_url=post.poster_url,
        duration_ms=post.duration_ms,
        created_at=post.created_at,
        visibility=words.visibility_badge(post),
        consent=words.promotion_badge(standing),
        views=splits.get((post.id, numbers.VIEWS), Split()),
        likes=splits.get((post.id, numbers.LIKES), Split()),
    )


def earned_words(scope: Scope) -> str:
    """Return what the creator earned, one amount a currency."""
    earned = billing.earned(scope)
    amounts = [formats.money(micros, currency) for currency, micros in earned.items()]
    return " + ".join(amounts) if amounts else _("Nothing yet")
