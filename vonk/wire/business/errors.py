"""The business API's table of errors: which kind of problem answers which code of v1.3 (reference API §2)."""

from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext

from vonk.authorisation.errors.table import TABLE
from vonk.core import errors
from vonk.core.errors import Actor, Forbidden, Invalid, Limited, Missing, Problem, Unauthenticated, Unavailable

OK: Final = 0
PARTLY: Final = 20001
PERMISSION: Final = 40001
PARAMETER: Final = 40002
NOT_THERE: Final = 40007
DUPLICATED_REQUEST: Final = 40050
TOO_FREQUENT: Final = 40100
INVALID_TOKEN: Final = 40105
FREQUENCY: Final = 40132
SYSTEM: Final = 50000
TIMED_OUT: Final = 50002
_REASONS: Final = frozenset(row.code for row in TABLE)

CODE_OF_KIND: Final[dict[type[Problem], int]] = {
    errors.Invalid: PARAMETER,
    errors.Unauthenticated: INVALID_TOKEN,
    errors.Forbidden: PERMISSION,
    errors.Missing: NOT_THERE,
    errors.Conflict: PARAMETER,
    errors.Limited: FREQUENCY,  # Not 40100: clients wait five minutes on it, and waiting does not free a quota.
    errors.Unavailable: TIMED_OUT,
}
"""What a kind answers when its code has no row in ``CODES``."""

CODES: Final[dict[str, int]] = {
    "idempotency_key_reused": DUPLICATED_REQUEST,
    "idempotency_key_underway": TIMED_OUT,
    "database_busy": TIMED_OUT,
}
"""Problems that v1.3 has a code of its own for, by their own code. Areas' files of operations add theirs with ``answers``."""

STATUS_OF_CODE: Final[dict[int, HTTPStatus]] = {
    PERMISSION: HTTPStatus.FORBIDDEN,
    NOT_THERE: HTTPStatus.NOT_FOUND,
    DUPLICATED_REQUEST: HTTPStatus.CONFLICT,
    TOO_FREQUENT: HTTPStatus.TOO_MANY_REQUESTS,
    FREQUENCY: HTTPStatus.TOO_MANY_REQUESTS,
    40102: HTTPStatus.UNAUTHORIZED,
    40104: HTTPStatus.UNAUTHORIZED,
    INVALID_TOKEN: HTTPStatus.UNAUTHORIZED,
    40117: HTTPStatus.METHOD_NOT_ALLOWED,
    40400: HTTPStatus.NOT_FOUND,
    40008: HTTPStatus.NOT_IMPLEMENTED,
    SYSTEM: HTTPStatus.INTERNAL_SERVER_ERROR,
    TIMED_OUT: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The HTTP status of a code for who asks with ``Prefer: http-status``; every other refusal is 422."""


class ParameterInvalid(Invalid):
    """A parameter is missing, mistyped, out of range or unknown."""

    code = "parameter_invalid"
    message = "%(field_name)s: %(reason)s"
    remedy = "Correct the parameter and send again."

    def __init__(self, *, field: str, reason: str) -> None:
        super().__init__(field=field, field_name=field, reason=reason)


class PathUnknown(Missing):
    """Nothing of v1.3 has this path."""

    code = "path_unknown"
    message = "There is no /open_api/v1.3/%(path)s/."
    cause = "The path is misspelt, or belongs to another version."
    remedy = "See /developers/ for every operation."
    link = "/developers/"


class MethodWrong(Invalid):
    """The path exists, for another method."""

    code = "method_wrong"
    message = "%(path)s takes %(allowed)s, not %(method)s."
    remedy = "Use %(allowed)s."
    link = "/developers/"


class NotSupported(Unavailable):
    """v1.3 has this operation, and this platform has not."""

    code = "operation_not_supported"
    message = "%(path)s is not supported by this platform: %(why)s"
    remedy = "See /developers/coverage/ for what is."
    actor = Actor.PLATFORM
    link = "/developers/coverage/"


class TokenMissing(Unauthenticated):
    """The header Access-Token is absent or empty."""

    code = "token_missing"
    message = "The header Access-Token is missing."
    remedy = "Send the access token of your app, or one of your own, in the header Access-Token."
    link = "/developers/"


class TokenInvalid(Unauthenticated):
    """The token is not one of ours, or is no longer."""

    code = "token_invalid"
    message = "Access token is incorrect or has been revoked."
    remedy = "Authorise the app again, or create another token."
    link = "/developers/"


class AccountForbidden(Forbidden):
    """The ad account or Business Center does not exist for the caller."""

    code = "account_forbidden"
    message = "No permission to operate %(noun)s %(account_id)s"
    cause = "It does not exist, or the token does not reach it."
    remedy = "Ask one of its admins for access, or authorise the app for it."


class TooFrequent(Limited):
    """One app does not take everything."""

    code = "too_frequent"
    message = "App reaches the QPS limit. More than %(most)d requests in a minute."
    remedy = "Wait as long as Retry-After says; spread requests over time."

    def __init__(self, *, most: int, retry_after_seconds: int) -> None:
        super().__init__(most=most)
        self.retry_after_seconds = retry_after_seconds


CODES.update({
    PathUnknown.code: 40400,
    MethodWrong.code: 40117,
    NotSupported.code: 40008,
    TokenMissing.code: 40104,
    TooFrequent.code: TOO_FREQUENT,
})  # fmt: skip


def answers(codes: dict[str, int]) -> None:
    """Add problems' codes of v1.3; a file of operations says so of the problems that are its own."""
    for code, number in codes.items():
        assert CODES.setdefault(code, number) == number, f"{code} has another number already."


def code_of(problem: Problem) -> int:
    """Return the code of v1.3 for a problem; SYSTEM for one without a kind, which is a bug."""
    own = CODES.get(problem.code)
    if own is not None:
        return own
    return next((code for kind, code in CODE_OF_KIND.items() if isinstance(problem, kind)), SYSTEM)


def message_of(problem: Problem) -> str:
    """Return what a client reads: the problem's message, begun with the reason's name where that is what clients match.

    Consent's refusals begin with their name (reference API §2, our choice); a field's with the field.
    """
    text = problem.fill(gettext(problem.message))
    if problem.code in _REASONS:
        return f"{problem.code}: {text}"
    if problem.field and not text.startswith(problem.field):
        text = f"{problem.field}: {text}"
    return text
