"""Static files travel compressed to whoever takes it, and whole to everybody else."""

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
