"""A small ad server on loopback that keeps what it gets and misbehaves when asked to, for tests of what talks to it."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

from vonk.core.limits import BODY_BYTES_MAX

POISON = "poison"  # A token of this name spoils the whole batch that it is in.
Answer = tuple[int, Mapping[str, str], bytes]


class Got(msgspec.Struct, frozen=True):
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: Any


class AdServer:
    """What came, in order. ``plan`` holds answers for the next requests for events; without one it does its duty."""

    def __init__(self) -> None:
        self.port = 0
        self.requests: list[Got] = []
        self.accepted: list[dict[str, Any]] = []  # Each event once, however often it came.
        self.duplicates: list[str] = []
        self.plan: deque[Callable[[Any], Answer | None]] = deque()
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.slots: list[dict[str, Any]] = []
        self.lock = threading.Condition()
        self._ids: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def kinds(self) -> list[str]:
        """The kinds of the events accepted, in the order of their arrival."""
        with self.lock:
            return [event["kind"] for event in self.accepted]

    @property
    def batches(self) -> list[list[str]]:
        """The ids of each request for events, as they came."""
        with self.lock:
            return [[event["id"] for event in got.body["events"]] for got in self.requests if "events" in got.body]

    def wait(self, happened: Callable[[], bool], seconds: float = 10) -> None:
        """Return when this holds; fail when it never does."""
        with self.lock:
            assert self.lock.wait_for(happened, seconds), (self.batches, self.kinds)

    def take(self, path: str, headers: Mapping[str, str], body: Any) -> Answer | None:
        with self.lock:
            self.requests.append(Got(path, headers, body))
            self.lock.notify_all()
            if path == "/v1/decisions":
                return reply(200, {"slots": self.slots})
            return self.plan.popleft()(body) if self.plan else self.verdicts(body)

    def verdicts(self, body: Any, *, answered: int = 1_000) -> Answer:
        """Judge as the ad server does, and answer for the first ``answered`` events only."""
        with self.lock:
            reports = body.get("events", body.get("conversions"))
            if any(report.get("token") == POISON for report in reports):
                return reply(400, {"code": "body_malformed"})
            found = []
            for report in reports[:answered]:
                verdict = {"id": report["id"], "verdict": "accepted", "reason": None}
                if report.get("token") == "expired":
                    verdict |= {"verdict": "refused", "reason": "token_expired"}
                elif report["id"] in self._ids:
                    verdict["verdict"] = "duplicate"
                    self.duplicates.append(report["id"])
                else:
                    self.accepted.append(report)
                self._ids.add(report["id"])
                found.append(verdict)
            self.lock.notify_all()
            return reply(200, {"verdicts": found})


def reply(status: int, content: object, **headers: str) -> Answer:
    return status, headers, json.dumps(content).encode()


def refuses(status: int, **headers: str) -> Callable[[Any], Answer]:
    """Answer with this status."""
    return lambda _body: reply(status, {"code": "refused", "title": "No.", "remedy": "Wait."}, **headers)


def hangs_up(_body: Any) -> None:
    """Close the connection without an answer."""


@contextmanager
def running() -> Iterator[AdServer]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            assert length <= BODY_BYTES_MAX
            body = json.loads(self.rfile.read(length))
            answer = ads.take(self.path, {name.lower(): text for name, text in self.headers.items()}, body)
            if answer is None:
                self.close_connection = True
                self.connection.close()
                return
            self._send(*answer)

        def do_OPTIONS(self) -> None:
            self._send(204, {}, b"")

        def do_GET(self) -> None:
            kind, page = ads.pages.get(self.path.partition("?")[0], ("text/plain", b""))
            self._send(200 if page else 404, {"Content-Type": kind}, page)

        def _send(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name.replace("_", "-"), text)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "content-type")
            self.send_header("Access-Control-Expose-Headers", "retry-after")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing: the requests are kept."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_arguments: object) -> None:
            """A browser that closes its connections early is no failure."""

    ads = AdServer()
    with Server(("127.0.0.1", 0), Handler) as server:
        ads.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield ads
        finally:
            server.shutdown()
            thread.join()
