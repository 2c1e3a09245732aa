"""Duet and Stitch: a page that shows a post, and takes in what somebody records or uploads to it."""

from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from vonk.content.actions import mixing
from vonk.content.actions.mixing import STITCH_MS_MAX, STITCH_MS_MIN
from vonk.content.queries.cards import PostCard
from vonk.content.queries.profiles import own_profile
from vonk.content.rules import MixKind
from vonk.control.scope import Scope
from vonk.core.errors import NotFound, Problem
from vonk.discovery import queries as discovery
from vonk.web.common import problems
from vonk.web.common.requests import now_of, person_scope, wants_json
from vonk.web.viewer.forms import MixForm

# Recording asks for both; no other page may.
PERMISSIONS: Final = "camera=(self), microphone=(self), geolocation=(), payment=()"


class MixPage(msgspec.Struct, frozen=True):
    """The page: ``refusal`` says why nobody may answer the post so, "" where somebody may."""

    kind: str
    post: PostCard
    seconds_max: int  # Of a recording.
    part_seconds: int  # Of the original, in a Stitch.
    start_max: str  # In seconds, for a number field.
    refusal: problems.ProblemView | None


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, post_id: int, kind: str) -> HttpResponse:
    """Show the original and ask for the answer; POST takes it in and leads to where its caption is written."""
    scope, wanted = person_scope(request), MixKind(kind)
    if own_profile(scope) is None:
        return redirect(f"{reverse('creator:start')}?{urlencode({'next': request.path})}")
    post = discovery.post_page(scope, post_id)
    if request.method != "POST":
        return _answer(request, scope, post, wanted, MixForm())
    form = MixForm(request.POST, request.FILES)
    if not form.is_valid():
        return _answer(request, scope, post, wanted, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    file = form.cleaned_data["video"]
    try:
        video_id = mixing.receive(
            scope, file, name=file.name, kind=wanted, original_id=post_id, start_ms=form.start_ms(), now=now_of(request)
        )
    except NotFound:
        raise
    except Problem as problem:
        if wants_json(request):
            raise
        problems.add_to_form(form, problem)
        return _answer(request, scope, post, wanted, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    carried = {wanted.value: post_id} | ({"sound": post.sound.id} if post.sound else {})
    address = f"{reverse('creator:video', args=[video_id])}?{urlencode(carried)}"
    return JsonResponse({"url": address}) if wants_json(request) else redirect(address)


def _answer(
    request: HttpRequest,
    scope: Scope,
    post: PostCard,
    kind: MixKind,
    form: MixForm,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    refusal = None
    try:
        mixing.may_begin(scope, kind, post.post_id)
    except NotFound:
        raise
    except Problem as problem:
        refusal = problems.view_of(problem)
    seconds = max(1, post.duration_ms // 1000)
    record = MixPage(
        kind=kind.value,
        post=post,
        seconds_max=seconds if kind is MixKind.DUET else 60,
        part_seconds=STITCH_MS_MAX // 1000,
        start_max=f"{max(0, post.duration_ms - STITCH_MS_MIN) / 1000:.1f}",
        refusal=refusal,
    )
    response = render(request, "viewer/mix.html", {"page": record, "form": form}, status=status)
    response.headers["Permissions-Policy"] = PERMISSIONS
    return response
