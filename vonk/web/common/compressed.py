"""Static files and pages travel compressed: a page of ours is a third of its size then, also without a proxy in front."""

import gzip
import threading
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware

SMALL_BYTES: Final = 512  # Below, the header costs as much as is saved.
KINDS: Final = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
LEVEL: Final = 9  # Once a file and process.


class CompressedStaticMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # WhiteNoise is not typed.
    """Serves static files as WhiteNoise does, and texts among them with gzip to whoever takes it.

    They hold nothing personal, so their length tells nothing. Each is compressed when it is first asked for.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._bodies: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found = self.files.get(request.path_info)
        if found is None or self.autorefresh or not _wants_whole(request):
            answer: HttpResponseBase = super().__call__(request)
            return answer
        path, headers = found.get_path_and_headers(request.META)
        named = dict(headers)
        if found.is_not_modified(request.META) or not _worth_it(named):
            plain: HttpResponseBase = self.serve(found, request)
            return plain
        body = self._compressed(path)
        response = HttpResponse(b"" if request.method == "HEAD" else body)
        for name, value in headers:
            response.headers[name] = value
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(body))
        response.headers["Vary"] = "Accept-Encoding"
        return response

    def _compressed(self, path: str) -> bytes:
        found = self._bodies.get(path)
        if found is None:
            with self._lock, open(path, "rb") as file:  # noqa: PTH123 - WhiteNoise's own path, as it is.
                found = self._bodies.setdefault(path, gzip.compress(file.read(), LEVEL, mtime=0))
        return found


class CompressedPagesMiddleware(GZipMiddleware):
    """Compresses pages and parts of pages for whoever takes it; files, streams and the APIs' answers go as they are.

    A page holds what its reader alone may know, beside words that an address may put there. Django masks the CSRF token anew
    in each page and adds up to 100 random bytes to each answer (BREACH; decision 0057).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the answer, compressed if it is a page."""
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed


def _wants_whole(request: HttpRequest) -> bool:
    takes = request.headers.get("Accept-Encoding", "")
    return request.method in ("GET", "HEAD") and "gzip" in takes and "Range" not in request.headers


def _worth_it(headers: dict[str, str]) -> bool:
    known = headers.get("Content-Type", "").startswith((*KINDS, "application/javascript"))
    return known and "Content-Encoding" not in headers and int(headers.get("Content-Length", "0")) >= SMALL_BYTES
