"""How work is doing, over HTTP: GET /healthz and GET /metrics."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

from vonk.control.lag import Lag

SILENCE_SECONDS_MAX: Final = 60.0  # A round that takes longer is no longer called healthy.

_SECONDS = Histogram("vonk_work_step_seconds", "Time of one step of work", ["step"])
_FAILURES = Counter("vonk_work_step_failures_total", "Steps of work that failed", ["step"])
_LAG_RECORDS = Gauge("vonk_work_lag_records", "Records of the event log that a consumer has not read", ["consumer"])
_LAG_SECONDS = Gauge("vonk_work_lag_seconds", "How long the oldest of them has been in the log", ["consumer"])


class Health(msgspec.Struct, frozen=True):
    """``failing``: steps whose last run failed; the others go on."""

    status: str
    failing: tuple[str, ...]


class Monitor:
    """Remembers the last outcome of each step and when the last round was done."""

    def __init__(self) -> None:
        self._failing: set[str] = set()
        self._round_at: float | None = None

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Measure a step; when it ends well it is no longer failing."""
        with _SECONDS.labels(step).time():
            yield
        self._failing.discard(step)

    def failed(self, step: str) -> None:
        """Note that the step's last run failed."""
        _FAILURES.labels(step).inc()
        self._failing.add(step)

    def lags(self, consumer: str, lag: Lag) -> None:
        """Note how far a consumer of the log was behind when the round began: the most it will be until the next one."""
        _LAG_RECORDS.labels(consumer).set(lag.records)
        _LAG_SECONDS.labels(consumer).set(lag.seconds)

    def round_done(self) -> None:
        """Note that a round is done."""
        self._round_at = time.monotonic()

    def health(self) -> Health:
        """Return "ok", "failing" (some steps do; the others go on), "starting" or "stuck"."""
        failing = tuple(sorted(self._failing))
        if self._round_at is None:
            return Health("starting", failing)
        if time.monotonic() - self._round_at > SILENCE_SECONDS_MAX:
            return Health("stuck", failing)
        return Health("failing" if failing else "ok", failing)

    def serve(self, host: str, port: int) -> ThreadingHTTPServer:
        """Answer in a thread of its own until ``shutdown``."""
        server = _Server((host, port), self)
        threading.Thread(target=server.serve_forever, name="monitor", daemon=True).start()
        return server


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], monitor: Monitor) -> None:
        self.monitor = monitor
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 5

    def do_GET(self) -> None:  # noqa: N802 - http.server's name.
        path = self.path.partition("?")[0]
        if path == "/healthz":
            health = self.server.monitor.health()
            self._answer(
                503 if health.status in {"starting", "stuck"} else 200, "application/json", msgspec.json.encode(health)
            )
        elif path == "/metrics":
            self._answer(200, CONTENT_TYPE_LATEST, generate_latest())
        else:
            self._answer(404, "text/plain; charset=utf-8", b"not found\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name.
        """Say nothing: probes come every few seconds."""

    def _answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
