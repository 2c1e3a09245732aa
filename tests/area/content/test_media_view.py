"""Byte ranges as players ask for them. The view is content's, so its tests are here: they need no page."""

from pathlib import Path

import pytest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory

from vonk.content import media
from vonk.content.errors import MediaMissing
from vonk.web.common.media import serve

pytestmark = pytest.mark.django_db  # Closing a response looks after the database connection.

BODY = bytes(range(200)) * 5_000


@pytest.fixture
def key(folder: Path) -> str:
    return put(folder, "mp4")


def put(folder: Path, ending: str) -> str:
    made, draft = media.new_key(ending), folder / "draft"
    draft.write_bytes(BODY)
    media.store().put(made, draft)
    return made


def ask(key: str, method: str = "GET", **headers: str) -> HttpResponseBase:
    return serve(RequestFactory().generic(method, f"/media/{key}", headers=headers), key)


def body(response: HttpResponseBase) -> bytes:
    assert isinstance(response, StreamingHttpResponse)
    content = response.getvalue()
    response.close()
    return content


def test_the_whole(key: str) -> None:
    response = ask(key)
    assert response.status_code == 200
    assert dict(response.items()) == {
        "Content-Type": "video/mp4",
        "Content-Length": str(len(BODY)),
        "Accept-Ranges": "bytes",
        "ETag": f'"{key}"',
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
    }
    assert body(response) == BODY


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-", 0, len(BODY) - 1),
        ("bytes=100-199", 100, 199),
        ("bytes=999999-", 999_999, 999_999),
        ("bytes=500000-9999999", 500_000, 999_999),
        ("bytes=-1", 999_999, 999_999),
        ("bytes=-5000000", 0, 999_999),
        ("bytes= 5-6 ", 5, 6),
    ],
)
def test_a_part(key: str, asked: str, first: int, last: int) -> None:
    response = ask(key, Range=asked)
    assert (response.status_code, response["Content-Range"]) == (206, f"bytes {first}-{last}/{len(BODY)}")
    assert response["Content-Length"] == str(last - first + 1)
    assert body(response) == BODY[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=1000000-", "bytes=1000000-1000001", "bytes=-0"])
def test_a_part_that_is_not_there(key: str, asked: str) -> None:
    response = ask(key, Range=asked)
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(BODY)}")


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "bytes=9-5", "bytes=-", "bytes=a-b", "items=0-1", "bytes", "bytes=0-" + "9" * 30]
)
def test_what_is_no_single_range_gets_the_whole(key: str, asked: str) -> None:
    response = ask(key, Range=asked)
    assert (response.status_code, body(response)) == (200, BODY)


def test_a_range_of_another_version_gets_the_whole(key: str) -> None:
    response = ask(key, Range="bytes=0-1", **{"If-Range": '"other"'})
    assert (response.status_code, body(response)) == (200, BODY)
    response = ask(key, Range="bytes=0-1", **{"If-Range": f'"{key}"'})
    assert (response.status_code, body(response)) == (206, BODY[:2])


def test_what_the_browser_has_is_not_sent_again(key: str) -> None:
    assert ask(key, **{"If-None-Match": f'"other", W/"{key}"'}).status_code == 304
    response = ask(key, **{"If-None-Match": '"other"'})
    assert (response.status_code, body(response)) == (200, BODY)


def test_head(key: str) -> None:
    response = ask(key, "HEAD", Range="bytes=0-9")
    assert (response.status_code, response["Content-Length"], response.streaming) == (206, "10", False)
    assert ask(key, "POST").status_code == 405


@pytest.mark.parametrize(("ending", "content_type"), [("jpg", "image/jpeg"), ("webp", "image/webp")])
def test_content_types(ending: str, content_type: str, folder: Path) -> None:
    response = ask(put(folder, ending))
    assert response["Content-Type"] == content_type
    response.close()


def test_what_is_not_served(folder: Path) -> None:
    for key in (put(folder, "src"), media.new_key("mp4"), "../keys/django", "x.mp4", ""):
        with pytest.raises(MediaMissing):
            ask(key)
