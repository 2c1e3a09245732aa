"""Serve videos, posters and avatars, in part where a player asks for a part (RFC 9110 §14)."""

import re
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from vonk.content import media
from vonk.content.errors import MediaMissing

_RANGE: Final = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*")
_CACHE: Final = "public, max-age=31536000, immutable"  # A key's bytes never change.


@require_safe
def serve(request: HttpRequest, key: str) -> HttpResponseBase:
    """Answer with the media under the key, whole or one byte range of it.

    A range that cannot be had answers 416; more than one range, or one whose If-Range names another version, is
    answered with the whole. Sources as uploaded are not served. Raises MediaMissing.
    """
    content_type = media.CONTENT_TYPES.get(key.rpartition(".")[2])
    if content_type is None:
        raise MediaMissing
    store = media.store()
    size = store.size(key)
    etag = f'"{key}"'
    if _names(request.headers.get("If-None-Match", ""), etag):
        return _dressed(HttpResponse(status=HTTPStatus.NOT_MODIFIED), etag, content_type)
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        asked = ""
    span = _span(asked, size)
    if span is None:
        refusal = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        refusal["Content-Range"] = f"bytes */{size}"
        return _dressed(refusal, etag, content_type)
    first, length, partial = span
    status = HTTPStatus.PARTIAL_CONTENT if partial else HTTPStatus.OK
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(status=status)
    else:
        response = StreamingHttpResponse(store.read(key, first, length), status=status)
    response["Content-Length"] = str(length)
    if partial:
        response["Content-Range"] = f"bytes {first}-{first + length - 1}/{size}"
    return _dressed(response, etag, content_type)


def _dressed(response: HttpResponseBase, etag: str, content_type: str) -> HttpResponseBase:
    response["Content-Type"] = content_type
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = _CACHE
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _names(header: str, etag: str) -> bool:
    return any(candidate.strip().removeprefix("W/") in {etag, "*"} for candidate in header.split(","))


def _span(header: str, size: int) -> tuple[int, int, bool] | None:
    """Return first byte, length and whether that is a part; the whole when the header asks for no single range.

    None when the range lies outside.
    """
    match = _RANGE.fullmatch(header)
    if match is None or match.group(1) == match.group(2) == "":
        return 0, size, False
    first_text, last_text = match.groups()
    if first_text == "":
        length = min(int(last_text), size)
        return (size - length, length, True) if length else None
    first = int(first_text)
    last = min(int(last_text), size - 1) if last_text else size - 1
    if last_text and int(last_text) < first:
        return 0, size, False  # Not a valid range: RFC 9110 §14.1.1 says to ignore it.
    return (first, last - first + 1, True) if first < size else None
