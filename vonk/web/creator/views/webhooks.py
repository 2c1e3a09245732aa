"""A creator's webhooks."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.control.scope import Scope
from vonk.web.common import webhooks
from vonk.web.common.requests import now_of
from vonk.web.common.webhooks import Site
from vonk.web.creator.access import for_creators


@require_http_methods(["GET", "HEAD", "POST"])
@for_creators
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the endpoints; POST adds one."""
    return webhooks.list_or_add(request, _site(request, scope))


@require_safe
@for_creators
def endpoint(request: HttpRequest, scope: Scope, endpoint_id: int) -> HttpResponse:
    """Show one endpoint and what was sent to it."""
    return webhooks.show(request, _site(request, scope), endpoint_id)


@require_POST
@for_creators
def act(request: HttpRequest, scope: Scope, endpoint_id: int) -> HttpResponse:
    """Do what a button of the endpoint's page says."""
    return webhooks.act(request, _site(request, scope), endpoint_id)


def _site(request: HttpRequest, scope: Scope) -> Site:
    def draw(template: str, page: object, status: HTTPStatus) -> HttpResponse:
        return render(request, f"creator/{template}", {"page": page}, status=status)

    return Site(scope, reverse("creator:webhooks"), draw, now_of(request))
