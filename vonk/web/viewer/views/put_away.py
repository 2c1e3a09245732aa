"""What a person is not interested in: the list, and the way back."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.content.queries import cards
from vonk.viewing import actions, queries
from vonk.web.common.requests import now_of, person_scope

SHOWN_MAX: Final = 60  # The latest: who wants back what is older has not missed it.


@require_safe
def put_away(request: HttpRequest) -> HttpResponse:
    """Show the posts that the person put away and may still see, the latest first."""
    scope = person_scope(request)
    posts = cards.cards(scope.person, queries.put_away(scope)[:SHOWN_MAX])
    return render(request, "viewer/put_away.html", {"posts": posts})


@require_POST
def bring_back(request: HttpRequest, post_id: int) -> HttpResponse:
    """Let a post into the person's feed again."""
    actions.bring_back(person_scope(request), post_id, now=now_of(request))
    messages.success(request, _("It may stand in your feed again."))
    return HttpResponseRedirect(reverse("viewer:put_away"))
