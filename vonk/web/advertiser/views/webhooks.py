"""An ad account's webhooks, for who administers it."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.control.scope import Right
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.pages import answer
from vonk.web.common import webhooks
from vonk.web.common.webhooks import Site


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.ACCOUNT_EDIT)
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the endpoints; POST adds one."""
    return webhooks.list_or_add(request, _site(request, desk))


@require_safe
@at_desk(Right.ACCOUNT_EDIT)
def endpoint(request: HttpRequest, desk: Desk, endpoint_id: int) -> HttpResponse:
    """Show one endpoint and what was sent to it."""
    return webhooks.show(request, _site(request, desk), endpoint_id)


@require_POST
@at_desk(Right.ACCOUNT_EDIT)
def act(request: HttpRequest, desk: Desk, endpoint_id: int) -> HttpResponse:
    """Do what a button of the endpoint's page says."""
    return webhooks.act(request, _site(request, desk), endpoint_id)


def _site(request: HttpRequest, desk: Desk) -> Site:
    def draw(template: str, page: object, status: HTTPStatus) -> HttpResponse:
        return answer(request, desk, template, page, status=status)

    return Site(desk.scope, reverse("advertiser:webhooks"), draw, desk.now)
