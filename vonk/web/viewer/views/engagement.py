"""Likes, favourites, shares and follows, from the feed's scripts (JSON) and from plain forms alike."""

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from vonk.content.actions import engagement
from vonk.content.queries.tallies import Counts, counts
from vonk.web.common.requests import body_of, now_of, person_scope, wants_json
from vonk.web.viewer import tokens
from vonk.web.viewer.records import Engaged, Followed, Toggle
from vonk.web.viewer.views.returning import back_from


@require_POST
def like(request: HttpRequest, post_id: int) -> HttpResponse:
    """Like a post, or take the like back."""
    scope, asked, now = person_scope(request), _asked(request), now_of(request)
    if asked.on:
        engagement.like(scope, post_id, source=tokens.source_of(scope, asked.token, post_id=post_id, now=now), now=now)
    else:
        engagement.unlike(scope, post_id, now=now)
    return _engaged(request, post_id, on=asked.on)


@require_POST
def favourite(request: HttpRequest, post_id: int) -> HttpResponse:
    """Keep a post among one's favourites, or take it out."""
    scope, asked, now = person_scope(request), _asked(request), now_of(request)
    if asked.on:
        engagement.favourite(
            scope, post_id, source=tokens.source_of(scope, asked.token, post_id=post_id, now=now), now=now
        )
    else:
        engagement.unfavourite(scope, post_id, now=now)
    return _engaged(request, post_id, on=asked.on)


@require_POST
def share(request: HttpRequest, post_id: int) -> HttpResponse:
    """Count a share that has been done."""
    scope, asked, now = person_scope(request), _asked(request), now_of(request)
    engagement.share(scope, post_id, source=tokens.source_of(scope, asked.token, post_id=post_id, now=now), now=now)
    return _engaged(request, post_id, on=True)


@require_POST
def follow(request: HttpRequest, profile_id: int) -> HttpResponse:
    """Follow a profile, or stop. With a showing's token the follow is counted for its post."""
    scope, asked, now = person_scope(request), _asked(request), now_of(request)
    if asked.on:
        source = tokens.source_of(scope, asked.token, profile_id=profile_id, now=now)
        post_id = tokens.signer().read_showing(asked.token).post_id if asked.token else None
        engagement.follow(scope, profile_id, post_id=post_id, source=source, now=now)
    else:
        engagement.unfollow(scope, profile_id, now=now)
    return _answer(request, Followed(asked.on), back=reverse("viewer:feed"))


def _asked(request: HttpRequest) -> Toggle:
    if wants_json(request):
        return body_of(request, Toggle)
    return Toggle(on=request.POST.get("on", "true") == "true", token=request.POST.get("token", ""))


def _engaged(request: HttpRequest, post_id: int, *, on: bool) -> HttpResponse:
    answer = Engaged(on, counts([post_id]).get(post_id, Counts()))
    return _answer(request, answer, back=reverse("viewer:post", args=[post_id]))


def _answer(request: HttpRequest, body: msgspec.Struct, *, back: str) -> HttpResponse:
    """Return JSON to a script; send a form back to the page that it stood on."""
    if wants_json(request):
        return HttpResponse(msgspec.json.encode(body), content_type="application/json")
    return HttpResponseRedirect(back_from(request, otherwise=back))
