"""The express lane for slots: whole, plain requests for decisions are answered as they come off the connection.

A uvicorn protocol like the one beneath it. What it takes is one request, complete in what was just read, with headers
that it has seen spelled out before: no scope, no task and no messages are made for it. Everything else, from a body in
pieces to a pipelined or malformed request, goes to uvicorn's own code as if this were not here; both read headers with
the same parser. The answer is the ad server's either way.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from vonk.cli.gathered import Gathered
from vonk.delivery.server.http import JSON_HEADERS, Answer, Headers

PREFIX: Final = b"POST /v1/decisions HTTP/1.1\r\n"
REQUEST_BYTES_MAX: Final = 65_536  # What is larger, head and body together, goes the long way.
HEADS_KNOWN_MAX: Final = 1_024  # A client sends the same head each time, but for the body's length.
_HEAD_END: Final = b"\r\n\r\n"
_LONG_WAY: Final = frozenset({b"expect", b"transfer-encoding", b"upgrade"})


class Decider(Protocol):
    """Answers a request for decisions at once."""

    def decider(self, headers: Headers) -> Callable[[bytes], Answer]:
        """Return what answers bodies of ``POST /v1/decisions`` with these headers, whatever comes of them."""
        ...


class Head:
    """The head of a request: its headers, and how long its body is; -1 when it is not for the express lane."""

    __slots__ = ("decide", "headers", "length")

    def __init__(self, raw: bytes, decider: Decider) -> None:
        self.headers: Headers = []
        self.length = -1
        self.decide: Callable[[bytes], Answer] = _nothing
        parser = httptools.HttpRequestParser(self)
        try:
            parser.feed_data(raw)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            return
        lengths = [value for name, value in self.headers if name == b"content-length"]
        plain = all(
            name not in _LONG_WAY and (name != b"connection" or value.lower() == b"keep-alive")
            for name, value in self.headers
        )
        if plain and len(lengths) == 1 and lengths[0].isdigit() and len(lengths[0]) <= 6:
            self.length = int(lengths[0])
            self.decide = decider.decider(self.headers)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header from the parser."""
        self.headers.append((name.lower(), value))


def _nothing(_body: bytes) -> Answer:
    raise AssertionError("Such a head is not for the express lane.")


def express(decider: Decider) -> type[Gathered]:
    """Return the protocol of a server whose express lane leads to this decider."""
    known: dict[bytes, Head] = {}

    class Express(_Express):
        _heads = known
        _decider = decider

    return Express


class _Express(Gathered):
    """One connection."""

    _heads: dict[bytes, Head]
    _decider: Decider

    def __init__(self, *arguments: Any, **named: Any) -> None:  # Whatever uvicorn gives its own.
        super().__init__(*arguments, **named)
        self._between = True  # Nothing of a request has been read that is not answered yet.
        self._answered_at = 0.0  # By the loop's clock, the last time that the express lane did.
        self._dated: object = None
        self._date = self._plain = b""

    def on_message_begin(self) -> None:
        self._between = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._between = True

    def data_received(self, data: bytes) -> None:
        if not self._take(data):
            super().data_received(data)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection, unless the express lane was used meanwhile: it does not set the timer anew each time."""
        rest = self._answered_at + self.timeout_keep_alive - self.loop.time()
        if rest <= 0 or self.transport.is_closing():
            super().timeout_keep_alive_handler()
        else:
            self.timeout_keep_alive_task = self.loop.call_later(rest, self.timeout_keep_alive_handler)

    def _take(self, data: bytes) -> bool:
        """Answer what was read if it is one whole, plain request; tell whether it was."""
        if not data.startswith(PREFIX) or len(data) > REQUEST_BYTES_MAX or not self._free():
            return False
        end = data.find(_HEAD_END) + len(_HEAD_END)
        raw = data[:end]
        head = self._heads.get(raw)
        if head is None:
            if end < len(PREFIX):
                return False
            head = Head(raw, self._decider)
            if len(self._heads) >= HEADS_KNOWN_MAX:
                self._heads.clear()
            self._heads[bytes(raw)] = head
        if head.length != len(data) - end:
            return False
        self._answer(head.decide(data[end:]))
        return True

    def _free(self) -> bool:
        """Tell whether nothing else is under way on this connection."""
        cycle = self.cycle
        return (
            self._between
            and (cycle is None or cycle.response_complete)
            and not self.flow.write_paused
            and not self.transport.is_closing()
        )

    def _answer(self, answer: Answer) -> None:
        defaults = self.server_state.default_headers
        if defaults is not self._dated:  # Made anew each second.
            self._dated = defaults
            self._date = _lines(defaults)
            self._plain = STATUS_LINE[200] + self._date + _lines(JSON_HEADERS)
        if answer.headers is JSON_HEADERS and answer.status == 200:
            head = self._plain
        else:
            head = STATUS_LINE[answer.status] + self._date + _lines(answer.headers)
        body = answer.body
        self.transport.write_now(b"%bcontent-length: %d\r\n\r\n%b" % (head, len(body), body))
        self.server_state.total_requests += 1
        self._answered_at = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )


def _lines(headers: Headers) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers)
