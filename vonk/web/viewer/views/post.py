"""One post by its address, readable and usable without JavaScript."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vonk.content.queries.comments import comments as comments_of
from vonk.discovery import queries as discovery
from vonk.web.common.disclosures import words_of
from vonk.web.common.requests import now_of, paging_of
from vonk.web.viewer import asking, overlays, tokens
from vonk.web.viewer.views.scopes import viewer_scope


@require_safe
def post(request: HttpRequest, post_id: int) -> HttpResponse:
    """Show the post and its comments. What is done here carries the token of an organic showing."""
    scope, now = viewer_scope(request), now_of(request)
    found = discovery.post_page(scope, post_id)
    page = comments_of(scope, post_id, paging_of(request))
    viewer = tokens.viewer_of(request, scope, now=now)
    token = tokens.organic_showing(
        viewer,
        post_id=post_id,
        profile_id=found.profile.id,
        duration_ms=found.duration_ms,
        surface="post",
        now=now,
    )
    credit = overlays.credits_of(scope, [found]).get(post_id)
    ask = asking.way(scope, str(post_id)) if not found.own else ""
    return render(
        request,
        "viewer/post.html",
        {
            "post": found,
            "comments": page,
            "token": token,
            "disclosed": words_of(found.disclosure),
            "ask": ask,
            "credit": credit,
        },
    )
