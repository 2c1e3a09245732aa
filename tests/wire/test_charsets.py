"""A request may name a character set; one that no text is written in is refused before anything is read."""

import io
import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from vonk.config.charsets import TextCharsets, charset_of, is_of_text
from vonk.config.wsgi import application

pytestmark = pytest.mark.django_db


def asked(path: str, content_type: str) -> tuple[str, bytes]:
    told: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "a=%C3%A9",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": "3",
        "wsgi.input": io.BytesIO(b"a=1"),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }

    def start(status: str, _headers: Iterable[Any], *_: Any) -> None:
        told.append(status)

    content = b"".join(application(environ, start))
    return told[0], content


@pytest.mark.parametrize("charset", ["base64", "BASE64", '"hex"', "rot13", "idna", "undefined", "zip"])
@pytest.mark.parametrize("path", ["/platform/v1/nothing", "/login/"])
def test_a_charset_of_no_text_is_refused_by_name(charset: str, path: str) -> None:
    status, content = asked(path, f"text/plain; charset={charset}")

    assert status == "400 Bad Request"
    assert json.loads(content)["code"] == "charset_invalid"


def test_the_business_api_reads_utf_8_whatever_is_named() -> None:
    """It promises an envelope of its own whatever comes in, so the name is taken off and the request let through."""
    seen: list[str] = []

    def inner(environ: dict[str, Any], _start: Callable[..., Any]) -> list[bytes]:
        seen.append(environ["CONTENT_TYPE"])
        return []

    asked_of = {
        "PATH_INFO": "/open_api/v1.3/nothing/",
        "CONTENT_TYPE": "multipart/form-data; charset=base64; boundary=x",
    }
    TextCharsets(inner)(asked_of, lambda *_: None)

    assert seen == ["multipart/form-data; boundary=x"]


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "no-such-charset", ""])
def test_the_others_are_read(charset: str) -> None:
    assert asked("/platform/v1/nothing", f"text/plain; charset={charset}")[0] == "404 Not Found"


def test_where_the_charset_stands() -> None:
    assert charset_of("text/plain") is None
    assert charset_of('multipart/form-data; boundary="a"; Charset="UTF-8"') == "UTF-8"
    assert charset_of("text/plain; charset*=utf-8''base64") == "base64"
    assert is_of_text("utf-16")
    assert not is_of_text("base64")
