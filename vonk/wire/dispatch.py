"""The one view of the platform API: match, authenticate, decode, call, encode. Whatever comes in, an envelope goes out."""

import time
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from prometheus_client import Histogram

from vonk.control import clock, idempotency
from vonk.control.idempotency import Answer
from vonk.control.windows import WINDOWS, Allowance
from vonk.core.errors import Limited, Problem
from vonk.identity.access import Actor
from vonk.wire import codec, errors, requests, sealing
from vonk.wire.authentication import actor_of, scope_of
from vonk.wire.codec import Body
from vonk.wire.errors import BodyCut, DatabaseBusy, IdempotencyKeyMissing, MethodMissing
from vonk.wire.limits import KNOWN_PER_WINDOW_MAX, UNKNOWN_PER_WINDOW_MAX
from vonk.wire.operation import Call, Nothing, Operation, Upload
from vonk.wire.routes import ROUTES

_SECONDS = Histogram("vonk_api_seconds", "Time of one call of the platform API", ["operation", "status"])
_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@csrf_exempt
def platform(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer one request of the platform API. CSRF is checked in ``authentication``, for sessions alone."""
    headers = {"Cache-Control": "no-store"}
    started, name = time.perf_counter(), "unmatched"
    try:
        operation, path = ROUTES.match(request.method or "", "/" + rest)
        name = operation.name
        response = _answered(request, operation, path, headers)
    except Problem as problem:
        response = problem_response(problem)
    except UnreadablePostError:
        response = problem_response(BodyCut())  # For the count and the log: whoever sent it has gone.
    except OperationalError as error:
        _log.error("api.database_busy", operation=name, error=str(error))
        response = problem_response(DatabaseBusy())
    except Exception:  # noqa: BLE001 - a bug answers with an envelope too; it is logged with its trace.
        _log.exception("api.failed", operation=name)
        body = msgspec.json.encode(errors.internal_error())
        response = HttpResponse(body, status=500, content_type=errors.CONTENT_TYPE)
    _SECONDS.labels(name, response.status_code).observe(time.perf_counter() - started)
    for header, value in headers.items():
        response.headers[header] = value
    return response


def problem_response(problem: Problem) -> HttpResponse:
    """Return the problem in its envelope; one without a kind is a bug, and logged."""
    status = errors.status_of(problem)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("api.problem_without_kind", code=problem.code, exc_info=problem)
    body = msgspec.json.encode(errors.envelope(problem))
    response = HttpResponse(body, status=status, content_type=errors.CONTENT_TYPE)
    if isinstance(problem, Limited) and problem.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(problem.retry_after_seconds)
    if isinstance(problem, MethodMissing):
        response.headers["Allow"] = str(problem.values["allowed"])
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _answered(
    request: HttpRequest, operation: Operation, path: dict[str, str], headers: dict[str, str]
) -> HttpResponse:
    now = clock.present().now()
    place = request.META.get("REMOTE_ADDR", "")
    actor = actor_of(request, writes=operation.writes, now=now)
    headers["RateLimit"] = _allowance(actor, place).header()
    scope = scope_of(actor, operation, path)
    query = requests.decode_query(operation, request)
    upload: Upload | None = None
    body: Body = Nothing()
    if operation.uploads:
        upload = requests.read_upload(request)
        sent = f"{upload.name}\n{request.META.get('CONTENT_LENGTH', '')}".encode()
    else:
        sent = requests.read_body(request) if operation.writes else b""
        body = requests.decode_body(operation, sent)
    call = Call(body, query, now, path, scope, place, upload)
    if operation.keyed:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            raise IdempotencyKeyMissing
        answer = _once(operation, call, key, f"{request.get_full_path()}\n".encode() + sent, headers)
    elif operation.writes and not operation.alone:
        with transaction.atomic():
            answer = _act(operation, call)
    else:
        answer = _act(operation, call)
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
    if not answer.body:
        del response.headers["Content-Type"]  # Nothing has no type.
    return response


def _allowance(actor: Actor | None, place: str) -> Allowance:
    if actor is not None:
        return WINDOWS.take(f"person {actor.person_id}", KNOWN_PER_WINDOW_MAX)
    return WINDOWS.take(f"place {place}", UNKNOWN_PER_WINDOW_MAX)


def _act(operation: Operation, call: Call[Any, Any]) -> Answer:
    answer = operation.handler(call)
    return Answer(operation.status, b"" if answer is None else codec.encode(answer))


def _once(operation: Operation, call: Call[Any, Any], key: str, sent: bytes, headers: dict[str, str]) -> Answer:
    """Call the operation once for the caller's key; the second time the kept answer is read."""
    replayed = True

    def act() -> Answer:
        nonlocal replayed
        replayed = False
        answer = _act(operation, call)
        return Answer(answer.status, sealing.seal(answer.body))

    person_id = call.scope.person
    if operation.alone:  # It cannot run inside the key's transaction: the key is taken before it begins.
        kept = idempotency.alone(person_id, operation.name, key, sent, now=call.now, act=act)
    else:
        with transaction.atomic():
            kept = idempotency.once(person_id, operation.name, key, sent, now=call.now, act=act)
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return Answer(kept.status, sealing.unseal(kept.body))
