"""What is new for the person who is signed in; the bell in every site's header leads here."""

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vonk.control import notifications
from vonk.control.notifications import COUNT_MAX, News
from vonk.web.common.requests import id_of, now_of, paging_of, person_scope


class NewsPage(msgspec.Struct, frozen=True):
    """One page of news. ``newest_id`` None: there is none on it; else what "mark all" reaches up to."""

    items: tuple[News, ...]
    next_cursor: str | None
    newest_id: int | None


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the news, newest first."""
    found = notifications.news(person_scope(request), paging_of(request))
    newest_id = found.items[0].id if found.items else None
    return render(request, "notifications.html", {"page": NewsPage(found.items, found.next_cursor, newest_id)})


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Mark as read what was on the page and what is older; what came since stays new."""
    until = id_of(request.POST.get("until"), "until")
    notifications.mark_seen(person_scope(request), now=now_of(request), until=until)
    messages.success(request, _("Everything is marked as read."))
    return HttpResponseRedirect(reverse("notifications"))


def unseen(request: HttpRequest) -> str:
    """Return how much is new for the bell: "" for nothing and for nobody, "99+" for a lot."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    count = notifications.unseen_count(user.pk)
    return f"{COUNT_MAX - 1}+" if count >= COUNT_MAX else str(count or "")
