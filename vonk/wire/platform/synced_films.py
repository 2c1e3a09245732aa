"""Films of a host's people: named by address instead of sent, and how far they are."""

from typing import Annotated

import msgspec

from vonk.content import queries as content
from vonk.content.actions import fetched_videos
from vonk.content.queries import VideoView, hosting
from vonk.control.fetching import URL_CHARS_MAX
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation
from vonk.wire.platform.syncing import VideoReceived


class FilmNamed(Body, frozen=True):
    """Whose film it is, and from where everybody may fetch it; ``name`` is the file's unless said."""

    account: str
    url: Annotated[str, msgspec.Meta(min_length=1, max_length=URL_CHARS_MAX)]
    name: Annotated[str, msgspec.Meta(max_length=200)] | None = None


class FilmsAsked(Paged, frozen=True, kw_only=True):
    """Whose."""

    account: str


@operation(
    "POST",
    "/sync/videos/fetch",
    may=Right.HOST_SYNC,
    alone=True,
    summary="Have a video fetched for one of the host's people",
    example={"account": "u-17", "url": "https://media.example.org/p-230.mp4"},
)
def fetch_synced_video(call: Call[FilmNamed, Nothing]) -> VideoReceived:
    """From a public address, within a minute; the answer comes when it is here. A post takes it, as ``video_id``, once it is
    processed. ``url_invalid``, ``url_unavailable``, ``url_timed_out``, ``url_broken`` or ``url_too_large`` say why not.
    """
    person = hosting.uploader(call.scope, call.body.account)
    return VideoReceived(fetched_videos.receive(person, call.body.url, name=call.body.name, now=call.now))


@operation("GET", "/sync/videos", may=Right.HOST_SYNC, summary="List the videos of one of the host's people")
def list_synced_videos(call: Call[Nothing, FilmsAsked]) -> Page[VideoView]:
    """Newest first: ``state`` is uploaded, processing, ready or failed; ``failure`` says why it failed."""
    return content.videos(hosting.uploader(call.scope, call.query.account), call.query.paging())
