"""Looking for posts, people, hashtags and sounds. What was looked for is remembered in the browser alone (search.js)."""

from http import HTTPStatus
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from vonk.core.errors import FieldInvalid
from vonk.discovery import searching
from vonk.discovery.searching import ASKED_CHARS_MAX, Found, Kind
from vonk.web.common import problems
from vonk.web.viewer.views.scopes import viewer_scope

LABELS: Final = {
    Kind.TOP: _("Top"),
    Kind.POSTS: _("Posts"),
    Kind.PEOPLE: _("People"),
    Kind.HASHTAGS: _("Hashtags"),
    Kind.SOUNDS: _("Sounds"),
}


class Tab(msgspec.Struct, frozen=True):
    """One kind of what is found."""

    kind: str
    label: str
    chosen: bool


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what is there under the words in ``q``; without words, where one may begin."""
    scope = viewer_scope(request)
    asked = request.GET.get("q", "").strip()
    kind = _kind(request.GET.get("in", ""))
    problem, found, status = "", Found(), HTTPStatus.OK
    try:
        found = searching.search(scope, asked, kind, cursor=request.GET.get("cursor"))
    except FieldInvalid as refused:
        if refused.field != "q":
            raise
        problem, status = problems.reason_of(refused), HTTPStatus.UNPROCESSABLE_ENTITY
    page = {
        "asked": asked,
        "asked_max": ASKED_CHARS_MAX,
        "problem": problem,
        "found": found,
        "kind": kind.value,
        "tabs": [Tab(one.value, str(label), one is kind) for one, label in LABELS.items()],
        "popular": searching.popular(scope) if found.nothing else Found(),
    }
    return render(request, "viewer/search.html", page, status=status)


def _kind(text: str) -> Kind:
    return Kind(text) if text in set(Kind) else Kind.TOP
