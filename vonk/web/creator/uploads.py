"""Uploads on their way to being posts, and what a new post answers: the records of several screens."""

import msgspec
from django.utils.translation import gettext as _

from vonk.content import queries as content
from vonk.content.queries import VideoView
from vonk.content.rules import VideoState
from vonk.core.errors import NotFound
from vonk.web.common.problems import ProblemView, view_of
from vonk.web.common.records import Badge, Tone
from vonk.web.creator import words


class UploadView(msgspec.Struct, frozen=True):
    """An upload: at work (``percent`` None while it waits its turn), refused, or ready."""

    id: int
    name: str
    state: str
    working: bool
    percent: int | None
    percent_text: str
    label: str
    badge: Badge
    problem: ProblemView | None
    video_url: str
    poster_url: str
    width: int
    height: int


class Origin(msgspec.Struct, frozen=True):
    """What a new post answers or uses."""

    label: str
    title: str
    poster_url: str


def upload_view(video: VideoView) -> UploadView:
    """Return the upload as the studio shows it."""
    waits = video.state is VideoState.UPLOADED
    working = waits or video.state is VideoState.PROCESSING
    problem = video.problem
    return UploadView(
        id=video.id,
        name=video.original_name,
        state=video.state.value,
        working=working,
        percent=None if waits else video.progress_percent,
        percent_text="" if waits else _("%(percent)d%%") % {"percent": video.progress_percent},
        label=_("Waiting its turn") if waits else _("Making it ready for every device"),
        badge=Badge(_("Ready"), Tone.GOOD),
        problem=view_of(problem) if problem is not None else None,
        video_url=video.video_url,
        poster_url=video.poster_url,
        width=video.width,
        height=video.height,
    )


def origin_of(*, duet_of: int | None, stitch_of: int | None, sound_id: int | None) -> Origin | None:
    """Return what the new post answers or uses; whether that is allowed, publishing says.

    Of a post that not everybody may see, only its id is told.
    """
    original = duet_of if duet_of is not None else stitch_of
    if original is not None:
        label = _("Duet with") if duet_of is not None else _("Stitch of")
        post = content.post_facts([original]).get(original)
        if post is None or not post.available or post.ads_only:
            return Origin(f"{label} {original}", "", "")
        return Origin(f"{label} @{post.handle}", words.title_of(post), post.poster_url)
    if sound_id is not None:
        try:
            return Origin(_("With the sound"), content.sound(sound_id).title, "")
        except NotFound:
            return None  # The list of sounds offers what there is.
    return None
