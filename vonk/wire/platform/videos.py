"""Videos: uploaded, probed, transcoded."""

import msgspec

from vonk.content import queries
from vonk.content.actions import videos
from vonk.content.queries import VideoView
from vonk.control.paging import Page
from vonk.control.scope import Right
from vonk.wire.codec import Body
from vonk.wire.operation import Call, Nothing, Paged, operation


class UploadName(Body, frozen=True):
    """The file's name, where the body is the file itself."""

    name: str | None = None


class VideoCreated(msgspec.Struct, frozen=True):
    id: int


def _receive(call: Call[Nothing, UploadName]) -> VideoCreated:
    assert call.upload is not None, "An upload operation has a file."
    return VideoCreated(videos.receive(call.scope, call.upload.file, name=call.upload.name, now=call.now))


@operation("POST", "/videos", may=Right.CREATE, uploads=True, summary="Upload a video")
def create_video(call: Call[Nothing, UploadName]) -> VideoCreated:
    """Send the file as the body (with ``?name=``) or as the part ``file`` of a form; whatever ffmpeg reads is accepted.

    It is processed afterwards: read the video until its state is ``ready`` or ``failed``.
    """
    return _receive(call)


@operation("GET", "/videos", may=Right.CREATE, summary="List one's uploads")
def list_videos(call: Call[Nothing, Paged]) -> Page[VideoView]:
    """Newest first."""
    return queries.videos(call.scope, call.query.paging())


@operation("GET", "/videos/{video_id}", may=Right.CREATE, summary="Read an upload's progress")
def read_video(call: Call[Nothing, Nothing]) -> VideoView:
    """``failure`` names the error of a video that could not be used."""
    return queries.video(call.scope, call.id("video_id"))


@operation(
    "POST",
    "/accounts/{account_id}/videos",
    may=Right.CAMPAIGN_EDIT,
    uploads=True,
    summary="Upload a video for an ad account",
)
def create_account_video(call: Call[Nothing, UploadName]) -> VideoCreated:
    """For ads that are no Spark Ads."""
    return _receive(call)


@operation("GET", "/accounts/{account_id}/videos", may=Right.ACCOUNT_VIEW, summary="List an account's uploads")
def list_account_videos(call: Call[Nothing, Paged]) -> Page[VideoView]:
    """Newest first."""
    return queries.videos(call.scope, call.query.paging())


@operation(
    "GET", "/accounts/{account_id}/videos/{video_id}", may=Right.ACCOUNT_VIEW, summary="Read an account's upload"
)
def read_account_video(call: Call[Nothing, Nothing]) -> VideoView:
    """As for one's own uploads."""
    return queries.video(call.scope, call.id("video_id"))
