"""Signed receipts of what a creator gave, was asked, or said beforehand; each a file of their own."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vonk.authorisation.queries import receipts
from vonk.control.scope import Scope
from vonk.web.common.receipts import download
from vonk.web.common.requests import now_of
from vonk.web.creator.access import for_creators


@require_safe
@for_creators
def of_consent(request: HttpRequest, scope: Scope, consent_id: int) -> HttpResponse:
    """Answer a consent's receipt."""
    return download(receipts.of_consent(scope, consent_id, now=now_of(request)))


@require_safe
@for_creators
def of_request(request: HttpRequest, scope: Scope, request_id: int) -> HttpResponse:
    """Answer a request's receipt."""
    return download(receipts.of_request(scope, request_id, now=now_of(request)))


@require_safe
@for_creators
def of_access(request: HttpRequest, scope: Scope, access_id: int) -> HttpResponse:
    """Answer the receipt of an access to one's account."""
    return download(receipts.of_access(scope, access_id, now=now_of(request)))


@require_safe
@for_creators
def of_standing(request: HttpRequest, scope: Scope, standing_id: int) -> HttpResponse:
    """Answer a standing consent's receipt."""
    return download(receipts.of_standing(scope, standing_id, now=now_of(request)))
