"""The organic feed, and the pages it leads to."""

import secrets

import msgspec
from django.conf import settings

from vonk.content.queries.profiles import own_profile_ids
from vonk.core.errors import FieldInvalid
from vonk.core.limits import PAGE_SIZE_DEFAULT
from vonk.core.taxonomy import LANGUAGES
from vonk.discovery import queries
from vonk.discovery.queries import FeedItem, ProfilePage, SoundPage, TagPage
from vonk.events.tokens import VIEWER_TOKEN_LIVES_MS, ViewerClaims
from vonk.identity import queries as identity
from vonk.reporting import viewers
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, operation
from vonk.wire.platform import showings


class FeedQuery(Body, frozen=True):
    """``language`` is that of a visitor who has not signed in."""

    cursor: str | None = None
    page_size: str | None = None
    language: str = ""

    def size(self) -> int:
        """Return how many items are wanted; FieldInvalid when that is no number."""
        return _size(self.page_size)


class PageQuery(Body, frozen=True):
    cursor: str | None = None
    page_size: str | None = None


class Shown(msgspec.Struct, frozen=True):
    """A post of the feed, with the token of this showing for its events and engagements."""

    post: FeedItem
    showing_token: str


class Feed(msgspec.Struct, frozen=True):
    """A page of the feed; ``viewer_token`` asks ``ads_url`` for the ads between the posts."""

    items: tuple[Shown, ...]
    next_cursor: str | None
    viewer_token: str
    ads_url: str


@operation("GET", "/feed", may=None, summary="Read the feed")
def read_feed(call: Call[Nothing, FeedQuery]) -> Feed:
    """Organic posts alone, ranked without regard to who pays. Ads come from the ad server, by the viewer token."""
    viewer = _viewer(call)
    page = queries.feed_page(
        call.caller, cursor=call.query.cursor, size=call.query.size(), now=call.now, learnt=settings.VONK_LEARNT.now()
    )
    return Feed(
        items=tuple(
            Shown(
                post,
                showings.organic(
                    viewer,
                    post_id=post.post_id,
                    profile_id=post.profile.id,
                    duration_ms=post.duration_ms,
                    now=call.now,
                ),
            )
            for post in page.items
        ),
        next_cursor=page.next_cursor,
        viewer_token=showings.signer().sign_viewer(viewer),
        ads_url=settings.VONK.ads_url,
    )


@operation("GET", "/profiles/{handle}", may=None, summary="Read a profile and its posts")
def read_profile(call: Call[Nothing, PageQuery]) -> ProfilePage:
    """As the caller may see them, newest first."""
    return queries.profile_page(
        call.caller, call.path["handle"], cursor=call.query.cursor, size=_size(call.query.page_size)
    )


@operation("GET", "/tags/{tag}", may=None, summary="Read the posts with a hashtag")
def read_tag(call: Call[Nothing, PageQuery]) -> TagPage:
    """Newest first."""
    return queries.tag_page(call.caller, call.path["tag"], cursor=call.query.cursor, size=_size(call.query.page_size))


@operation("GET", "/sounds/{sound_id}", may=None, summary="Read a sound and the posts that use it")
def read_sound(call: Call[Nothing, PageQuery]) -> SoundPage:
    """Newest first."""
    return queries.sound_page(
        call.caller, call.id("sound_id"), cursor=call.query.cursor, size=_size(call.query.page_size)
    )


def _viewer(call: Call[Nothing, FeedQuery]) -> ViewerClaims:
    if call.caller is not None:
        own = own_profile_ids(call.caller)
        return viewers.claims(call.caller, profiles=own, now=call.now, lives_ms=VIEWER_TOKEN_LIVES_MS)
    language = call.query.language if call.query.language in LANGUAGES else ""
    return identity.visitor_claims(
        secrets.token_urlsafe(9), language=language, country="", now=call.now, lives_ms=VIEWER_TOKEN_LIVES_MS
    )


def _size(text: str | None) -> int:
    if text is None:
        return PAGE_SIZE_DEFAULT
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise FieldInvalid("page_size", "a number")
    return int(text)
