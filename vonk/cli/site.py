"""The site process: Django behind gunicorn, one process with threads."""

import gc
import socket
import struct

import gunicorn.app.base
from django.urls import resolvers
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config

from vonk.config.options import Options
from vonk.config.wsgi import application

GRACEFUL_SECONDS = 8
KEEPALIVE_SECONDS = 5
SILENCE_SECONDS = 15  # In the middle of a request: whoever sends nothing for so long gives the thread to others.


class Site(gunicorn.app.base.BaseApplication):  # type: ignore[misc]  # gunicorn has no types.
    """gunicorn, told here what it would otherwise read from a file."""

    cfg: Config

    def __init__(self, options: Options, host: str, port: int) -> None:
        self._options = options
        self._bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        """One worker, so that rate limits and metrics are the process's own; it scales by threads, then by hosts."""
        told = {
            "bind": self._bind,
            "workers": 1,
            "worker_class": "gthread",
            "threads": self._options.site_threads,
            "keepalive": KEEPALIVE_SECONDS,
            "graceful_timeout": GRACEFUL_SECONDS,
            "timeout": 120,  # Of the process, not of a request: a long upload is no hang.
            "loglevel": "warning",
            "accesslog": None,  # Query strings may hold codes; they are never logged.
            "control_socket_disable": True,
            "proc_name": "vonk-site",
            "when_ready": _limit_silence,
            "limit_request_line": 8190,
        }
        for name, value in told.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> object:
        """Return the WSGI application, with every page imported: what is broken shows now, not at the first request."""
        resolvers.get_resolver().url_patterns  # noqa: B018 - reading it imports them.
        gc.collect()
        gc.freeze()  # What was imported stays: no request waits for the collector to look through it again.
        return application


def limit_silence(listener: socket.socket, seconds: float) -> None:
    """Let a read on a connection that the listener accepts fail with BlockingIOError after so long without a byte.

    Connections inherit it (Linux); only reads are bounded, so that slow viewers still get their videos.
    """
    whole = int(seconds)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", whole, int((seconds - whole) * 1e6)))


def _limit_silence(server: Arbiter) -> None:
    for listener in server.LISTENERS:
        limit_silence(listener.sock, SILENCE_SECONDS)


def run(options: Options, *, host: str, port: int) -> None:
    """Serve the site until the process is asked to stop."""
    Site(options, host, port).run()
