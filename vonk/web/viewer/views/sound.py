"""A sound: the posts that use it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vonk.discovery import queries as discovery
from vonk.web.viewer.views.scopes import viewer_scope


@require_safe
def sound(request: HttpRequest, sound_id: int) -> HttpResponse:
    """Show the sound with a page of its posts."""
    found = discovery.sound_page(viewer_scope(request), sound_id, cursor=request.GET.get("cursor"))
    return render(request, "viewer/sound.html", {"sound": found.sound, "count": found.post_count, "page": found.posts})
