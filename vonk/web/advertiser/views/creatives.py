"""Creative library → own videos: upload, name who speaks, write the text; the creatives of non-Spark ads."""

from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vonk.advertising.actions import creatives
from vonk.advertising.actions.creatives import NewIdentity
from vonk.content import queries as content
from vonk.content.actions import videos
from vonk.content.avatars import BYTES_MAX
from vonk.content.queries import PostFacts, VideoView
from vonk.content.rules import VideoState
from vonk.control.paging import Paging
from vonk.control.scope import Right
from vonk.core.errors import Actor, Problem
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.web.advertiser import words
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.library import NEW, CreativeForm, UploadForm
from vonk.web.advertiser.kept import way_back
from vonk.web.advertiser.pages import answer, refuse_somewhere
from vonk.web.common.problems import ACTOR_TEXTS, ProblemView, view_of
from vonk.web.common.requests import paging_of, wants_json

IDENTITIES_OFFERED: Final = Paging(size=PAGE_SIZE_MAX)


class OwnVideo(msgspec.Struct, frozen=True):
    """One of the account's creatives."""

    post_id: int
    title: str
    identity_name: str
    poster_url: str
    duration_ms: int
    ready: bool


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """An upload on its way."""

    id: int
    name: str
    state: str
    working: bool
    percent: int | None
    percent_text: str
    label: str
    problem: ProblemView | None
    video_url: str
    poster_url: str


class CreativesPage(msgspec.Struct, frozen=True):
    """The list."""

    videos: tuple[OwnVideo, ...]
    next_cursor: str | None
    back: str


class UploadPage(msgspec.Struct, frozen=True):
    """Where an upload begins."""

    back: str


class CreativePage(msgspec.Struct, frozen=True):
    """Where an upload becomes a creative."""

    video: Upload
    back: str


@require_safe
@at_desk()
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the account's own videos."""
    found = content.own_posts(desk.scope, paging_of(request))
    record = CreativesPage(tuple(_own(post) for post in found.items), found.next_cursor, way_back(request))
    return answer(request, desk, "creatives.html", record)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for a file and take it in. A script that asks for JSON gets the address to go on at."""
    record = UploadPage(way_back(request))
    if request.method != "POST":
        return answer(request, desk, "creative_new.html", record, form=UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["video"]
        try:
            video_id = videos.receive(desk.scope, file, name=file.name, now=desk.now)
        except Problem as problem:
            if wants_json(request):
                raise
            refuse_somewhere(form, problem, field="video")
        else:
            address = reverse("advertiser:creative_video", args=[video_id])
            return (
                JsonResponse({"video_id": str(video_id), "url": address}) if wants_json(request) else redirect(address)
            )
    return answer(request, desk, "creative_new.html", record, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def video(request: HttpRequest, desk: Desk, video_id: int) -> HttpResponse:
    """Show how far the upload is; ask who speaks and what the ad says; make the creative."""
    found = content.video(desk.scope, video_id)
    identities = content.identities(desk.scope, IDENTITIES_OFFERED).items
    record = CreativePage(upload_of(found), way_back(request))
    if request.method != "POST":
        return answer(request, desk, "creative_video.html", record, form=CreativeForm(identities=identities))
    form = CreativeForm(request.POST, request.FILES, identities=identities)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            made = creatives.make(
                desk.scope, video_id=video_id, identity=identity_of(form), text=asked["text"], now=desk.now
            )
        except Problem as problem:
            refuse_somewhere(form, problem, field="avatar" if problem.code.startswith("avatar") else None)
        else:
            messages.success(request, _("The video is ready to be used in ads."))
            back = way_back(request)
            return redirect(f"{back}&creative={made.post_id}" if back else "advertiser:creatives")
    return answer(request, desk, "creative_video.html", record, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_safe
@at_desk()
def state(request: HttpRequest, desk: Desk, video_id: int) -> HttpResponse:
    """Answer how far the upload is, as a part of its page."""
    found = upload_of(content.video(desk.scope, video_id))
    if found.problem is not None:
        response = HttpResponse(status=HTTPStatus.OK)
        response["HX-Refresh"] = "true"  # The page is another one now: it says what was wrong with the file.
        return response
    return answer(request, desk, "parts/upload_progress.html", None, video=found)


def identity_of(form: CreativeForm) -> int | NewIdentity:
    """Return who is to speak, by a form that is valid."""
    asked = form.cleaned_data
    if asked["identity"] != NEW:
        return int(asked["identity"])
    picture = asked["avatar"]
    return NewIdentity(asked["display_name"], picture.read(BYTES_MAX + 1) if picture else None)


def _own(post: PostFacts) -> OwnVideo:
    return OwnVideo(
        post.id, words.title_of(post.caption), post.display_name, post.poster_url, post.duration_ms, post.available
    )


def upload_of(found: VideoView) -> Upload:
    """Return how far an upload is, for its page."""
    waits = found.state is VideoState.UPLOADED
    problem = found.problem
    return Upload(
        id=found.id,
        name=found.original_name,
        state=found.state.value,
        working=waits or found.state is VideoState.PROCESSING,
        percent=None if waits else found.progress_percent,
        percent_text="" if waits else _("%(percent)d%%") % {"percent": found.progress_percent},
        label=_("Waiting its turn") if waits else _("Making it ready for every device"),
        problem=_problem(problem) if problem is not None else None,
        video_url=found.video_url,
        poster_url=found.poster_url,
    )


def _problem(problem: Problem) -> ProblemView:
    """Return what is wrong with a file; here the advertiser made it, whom content calls its creator."""
    view = view_of(problem)
    if problem.actor is Actor.CREATOR:
        return msgspec.structs.replace(view, actor=str(ACTOR_TEXTS[Actor.CALLER]))
    return view
