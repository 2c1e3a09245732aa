"""Analytics: what one's posts brought in some days, organic and paid, and how long viewers stayed."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vonk.content import queries as content
from vonk.control.scope import Scope
from vonk.core.errors import FieldInvalid
from vonk.web.common import problems
from vonk.web.common.requests import now_of
from vonk.web.creator import analytics
from vonk.web.creator.access import for_creators


@require_safe
@for_creators
def page(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Show the numbers of all of the creator's posts."""
    return _answer(request, scope, None)


@require_safe
@for_creators
def of_post(request: HttpRequest, scope: Scope, post_id: int) -> HttpResponse:
    """Show the numbers of one post."""
    return _answer(request, scope, content.own_post(scope, post_id).id)


def _answer(request: HttpRequest, scope: Scope, post_id: int | None) -> HttpResponse:
    """Show the page; when its address asks for what there is not, say so above the usual days."""
    zone, now = analytics.zone_of(scope), now_of(request)
    wrong = None
    try:
        asked = analytics.asked_of(request.GET, zone, now)
    except FieldInvalid as problem:
        wrong = problems.view_of(problem)
        asked = analytics.asked_of({}, zone, now)
    record = analytics.page_of(scope, asked, post_id=post_id)
    status = HTTPStatus.OK if wrong is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "creator/analytics.html", {"page": record, "wrong": wrong}, status=status)
