"""Who has access to one's account, who asks for it, and what a link or QR code of a business leads to."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from vonk.authorisation.actions import accesses
from vonk.authorisation.queries import access as reading
from vonk.authorisation.queries.access import AccessView
from vonk.authorisation.rules.access import LIVE, AccessKind, AccessState
from vonk.content import queries as content
from vonk.control.scope import Scope
from vonk.core.errors import SignInRequired
from vonk.web.common import accesses as words
from vonk.web.common.records import Badge
from vonk.web.common.requests import now_of, paging_of, person_scope
from vonk.web.creator.access import for_creators


class AccessRow(msgspec.Struct, frozen=True, kw_only=True):
    """One access in the list."""

    id: int
    name: str
    own: bool
    badge: Badge
    waits: bool
    scopes: tuple[str, ...]
    until: str
    use: str


class AccessesPage(msgspec.Struct, frozen=True):
    """The page."""

    rows: tuple[AccessRow, ...]
    next_cursor: str | None


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """List accesses. Whoever comes by a business's link is not signed in or has no profile yet: the link waits for them.

    The secret is in the fragment, which only the page's script sees; it keeps it in the tab until it can be sent.
    """
    try:
        scope = person_scope(request)
    except SignInRequired:
        return render(request, "creator/access_door.html", {"login": f"{reverse('account_login')}?next={request.path}"})
    if content.own_profile(scope) is None:
        return render(request, "creator/access_door.html", {"start": f"{reverse('creator:start')}?next={request.path}"})
    found = reading.creators_accesses(scope, paging_of(request), now_of(request))
    record = AccessesPage(tuple(_row(access) for access in found.items), found.next_cursor)
    return render(request, "creator/accesses.html", {"page": record})


@require_POST
@for_creators
def open_invitation(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Take up a business's link. The secret comes in the body, from the page's script."""
    return redirect(
        "creator:access", accesses.open_invitation(scope, request.POST.get("secret", ""), now=now_of(request))
    )


def _row(access: AccessView) -> AccessRow:
    live = access.state in LIVE
    return AccessRow(
        id=access.id,
        name=access.asker_name,
        own=access.kind is AccessKind.OWN,
        badge=words.badge_of(access.state),
        waits=access.state is AccessState.REQUESTED or access.amendment is not None,
        scopes=words.scope_words(access.scopes if access.granted_at is not None else access.asked_scopes),
        until=words.until_words(access),
        use=words.posts_words(access.consents) if live or access.consents else "",
    )
