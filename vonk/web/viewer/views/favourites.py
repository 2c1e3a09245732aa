"""What a person keeps: their favourites and likes, which nobody else sees."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vonk.content.rules import EngagementKind
from vonk.discovery import queries as discovery
from vonk.web.common.requests import person_scope


@require_safe
def favourites(request: HttpRequest, kind: str) -> HttpResponse:
    """Show a page of the posts that the person keeps, or likes."""
    wanted = EngagementKind(kind)
    page = discovery.kept_page(person_scope(request), wanted, cursor=request.GET.get("cursor"))
    return render(request, "viewer/favourites.html", {"page": page, "liked": wanted is EngagementKind.LIKE})
