"""An upload: its progress, then the post it becomes."""

from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vonk.content import queries as content
from vonk.content.actions import posts
from vonk.content.rules import Visibility
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, Problem
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.web.common import problems
from vonk.web.common.requests import now_of
from vonk.web.creator.access import for_creators
from vonk.web.creator.carried import carried_of
from vonk.web.creator.forms import PublishForm, disclosure_of
from vonk.web.creator.uploads import Origin, UploadView, origin_of, upload_view

SOUNDS_OFFERED: Final = Paging(size=PAGE_SIZE_MAX)


class VideoPage(msgspec.Struct, frozen=True):
    """The page."""

    video: UploadView
    origin: Origin | None


@require_http_methods(["GET", "HEAD", "POST"])
@for_creators
def page(request: HttpRequest, scope: Scope, video_id: int) -> HttpResponse:
    """Show how far the upload is and ask what the post says; publish it."""
    carried = carried_of(request)
    sounds = _sounds(carried.sound)
    if request.method != "POST":
        initial = {"sound_id": carried.sound, "duet_of": carried.duet, "stitch_of": carried.stitch}
        return _answer(request, scope, video_id, PublishForm(sounds=sounds, initial=initial))
    form = PublishForm(request.POST, sounds=sounds)
    if not form.is_valid():
        return _answer(request, scope, video_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    asked = form.cleaned_data
    try:
        post_id = posts.publish(
            scope,
            video_id=video_id,
            caption=asked["caption"],
            sound_id=asked["sound_id"],
            visibility=Visibility(asked["visibility"]),
            may_duet=asked["may_duet"],
            may_stitch=asked["may_stitch"],
            duet_of=asked["duet_of"],
            stitch_of=asked["stitch_of"],
            disclosure=disclosure_of(own_brand=asked["own_brand"], branded=asked["branded"]),
            ai_generated=asked["ai_generated"],
            now=now_of(request),
        )
    except Problem as problem:
        content.video(scope, video_id)  # What is not theirs stays unknown: NotFound.
        problems.add_to_form(form, problem)
        return _answer(request, scope, video_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("Published."))
    return redirect("creator:post", post_id)


@require_safe
@for_creators
def state(request: HttpRequest, scope: Scope, video_id: int) -> HttpResponse:
    """Answer how far the upload is, as a part of a page: of the list, or with ``?preview=1`` of the upload's own page."""
    video = upload_view(content.video(scope, video_id))
    if "preview" not in request.GET:
        return render(request, "creator/parts/video_state.html", {"video": video})
    if video.problem is not None:
        response = HttpResponse(status=HTTPStatus.OK)
        response["HX-Refresh"] = "true"  # The page is another one now: it says what was wrong with the file.
        return response
    return render(request, "creator/parts/video_progress.html", {"video": video, "swap": True})


def _sounds(chosen: int | None) -> tuple[tuple[int, str], ...]:
    """Return the library's sounds to choose from, and the one the address names, which may be a creator's own."""
    offered = [(sound.id, sound.title) for sound in content.library(SOUNDS_OFFERED).items]
    if chosen is not None and chosen not in {sound_id for sound_id, _title in offered}:
        try:
            offered.insert(0, (chosen, content.sound(chosen).title))
        except NotFound:
            return tuple(offered)  # It is gone: the others are still there.
    return tuple(offered)


def _answer(
    request: HttpRequest, scope: Scope, video_id: int, form: PublishForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    said = {name: _id(form[name].value()) for name in ("duet_of", "stitch_of", "sound_id")}
    shown = VideoPage(upload_view(content.video(scope, video_id)), origin_of(**said))
    return render(request, "creator/video.html", {"page": shown, "form": form}, status=status)


def _id(value: object) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
