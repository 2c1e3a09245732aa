"""The example of a host's server, on loopback, for tests; its origin is known before the platform starts."""

import importlib.util
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import vonk_client

EXAMPLE = Path(__file__).parents[2] / "clients/python/examples/wsgi.py"


class HostServer:
    """A port that answers once ``show`` has said for which platform and viewer."""

    def __init__(self, server: WSGIServer, spool: Path) -> None:
        self.origin = f"http://127.0.0.1:{server.server_port}"
        self.client: vonk_client.Client | None = None
        self._server, self._spool = server, spool

    def show(self, *, site: str, ads: str, viewer: str) -> str:
        """Begin to serve the example's page to this viewer; return its address."""
        self.client = vonk_client.Client(ads, spool=self._spool)
        self._server.set_app(example().Host(self.client, site=site, ads=ads, viewer_of=lambda _environ: viewer))
        return f"{self.origin}/"


def example() -> ModuleType:
    """Return the example as a module."""
    found = importlib.util.spec_from_file_location("vonk_example_host", EXAMPLE)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


class ThreadingServer(socketserver.ThreadingMixIn, WSGIServer):
    """A browser holds connections open that it does not use yet."""

    daemon_threads = True


@contextmanager
def open_host(spool: Path) -> Iterator[HostServer]:
    """Hold a port, and serve on it, until the block ends."""
    with ThreadingServer(("127.0.0.1", 0), Quiet) as server:
        host = HostServer(server, spool)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield host
        finally:
            server.shutdown()
            thread.join()
            if host.client is not None:
                host.client.close()
