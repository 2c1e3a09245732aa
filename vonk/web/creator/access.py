"""Who may enter the studio: everybody who is signed in and has a profile to post under."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from vonk.authorisation import queries as authorisation
from vonk.authorisation.queries.requests import COUNT_MAX
from vonk.content import queries as content
from vonk.content.queries import studio_comments
from vonk.control.scope import Scope
from vonk.web.common.requests import now_of, person_scope

P = ParamSpec("P")


def for_creators(
    view: Callable[Concatenate[HttpRequest, Scope, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Hand the view its scope; whoever has no profile yet chooses a handle first and then comes back."""

    @wraps(view)
    def entered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        scope = person_scope(request)
        if content.own_profile(scope) is None:
            query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
            return redirect(f"{reverse('creator:start')}?{query}".rstrip("?"))
        if request.method in {"GET", "HEAD"}:
            waiting = authorisation.inbox_count(scope, now_of(request))
            request.comments_waiting = _capped(studio_comments.held_count(scope), studio_comments.COUNT_MAX)  # type: ignore[attr-defined]  # For the navigation.
            request.requests_waiting = _capped(waiting, COUNT_MAX)  # type: ignore[attr-defined]  # For the navigation.
        return view(request, scope, *args, **kwargs)

    return entered


def _capped(count: int, most: int) -> int | str:
    return count if count < most else f"{most - 1}+"
