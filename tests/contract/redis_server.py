"""A Redis of a test's own, which may be stopped, emptied and started again."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_server

import redis

from tests.wire.serving import wait_for


class RedisServer:
    """On a free loopback port, without a disk."""

    def __init__(self, folder: Path) -> None:
        with create_server(("127.0.0.1", 0)) as one:
            self.port = one.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, empty, and return when it answers."""
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
             "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(self._answers, "redis-server does not answer")

    def kill(self) -> None:
        """Kill -9: what it held is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def _answers(self) -> bool:
        with suppress(redis.RedisError), redis.Redis.from_url(self.url) as client:
            return bool(client.ping())
        return False


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """Lend a running server; nothing of it is left afterwards."""
    server = RedisServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
