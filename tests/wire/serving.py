"""A real `vonk serve` for tests: on free loopback ports, with a data directory of its own."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from tests import patience, templates
from tests.templates import plain_environment as environment
from vonk.cli.serve import STATE_FILE, ServeState

__all__ = ["environment"]

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"  # Events of a library are a bot's.
VONK = [sys.executable, "-m", "vonk.cli.main"]


class Reply(msgspec.Struct, frozen=True):
    """What a server answered."""

    status: int
    body: Any
    raw: bytes


def send(
    method: str,
    url: str,
    body: object = None,
    *,
    token: str | None = None,
    key: str | None = None,
    raw: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    """Send one request over HTTP."""
    sent = raw if raw is not None else json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, method=method, data=sent)
    request.add_header("Content-Type", "application/octet-stream" if raw is not None else "application/json")
    request.add_header("User-Agent", BROWSER)
    for name, text in (headers or {}).items():
        request.add_header(name, text)
    if token is not None:
        request.add_header("Authorization", f"Bearer {token}")
    if key is not None:
        request.add_header("Idempotency-Key", key)
    try:
        with urllib.request.urlopen(request, timeout=patience.SECONDS) as response:
            status, content = response.status, response.read()
    except urllib.error.HTTPError as refused:
        status, content = refused.code, refused.read()
    try:
        decoded = json.loads(content) if content else None
    except ValueError:
        decoded = None
    return Reply(status, decoded, content)


class Platform:
    """A running `vonk serve`."""

    def __init__(self, data: Path, process: subprocess.Popen[bytes], log: Path) -> None:
        self.data = data
        self.process = process
        self.log = log

    @property
    def state(self) -> ServeState:
        return msgspec.json.decode((self.data / STATE_FILE).read_bytes(), type=ServeState)

    def url(self, name: str) -> str:
        return self.state.processes[name].url

    def wait_until_ready(self) -> None:
        """Return when all three processes answer 200 to GET /healthz."""
        wait_for(self._ready, f"serve is not ready:\n{self.log.read_text()[-3000:]}")

    def _ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        try:
            return all(send("GET", f"{one.url}/healthz").status == 200 for one in self.state.processes.values())
        except (OSError, msgspec.MsgspecError):
            return False


def wait_for(happened: Any, failure: str, seconds: float = patience.SECONDS) -> None:
    """Return when ``happened()`` is true; fail with the text when it never is."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, failure
        time.sleep(0.05)


@contextmanager
def serving(data: Path, *options: str, from_nothing: bool = False) -> Iterator[Platform]:
    """Run `vonk serve` on the directory until the block ends. A new one has its tables, unless it comes ``from_nothing``."""
    if not from_nothing and not data.exists():
        templates.directory(data, sandbox="--sandbox" in options)
    log = data.with_name(data.name + ".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*VONK, "serve", "--data", str(data), "--port", "0", "--ads-port", "0", *options],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(),
        )
    platform = Platform(data, process, log)
    try:
        platform.wait_until_ready()
        yield platform
    finally:
        process.terminate()
        process.wait(patience.SECONDS)
