"""Upload a video: the beginning of a post. Other pages lead here to make a Duet, a Stitch, or use a sound."""

from http import HTTPStatus

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from vonk.content.actions import videos
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
    file = form.cleaned_data["video"]
    try:
        video_id = videos.receive(scope, file, name=file.name, now=now_of(request))
    except Problem as problem:
        if wants_json(request):
            raise
        problems.add_to_form(form, problem)
        return _answer(request, form, carried, HTTPStatus.UNPROCESSABLE_ENTITY)
    address = reverse("creator:video", args=[video_id]) + carried.query
    return JsonResponse({"video_id": str(video_id), "url": address}) if wants_json(request) else redirect(address)


def _answer(
    request: HttpRequest, form: UploadForm, carried: Carried, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    origin = origin_of(duet_of=carried.duet, stitch_of=carried.stitch, sound_id=carried.sound)
    shown = PostCreate(origin, carried.query, carried.duet is None and carried.stitch is None)
    return render(request, "creator/post_create.html", {"page": shown, "form": form}, status=status)
