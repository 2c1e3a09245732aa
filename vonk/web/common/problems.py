"""The web's table of errors: which kind answers which status, and how a problem is shown.

This is the edge of every page: views let problems rise, and ``middleware`` answers them, as a page, as a part of
one (htmx), or as JSON (``application/problem+json``, RFC 9457) to a script that asks for JSON.
"""

from http import HTTPStatus
from typing import Final

import msgspec
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from vonk.control import wording
from vonk.core import errors
from vonk.core.errors import Actor, Problem

STATUS_OF_KIND: Final[dict[type[Problem], HTTPStatus]] = {
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.Missing: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Limited: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

ACTOR_TEXTS: Final = {
    Actor.CALLER: _("You can solve this."),
    Actor.ADVERTISER: _("The advertiser can solve this."),
    Actor.CREATOR: _("The creator can solve this."),
    Actor.VIEWER: _("The viewer can solve this."),
    Actor.OPERATOR: _("The operator of this site can solve this."),
    Actor.PLATFORM: _("This is ours to solve."),
}


class ProblemView(msgspec.Struct, frozen=True):
    """A problem in the reader's language, for ``components/problem.html`` and for scripts."""

    code: str
    message: str
    cause: str
    actor: str
    remedy: str
    link: str
    field: str | None


def view_of(problem: Problem) -> ProblemView:
    """Return the problem as it is shown."""
    return ProblemView(
        code=problem.code,
        message=wording.of_problem(problem, problem.message),
        cause=wording.of_problem(problem, problem.cause),
        actor=str(ACTOR_TEXTS[problem.actor]),
        remedy=wording.of_problem(problem, problem.remedy),
        link=problem.fill(problem.link) if problem.link else "",
        field=problem.field,
    )


def status_of(problem: Problem) -> HTTPStatus | None:
    """Return the status of the problem's kind; None for one of no kind, which is a bug and answers 500."""
    return next((status for kind, status in STATUS_OF_KIND.items() if isinstance(problem, kind)), None)


def add_to_form(form: Form, problem: Problem) -> None:
    """Put the problem on the form: beside the field at fault where the form has it, else on top."""
    view = view_of(problem)
    if isinstance(problem, errors.FieldInvalid) and view.field in form.fields:
        form.add_error(view.field, reason_of(problem))
        return
    text = " ".join(part for part in (view.message, view.remedy) if part)
    form.add_error(view.field if view.field in form.fields else None, text)


def reason_of(problem: errors.FieldInvalid) -> str:
    """Return how a field is wrong, as a sentence beside it: which one it is can be seen there."""
    reason = str(wording.of_value(problem.reason))
    return reason[:1].upper() + reason[1:] + ("" if reason.endswith(".") else ".")


def answer(request: HttpRequest, problem: Problem) -> HttpResponse | None:
    """Return the response to a problem, or None when its kind is unknown."""
    status = status_of(problem)
    if status is None:
        return None
    view = view_of(problem)
    if request.accepts("text/html"):
        partial = request.headers.get("HX-Request") == "true"
        if status is HTTPStatus.UNAUTHORIZED and not partial and request.method == "GET":
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        template = "components/problem.html" if partial else "problem.html"
        response: HttpResponse = render(request, template, {"problem": view}, status=status)
    else:
        body = {
            "type": f"/problems/{view.code}",
            "title": view.message,
            "status": int(status),
            **msgspec.to_builtins(view),
        }
        response = JsonResponse(body, status=status, content_type="application/problem+json")
    if isinstance(problem, errors.Limited) and problem.retry_after_seconds is not None:
        response["Retry-After"] = str(problem.retry_after_seconds)
    return response
