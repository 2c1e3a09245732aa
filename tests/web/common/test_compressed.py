"""Static files and pages travel compressed to whoever takes it, and whole to everybody else."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

STYLE = "/static/common/vonk.css"
GZIP = {"Accept-Encoding": "gzip, br"}


def body(response: Any) -> bytes:
    streamed = getattr(response, "streaming_content", None)
    return b"".join(streamed) if streamed is not None else bytes(response.content)


@pytest.fixture
def style() -> bytes:
    found = finders.find("common/vonk.css")
    assert isinstance(found, str)
    return Path(found).read_bytes()


def test_texts_are_compressed_for_whoever_takes_it(client: Client, style: bytes) -> None:
    for _ in range(2):
        answer = client.get(STYLE, headers=GZIP)
        assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding")
        assert int(answer.headers["Content-Length"]) == len(body(answer)) < len(style) / 2
        assert gzip.decompress(body(answer)) == style
        assert answer.headers["Content-Type"].startswith("text/css")
    head = client.head(STYLE, headers=GZIP)
    assert (body(head), head.headers["Content-Encoding"]) == (b"", "gzip")


def test_others_get_the_file_as_it_is(client: Client, style: bytes) -> None:
    plain = client.get(STYLE)
    part = client.get(STYLE, headers={**GZIP, "Range": "bytes=0-9"})
    known = client.get(STYLE, headers={**GZIP, "If-None-Match": plain.headers["ETag"]})

    assert ("Content-Encoding" in plain.headers, body(plain)) == (False, style)
    assert (part.status_code, body(part)) == (206, style[:10])
    assert (known.status_code, body(known)) == (304, b"")


@pytest.mark.django_db
def test_pages_are_compressed_and_never_twice_of_one_length(client: Client) -> None:
    plain = client.get("/login/")
    assert "Content-Encoding" not in plain.headers
    lengths = set()
    for _ in range(10):
        answer = client.get("/login/", headers=GZIP)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert b'name="csrfmiddlewaretoken"' in gzip.decompress(answer.content)
        assert int(answer.headers["Content-Length"]) == len(answer.content) < len(plain.content) / 2
        lengths.add(len(answer.content))
    assert len(lengths) > 1  # By chance alike: one run in 100 to the ninth.


@pytest.mark.django_db
def test_the_apis_answers_go_as_they_are(client: Client) -> None:
    answer = client.get("/platform/v1/openapi.json", headers=GZIP)
    assert (answer.status_code, "Content-Encoding" in answer.headers) == (200, False)
