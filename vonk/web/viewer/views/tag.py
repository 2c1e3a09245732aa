"""A hashtag: the posts that carry it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vonk.discovery import queries as discovery
from vonk.web.viewer.views.scopes import viewer_scope


@require_safe
def tag(request: HttpRequest, name: str) -> HttpResponse:
    """Show a page of the hashtag's posts; one that nobody used yet is an empty page."""
    found = discovery.tag_page(viewer_scope(request), name, cursor=request.GET.get("cursor"))
    return render(request, "viewer/hashtag.html", {"tag": found.tag, "count": found.post_count, "page": found.posts})
