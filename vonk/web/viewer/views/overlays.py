"""Answers to polls, and subtitles."""

from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from vonk.content.actions import stickers
from vonk.content.queries import overlays
from vonk.core.errors import FieldInvalid
from vonk.web.common.requests import body_of, now_of, person_scope, wants_json
from vonk.web.viewer.records import Vote, Voted
from vonk.web.viewer.views.returning import back_from
from vonk.web.viewer.views.scopes import viewer_scope

_PLACE_DIGITS_MAX: Final = 3


@require_POST
def vote(request: HttpRequest, sticker_id: int) -> HttpResponse:
    """Answer a poll: once, and whoever did before is told what they said."""
    scope = person_scope(request)
    option = body_of(request, Vote).option if wants_json(request) else _place(request.POST.get("option", ""))
    stickers.vote(scope, sticker_id, option, now=now_of(request))
    if not wants_json(request):
        return HttpResponseRedirect(back_from(request, otherwise=reverse("viewer:feed")))
    view = overlays.sticker(scope, sticker_id)
    assert view.choice is not None, "They answered just now, or before."
    body = msgspec.json.encode(Voted(view.votes, view.choice))
    return HttpResponse(body, content_type="application/json")


def _place(text: str) -> int:
    """Return the place of an answer that a form names, from 0."""
    if not (text.isascii() and text.isdigit() and len(text) <= _PLACE_DIGITS_MAX):
        raise FieldInvalid("option", "the place of an answer, from 0")
    return int(text)


@require_safe
def subtitles(request: HttpRequest, post_id: int, language: str) -> HttpResponse:
    """Serve WebVTT to whoever may watch the post."""
    scope = viewer_scope(request)
    text = overlays.subtitles(scope.person_id if scope else None, post_id, language)
    response = HttpResponse(text, content_type="text/vtt; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
