"""The public page of a shared preview: ads as their viewers will see them, for whoever holds the link."""

from datetime import datetime

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vonk.advertising.queries.shared_previews import public_preview
from vonk.web.common.phones import Phone, phone_of
from vonk.web.common.requests import now_of


class PublicPage(msgspec.Struct, frozen=True):
    """What stands on the page; each phone with what the sharer calls it."""

    sharer: str
    expires_at: datetime
    phones: tuple[tuple[str, Phone], ...]


@require_safe
def page(request: HttpRequest, preview_id: int, mark: str) -> HttpResponse:
    """Show the ads to whoever holds the link; it asks for nobody's session and leaves no cookie.

    Search engines are told to stay away, and no address that the page loads learns of the link.
    """
    found = public_preview(preview_id, mark, now=now_of(request))
    phones = tuple((label, phone_of(preview)) for label, preview in found.ads)
    response = render(request, "shared_preview.html", {"page": PublicPage(found.sharer, found.expires_at, phones)})
    response.headers["Content-Security-Policy"] = _policy()
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _policy() -> str:
    """Return what the page may load: our files, and the posts' media. It sends nothing anywhere."""
    hosts = settings.VONK.host_media_origins
    return "; ".join((
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        " ".join(("img-src 'self' data:", *hosts)),
        " ".join(("media-src 'self'", *hosts)),
        "font-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ))  # fmt: skip
