"""An upload: its progress, the draft that is written about it, then the post it becomes, now or at a chosen time."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.content import queries as content
from vonk.content.actions import drafts
from vonk.content.actions.drafts import Words
from vonk.content.errors import VideoNotReady
from vonk.content.errors.drafts import AlreadyPublished
from vonk.content.queries.drafts import DraftFacts, post_of
from vonk.content.queries.drafts import drafts as drafts_of
from vonk.content.rules import Disclosure, Visibility
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, Problem
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.web.common import problems
from vonk.web.common.requests import now_of
from vonk.web.creator import planning
from vonk.web.creator.access import for_creators
from vonk.web.creator.analytics import zone_of
from vonk.web.creator.carried import Carried, carried_of
from vonk.web.creator.forms import VideoPostForm, disclosure_of
from vonk.web.creator.uploads import Origin, UploadView, origin_of, upload_view

SOUNDS_OFFERED: Final = Paging(size=PAGE_SIZE_MAX)


class VideoPage(msgspec.Struct, frozen=True):
    """The page. ``planned`` "": at no time; ``failure`` is the code of what kept it from being published, or ""."""

    video: UploadView
    origin: Origin | None
    planned: str
    failure: str
    saved_at: datetime | None


@require_http_methods(["GET", "HEAD", "POST"])
@for_creators
def page(request: HttpRequest, scope: Scope, video_id: int) -> HttpResponse:
    """Show how far the upload is and ask what the post says; keep it, plan it or publish it."""
    carried, zone = carried_of(request), zone_of(scope)
    published = post_of(scope, video_id)
    if published is not None:
        return _published(request, published)
    sounds = _sounds(carried.sound)
    if request.method != "POST":
        draft = drafts_of(scope, [video_id]).get(video_id)
        initial = _initial(draft, carried, zone)
        return _answer(request, scope, video_id, VideoPostForm(sounds=sounds, zone=zone, initial=initial))
    form = VideoPostForm(request.POST, sounds=sounds, zone=zone)
    if not form.is_valid():
        return _answer(request, scope, video_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        return _done(request, scope, video_id, form.cleaned_data, zone)
    except AlreadyPublished as problem:
        return _published(request, problem.post_id)
    except Problem as problem:
        content.video(scope, video_id)  # What is not theirs stays unknown: NotFound.
        problems.add_to_form(form, problem)
        return _answer(request, scope, video_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@for_creators
def unschedule(request: HttpRequest, scope: Scope, video_id: int) -> HttpResponse:
    """Let the chosen moment go; the draft stays."""
    try:
        drafts.unschedule(scope, video_id, now=now_of(request))
    except AlreadyPublished as problem:
        return _published(request, problem.post_id)
    messages.success(request, _("It is not published by itself any more. Your draft is kept."))
    return redirect("creator:video", video_id)


@require_POST
@for_creators
def discard(request: HttpRequest, scope: Scope, video_id: int) -> HttpResponse:
    """Delete the upload and its draft."""
    try:
        drafts.discard(scope, video_id, now=now_of(request))
    except AlreadyPublished as problem:
        return _published(request, problem.post_id)
    except VideoNotReady:
        messages.warning(request, _("It is being made ready. Wait until it is, then delete it."))
        return redirect("creator:video", video_id)
    messages.success(request, _("The draft and its file are deleted."))
    return redirect("creator:drafts")


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


def _done(request: HttpRequest, scope: Scope, video_id: int, asked: dict[str, Any], zone: ZoneInfo) -> HttpResponse:
    """Do what the button says."""
    said, now = _words(asked), now_of(request)
    match request.POST.get("act"):
        case "save":
            drafts.save(scope, video_id, said, now=now)
            messages.success(request, _("Your draft is saved."))
            return redirect("creator:drafts")
        case "schedule":
            drafts.schedule(scope, video_id, said, publish_at=asked["publish_at"], now=now)
            planned = planning.words(asked["publish_at"], zone)
            messages.success(request, _("It will be published on %(moment)s.") % {"moment": planned})
            return redirect("creator:drafts")
    post_id = drafts.publish(scope, video_id, said, now=now)
    messages.success(request, _("Published."))
    return redirect("creator:post", post_id)


def _words(asked: dict[str, Any]) -> Words:
    return Words(
        caption=asked["caption"],
        sound_id=asked["sound_id"],
        visibility=Visibility(asked["visibility"]),
        may_duet=asked["may_duet"],
        may_stitch=asked["may_stitch"],
        duet_of=asked["duet_of"],
        stitch_of=asked["stitch_of"],
        disclosure=disclosure_of(own_brand=asked["own_brand"], branded=asked["branded"]),
        ai_generated=asked["ai_generated"],
    )


def _initial(draft: DraftFacts | None, carried: Carried, zone: ZoneInfo) -> dict[str, object]:
    if draft is None:
        return {"sound_id": carried.sound, "duet_of": carried.duet, "stitch_of": carried.stitch}
    return {
        "caption": draft.caption,
        "sound_id": draft.sound_id,
        "visibility": draft.visibility.value,
        "own_brand": draft.disclosure is Disclosure.OWN_BRAND,
        "branded": draft.disclosure is Disclosure.BRANDED,
        "ai_generated": draft.ai_generated,
        "may_duet": draft.may_duet,
        "may_stitch": draft.may_stitch,
        "duet_of": draft.duet_of,
        "stitch_of": draft.stitch_of,
        "publish_at": planning.typed(draft.publish_at, zone) if draft.publish_at is not None else None,
    }


def _published(request: HttpRequest, post_id: int) -> HttpResponse:
    messages.info(request, _("This video is published already: here is its post."))
    return redirect("creator:post", post_id)


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
    request: HttpRequest, scope: Scope, video_id: int, form: VideoPostForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    said = {name: _id(form[name].value()) for name in ("duet_of", "stitch_of", "sound_id")}
    draft = drafts_of(scope, [video_id]).get(video_id)
    shown = VideoPage(
        video=upload_view(content.video(scope, video_id)),
        origin=origin_of(**said),
        planned=planning.words(draft.publish_at, form.zone)
        if draft is not None and draft.publish_at is not None and not draft.failure
        else "",
        failure=draft.failure if draft is not None else "",
        saved_at=draft.saved_at if draft is not None else None,
    )
    return render(request, "creator/video.html", {"page": shown, "form": form}, status=status)


def _id(value: object) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
