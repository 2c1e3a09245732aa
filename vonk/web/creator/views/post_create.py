"""Upload a video: the beginning of a post. Other pages lead here to make a Duet, a Stitch, or use a sound."""

from http import HTTPStatus
from typing import Any

import msgspec
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from vonk.content.actions import drafts, videos
from vonk.content.actions.drafts import Words
from vonk.control.scope import Scope
from vonk.core.errors import Problem
from vonk.web.common import problems
from vonk.web.common.requests import now_of, wants_json
from vonk.web.creator.access import for_creators
from vonk.web.creator.carried import Carried, carried_of
from vonk.web.creator.forms import UploadForm
from vonk.web.creator.uploads import Origin, origin_of


class PostCreate(msgspec.Struct, frozen=True):
    """The page."""

    origin: Origin | None
    carried: str  # The query string that the form carries on.
    sound_alone: bool  # Nothing is answered: pictures may use the sound.


@require_http_methods(["GET", "HEAD", "POST"])
@for_creators
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Ask for a file and take it in. A script that asks for JSON gets the address to go on at."""
    carried = carried_of(request)
    if request.method != "POST":
        return _answer(request, UploadForm(), carried)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _answer(request, form, carried, HTTPStatus.UNPROCESSABLE_ENTITY)
    files = request.FILES.getlist("video")
    if len(files) > 1 and not wants_json(request):
        return _receive_all(request, scope, files, carried)
    file = form.cleaned_data["video"]
    try:
        video_id = _receive(request, scope, file, carried)
    except Problem as problem:
        if wants_json(request):
            raise
        problems.add_to_form(form, problem)
        return _answer(request, form, carried, HTTPStatus.UNPROCESSABLE_ENTITY)
    address = reverse("creator:video", args=[video_id]) + carried.query
    return JsonResponse({"video_id": str(video_id), "url": address}) if wants_json(request) else redirect(address)


def _receive(request: HttpRequest, scope: Scope, file: "UploadedFile[Any]", carried: Carried) -> int:
    """Take a file in; what its post is to answer or use is kept in a draft, for who leaves and comes back."""
    video_id = videos.receive(scope, file, name=file.name or "", now=now_of(request))
    if carried.query:
        origin = Words(caption="", sound_id=carried.sound, duet_of=carried.duet, stitch_of=carried.stitch)
        drafts.save(scope, video_id, origin, now=now_of(request))
    return video_id


def _receive_all(
    request: HttpRequest, scope: Scope, files: "list[UploadedFile[Any]]", carried: Carried
) -> HttpResponse:
    """Take in what can be taken in of several files that came in one form, and say of each other one why not."""
    kept = 0
    for file in files:
        try:
            _receive(request, scope, file, carried)
        except Problem as problem:
            values = {"name": file.name or "", "why": problems.view_of(problem).message}
            messages.warning(request, _("“%(name)s” was not kept: %(why)s") % values)
        else:
            kept += 1
    if kept:
        told = ngettext("%(count)d video is among your drafts.", "%(count)d videos are among your drafts.", kept)
        messages.success(request, told % {"count": kept})
    return redirect("creator:drafts")


def _answer(
    request: HttpRequest, form: UploadForm, carried: Carried, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    origin = origin_of(duet_of=carried.duet, stitch_of=carried.stitch, sound_id=carried.sound)
    shown = PostCreate(origin, carried.query, carried.duet is None and carried.stitch is None)
    return render(request, "creator/post_create.html", {"page": shown, "form": form}, status=status)
