"""What happens around every view."""

import secrets
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

from vonk.core.errors import FieldInvalid, Problem, SignInRequired
from vonk.web.common import problems
from vonk.web.common.requests import actor_of, now_of

# Machines and media ask here; who is signed in, and so the session, plays no part.
IMPERSONAL: Final = ("/media/", "/healthz", "/metrics", "/platform/", "/open_api/", "/vonk.")
NONCE_BYTES: Final = 16


class PlatformMiddleware:
    """Puts ``now``, ``actor`` (None when nobody is signed in) and ``csp_nonce`` on the request and security headers
    on the answer; answers the problems that a view lets rise. Anything else stays an error of ours and answers 500.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        nonce = secrets.token_urlsafe(NONCE_BYTES)
        request.csp_nonce = nonce  # type: ignore[attr-defined]  # Ours, for a template that cannot do without a script.
        impersonal = request.path.startswith(IMPERSONAL)
        actor = None
        if not impersonal:
            try:
                actor = actor_of(request)
            except SignInRequired:
                actor = None
            request.now = now_of(request)  # type: ignore[attr-defined]  # Ours.
            request.actor = actor  # type: ignore[attr-defined]  # Ours.
        wrong = None if impersonal else _nul_in(request)
        response = self._get_response(request) if wrong is None else _refused(request, wrong)
        response.headers.setdefault("Content-Security-Policy", content_security_policy(nonce))
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        if actor is not None and "Cache-Control" not in response.headers:
            patch_cache_control(response, private=True, no_store=True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page of a problem; None leaves the exception to Django."""
        return problems.answer(request, exception) if isinstance(exception, Problem) else None


def _refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    answer = problems.answer(request, problem)
    assert answer is not None, "What is invalid has a status."
    return answer


def _nul_in(request: HttpRequest) -> FieldInvalid | None:
    """Return what is wrong with an address or a plain form that holds U+0000, which no database keeps or looks for."""
    plain = request.content_type == "application/x-www-form-urlencoded"
    for given in (request.GET, request.POST) if plain else (request.GET,):
        for name, values in given.lists():
            if "\0" in name or any("\0" in value for value in values if isinstance(value, str)):
                return FieldInvalid(name.replace("\0", ""), "without the character U+0000")
    return None


def content_security_policy(nonce: str) -> str:
    """Return what a page may load: our own files and media, and talk to us and to the ad server."""
    return "; ".join((
        "default-src 'self'",
        f"script-src 'self' 'nonce-{nonce}'",
        "style-src 'self' 'unsafe-inline'",  # Charts and progress bars set sizes on elements.
        " ".join(("img-src 'self' data: blob:", *settings.VONK.host_media_origins)),  # What stays at host apps.
        " ".join(("media-src 'self' blob:", *settings.VONK.host_media_origins)),
        f"connect-src 'self' {settings.VONK.ads_url}",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ))  # fmt: skip
