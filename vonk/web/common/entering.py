"""Where a host app's people come in: a link made by the host's server, whose secret stands in the fragment."""

from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from vonk.core.limits import CODE_CHARS_MAX
from vonk.identity.actions import hosts
from vonk.web.common.requests import now_of

_BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Take the secret from the page's script, say who would be let in, and let them in when they confirm it.

    Nobody is signed in by a link alone: a page elsewhere could open one, and its reader would act as somebody else.
    """
    secret = request.POST.get("secret", "")[:CODE_CHARS_MAX]
    if request.method != "POST":
        response = render(request, "entering.html", {"entry": None, "secret": ""})
    elif request.POST.get("confirm") != "yes":
        response = render(
            request, "entering.html", {"entry": hosts.look_at_entry(secret, now=now_of(request)), "secret": secret}
        )
    else:
        entry = hosts.use_entry(secret, now=now_of(request))
        login(request, get_user_model().objects.get(pk=entry.person_id), backend=_BACKEND)
        response = redirect(entry.path)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
