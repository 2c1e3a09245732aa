"""The one view of the business API. Whatever comes in, v1.3's envelope goes out, with HTTP status 200 unless asked otherwise."""

import secrets
import time
from datetime import datetime
from http import HTTPStatus

import msgspec
import structlog
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from prometheus_client import Histogram

from vonk.control import clock, idempotency
from vonk.control.idempotency import Answer
from vonk.control.scope import Scope
from vonk.core.errors import Limited, NotFound, Problem, SignInRequired
from vonk.identity import access
from vonk.identity.errors import AppPermissionMissing, TokenExpired
from vonk.identity.rules import CreatorScope
from vonk.wire import sealing
from vonk.wire.business import errors, limits, requests
from vonk.wire.business.asked import Asked
from vonk.wire.business.errors import AccountForbidden, ParameterInvalid, TokenInvalid, TokenMissing
from vonk.wire.business.operation import Call, Operation, Over, Partly, Plain
from vonk.wire.business.routes import ROUTES

_SECONDS = Histogram("vonk_business_api_seconds", "Time of one call of the business API", ["operation", "code"])
_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
_PREFERENCE = "http-status"
_INT64_DIGITS = 19


class Envelope(msgspec.Struct, frozen=True):
    """Every answer of the business API."""

    code: int
    message: str
    request_id: str
    data: object


@csrf_exempt
def business(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer one request of the business API. It knows no sessions, so nothing is to be forged."""
    now, started = clock.present().now(), time.perf_counter()
    request_id = f"{now:%Y%m%d%H%M%S}{secrets.token_hex(9).upper()}"
    headers = {"Cache-Control": "no-store", "X-Request-Id": request_id}
    name, code, data = "unmatched", errors.OK, b"{}"
    message = "OK"
    plain: Plain | None = None
    try:
        operation = ROUTES.match(request.method or "", rest)
        name = operation.name
        given = _answered(request, operation, now, headers)
        if isinstance(given, Plain):
            plain = given
        else:
            code, data = given.status, given.body
            message = "OK" if code == errors.OK else "Partially succeeded: see the list of errors in data."
    except Problem as problem:
        code, message = errors.code_of(problem), errors.message_of(problem)
        _note(problem, code, headers)
    except UnreadablePostError:
        code, message = errors.PARAMETER, "body: it ended before its announced length"
    except OperationalError as error:
        _log.error("business_api.database_busy", operation=name, error=str(error))
        code, message = errors.TIMED_OUT, "The platform is busy. Send the same request again in a moment."
    except Exception:  # noqa: BLE001 - a bug answers with an envelope too; it is logged with its trace.
        _log.exception("business_api.failed", operation=name)
        code, message = errors.SYSTEM, "Something went wrong on our side; it has been logged."
    _SECONDS.labels(name, code).observe(time.perf_counter() - started)
    if plain is not None:
        response = HttpResponse(plain.body, content_type=plain.content_type)
        if plain.file_name:
            response.headers["Content-Disposition"] = f'attachment; filename="{plain.file_name}"'
    else:
        body = msgspec.json.encode(Envelope(code, message, request_id, msgspec.Raw(data)))
        response = HttpResponse(body, content_type="application/json", status=_status(request, code, headers))
    for header, value in headers.items():
        response.headers[header] = value
    return response


def _answered(request: HttpRequest, operation: Operation, now: datetime, headers: dict[str, str]) -> Answer | Plain:
    place = request.META.get("REMOTE_ADDR", "")
    actor = _actor(request, operation, now=now, place=place)
    caller = f"place {place}" if actor is None else f"app {actor.app_id} of {actor.person_id}"
    try:
        asked, files, sent = requests.read(operation, request)
        scope = _scope(actor, operation, asked)
    except Problem:
        limits.take(caller, operation, None)  # Else who sends nonsense or makes ids up would never be slowed down.
        raise
    headers.update(limits.headers(limits.take(caller, operation, asked)))
    call = Call(
        asked=asked,
        now=now,
        scope_held=scope,
        actor=actor,
        may=operation.may,
        place=place,
        site_url=f"{request.scheme}://{request.get_host()}",
        files=files,
        token=_token(request) if operation.over is Over.APP else "",
    )
    key = _key(request, operation, asked)
    if key is not None and actor is not None:
        return _once(operation, call, actor, key, requests.with_files(sent, files))
    if operation.writes and not operation.alone:
        with transaction.atomic():
            return _act(operation, call)
    return _act(operation, call)


def _token(request: HttpRequest) -> str:
    return request.headers.get("Access-Token", "").strip()


def _actor(request: HttpRequest, operation: Operation, *, now: datetime, place: str) -> access.Actor | None:
    token = _token(request)
    if operation.over is Over.APP and not token:
        return None
    if not token:
        limits.take(f"place {place}", operation, None, most=limits.UNKNOWN_PER_MINUTE_MAX)
        raise TokenMissing
    try:
        return access.by_business_token(token, now=now)
    except SignInRequired as problem:
        limits.take(f"place {place}", operation, None, most=limits.UNKNOWN_PER_MINUTE_MAX)
        if operation.over is Over.APP:
            return None  # The app's secret decides.
        if isinstance(problem, TokenExpired):
            raise
        raise TokenInvalid from problem


def _scope(actor: access.Actor | None, operation: Operation, asked: Asked) -> Scope | None:
    """Return the scope over what the operation is declared for; AccountForbidden where the caller has no part in it."""
    if operation.over is Over.APP or actor is None:
        return None
    if operation.allows is not None:
        return _creator(actor, operation.allows, asked)
    if actor.scopes is not None:
        raise AppPermissionMissing(right=operation.may.value)  # A creator's token opens what is declared for creators.
    if operation.over is Over.PERSON:
        return access.person(actor)
    object_id = int(getattr(asked, operation.over.value))
    noun = "advertiser" if operation.over is Over.ADVERTISER else "Business Center"
    try:
        if operation.over is Over.ADVERTISER:
            return access.advertiser(actor, object_id, may=operation.may)
        return access.organisation(actor, object_id, may=operation.may)
    except NotFound as problem:
        raise AccountForbidden(noun=noun, account_id=object_id) from problem


def _creator(actor: access.Actor, allows: CreatorScope, asked: Asked) -> Scope:
    """Return the scope of a creator; AccountForbidden when ``business_id`` names somebody else."""
    scope = access.creator(actor, allows=allows)
    named = getattr(asked, "business_id", None)
    if named is not None and named != scope.person:
        raise AccountForbidden(noun="creator", account_id=named)
    return scope


def _key(request: HttpRequest, operation: Operation, asked: Asked) -> str | None:
    """Return what makes a repeated write one write: our header, or v1.3's ``request_id`` in the body."""
    if not operation.writes:
        return None
    header = request.headers.get("Idempotency-Key")
    if header is not None:
        return header
    given = getattr(asked, "request_id", None)
    if given is None:
        return None
    digits = str(given)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _INT64_DIGITS and int(digits) < 2**63):
        raise ParameterInvalid(field="request_id", reason="a string that holds a 64-bit integer")
    return f"request_id {digits} {getattr(asked, 'advertiser_id', '')}"


def _act(operation: Operation, call: Call[Asked]) -> Answer | Plain:
    given = operation.handler(call)
    if isinstance(given, Plain):
        return given
    if isinstance(given, Partly):
        return Answer(errors.PARTLY, msgspec.json.encode(given.given))
    return Answer(errors.OK, b"{}" if given is None else msgspec.json.encode(given))


def _once(operation: Operation, call: Call[Asked], actor: access.Actor, key: str, sent: bytes) -> Answer | Plain:
    """Call the operation once for the caller's key; the second time the kept answer is read.

    Keys are a person's own, and each of their apps has keys of its own: none reads what another was answered.
    """
    person_id = actor.person_id
    name = f"business.{operation.name}" + (f" app {actor.app_id}" if actor.app_id is not None else "")

    def act() -> Answer:
        answer = _act(operation, call)
        assert isinstance(answer, Answer), "Operations that write answer an envelope."
        return Answer(answer.status, sealing.seal(answer.body))

    if operation.alone:  # It cannot run inside the key's transaction.
        kept = idempotency.alone(person_id, name, key, sent, now=call.now, act=act)
    else:
        with transaction.atomic():
            kept = idempotency.once(person_id, name, key, sent, now=call.now, act=act)
    return Answer(kept.status, sealing.unseal(kept.body))


def _note(problem: Problem, code: int, headers: dict[str, str]) -> None:
    """Log what is a bug, and say in headers when to come back."""
    if code == errors.SYSTEM:
        _log.error("business_api.problem_without_kind", code=problem.code, exc_info=problem)
    if isinstance(problem, Limited) and problem.retry_after_seconds is not None:
        headers["Retry-After"] = str(problem.retry_after_seconds)


def _status(request: HttpRequest, code: int, headers: dict[str, str]) -> HTTPStatus:
    """Return 200, or the real status for who asks for it with ``Prefer: http-status``."""
    asked = {part.strip().lower() for part in request.headers.get("Prefer", "").split(",")}
    if _PREFERENCE not in asked:
        return HTTPStatus.OK
    headers["Preference-Applied"] = _PREFERENCE
    if code == errors.OK:
        return HTTPStatus.OK
    if code == errors.PARTLY:
        return HTTPStatus.MULTI_STATUS
    return errors.STATUS_OF_CODE.get(code, HTTPStatus.UNPROCESSABLE_ENTITY)
