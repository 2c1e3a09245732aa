"""``/vonk.js`` and ``/vonk.mjs``: what our own feed and every host's page load, at addresses that stay."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

FOLDER: Final = Path(__file__).parents[1] / "static/viewer"
FRESH_SECONDS: Final = 3600  # A mended script is everywhere within the hour.


class Script(msgspec.Struct, frozen=True):
    """A script as it travels: plain and compressed, each with its tag."""

    plain: bytes
    compressed: bytes
    tag: str


@cache
def load(name: str) -> Script:
    """Return the script of that name, read once a process."""
    plain = (FOLDER / name).read_bytes()
    return Script(plain, gzip.compress(plain, 9, mtime=0), hashlib.sha256(plain).hexdigest()[:16])


@require_safe
def script(request: HttpRequest, name: str) -> HttpResponse:
    """Serve a script to any page: any origin, nothing personal, compressed for whoever takes it."""
    found = load(name)
    compressed = "gzip" in request.headers.get("Accept-Encoding", "")
    tag = f'"{found.tag}{"-gzip" if compressed else ""}"'
    known = tag in request.headers.get("If-None-Match", "")
    answer = (
        HttpResponseNotModified()
        if known
        else HttpResponse(
            found.compressed if compressed else found.plain, content_type="text/javascript; charset=utf-8"
        )
    )
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}, stale-while-revalidate=86400"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if compressed and not known:
        answer.headers["Content-Encoding"] = "gzip"
    return answer
