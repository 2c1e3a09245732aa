"""The wire's table of errors: which kind answers which status, in which envelope (RFC 9457)."""

from http import HTTPStatus
from typing import Final

import msgspec
from django.utils.translation import gettext

from vonk.core import errors
from vonk.core.errors import Actor, Forbidden, Invalid, Missing, Problem, Unavailable

CONTENT_TYPE: Final = "application/problem+json"

STATUS_OF_KIND: Final[dict[type[Problem], HTTPStatus]] = {
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.Missing: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Limited: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


class RouteMissing(Missing):
    """No operation has this path."""

    code = "route_missing"
    message = "There is nothing at %(path)s."
    cause = "The path is misspelt, or belongs to another version."
    remedy = "See /platform/v1/docs for every path."
    link = "/platform/v1/docs"


class MethodMissing(Invalid):
    """The path exists, for other methods. The one error whose status its kind does not tell."""

    code = "method_not_allowed"
    message = "%(path)s does not take %(method)s."
    remedy = "Use %(allowed)s."
    link = "/platform/v1/docs"


class BodyInvalid(Invalid):
    """The body is not JSON of the operation's type."""

    code = "body_invalid"
    message = "The body is not what this operation takes: %(reason)s"
    remedy = "Correct the field and send again."
    link = "/platform/v1/docs"


class QueryInvalid(Invalid):
    """The query string is not of the operation's type."""

    code = "query_invalid"
    message = "The query string is not what this operation takes: %(reason)s"
    remedy = "Correct the parameter and send again."
    link = "/platform/v1/docs"


class BodyTooLarge(Invalid):
    """Bodies have a bound."""

    code = "body_too_large"
    message = "The body is larger than %(most)d bytes."
    remedy = "Send less at a time."


class BodyCut(Invalid):
    """What arrives in part has not arrived."""

    code = "body_cut"
    message = "The body ended before its announced length."
    cause = "The connection broke in the middle."
    remedy = "Send the same request again, with the same Idempotency-Key."


class IdempotencyKeyMissing(Invalid):
    """Every write says which one it is, so that it can be sent again safely."""

    code = "idempotency_key_missing"
    message = "A write needs the header Idempotency-Key."
    remedy = "Send a new random key with each new write, and the same key when you repeat one."
    field = "Idempotency-Key"


class CsrfFailed(Forbidden):
    """A browser's session writes only from our own pages."""

    code = "csrf_failed"
    message = "The page that sent this is not one of ours, or is too old."
    cause = "The request has a session and no valid CSRF token."
    remedy = "Reload the page, or use an access token instead of a session."


class DatabaseBusy(Unavailable):
    """The database did not answer in time."""

    code = "database_busy"
    message = "The platform is busy."
    cause = "Its database did not answer in time."
    remedy = "Send the same request again in a moment; with the same Idempotency-Key nothing happens twice."
    actor = Actor.PLATFORM


class Envelope(msgspec.Struct, frozen=True):
    """Every error of the platform API."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    cause: str
    actor: str
    remedy: str
    link: str
    field: str | None


def status_of(problem: Problem) -> HTTPStatus:
    """Return the status of the problem's kind; 500 for one without a kind, which is a bug."""
    if isinstance(problem, MethodMissing):
        return HTTPStatus.METHOD_NOT_ALLOWED
    found = (status for kind, status in STATUS_OF_KIND.items() if isinstance(problem, kind))
    return next(found, HTTPStatus.INTERNAL_SERVER_ERROR)


def envelope(problem: Problem) -> Envelope:
    """Return the problem in the reader's language."""

    def text(template: str) -> str:
        return problem.fill(gettext(template)) if template else ""

    return Envelope(
        type=f"/problems/{problem.code}",
        title=problem.code.replace("_", " ").capitalize(),
        status=int(status_of(problem)),
        code=problem.code,
        detail=text(problem.message),
        cause=text(problem.cause),
        actor=problem.actor.value,
        remedy=text(problem.remedy),
        link=problem.fill(problem.link) if problem.link else "",
        field=problem.field,
    )


def internal_error() -> Envelope:
    """Return the envelope of what is our own fault."""
    return Envelope(
        type="/problems/internal_error",
        title="Internal error",
        status=500,
        code="internal_error",
        detail=gettext("Something went wrong on our side."),
        cause=gettext("This is a bug; it has been logged."),
        actor=Actor.PLATFORM.value,
        remedy=gettext("Try again; if it stays, tell the operator when it happened."),
        link="",
        field=None,
    )
