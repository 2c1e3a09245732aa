"""Bodies arrive whole or not at all: a client that goes away in the middle has sent nothing."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from django.core.handlers.wsgi import WSGIHandler

Start = Callable[..., Any]


class Input(Protocol):
    """What a WSGI server offers (PEP 3333)."""

    def read(self, size: int = -1, /) -> bytes: ...
    def readline(self, size: int = -1, /) -> bytes: ...


class WholeInput:
    """The body of a request. A body that ends before its announced length raises ConnectionResetError.

    Django makes an UnreadablePostError of it. Without this, servers hand out the beginning of an upload as the upload.
    """

    def __init__(self, body: Input, length: int) -> None:
        self._body = body
        self._left = length

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes; fewer than asked for only at the body's end."""
        part = self._body.read(size)
        self._left -= len(part)
        self._require(whole=size >= 0 and len(part) == size)
        return part

    def readline(self, size: int = -1, /) -> bytes:
        """Return the next line, or its first ``size`` bytes."""
        part = self._body.readline(size)
        self._left -= len(part)
        self._require(whole=part.endswith(b"\n") or len(part) == size)
        return part

    def _require(self, *, whole: bool) -> None:
        if not whole and self._left > 0:
            raise ConnectionResetError("the client went away in the middle of the body")


class Whole:
    """A WSGI application that never sees half a body."""

    def __init__(self, application: WSGIHandler) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer one request."""
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isascii() and length.isdigit():
            environ["wsgi.input"] = WholeInput(environ["wsgi.input"], int(length))
        return self._application(environ, start_response)
