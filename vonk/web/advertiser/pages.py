"""What the views of the ads manager share: how a page is answered and how a form is refused."""

from http import HTTPStatus

import msgspec
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from vonk.core.errors import Actor, FieldInvalid, Problem
from vonk.web.advertiser.access import Desk
from vonk.web.common import problems
from vonk.web.common.problems import ProblemView
from vonk.web.common.requests import is_partial

OWN_PATHS = "/advertiser/"


def answer(
    request: HttpRequest,
    desk: Desk,
    template: str,
    page: object,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    **more: object,
) -> HttpResponse:
    """Return a page of the ads manager; ``page`` is its typed record, ``more`` are forms and problems."""
    return render(request, f"advertiser/{template}", {"desk": desk, "page": page, **more}, status=status)


def problem_of(request: HttpRequest, problem: Problem) -> ProblemView:
    """Return the problem as this area shows it: without a link to the page itself, or to what only others can open."""
    view = problems.view_of(problem)
    if problem.actor is Actor.ADVERTISER:  # That is who reads it here.
        view = msgspec.structs.replace(view, actor=str(problems.ACTOR_TEXTS[Actor.CALLER]))
    here = request.path
    if not view.link.startswith(OWN_PATHS) or view.link == here or here.startswith(view.link + "preview"):
        return msgspec.structs.replace(view, link="")
    return view


def refusal_status(request: HttpRequest, problem: Problem) -> HTTPStatus:
    """Return the status of a page that shows the problem itself. A part of a page is always swapped in with 422."""
    if is_partial(request):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    status = problems.status_of(problem)
    if status is None:
        raise problem
    return status


def refuse(form: Form, problem: Problem, *, field: str | None = None) -> bool:
    """Put the problem beside its field (``field``, where the form calls it otherwise); False when there is no such field."""
    name = field if field is not None else problem.field
    if name is None or name not in form.fields:
        return False
    if isinstance(problem, FieldInvalid):
        form.add_error(name, problems.reason_of(problem))
        return True
    view = problems.view_of(problem)
    form.add_error(name, " ".join(part for part in (view.message, view.remedy) if part))
    return True


def refuse_somewhere(form: Form, problem: Problem, *, field: str | None = None) -> None:
    """As ``refuse``; on top of the form when there is no such field."""
    if not refuse(form, problem, field=field):
        view = problems.view_of(problem)
        form.add_error(None, " ".join(part for part in (view.message, view.remedy) if part))
