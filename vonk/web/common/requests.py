"""What a view needs to know of its request: who asks, when, for which page, with what body."""

from datetime import datetime
from typing import TypeVar

import msgspec
from django.http import HttpRequest

from vonk.control import clock, paging
from vonk.control.scope import Scope, Via
from vonk.core.errors import FieldInvalid, Invalid, Phrase, SignInRequired
from vonk.core.ids import parse_id
from vonk.core.limits import BODY_BYTES_MAX
from vonk.identity import access

Body = TypeVar("Body", bound=msgspec.Struct)


class BodyInvalid(Invalid):
    """The body of a script's call is not what the address takes."""

    code = "body_invalid"
    message = "The request's body is not what this address takes: %(reason)s"
    remedy = "Reload the page and try again."


def now_of(request: HttpRequest) -> datetime:
    """Return the platform's time for this request: the same instant however often it is asked."""
    cached: datetime | None = getattr(request, "_vonk_now", None)
    if cached is None:
        cached = clock.present().now()
        request._vonk_now = cached  # type: ignore[attr-defined]  # noqa: SLF001 - our own memo on the request.
    return cached


def actor_of(request: HttpRequest) -> access.Actor:
    """Return who is signed in; SignInRequired when nobody is."""
    if not request.user.is_authenticated:
        raise SignInRequired
    return access.Actor(person_id=request.user.pk, via=Via.WEB)


def person_scope(request: HttpRequest) -> Scope:
    """Return the scope of the person who is signed in; SignInRequired when nobody is."""
    return access.person(actor_of(request))


def paging_of(request: HttpRequest, *, size: int | None = None) -> paging.Paging:
    """Return the page that the query string asks for; FieldInvalid names what is wrong with it."""
    return paging.parse(request.GET.get("cursor"), str(size) if size else request.GET.get("page_size"))


def id_of(text: str | None, field: str) -> int:
    """Return the id in a form or query string; FieldInvalid when it is none."""
    try:
        return parse_id(text or "")
    except ValueError as error:
        raise FieldInvalid(field, "not an id") from error


def body_of(request: HttpRequest, kind: type[Body]) -> Body:
    """Return the JSON body of a script's call; BodyInvalid when it is not one of ``kind``."""
    if len(request.body) > BODY_BYTES_MAX:
        raise BodyInvalid(reason=Phrase("too long"))
    try:
        return msgspec.json.decode(request.body, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise BodyInvalid(reason=str(error)) from error


def wants_json(request: HttpRequest) -> bool:
    """Say whether a script asks, rather than a form."""
    return not request.accepts("text/html")


def is_partial(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part of a page."""
    return request.headers.get("HX-Request") == "true"
