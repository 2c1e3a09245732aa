"""What stands over one's own video: stickers, placed on its picture, and subtitles."""

from http import HTTPStatus

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vonk.content import queries as content
from vonk.content.actions import stickers
from vonk.content.errors.stickers import StickersLimit, StickersLocked
from vonk.content.queries import overlays
from vonk.content.queries.overlays import StickerView
from vonk.content.stickers import STICKERS_MAX
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, Problem
from vonk.web.common import problems
from vonk.web.common.requests import now_of
from vonk.web.creator import words
from vonk.web.creator.access import for_creators
from vonk.web.creator.sticker_forms import KIND_CHOICES, StickerForm, SubtitlesForm


class StickerRow(msgspec.Struct, frozen=True):
    """A sticker that is there, with what its kind is called and its answers with their counts."""

    sticker: StickerView
    kind: str
    answers: tuple[tuple[str, int], ...]


class OverlaysPage(msgspec.Struct, frozen=True):
    """The page."""

    post_id: int
    title: str
    poster_url: str
    locked: bool
    full: bool
    is_video: bool
    rows: tuple[StickerRow, ...]
    subtitles: tuple[str, ...]


@require_http_methods(["GET", "HEAD", "POST"])
@for_creators
def page(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Show what stands over the video; POST puts another sticker there."""
    content.own_post(scope, post_id)  # NotFound for everybody else.
    if request.method != "POST":
        return _page(request, scope, post_id)
    form = StickerForm(request.POST)
    if form.is_valid():
        try:
            stickers.place(scope, post_id, form.drawn(), now=now_of(request))
        except NotFound:
            raise
        except (StickersLocked, StickersLimit) as problem:  # Then there is no form to say it beside.
            messages.warning(request, problems.view_of(problem).message)
            return redirect("creator:overlays", post_id)
        except Problem as problem:
            _add(form, problem)
        else:
            messages.success(request, _("The sticker is on your video."))
            return redirect("creator:overlays", post_id)
    return _page(request, scope, post_id, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@for_creators
def take_off(request: HttpRequest, scope: Scope, post_id: int, sticker_id: int) -> HttpResponse:
    """Take a sticker off."""
    stickers.take_off(scope, post_id, sticker_id, now=now_of(request))
    messages.success(request, _("The sticker is gone."))
    return redirect("creator:overlays", post_id)


@require_POST
@for_creators
def subtitle(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Take a WebVTT file in."""
    content.own_post(scope, post_id)
    form = SubtitlesForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        try:
            stickers.set_subtitles(scope, post_id, said["language"], said["file"], now=now_of(request))
        except NotFound:
            raise
        except Problem as problem:
            _add(form, problem)
        else:
            messages.success(request, _("Viewers can switch the subtitles on."))
            return redirect("creator:overlays", post_id)
    return _page(request, scope, post_id, subtitles_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@for_creators
def remove_subtitles(request: HttpRequest, scope: Scope, post_id: int, language: str) -> HttpResponse:
    """Remove the subtitles of one language."""
    stickers.set_subtitles(scope, post_id, language, "", now=now_of(request))
    messages.success(request, _("The subtitles are gone."))
    return redirect("creator:overlays", post_id)


def _add(form: forms.Form, problem: Problem) -> None:
    """Say the problem beside its field; of a poll's answers, beside the first."""
    if getattr(problem, "field", None) == "options":
        form.add_error("option_1", problems.view_of(problem).message)
    else:
        problems.add_to_form(form, problem)


def _page(
    request: HttpRequest,
    scope: Scope,
    post_id: int,
    *,
    form: StickerForm | None = None,
    subtitles_form: SubtitlesForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    post = content.own_post(scope, post_id)
    found = overlays.overlays(scope.person, [post_id]).get(post_id, overlays.Overlay())
    kinds = dict(KIND_CHOICES)
    rows = tuple(
        StickerRow(one, str(kinds[one.kind.value]), tuple(zip(one.options, one.votes, strict=False)))
        for one in found.stickers
    )
    record = OverlaysPage(
        post_id=post_id,
        title=words.title_of(post),
        poster_url=post.poster_url,
        locked=post.caption_locked,
        full=len(rows) >= STICKERS_MAX,
        is_video=not post.pictures,
        rows=rows,
        subtitles=found.subtitles,
    )
    forms_shown = {"form": form or StickerForm(), "subtitles_form": subtitles_form or SubtitlesForm()}
    return render(request, "creator/overlays.html", {"page": record, **forms_shown}, status=status)
