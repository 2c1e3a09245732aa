"""A creator's profile: who they are and what they posted."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vonk.discovery import queries as discovery
from vonk.web.viewer import asking
from vonk.web.viewer.views.scopes import viewer_scope


@require_safe
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    """Show the profile with a page of its posts."""
    scope = viewer_scope(request)
    found = discovery.profile_page(scope, handle, cursor=request.GET.get("cursor"))
    ask = asking.way(scope, f"@{found.profile.handle}") if not found.profile.own and found.posts.items else ""
    return render(request, "viewer/profile.html", {"profile": found.profile, "page": found.posts, "ask": ask})
