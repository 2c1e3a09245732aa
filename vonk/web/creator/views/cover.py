"""The cover of a video: one of its frames, or a picture of one's own."""

from http import HTTPStatus

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vonk.content import queries as content
from vonk.content.actions import covers
from vonk.content.queries import VideoView
from vonk.content.queries.drafts import post_of
from vonk.content.rules import VideoState
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, Problem
from vonk.web.common import problems
from vonk.web.common.requests import now_of
from vonk.web.creator.access import for_creators
from vonk.web.creator.forms import CoverForm


class CoverPage(msgspec.Struct, frozen=True):
    """The page. ``locked``: a post with the video was authorised for ads."""

    video: VideoView
    back_url: str
    locked: bool


@require_http_methods(["GET", "HEAD", "POST"])
@for_creators
def page(request: HttpRequest, scope: Scope, video_id: int) -> HttpResponse:
    """Show the video's frames and take one, or another picture, as its cover."""
    video = content.video(scope, video_id)
    if video.state is not VideoState.READY or not video.video_url:
        raise NotFound(noun="video")
    post_id = post_of(scope, video_id)
    back_url = reverse("creator:video", args=[video_id]) if post_id is None else reverse("creator:post", args=[post_id])
    form = CoverForm(request.POST, request.FILES) if request.method == "POST" else CoverForm()
    if form.is_bound and form.is_valid():
        try:
            covers.set_cover(scope, video_id, form.cleaned_data["cover"], now=now_of(request))
        except Problem as problem:
            problems.add_to_form(form, problem)
        else:
            messages.success(request, _("The cover is changed."))
            return redirect(back_url)
    locked = post_id is not None and content.own_post(scope, post_id).caption_locked
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    record = CoverPage(video, back_url, locked)
    return render(request, "creator/cover.html", {"page": record, "form": form}, status=status)
