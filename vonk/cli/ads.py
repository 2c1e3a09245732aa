"""``vonk ads``: one ad server process."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, cast

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from vonk.cli.express import Decider, express
from vonk.cli.gathered import Gathered
from vonk.config import wiring
from vonk.core.clock import MachineClock
from vonk.delivery.limits.counters import Counters
from vonk.delivery.server.app import DECISIONS_PATH, AdServer, make_app
from vonk.delivery.server.http import Receive, Scope, Send
from vonk.delivery.server.options import Options
from vonk.delivery.trained.watch import ModelWatch
from vonk.events.tokens import Signer
from vonk.storage.memory.counters import MemoryCounters

ASGIApplication = Callable[[Scope, Receive, Send], Awaitable[None]]
SHUTDOWN_SECONDS: Final = 10
COUNTERS_DIR: Final = "ads"


def build(
    *,
    control_url: str,
    data_dir: Path,
    options: Options,
    signer: Signer,
    counters: Counters | None = None,
    log_url: str = "",
    models_dir: Path | None = None,
) -> AdServer:
    """Return the ad server on its engines.

    The counters, which are this server's own memory unless given, are kept in the data directory's ``ads`` folder, the
    event log in its ``events`` folder unless ``log_url`` names another. Predictions are by the model that is served
    from ``models_dir``, by the prior where that is None. Raises LogUnavailable or one of its kinds when
    the log cannot be opened, OptionInvalid when the address is none.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    return make_app(
        feed=wiring.publication_feed_at(control_url),
        log=wiring.history_in(data_dir, log_url),  # It may have to remember more than the log keeps.
        signer=signer,
        counters=counters if counters is not None else MemoryCounters(),
        clock=MachineClock(),
        options=options if options.checkpoint_dir else options.keeping(data_dir / COUNTERS_DIR),
        models=ModelWatch(models_dir, wiring.load_model) if models_dir is not None else None,
    )


def serve(
    app: ASGIApplication,
    *,
    host: str,
    port: int,
    trusted_proxies: tuple[str, ...] = (),
    decider: Decider | None = None,
) -> None:
    """Serve the ASGI callable in this process until told to stop.

    From ``trusted_proxies`` (addresses or ranges) the client's address is what X-Forwarded-For says. With a ``decider``
    there is an express lane to it.
    """
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    config = uvicorn.Config(
        _behind(app, trusted_proxies) if trusted_proxies else app,
        host=host,
        port=port,
        loop="uvloop",
        http=Gathered if decider is None else express(decider),
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # See _behind.
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    uvicorn.Server(config).run()


def _behind(app: ASGIApplication, trusted_proxies: tuple[str, ...]) -> ASGIApplication:
    """Return the callable with clients' addresses as trusted proxies tell them; decisions look at none."""
    told = ProxyHeadersMiddleware(cast("Any", app), list(trusted_proxies))

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") == DECISIONS_PATH:
            await app(scope, receive, send)
        else:
            await told(
                cast("Any", scope), cast("Any", receive), cast("Any", send)
            )  # uvicorn has types of its own for these.

    return door


def run(
    *,
    control_url: str,
    data_dir: Path,
    host: str,
    port: int,
    options: Options,
    signer: Signer,
    counters: Counters,
    log_url: str = "",
    models_dir: Path | None = None,
    trusted_proxies: tuple[str, ...] = (),
    express_lane: bool = False,
) -> None:
    """Serve slots and events until told to stop; then write what was taken and leave. Raises as ``build`` does."""
    app = build(
        control_url=control_url,
        data_dir=data_dir,
        options=options,
        signer=signer,
        counters=counters,
        log_url=log_url,
        models_dir=models_dir,
    )
    serve(app, host=host, port=port, trusted_proxies=trusted_proxies, decider=app if express_lane else None)
