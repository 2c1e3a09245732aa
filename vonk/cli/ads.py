"""``vonk ads``: one ad server process."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import uvicorn

from vonk.config import wiring
from vonk.core.clock import MachineClock
from vonk.delivery.app import AdServer, make_app
from vonk.delivery.http import Receive, Scope, Send
from vonk.delivery.options import Options
from vonk.events.tokens import Signer
from vonk.storage.memory.counters import MemoryCounters

ASGIApplication = Callable[[Scope, Receive, Send], Awaitable[None]]
SHUTDOWN_SECONDS: Final = 10
COUNTERS_DIR: Final = "ads"


def build(*, control_url: str, data_dir: Path, options: Options, keys: list[bytes]) -> AdServer:
    """Return the ad server on its engines.

    The counters are kept in the data directory's ``ads`` folder. Raises LogCorrupt or LogUnavailable when the log
    cannot be opened.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    return make_app(
        feed=wiring.publication_feed_at(control_url),
        log=wiring.event_log_in(data_dir),
        signer=Signer(keys),
        counters=MemoryCounters(),
        clock=MachineClock(),
        options=options if options.checkpoint_dir else options.keeping(data_dir / COUNTERS_DIR),
    )


def serve(app: ASGIApplication, *, host: str, port: int) -> None:
    """Serve the ASGI callable in this process until told to stop."""
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    uvicorn.Server(config).run()


def run(*, control_url: str, data_dir: Path, host: str, port: int, options: Options, keys: list[bytes]) -> None:
    """Serve slots and events until told to stop; then write what was taken and leave. Raises as ``build`` does."""
    serve(build(control_url=control_url, data_dir=data_dir, options=options, keys=keys), host=host, port=port)
