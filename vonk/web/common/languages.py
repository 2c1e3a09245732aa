"""In which language pages are shown: what the person chose, else what this browser chose, else what it prefers."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vonk.core.errors import FieldInvalid
from vonk.identity.actions import people
from vonk.web.common.requests import now_of, person_scope

# Programs read these in one language, whoever's session their request may carry.
ENGLISH: Final = ("/open_api/", "/platform/", "/metrics", "/healthz")
UNSPOKEN: Final = ("/media/", "/vonk.")  # Nothing is said there, and no session is looked up for it.


class LanguageMiddleware:
    """Has each page said in its reader's language, and says which one it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(UNSPOKEN):
            return self._get_response(request)
        if request.path.startswith(ENGLISH):
            with translation.override("en"):
                return self._get_response(request)
        language = language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self._get_response(request)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", language)
        return response


def language_of(request: HttpRequest) -> str:
    """Return the code of the language to answer in."""
    chosen: str = getattr(request.user, "site_language", "")  # Nobody, who is signed in nowhere, has none.
    return chosen if chosen in dict(settings.LANGUAGES) else translation.get_language_from_request(request)


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the language for this browser, and for the person if somebody is signed in; "" leaves it to the browser."""
    language = request.POST.get("language", "")
    if language and language not in dict(settings.LANGUAGES):
        raise FieldInvalid("language", _("this site is not written in it"))
    if request.user.is_authenticated:
        people.choose_site_language(person_scope(request), language, now=now_of(request))
    response = HttpResponseRedirect(_back(request))
    if language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
            httponly=True,
        )
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return response


def _back(request: HttpRequest) -> str:
    """Return the page of this site to go back to; the first one for any other address."""
    page = request.POST.get("next", "")
    return page if url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure()) else "/"
