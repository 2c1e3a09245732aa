"""One connection to NATS, living on a thread of its own, so that threads without an event loop can ask and wait."""

import asyncio
import logging
import ssl
import threading
from collections.abc import Coroutine, Sequence
from typing import Any, Final, TypeVar

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from vonk.events.log import LogUnavailable
from vonk.storage.nats.address import Address
from vonk.storage.nats.errors import ServersUnreachable

CONNECT_SECONDS: Final = 5.0
FIRST_ATTEMPTS_MAX: Final = 2  # At each server, before we say that none lets us in.
RECONNECT_SECONDS: Final = 0.1  # Between two servers that are tried.
PING_SECONDS: Final = 1  # A server that answers none of two pings is left for another.
PINGS_MISSED_MAX: Final = 2
CLOSE_SECONDS: Final = 2.0
GRACE_SECONDS: Final = 1.0  # What a thread waits beyond its request's own bound: the loop may be late.
PENDING_BYTES_MAX: Final = 16 * 1024 * 1024  # Of requests that wait for a connection: one group and some questions.

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
_Answer = TypeVar("_Answer")


class Request:
    """A question to a subject, and how long its answer may take."""

    __slots__ = ("body", "headers", "seconds", "subject")

    def __init__(self, subject: str, body: bytes, *, seconds: float, headers: dict[str, str] | None = None) -> None:
        self.subject = subject
        self.body = body
        self.headers = headers
        self.seconds = seconds


class Link:
    """Connects at once. Raises ServersUnreachable when no server lets us in."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._told_lost = False
        self._refusal: Exception | None = None  # What the last server said, or did not, when it was asked to let us in.
        self._client = Client()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nats", daemon=True)
        self._thread.start()
        try:
            self._run(self._connect(), CONNECT_SECONDS)
        except LogUnavailable as error:
            self._end_loop()
            refusal = self._refusal or error.__cause__
            reason = str(refusal) if isinstance(refusal, NatsError) else type(refusal).__name__
            raise ServersUnreachable(servers=", ".join(address.servers), reason=reason) from error.__cause__
        except BaseException:
            self._end_loop()
            raise

    @property
    def payload_bytes_max(self) -> int:
        """How large a message the servers take."""
        return int(self._client.max_payload)

    @property
    def version(self) -> tuple[int, int]:
        """The connected server's version: major and minor number."""
        version = self._client.connected_server_version
        return int(version.major), int(version.minor)

    def ask(self, request: Request) -> bytes:
        """Return the answer. Raises LogUnavailable when there is none in time; it may have been heard all the same."""
        return self._run(self._ask(request), request.seconds)

    def ask_all(self, requests: Sequence[Request]) -> list[bytes]:
        """Ask everything at once and return the answers in the same order. Raises LogUnavailable when one is missing."""
        return self._run(self._ask_all(requests), max(request.seconds for request in requests))

    def close(self) -> None:
        """End the connection and its thread; a second time changes nothing."""
        if not self._loop.is_closed():
            try:
                self._run(self._client.close(), CLOSE_SECONDS)
            except LogUnavailable:
                _log.warning("nats.not_closed_in_time")
            self._end_loop()

    def _run(self, work: Coroutine[Any, Any, _Answer], seconds: float) -> _Answer:
        if self._loop.is_closed():
            work.close()
            raise LogUnavailable
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(seconds + GRACE_SECONDS)
        except (NatsError, OSError, TimeoutError) as error:
            future.cancel()
            raise LogUnavailable from error

    async def _connect(self) -> None:
        address = self._address
        await asyncio.wait_for(
            self._client.connect(
                servers=address.servers,
                name="vonk",
                user=address.user or None,
                password=address.password or None,
                user_credentials=address.credentials or None,
                tls=_certificates(address) if address.tls else None,
                connect_timeout=2,
                max_reconnect_attempts=FIRST_ATTEMPTS_MAX,
                reconnect_time_wait=RECONNECT_SECONDS,  # type: ignore[arg-type]  # It sleeps for fractions as well.
                ping_interval=PING_SECONDS,
                max_outstanding_pings=PINGS_MISSED_MAX,
                pending_size=PENDING_BYTES_MAX,
                error_cb=self._failed,
                disconnected_cb=self._lost,
                reconnected_cb=self._found,
            ),
            CONNECT_SECONDS,
        )
        self._client.options["max_reconnect_attempts"] = -1  # Who was let in once tries again for ever.

    async def _ask(self, request: Request) -> bytes:
        answer: Msg = await self._client.request(
            request.subject, request.body, timeout=request.seconds, headers=request.headers
        )
        return answer.data

    async def _ask_all(self, requests: Sequence[Request]) -> list[bytes]:
        return await asyncio.gather(*(self._ask(request) for request in requests))

    async def _failed(self, error: Exception) -> None:
        if isinstance(error, NatsError) or not isinstance(self._refusal, NatsError):
            self._refusal = error  # What the servers said tells more than that they then closed.
        _log.debug("nats.error", error=type(error).__name__)
        if not self._client.is_connected:
            self._drop_connection()

    async def _lost(self) -> None:
        if not self._client.is_closed:
            self._told_lost = True
            _log.warning("nats.disconnected")

    async def _found(self) -> None:
        if self._told_lost:
            self._told_lost = False
            _log.info("nats.reconnected")

    def _drop_connection(self) -> None:
        """Close the connection of a server that took it and says nothing: the client forgets it open."""
        transport = self._client._transport  # noqa: SLF001 - nothing public gives it.
        if transport is not None:
            transport.close()  # type: ignore[no-untyped-call]  # It has no types.

    async def _end(self) -> None:
        await _cancel_others()
        self._drop_connection()
        await asyncio.sleep(0)  # A connection is closed in the loop's next turn.

    def _end_loop(self) -> None:
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(CLOSE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSE_SECONDS)
        self._loop.close()


async def _cancel_others() -> None:
    """End what the client left running, so that nothing of it is cut off with the loop."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _certificates(address: Address) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=address.ca or None)
    if address.cert:
        context.load_cert_chain(address.cert, address.key)
    return context


logging.getLogger("nats").setLevel(logging.CRITICAL)  # It writes traces for what we name ourselves.
