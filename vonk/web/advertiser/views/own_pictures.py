"""Creative library → a carousel of one's own: several pictures in order, who speaks, what it says; for non-Spark ads."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vonk.advertising.actions import creatives
from vonk.content import queries as content
from vonk.content.actions import library_images, library_removals
from vonk.content.picture_sets import PICTURES_MAX
from vonk.control.paging import Paging
from vonk.control.scope import Right
from vonk.core.errors import NotFound, Problem
from vonk.core.limits import PAGE_SIZE_MAX
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.forms.library import CarouselForm
from vonk.web.advertiser.kept import way_back
from vonk.web.advertiser.pages import answer, refuse_somewhere
from vonk.web.advertiser.views.creatives import IDENTITIES_OFFERED, identity_of
from vonk.web.common.requests import id_of

SOUNDS_OFFERED: Final = Paging(size=PAGE_SIZE_MAX)


class Shown(msgspec.Struct, frozen=True):
    """A picture that was chosen, in its place."""

    id: int
    small_url: str
    alt: str


class PicturesPage(msgspec.Struct, frozen=True):
    """The page: what was chosen so far, in its order."""

    pictures: tuple[Shown, ...]
    back: str
    most: int = PICTURES_MAX


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.CAMPAIGN_EDIT)
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for pictures and what the ad says; make the creative. Files that no script sent before come with the form."""
    identities = content.identities(desk.scope, IDENTITIES_OFFERED).items
    sounds = tuple((sound.id, sound.title) for sound in content.library(SOUNDS_OFFERED).items if sound.audio_url)
    if request.method != "POST":
        form = CarouselForm(identities=identities, sounds=sounds)
        return answer(request, desk, "pictures_new.html", PicturesPage((), way_back(request)), form=form)
    form = CarouselForm(request.POST, request.FILES, identities=identities, sounds=sounds)
    valid, chosen = form.is_valid(), _chosen(request)
    try:
        chosen = [*chosen, *_received(request, desk)]
        if not chosen:
            form.add_error(None, _("Choose at least one picture."))
        elif valid:
            return _made(request, desk, form, chosen)
    except Problem as problem:
        refuse_somewhere(form, problem, field="avatar" if problem.code.startswith("avatar") else None)
    record = PicturesPage(_shown(desk, chosen), way_back(request))
    return answer(request, desk, "pictures_new.html", record, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def receive(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take one picture into the account's library, for the page's script; a problem answers as JSON."""
    file = request.FILES.get("file")
    if file is None:
        raise NotFound(noun="file")
    image_id = library_images.add(desk.scope, file, name=None, own_name=file.name or "", md5=None, now=desk.now)
    return JsonResponse({"id": str(image_id), "url": content.library_image(desk.scope, image_id).url})


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def remove(request: HttpRequest, desk: Desk, image_id: int) -> HttpResponse:  # noqa: ARG001 - a view is given one.
    """Delete a picture that was chosen by mistake. What shows it already has a copy of its own."""
    library_removals.remove_image(desk.scope, image_id, now=desk.now)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _made(request: HttpRequest, desk: Desk, form: CarouselForm, chosen: Sequence[tuple[int, str]]) -> HttpResponse:
    made = creatives.make(
        desk.scope,
        image_ids=[image_id for image_id, _alt in chosen],
        image_alts=[alt for _id, alt in chosen],
        sound_id=form.cleaned_data["sound_id"],
        identity=identity_of(form),
        text=form.cleaned_data["text"],
        now=desk.now,
    )
    messages.success(request, _("The carousel is ready to be used in ads."))
    back = way_back(request)
    return redirect(f"{back}&creative={made.post_id}" if back else "advertiser:creatives")


def _chosen(request: HttpRequest) -> list[tuple[int, str]]:
    ids, alts = request.POST.getlist("picture"), request.POST.getlist("alt")
    return [(id_of(text, "pictures"), alts[at] if at < len(alts) else "") for at, text in enumerate(ids)]


def _received(request: HttpRequest, desk: Desk) -> list[tuple[int, str]]:
    files = [file for file in request.FILES.getlist("files") if file.size][: PICTURES_MAX + 1]
    return [
        (library_images.add(desk.scope, file, name=None, own_name=file.name or "", md5=None, now=desk.now), "")
        for file in files
    ]


def _shown(desk: Desk, chosen: Sequence[tuple[int, str]]) -> tuple[Shown, ...]:
    found = []
    for image_id, alt in chosen:
        try:
            found.append(Shown(image_id, content.library_image(desk.scope, image_id).url, alt))
        except NotFound:
            continue  # It is gone: the others are still there.
    return tuple(found)
