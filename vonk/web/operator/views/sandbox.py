"""Make a developer's world on a sandbox, and show this once what a client needs of it."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from vonk.control.scope import Right, Scope
from vonk.sandbox import keys, worlds
from vonk.web.common.requests import now_of
from vonk.web.operator.access import for_platform


@require_http_methods(["GET", "HEAD", "POST"])
@for_platform(Right.OPERATE)
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Say what would be made; POST makes it, which takes as long as processing its films. NoSandbox on a real platform."""
    if not settings.VONK.sandbox:
        raise worlds.NoSandbox
    if request.method != "POST":
        return render(request, "operator/sandbox.html", {"found": {}})
    made = worlds.create(scope, now=now_of(request))
    found = keys.told(made, base_url=f"{request.scheme}://{request.get_host()}")
    return render(request, "operator/sandbox.html", {"found": found}, status=HTTPStatus.CREATED)
