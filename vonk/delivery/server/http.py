"""HTTP by hand for a handful of routes: bodies with bounds, JSON, CORS, and a problem document for every failure."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, ClassVar, Final

import msgspec

from vonk.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Limited,
    Missing,
    Problem,
    Unauthenticated,
    Unavailable,
)
from vonk.core.limits import BODY_BYTES_MAX

Scope = MutableMapping[str, Any]  # Three types of the ASGI specification, which fixes no more than this.
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

JSON: Final = (b"content-type", b"application/json")
JSON_HEADERS: Final[Headers] = [
    JSON
]  # Of nearly every answer: whoever writes it may look whether it is this very list.
PROBLEM_JSON: Final = (b"content-type", b"application/problem+json")
TEXT_TYPES: Final = (b"application/json", b"text/plain")  # sendBeacon sends text/plain.
PREFLIGHT_SECONDS: Final = b"86400"

STATUS_OF_KIND: Final[dict[type[Problem], int]] = {
    Invalid: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    Missing: 404,
    Conflict: 409,
    Limited: 429,
    Unavailable: 503,
}


class BodyTooLarge(Invalid):
    """The body is larger than any sensible batch."""

    code = "body_too_large"
    message = "The body is larger than %(bytes_max)d bytes."
    remedy = "Send fewer events in one request."
    status: ClassVar[int] = 413


class ContentTypeUnsupported(Invalid):
    """The body is announced as something other than JSON."""

    code = "content_type_unsupported"
    message = "The body must be JSON."
    remedy = "Send it with content-type application/json."
    status: ClassVar[int] = 415


class BodyMalformed(Invalid):
    """The body is not what the route takes."""

    code = "body_malformed"
    message = "The body cannot be read: %(reason)s"
    remedy = "Correct the body and send again."


class RouteMissing(Missing):
    """No such address."""

    code = "route_missing"
    message = "There is nothing at this address."
    remedy = "See the ad server API's documentation for its addresses."


class MethodNotAllowed(Invalid):
    """The address exists, the method does not."""

    code = "method_not_allowed"
    message = "This address takes %(allowed)s."
    remedy = "Use one of these methods."
    status: ClassVar[int] = 405


class InternalError(Unavailable):
    """A bug of ours."""

    code = "internal_error"
    message = "Something went wrong inside the ad server."
    remedy = "Try again; if it goes on, tell the operator the instant."
    status: ClassVar[int] = 500


class ProblemDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457, with who can act and how."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    remedy: str = ""
    actor: str = ""
    field: str | None = None


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What goes back."""

    status: int
    body: bytes
    headers: Headers


def json_answer(body: bytes, status: int = 200) -> Answer:
    """Return the answer that carries this JSON."""
    return Answer(status, body, JSON_HEADERS)


def status_of(error: Problem) -> int:
    """Return the HTTP status of the error: its own, or its kind's."""
    own = getattr(error, "status", None)
    if isinstance(own, int):
        return own
    return next((status for kind, status in STATUS_OF_KIND.items() if isinstance(error, kind)), 500)


def problem_answer(error: Problem) -> Answer:
    """Return the problem document of the error."""
    status = status_of(error)
    headers = [PROBLEM_JSON]
    if isinstance(error, Limited) and error.retry_after_seconds is not None:
        headers.append((b"retry-after", str(error.retry_after_seconds).encode()))
    if isinstance(error, Unavailable) and status == STATUS_OF_KIND[Unavailable]:
        headers.append((b"retry-after", b"1"))
    if isinstance(error, MethodNotAllowed):
        headers.append((b"allow", str(error.values["allowed"]).encode()))
    if isinstance(error, Unauthenticated):
        headers.append((b"www-authenticate", b"Bearer"))
    document = ProblemDocument(
        type=f"urn:vonk:problem:{error.code}",
        title=str(error),
        status=status,
        code=error.code,
        detail=error.fill(error.cause),
        remedy=error.fill(error.remedy),
        actor=error.actor.value,
        field=error.field,
    )
    return Answer(status, msgspec.json.encode(document), headers)


def header(scope: Scope, name: bytes) -> bytes | None:
    """Return the first header of that name (lower case)."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None


def check_headers(scope: Scope) -> None:
    """Raise BodyTooLarge or ContentTypeUnsupported when the request's headers announce such a body."""
    for key, value in scope["headers"]:
        if key == b"content-length" and value.isdigit() and int(value[:20]) > BODY_BYTES_MAX:
            raise BodyTooLarge(bytes_max=BODY_BYTES_MAX)
        if key == b"content-type" and value.partition(b";")[0].strip().lower() not in TEXT_TYPES:
            raise ContentTypeUnsupported


def check_size(body: bytes) -> None:
    """Raise BodyTooLarge when the body is."""
    if len(body) > BODY_BYTES_MAX:
        raise BodyTooLarge(bytes_max=BODY_BYTES_MAX)


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """Return the request's body.

    Raises BodyTooLarge as soon as it is known to be, ContentTypeUnsupported when it claims to be anything but JSON or
    text, and BodyMalformed when the client goes away in the middle of it.
    """
    check_headers(scope)
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body") and message["type"] == "http.request":
        check_size(body)
        return body
    chunks = [body]
    size = len(body)
    while message.get("more_body"):
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > BODY_BYTES_MAX:
            raise BodyTooLarge(bytes_max=BODY_BYTES_MAX)
    if message["type"] != "http.request":
        raise BodyMalformed(reason="the client went away")
    return b"".join(chunks)


class Cors:
    """Which sites' pages may read answers."""

    def __init__(self, allowed_origins: tuple[str, ...]) -> None:
        self._any = "*" in allowed_origins
        self._allowed = frozenset(origin.encode() for origin in allowed_origins)

    def headers(self, scope: Scope) -> Headers:
        """Return what lets the asking page read the answer; nothing for a stranger's or none."""
        if not self._allowed:
            return []
        origin = header(scope, b"origin")
        if origin is None or not (self._any or origin in self._allowed):
            return []
        return [
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", b"retry-after"),  # Which a browser otherwise keeps from the page.
            (b"vary", b"Origin"),
        ]

    def preflight(self, scope: Scope, methods: str) -> Answer:
        """Return the answer to a browser that asks before it sends, without what ``headers`` gives every answer."""
        allowed: Headers = []
        if self.headers(scope):
            allowed = [
                (b"access-control-allow-methods", methods.encode()),
                (b"access-control-allow-headers", b"authorization, content-type"),
                (b"access-control-max-age", PREFLIGHT_SECONDS),
            ]
        return Answer(204, b"", allowed)


async def reply(send: Send, answer: Answer) -> None:
    """Send the answer."""
    headers = [*answer.headers, (b"content-length", b"%d" % len(answer.body))]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
