"""The ad server's ASGI door: routes, who may ask, and what every answer has in common."""

import contextlib
import gc
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Final
from urllib.parse import parse_qs

import msgspec
import structlog

from vonk.core import ids
from vonk.core.clock import Clock
from vonk.core.errors import Forbidden, NotFound, Problem, SignInRequired
from vonk.delivery.explaining import explain
from vonk.delivery.limits.counters import Counters
from vonk.delivery.server import conversions, hosts, reports
from vonk.delivery.server.http import (
    Answer,
    Cors,
    Headers,
    InternalError,
    MethodNotAllowed,
    Receive,
    RouteMissing,
    Scope,
    Send,
    check_headers,
    check_size,
    header,
    json_answer,
    problem_answer,
    read_body,
    reply,
)
from vonk.delivery.server.measures import add
from vonk.delivery.server.options import Options
from vonk.delivery.server.runtime import Runtime
from vonk.delivery.server.slots import SlotDoor
from vonk.delivery.snapshot import PublicationFeed
from vonk.delivery.trained.watch import ModelWatch
from vonk.events import schema
from vonk.events.conversions.tester import PixelSeen
from vonk.events.log import EventLog
from vonk.events.tokens import ReaderClaims, Signer

__all__ = ["AdServer", "Options", "make_app"]

DECISIONS_PATH: Final = "/v1/decisions"
DECISION_PREFIX: Final = "/v1/decisions/"
AD_PREFIX: Final = "/v1/ads/"
AD_SUFFIX: Final = "/refusals"
GROUP_PREFIX: Final = "/v1/ad-groups/"
FACTS_SUFFIX: Final = "/delivery"
PIXEL_PREFIX: Final = "/v1/pixels/"
SEEN_SUFFIX: Final = "/seen"
SCHEMA_PATH: Final = "/v1/events/schema.json"
OPEN_PATHS: Final = frozenset({"/v1/conversions", "/v1/pixel.gif", SCHEMA_PATH})  # Any page may use them.
METRICS_TYPE: Final = (b"content-type", b"text/plain; version=0.0.4; charset=utf-8")

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
_encode: Final = msgspec.json.Encoder().encode
Handler = Callable[[Scope, Receive], Awaitable[Answer]]


class Health(msgspec.Struct, frozen=True):
    """Whether the process may be sent requests. ``publication_lag_seconds``: since the feed was last read."""

    alive: bool
    ready: bool
    index_loaded: bool
    log_writable: bool
    publication_sequence: int
    publication_lag_seconds: float | None
    feed_failure: str | None
    ads: int
    model: str  # What predicts for single viewers; "" while the prior of all does.


class OperatorsOnly(Forbidden):
    """A list of decisions was asked for by somebody who is no operator."""

    code = "operators_only"
    message = "Only an operator may list decisions."
    cause = "A list tells of every advertiser's slots."
    remedy = "Ask for one decision by its id, or for one of your own ads."


class AdServer:
    """One plain ASGI callable. The runtime lives from the lifespan's startup to its shutdown."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._cors = Cors(runtime.options.allowed_origins)
        self._open_cors = conversions.OpenCors()
        self._slots = SlotDoor(runtime)
        self._routes: dict[str, dict[str, Handler]] = {
            DECISIONS_PATH: {"POST": self._decisions, "GET": self._recent_decisions},
            "/v1/events": {"POST": self._events},
            SCHEMA_PATH: {"GET": self._events_schema},
            "/v1/conversions": {"POST": self._conversions},
            "/v1/pixel.gif": {"GET": self._pixel},
            "/healthz": {"GET": self._health},
            "/metrics": {"GET": self._metrics},
        }
        runtime.measures.gauges = self._gauges
        runtime.measures.models = runtime.models

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await reply(send, await self._answer(scope, receive))
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:  # A web socket: closed before it is accepted, which the server turns into 403.
            await send({"type": "websocket.close", "code": 1000})

    def decide_now(self, headers: Headers, body: bytes) -> Answer:
        """Return the answer to ``POST /v1/decisions`` with these headers (names in lower case) and the whole body.

        For a server that has both at once; word for word what the ASGI door would send.
        """
        return self.decider(headers)(body)

    def decider(self, headers: Headers) -> Callable[[bytes], Answer]:
        """Return what ``decide_now`` is for bodies that come with these headers, which are read once."""
        scope: Scope = {"headers": headers, "path": DECISIONS_PATH, "method": "POST"}
        shared: Headers = self._cors_of(scope).headers(scope)
        try:
            check_headers(scope)
            plain = header(scope, b"authorization") is None
        except Problem:
            plain = False  # And is refused each time.

        def decided(body: bytes) -> Answer:
            try:
                if not plain:
                    check_headers(scope)
                check_size(body)
                answer = self._slots.answer(body) if plain else self._decided(scope, body)
            except Exception as error:  # noqa: BLE001 - as below.
                answer = self._failed(scope, error)
            return msgspec.structs.replace(answer, headers=answer.headers + shared) if shared else answer

        return decided

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        try:
            answer = await self._handle(scope, receive)
        except Exception as error:  # noqa: BLE001 - a bug answers 500 and is logged; the others are still served.
            answer = self._failed(scope, error)
        return self._shared(scope, answer)

    def _failed(self, scope: Scope, error: Exception) -> Answer:
        if not isinstance(error, Problem):
            _log.error("request.failed", path=scope["path"], method=scope["method"], exc_info=error)
            error = InternalError()
        add(self.runtime.measures.problems, error.code)
        return problem_answer(error)

    def _shared(self, scope: Scope, answer: Answer) -> Answer:
        """Return the answer with what lets the asking page read it."""
        shared: Headers = self._cors_of(scope).headers(scope)
        return msgspec.structs.replace(answer, headers=answer.headers + shared) if shared else answer

    async def _handle(self, scope: Scope, receive: Receive) -> Answer:
        path: str = scope["path"]
        methods = self._routes.get(path)
        if methods is None:
            methods = self._variable_route(path)
        handler = methods.get(scope["method"])
        if handler is not None:
            return await handler(scope, receive)
        allowed = ", ".join((*methods, "OPTIONS"))
        if scope["method"] == "OPTIONS":
            return self._cors_of(scope).preflight(scope, allowed)
        raise MethodNotAllowed(allowed=allowed)

    def _cors_of(self, scope: Scope) -> Cors:
        return self._open_cors if scope["path"] in OPEN_PATHS else self._cors

    def _variable_route(self, path: str) -> dict[str, Handler]:
        if path.startswith(DECISION_PREFIX):
            return {"GET": self._decision}
        if path.startswith(AD_PREFIX) and path.endswith(AD_SUFFIX):
            return {"GET": self._ad_refusals}
        if path.endswith(FACTS_SUFFIX) and path.startswith((AD_PREFIX, GROUP_PREFIX)):
            return {"GET": self._facts}
        if path.startswith(PIXEL_PREFIX) and path.endswith(SEEN_SUFFIX):
            return {"GET": self._pixel_seen, "DELETE": self._pixel_unwatched}
        raise RouteMissing

    async def _decisions(self, scope: Scope, receive: Receive) -> Answer:
        return self._decided(scope, await read_body(scope, receive))

    def _decided(self, scope: Scope, body: bytes) -> Answer:
        authorization = header(scope, b"authorization")
        if authorization is not None:
            hosts.check(self.runtime, authorization)
        return self._slots.answer(body)

    async def _events(self, scope: Scope, receive: Receive) -> Answer:
        return await reports.answer(self.runtime, scope, await read_body(scope, receive))

    async def _events_schema(self, _scope: Scope, _receive: Receive) -> Answer:
        return json_answer(schema.TEXT)

    async def _conversions(self, scope: Scope, receive: Receive) -> Answer:
        return await conversions.answer(self.runtime, scope, await read_body(scope, receive))

    async def _pixel(self, scope: Scope, _receive: Receive) -> Answer:
        return await conversions.picture(self.runtime, scope)

    async def _pixel_seen(self, scope: Scope, _receive: Receive) -> Answer:
        reader, pixel_id = self._reader(scope), _id_in(scope["path"][len(PIXEL_PREFIX) : -len(SEEN_SUFFIX)], "pixel")
        seen = self.runtime.tester.look(pixel_id, reader.account_id, now_ms=self.runtime.clock.now_ms())
        return json_answer(_encode(seen))

    async def _pixel_unwatched(self, scope: Scope, _receive: Receive) -> Answer:
        reader, pixel_id = self._reader(scope), _id_in(scope["path"][len(PIXEL_PREFIX) : -len(SEEN_SUFFIX)], "pixel")
        self.runtime.tester.stop(pixel_id, reader.account_id)
        return json_answer(_encode(PixelSeen(())))

    async def _decision(self, scope: Scope, _receive: Receive) -> Answer:
        reader = self._reader(scope)
        decision_id = _id_in(scope["path"][len(DECISION_PREFIX) :], "decision")
        record = self.runtime.recent.get(decision_id)
        if record is None:
            record = await self.runtime.in_thread(explain.find, self.runtime.log, decision_id)
        if record is None or not explain.may_read(record, reader.account_id):
            raise NotFound(noun="decision")
        return json_answer(_encode(explain.explanation(record, reader.account_id)))

    async def _recent_decisions(self, scope: Scope, _receive: Receive) -> Answer:
        if self._reader(scope).account_id:
            raise OperatorsOnly
        asked = {
            name: values[-1] for name, values in parse_qs(scope.get("query_string", b"").decode("latin-1")).items()
        }
        ad_id = _id_in(asked["ad"], "ad") if "ad" in asked else 0
        found = explain.decisions(
            self.runtime.recent,
            ad_id=ad_id,
            viewer_id=asked.get("viewer", ""),
            surface=asked.get("surface", ""),
            limit=explain.LISTED_MAX,
        )
        return json_answer(_encode(found))

    async def _facts(self, scope: Scope, _receive: Receive) -> Answer:
        reader = self._reader(scope)
        path: str = scope["path"]
        index = self.runtime.index
        of_group = path.startswith(GROUP_PREFIX)
        noun = "ad group" if of_group else "ad"
        object_id = _id_in(path[len(GROUP_PREFIX if of_group else AD_PREFIX) : -len(FACTS_SUFFIX)], noun)
        ad_ids = list(index.group(object_id).ads) if of_group and index.has_group(object_id) else [object_id]
        rows = [row for ad_id in ad_ids if (row := index.rows.get(ad_id)) is not None]
        if not rows or not _may_read(reader, rows[0].ad.account_id):
            raise NotFound(noun=noun)
        return json_answer(
            _encode(explain.facts(rows, index.minutes, self.runtime.sample, self.runtime.clock.now_ms()))
        )

    async def _ad_refusals(self, scope: Scope, _receive: Receive) -> Answer:
        reader = self._reader(scope)
        ad_id = _id_in(scope["path"][len(AD_PREFIX) : -len(AD_SUFFIX)], "ad")
        row = self.runtime.index.rows.get(ad_id)
        if row is None or not _may_read(reader, row.ad.account_id):
            raise NotFound(noun="ad")
        return json_answer(_encode(explain.refusals_of(row, self.runtime.index.minutes, self.runtime.sample)))

    async def _health(self, _scope: Scope, _receive: Receive) -> Answer:
        health = self.health()
        return json_answer(_encode(health), 200 if health.ready else 503)

    async def _metrics(self, _scope: Scope, _receive: Receive) -> Answer:
        return Answer(200, self.runtime.measures.text(), [METRICS_TYPE])

    def health(self) -> Health:
        """Return whether the process is ready, and what it is ready with."""
        runtime = self.runtime
        lag = time.monotonic() - runtime.feed_read_at if runtime.feed_read_at else None
        return Health(
            alive=True,
            ready=runtime.loaded and runtime.committer.healthy,
            index_loaded=runtime.loaded,
            log_writable=runtime.committer.healthy,
            publication_sequence=runtime.index.sequence,
            publication_lag_seconds=None if lag is None else round(lag, 3),
            feed_failure=runtime.feed_failed,
            ads=len(runtime.index.rows),
            model=runtime.predictor.version if runtime.predictor is not None else "",
        )

    def _gauges(self) -> dict[str, float]:
        runtime = self.runtime
        lag = time.monotonic() - runtime.feed_read_at if runtime.feed_read_at else -1.0
        return {
            "ads": len(runtime.index.rows),
            "publication_sequence": runtime.index.sequence,
            "publication_lag_seconds": lag,
            "log_queue_records": runtime.committer.queued,
            "log_failures": runtime.committer.failures,
            "log_moves": runtime.committer.moves,
            "open_promises": runtime.counters.promises,
            "showings_remembered": len(runtime.seen),
            "suspicion_remembered": len(runtime.ingest.suspicion),
            "bots_listed": runtime.lists.bots.count,
            "data_centre_ranges": runtime.lists.data_centres.count,
            "list_lines_not_understood": runtime.lists.bad_lines,
            "token_key_changes": runtime.signer.generation,
            "minute_counts_unkept": runtime.index.minutes.unkept,
            "conversions_remembered": len(runtime.conversions.known),
            "pixels_watched": len(runtime.tester),
        }

    def _reader(self, scope: Scope) -> ReaderClaims:
        """Return who asks; SignInRequired without a bearer token, TokenInvalid or TokenExpired with a bad one."""
        scheme, _, token = (header(scope, b"authorization") or b"").partition(b" ")
        if scheme.lower() != b"bearer" or not token:
            raise SignInRequired
        return self.runtime.signer.read_reader(token.decode("latin-1").strip(), now_ms=self.runtime.clock.now_ms())

    async def _live(self, receive: Receive, send: Send) -> None:
        """Follow the server's lifespan."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    with _collector_at_rest():
                        await self.runtime.start()
                        gc.freeze()  # What was loaded stays: the collector need not look at it again and again.
                except Problem as error:
                    _log.error("ads.not_started", error=error.code)
                    remedy = error.fill(type(error).remedy)
                    await send({"type": "lifespan.startup.failed", "message": f"{error} {remedy}"})
                    return
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.runtime.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def make_app(
    *,
    feed: PublicationFeed,
    log: EventLog,
    signer: Signer,
    counters: Counters,
    clock: Clock,
    options: Options,
    models: ModelWatch | None = None,
) -> AdServer:
    """Return the ad server on these engines, predicting by what ``models`` watches; it opens nothing itself and closes feed and log at its end."""
    runtime = Runtime(feed=feed, log=log, signer=signer, counters=counters, clock=clock, options=options, models=models)
    return AdServer(runtime)


@contextlib.contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep Python's collector from looking through what is being loaded: that took most of a start's time."""
    gc.collect()
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _id_in(text: str, noun: str) -> int:
    try:
        return ids.parse_id(text)
    except ValueError as error:
        raise NotFound(noun=noun) from error


def _may_read(reader: ReaderClaims, account_id: int) -> bool:
    return reader.account_id in {0, account_id}
