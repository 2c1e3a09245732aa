"""The express lane answers what uvicorn's own protocol would, however the bytes come; the two are compared byte by byte."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from tests.chance import examples
from vonk.cli import express
from vonk.cli.gathered import Gathered, WholeAnswers
from vonk.delivery.server.http import JSON_HEADERS, Answer, Headers, Receive, Scope, Send, reply

JSON = b"content-type: application/json\r\n"
SLOW = "/v1/events"


def answer_to(headers: Headers, body: bytes) -> Answer:
    """Tell apart everything that may differ: order and spelling of headers, and the body."""
    told = b";".join(name + b"=" + value for name, value in headers)
    shared = JSON_HEADERS if len(body) % 2 else list(JSON_HEADERS)  # The very list is written ahead.
    return Answer(400 if b"wrong" in body else 200, told + b"|" + body, shared)


class Decider:
    def __init__(self) -> None:
        self.asked = 0

    def decider(self, headers: Headers) -> Callable[[bytes], Answer]:
        def decide(body: bytes) -> Answer:
            self.asked += 1
            return answer_to(headers, body)

        return decide


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    if scope["path"] == SLOW:
        for _ in range(10):
            await asyncio.sleep(0)
    await reply(send, answer_to(list(scope["headers"]), body))


class Wire(asyncio.Transport):
    """A connection that remembers what was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.writes = 0
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)
        self.writes += 1

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def pause_reading(self) -> None:
        """Nothing more comes than what the test sends."""

    def resume_reading(self) -> None:
        """Likewise."""


async def exchange(protocol: type[HttpToolsProtocol], chunks: Sequence[bytes]) -> tuple[bytes, bool]:
    state = ServerState()
    state.default_headers = [(b"date", b"Sun, 22 Nov 2026 12:00:00 GMT")]
    config = Config(app, http=protocol, ws="none", lifespan="off", log_config=None, access_log=False)
    config.load()
    connection = protocol(config=config, server_state=state, app_state={})
    wire = Wire()
    connection.connection_made(wire)
    for chunk in chunks:
        if wire.closed:
            break
        connection.data_received(chunk)
        for _ in range(4):  # The turns of the loop in which an answer is made.
            await asyncio.sleep(0)
    for _ in range(60):
        await asyncio.sleep(0)
    for task in list(state.tasks):  # Waits for a body that will not come.
        task.cancel()
    await asyncio.sleep(0)
    connection.connection_lost(None)
    return wire.written, wire.closed


def request(body: bytes = b"{}", *, head: bytes = JSON, path: bytes = b"/v1/decisions", length: bytes = b"") -> bytes:
    counted = length or str(len(body)).encode()
    return b"POST %b HTTP/1.1\r\nhost: ads\r\n%bcontent-length: %b\r\n\r\n%b" % (path, head, counted, body)


WHOLE = st.binary(max_size=40).map(request)
STRANGE = st.sampled_from([
    request(b"wrong"),
    request(head=b"Connection: keep-alive\r\n"),
    request(head=b"Connection: close\r\n"),
    request(head=b"Expect: 100-continue\r\n"),
    request(head=b"Upgrade: websocket\r\nConnection: upgrade\r\n"),
    request(head=b"Content-Length: 2\r\n"),
    request(head=b"Bad Header: 1\r\n"),
    request(head=b"x: a\r\n b\r\n"),
    request(head=b"X-Big: " + b"x" * 9_000 + b"\r\n"),
    request(length=b"+2"),
    request(length=b"2 "),
    request(length=b"1"),
    request(length=b"9999999999999999999999"),
    request(path=b"/v1/decisions?x=1"),
    request(path=b"/v1/events"),
    b"POST /v1/decisions HTTP/1.1\r\nhost: ads\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    b"POST /v1/decisions HTTP/1.1\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}",
    b"POST /v1/decisions HTTP/1.0\r\ncontent-length: 2\r\n\r\n{}",
    b"POST /v1/decisions HTTP/1.1\r\nhost: ads\r\n\r\n",
    b"POST /v1/decisions HTTP/1.1\r\n\r\n",
    b"POST /v1/decisions HTTP/1.1\r\n\n",
    b"GET /healthz HTTP/1.1\r\nhost: ads\r\n\r\n",
    b"HEAD /healthz HTTP/1.1\r\nhost: ads\r\n\r\n",
    b"\r\n",
    b"\x00\xff",
])  # fmt: skip


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.one_of(WHOLE, STRANGE), min_size=1, max_size=5), st.lists(st.integers(1, 400), max_size=6))
def test_every_byte_is_answered_as_without_it(requests: list[bytes], cuts: list[int]) -> None:
    """However requests are cut into pieces or run together."""
    stream = b"".join(requests)
    pieces: list[list[bytes]] = [requests, [stream]]
    parts, at = [], 0
    for cut in cuts:
        parts.append(stream[at : at + cut])
        at += cut
    pieces.append([part for part in (*parts, stream[at:]) if part])

    async def story() -> None:
        for chunks in pieces:
            plain = await exchange(HttpToolsProtocol, chunks)
            assert await exchange(express.express(Decider()), chunks) == plain
            assert await exchange(Gathered, chunks) == plain

    asyncio.run(story())


@pytest.mark.parametrize(
    "chunks",
    [
        [request(path=SLOW.encode()), request()],
        [request(path=SLOW.encode()), request(path=SLOW.encode()), request(), request(b"{ }")],
        [request(path=SLOW.encode(), length=str(len(request())).encode(), body=b""), request()],
        [request(length=str(2 * len(request())).encode(), body=b""), request(), request(), request()],
        [request()[:30], request()],
    ],
    ids=["after a slow one", "after two", "as another's body", "twice as another's body", "after a torn one"],
)
def test_answers_keep_their_order_and_a_body_is_no_request(chunks: list[bytes]) -> None:
    async def story() -> None:
        lane = await exchange(express.express(Decider()), chunks)
        assert lane == await exchange(HttpToolsProtocol, chunks)
        assert lane[0]

    asyncio.run(story())


def test_plain_requests_take_the_lane_and_others_do_not() -> None:
    decider = Decider()
    protocol = express.express(decider)
    asyncio.run(exchange(protocol, [request(), request(b"{ }"), request(head=b"Connection: keep-alive\r\n")]))
    assert decider.asked == 3
    asyncio.run(
        exchange(
            protocol, [request(path=b"/v1/events"), request()[:-1], b"}", request() + request(), b"GET / HTTP/1.1"]
        )
    )
    assert decider.asked == 3
    asyncio.run(exchange(protocol, [request(b" " * express.REQUEST_BYTES_MAX)]))
    assert decider.asked == 3


def test_heads_are_remembered_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(express, "HEADS_KNOWN_MAX", 3)
    decider = Decider()
    protocol = express.express(decider)
    asyncio.run(exchange(protocol, [request(head=b"x: %d\r\n" % number) for number in range(10)]))
    assert decider.asked == 10
    assert len(protocol._heads) <= 3  # type: ignore[attr-defined]  # noqa: SLF001 - the bound itself.


def test_the_lane_keeps_a_connection_alive_and_then_lets_it_go() -> None:
    async def story() -> None:
        state = ServerState()
        protocol = express.express(Decider())
        config = Config(app, http=protocol, ws="none", lifespan="off", log_config=None, timeout_keep_alive=3_600)
        config.load()
        connection = protocol(config=config, server_state=state, app_state={})
        wire = Wire()
        connection.connection_made(wire)
        connection.data_received(request())
        assert connection.timeout_keep_alive_task is not None
        connection.timeout_keep_alive_handler()
        closings = [wire.closed]  # It was used a moment ago.
        connection.timeout_keep_alive = 0
        connection.timeout_keep_alive_handler()
        assert [*closings, wire.closed] == [False, True]
        connection.connection_lost(None)

    asyncio.run(story())


def test_head_and_body_leave_in_one_write_and_a_lone_head_at_the_end() -> None:
    wire = Wire()
    answers = WholeAnswers(wire)
    answers.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert wire.writes == 1
    answers.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n")
    assert wire.writes == 1
    answers.write(b"{}")
    assert (wire.writes, wire.written[-6:]) == (2, b"\r\n\r\n{}")
    answers.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    answers.flush()
    answers.flush()
    assert (wire.writes, wire.written.count(b"204")) == (3, 1)
    answers.write(b"HTTP/1.1 304 Not Modified\r\n\r\n")
    answers.close()
    assert (wire.writes, wire.closed) == (4, True)
