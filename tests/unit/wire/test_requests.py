"""What an operation asks for, read from the request."""

import pytest
from django.test import RequestFactory

from vonk.wire import requests
from vonk.wire.codec import Body
from vonk.wire.errors import BodyInvalid, BodyTooLarge, QueryInvalid, RouteMissing
from vonk.wire.operation import OPERATIONS, Operation
from vonk.wire.platform import urls
from vonk.wire.routes import ROUTES

assert urls.PARTS, "Importing them declares the operations."


def operation(method: str, path: str) -> Operation:
    return next(one for one in OPERATIONS if (one.method.value, one.path) == (method, path))


SESSIONS = operation("POST", "/sessions")


@pytest.mark.parametrize("text", [rb"\u0000", rb"vik\u0000@example.org", rb"\\\u0000"])
def test_a_text_without_a_place_in_any_database_is_refused(text: bytes) -> None:
    with pytest.raises(BodyInvalid):
        requests.decode_body(SESSIONS, b'{"email": "%s", "password": "x"}' % text)


def test_a_backslash_that_is_written_out_is_a_backslash() -> None:
    body: Body = requests.decode_body(SESSIONS, rb'{"email": "\\u0000", "password": "x"}')
    assert getattr(body, "email") == r"\u0000"  # noqa: B009 - the operation's own type.


def test_neither_is_one_in_the_query_or_the_path() -> None:
    with pytest.raises(QueryInvalid):
        requests.decode_query(operation("GET", "/posts"), RequestFactory().get("/?cursor=%00"))
    with pytest.raises(RouteMissing):
        ROUTES.match("GET", "/profiles/cleo\0")


def test_a_form_of_thousands_of_parts_is_refused() -> None:
    parts = {f"part{number}": "x" for number in range(1_100)}
    with pytest.raises(BodyInvalid):
        requests.read_upload(RequestFactory().post("/", parts))


def test_what_is_announced_too_large_is_not_waited_for() -> None:
    request = RequestFactory().post("/", b"{}", content_type="application/json")
    request.META["CONTENT_LENGTH"] = "99999999999"
    with pytest.raises(BodyTooLarge):
        requests.read_body(request)
