"""An organisation's webhooks, for its admins."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vonk.control.scope import Right
from vonk.web.advertiser.offices import Office, answer, at_office
from vonk.web.common import webhooks
from vonk.web.common.webhooks import Site


@require_http_methods(["GET", "HEAD", "POST"])
@at_office(Right.BUSINESS_EDIT)
def page(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the endpoints; POST adds one."""
    return webhooks.list_or_add(request, _site(request, office))


@require_safe
@at_office(Right.BUSINESS_EDIT)
def endpoint(request: HttpRequest, office: Office, endpoint_id: int) -> HttpResponse:
    """Show one endpoint and what was sent to it."""
    return webhooks.show(request, _site(request, office), endpoint_id)


@require_POST
@at_office(Right.BUSINESS_EDIT)
def act(request: HttpRequest, office: Office, endpoint_id: int) -> HttpResponse:
    """Do what a button of the endpoint's page says."""
    return webhooks.act(request, _site(request, office), endpoint_id)


def _site(request: HttpRequest, office: Office) -> Site:
    def draw(template: str, page: object, status: HTTPStatus) -> HttpResponse:
        return answer(request, office, template, page, status=status)

    base = reverse("advertiser:business_webhooks", args=[office.organisation.id])
    return Site(office.scope, base, draw, office.now)
