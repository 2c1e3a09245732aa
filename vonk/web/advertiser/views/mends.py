"""Mend at once what a status names: switch on what is off."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vonk.control.scope import Right
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.views.acts import SWITCHES
from vonk.web.common.requests import is_partial


@require_POST
@at_desk(Right.CAMPAIGN_EDIT)
def switch_on(request: HttpRequest, desk: Desk, noun: str, object_id: int) -> HttpResponse:
    """Switch it on, and show the page anew with what is still in the way."""
    SWITCHES[noun](desk.scope, [object_id], True, now=desk.now)
    messages.success(request, _("Switched on."))
    if is_partial(request):
        response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        response["HX-Refresh"] = "true"
        return response
    return redirect(f"advertiser:{noun}", object_id)
