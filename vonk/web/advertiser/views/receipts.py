"""Signed receipts of what an ad account or a business holds, or asked for; each a file of their own."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vonk.authorisation.queries import receipts
from vonk.web.advertiser.access import Desk, at_desk
from vonk.web.advertiser.offices import Office, at_office
from vonk.web.common.receipts import download


@require_safe
@at_desk()
def of_consent(_request: HttpRequest, desk: Desk, consent_id: int) -> HttpResponse:
    """Answer an authorisation's receipt."""
    return download(receipts.of_consent(desk.scope, consent_id, now=desk.now))


@require_safe
@at_desk()
def of_request(_request: HttpRequest, desk: Desk, request_id: int) -> HttpResponse:
    """Answer a request's receipt."""
    return download(receipts.of_request(desk.scope, request_id, now=desk.now))


@require_safe
@at_desk()
def of_link(_request: HttpRequest, desk: Desk, access_id: int) -> HttpResponse:
    """Answer the receipt of a link to a profile of one's own."""
    return download(receipts.of_access(desk.scope, access_id, now=desk.now))


@require_safe
@at_office()
def of_access(_request: HttpRequest, office: Office, access_id: int) -> HttpResponse:
    """Answer the receipt of a business's access."""
    return download(receipts.of_access(office.scope, access_id, now=office.now))
