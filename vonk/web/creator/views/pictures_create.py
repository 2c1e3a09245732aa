"""A post of pictures: several at once, in an order of one's own, with what each shows in words. Works without scripts, too."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vonk.content import queries as content
from vonk.content.actions import post_pictures, posts
from vonk.content.picture_sets import PICTURES_MAX, Chosen
from vonk.content.queries import PictureFacts
from vonk.content.rules import Visibility
from vonk.control.paging import Paging
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, Problem
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.web.common import problems
from vonk.web.common.requests import id_of, now_of
from vonk.web.creator.access import for_creators
from vonk.web.creator.carried import carried_of
from vonk.web.creator.forms import PicturesForm, disclosure_of

SOUNDS_OFFERED: Final = Paging(size=PAGE_SIZE_MAX)


class PicturesPage(msgspec.Struct, frozen=True):
    """The page: what was chosen so far, in its order."""

    pictures: tuple[PictureFacts, ...]
    most: int = PICTURES_MAX


class Received(msgspec.Struct, frozen=True):
    """A picture that was taken in."""

    id: str
    url: str


@require_http_methods(["GET", "HEAD", "POST"])
@for_creators
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Ask for pictures and what the post says; publish them. Files that no script sent before come with the form."""
    sounds = _sounds(carried_of(request).sound)
    if request.method != "POST":
        return _answer(request, PicturesForm(sounds=sounds, initial={"sound_id": carried_of(request).sound}), ())
    form = PicturesForm(request.POST, sounds=sounds)
    valid = form.is_valid()
    chosen = _chosen(request)
    try:
        chosen = [*chosen, *_received(scope, request)]
        if valid:
            return _published(request, scope, form, chosen)
    except Problem as problem:
        problems.add_to_form(form, problem)
    return _answer(request, form, _facts(scope, chosen), HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@for_creators
def receive(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Take one picture in, for the page's script; a problem answers as JSON."""
    file = request.FILES.get("file")
    if file is None:
        raise NotFound(noun="file")
    picture = content.picture(scope, post_pictures.add(scope, file, now=now_of(request)))
    return JsonResponse(msgspec.to_builtins(Received(str(picture.id), picture.small_url)))


@require_POST
@for_creators
def remove(request: HttpRequest, scope: Scope, picture_id: int) -> HttpResponse:
    """Delete a picture that was not published."""
    post_pictures.remove(scope, picture_id, now=now_of(request))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _published(request: HttpRequest, scope: Scope, form: PicturesForm, chosen: Sequence[Chosen]) -> HttpResponse:
    asked = form.cleaned_data
    post_id = posts.publish(
        scope,
        pictures=chosen,
        caption=asked["caption"],
        sound_id=asked["sound_id"],
        visibility=Visibility(asked["visibility"]),
        disclosure=disclosure_of(own_brand=asked["own_brand"], branded=asked["branded"]),
        ai_generated=asked["ai_generated"],
        now=now_of(request),
    )
    messages.success(request, _("Published."))
    return redirect("creator:post", post_id)


def _chosen(request: HttpRequest) -> list[Chosen]:
    ids, alts = request.POST.getlist("picture"), request.POST.getlist("alt")
    return [
        Chosen(id_of(text, "pictures"), alts[number] if number < len(alts) else "") for number, text in enumerate(ids)
    ]


def _received(scope: Scope, request: HttpRequest) -> list[Chosen]:
    files = [file for file in request.FILES.getlist("files") if file.size][: PICTURES_MAX + 1]
    return [Chosen(post_pictures.add(scope, file, now=now_of(request))) for file in files]


def _facts(scope: Scope, chosen: Sequence[Chosen]) -> tuple[PictureFacts, ...]:
    found = []
    for one in chosen:
        try:
            found.append(msgspec.structs.replace(content.picture(scope, one.id), alt=one.alt))
        except NotFound:
            continue  # It is gone: the others are still there.
    return tuple(found)


def _sounds(chosen: int | None) -> tuple[tuple[int, str], ...]:
    """Return the sounds that can be heard by themselves, and the one the address names, which may be a creator's own."""
    offered = [(sound.id, sound.title) for sound in content.library(SOUNDS_OFFERED).items if sound.audio_url]
    if chosen is not None and chosen not in {sound_id for sound_id, _title in offered}:
        try:
            offered.insert(0, (chosen, content.sound(chosen).title))
        except NotFound:
            return tuple(offered)
    return tuple(offered)


def _answer(
    request: HttpRequest,
    form: PicturesForm,
    pictures: tuple[PictureFacts, ...],
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    return render(
        request, "creator/pictures_create.html", {"page": PicturesPage(pictures), "form": form}, status=status
    )
