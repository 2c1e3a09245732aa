"""Who calls: the bearer of an access token, or a browser's session with its CSRF token; and with which scope."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from vonk.control.scope import Scope, Via
from vonk.core.errors import SignInRequired
from vonk.core.ids import parse_id
from vonk.identity import access
from vonk.wire.errors import CsrfFailed
from vonk.wire.operation import ACCOUNT_RIGHTS, BUSINESS_RIGHTS, HOST_RIGHTS, PLATFORM_RIGHTS, Operation


def _page(_request: HttpRequest) -> HttpResponse:
    """Stands for the page that would be protected; it is never drawn."""
    return HttpResponse()


class _CsrfCheck(CsrfViewMiddleware):
    """Django's own check, told to say no instead of drawing a page."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:  # noqa: ARG002 - Django's signature.
        raise CsrfFailed


def actor_of(request: HttpRequest, *, writes: bool, now: datetime) -> access.Actor | None:
    """Return who calls, None for nobody. Raises SignInRequired for a token that is not valid, CsrfFailed."""
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not token:
            raise SignInRequired
        return access.by_token(token.strip(), now=now)
    if not request.user.is_authenticated:
        return None
    if writes:
        check = _CsrfCheck(_page)
        check.process_request(request)
        check.process_view(request, _page, (), {})
    return access.Actor(request.user.pk, Via.PLATFORM_API)


def scope_of(actor: access.Actor | None, operation: Operation, path: dict[str, str]) -> Scope | None:
    """Return the scope that the operation's right asks for; raises what ``identity.access`` raises.

    For an operation that is open to everybody: the person's scope, or None when nobody has signed in, or a host's server asks.
    """
    if operation.may is None:
        return access.person(actor) if actor is not None and actor.host_id is None else None
    if actor is None:
        raise SignInRequired
    if operation.may in ACCOUNT_RIGHTS:
        return access.advertiser(actor, _id(path, "account_id"), may=operation.may)
    if operation.may in BUSINESS_RIGHTS:
        return access.organisation(actor, _id(path, "organisation_id"), may=operation.may)
    if operation.may in HOST_RIGHTS:
        return access.host(actor)
    if operation.may in PLATFORM_RIGHTS:
        return access.operator(actor, may=operation.may)
    scope = access.person(actor)
    scope.require(operation.may)
    return scope


def _id(path: dict[str, str], name: str) -> int:
    try:
        return parse_id(path[name])
    except ValueError:
        return 0  # Nothing has it, so the answer is that of anything that is not there.
