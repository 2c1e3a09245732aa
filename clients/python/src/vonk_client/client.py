"""The client: one for each process of a host's server, used by all of its threads."""

import atexit
import ipaddress
import json
import os
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any

from vonk_client import queues
from vonk_client.errors import ClientClosed, ClientError, EventInvalid, PixelUnknown, Refused
from vonk_client.records import EVENTS, Refusal, Slot, SlotWanted
from vonk_client.sender import Clock, Sender, encode
from vonk_client.transport import Transport

ID_CHARS_MAX = 64
USER_AGENT_CHARS_MAX = 512
DECIDE_TIMEOUT = 1.2  # A feed waits no longer for an ad.
SEND_TIMEOUT = 15.0
QUEUE_MAX = 100_000  # Some 100 MB of memory, or of the spool's disk.
CLOSE_TIMEOUT = 10.0


class Client:
    """Asks one ad server for ads, and reports what became of them.

    ``key`` is the host's key: with it events may carry whose browser they came from. ``spool`` names a file in which
    reports wait, so that they outlive the process; without it they wait in memory. ``pixels`` gives the secret of each
    pixel whose conversions are reported. ``on_refused`` is called, in the sender's thread, for each report that the
    server will never take. Raises AddressInvalid and SpoolUnusable.
    """

    def __init__(
        self,
        ads_url: str,
        key: str = "",
        *,
        spool: str | os.PathLike[str] | None = None,
        pixels: Mapping[str, str] | None = None,
        queue_max: int = QUEUE_MAX,
        send_timeout: float = SEND_TIMEOUT,
        on_refused: Callable[[Refusal], None] | None = None,
        clock: Clock = time,
    ) -> None:
        self._url, self._key, self._spool, self._queue_max = ads_url, key, spool, queue_max
        self._pixels = dict(pixels or {})
        self._send_timeout, self._on_refused, self._clock = send_timeout, on_refused, clock
        self._closed = False
        self._abandoned: list[object] = []
        self._open()
        atexit.register(self.close)

    def _open(self) -> None:
        self._pid = os.getpid()
        self._transport = Transport(self._url)
        self._queue = queues.opened(self._spool, self._queue_max)
        self._sender = Sender(
            self._queue,
            self._transport,
            key=self._key,
            pixels=self._pixels,
            timeout=self._send_timeout,
            clock=self._clock,
            on_refused=self._on_refused,
        )

    def __enter__(self) -> "Client":  # noqa: PYI034 - Self is younger than Python 3.10.
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def waiting(self) -> int:
        """How many reports wait for the ad server's answer."""
        return len(self._queue)

    @property
    def last_failure(self) -> ClientError | None:
        """Why sending does not succeed at present; None when it does."""
        return self._sender.last_failure

    def decide(
        self,
        viewer: str,
        slots: Sequence[SlotWanted] = (SlotWanted(),),
        *,
        surface: str = "for_you",
        context: Mapping[str, object] | None = None,
        timeout: float = DECIDE_TIMEOUT,
    ) -> list[Slot]:
        """Return what each slot gets, in their order.

        ``viewer`` is the viewer's token, ``context`` what is known of the moment: device, language, country, keywords.
        Raises Unreachable when there is no answer within ``timeout`` seconds, Refused when there is another one.
        """
        self._check_open()
        wanted = [
            {
                "position": one.position,
                "formats": one.formats,
                "floor_micros": one.floor_micros,
                "organic_value_micros": one.organic_value_micros,
            }
            for one in slots
        ]
        asked = {"viewer": viewer, "surface": surface, "slots": wanted, "context": dict(context or {})}
        answer = self._transport.post(
            "/v1/decisions", json.dumps(asked).encode(), bearer=self._key, timeout=timeout, now=self._clock.time()
        )
        try:
            return [_slot(one) for one in answer["slots"]]
        except (KeyError, TypeError, AttributeError) as error:
            raise Refused(200, "unreadable", "The answer is no list of slots.", "Update this client.") from error

    def report(
        self,
        token: str,
        kind: str,
        *,
        value: float = 0,
        at: float | None = None,
        event_id: str | None = None,
        user_agent: str = "",
        address: str = "",
    ) -> str:
        """Keep an event of the showing with this token, send it soon, and return its id.

        ``at`` is in seconds since 1970, by default now. ``user_agent`` and ``address`` are those of the viewer's
        browser, where the host's server speaks for it; they need a host key. Raises EventInvalid, QueueFull,
        SpoolUnusable and ClientClosed.
        """
        fields: dict[str, object] = {"kind": kind, "token": token, "at": self._at_ms(at), "value": _number(value)}
        if user_agent or address:
            if not self._key:
                raise EventInvalid("whose browser it was is believed with a host key only, and this client has none")
            fields["context"] = {"user_agent": user_agent[:USER_AGENT_CHARS_MAX], "address": _address(address)}
        if not token or not kind:
            raise EventInvalid("an event needs a token and a kind")
        return self._put(EVENTS, event_id, fields)

    def convert(
        self,
        pixel: str,
        name: str,
        *,
        value: float | None = None,
        currency: str = "",
        click: str = "",
        email: str = "",
        phone: str = "",
        external: str = "",
        at: float | None = None,
        event_id: str | None = None,
    ) -> str:
        """Keep a conversion for this pixel (purchase, sign_up, ...), send it soon, and return its id.

        ``click`` is the ``vonk_click`` of the landing page's address; ``email``, ``phone`` and ``external`` are hashes
        (``hash_email`` and its like). ``event_id`` is best the order's number: the same one from page and server counts
        once. Raises as ``report`` does, and PixelUnknown.
        """
        if pixel not in self._pixels:
            raise PixelUnknown(f"this client was given no secret for pixel {pixel}")
        fields: dict[str, object] = {"pixel": pixel, "name": name, "at": self._at_ms(at)}
        if value is not None:
            fields["value"] = _number(value)
        texts = {"currency": currency, "click": click, "email": email, "phone": phone, "external": external}
        fields |= {field: text for field, text in texts.items() if text}
        return self._put(f"pixel:{pixel}", event_id, fields)

    def flush(self, timeout: float | None = CLOSE_TIMEOUT) -> bool:
        """Return True when all reports were answered for, False when that takes longer than ``timeout`` seconds."""
        self._check_open()
        return self._sender.wait_until_empty(timeout)

    def close(self, timeout: float = CLOSE_TIMEOUT) -> None:
        """Send what can be sent within ``timeout`` seconds, and stop. What then waits in a spool is sent by the next."""
        if self._closed or self._pid != os.getpid():
            return
        self._closed = True
        atexit.unregister(self.close)
        if len(self._queue):
            self._sender.wait_until_empty(timeout)
        self._sender.stop()
        self._queue.close()
        self._transport.close()

    def _put(self, door: str, event_id: str | None, fields: Mapping[str, object]) -> str:
        self._check_open()
        report_id = event_id if event_id is not None else str(uuid.uuid4())
        if not 0 < len(report_id) <= ID_CHARS_MAX or not all("!" <= character <= "~" for character in report_id):
            raise EventInvalid(f"{report_id!r} is no id")
        self._queue.put(door, report_id, encode({"id": report_id, **fields}))
        self._sender.wake()
        return report_id

    def _at_ms(self, at: float | None) -> int:
        return int(_number(self._clock.time() if at is None else at) * 1000)

    def _check_open(self) -> None:
        """Raise ClientClosed after close(); begin anew in a process that was forked, whose threads were left behind."""
        if self._closed:
            raise ClientClosed("this client was closed")
        if self._pid != os.getpid():
            self._queue.abandon()
            self._abandoned += [self._queue, self._transport, self._sender]  # The parent's: not to be closed here.
            self._open()


def _number(value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise EventInvalid(f"{value!r} is no number from 0 up")
    return value


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text)) if text else ""
    except ValueError as error:
        raise EventInvalid(f"{text!r} is no IPv4 or IPv6 address") from error


def _slot(answer: Mapping[str, Any]) -> Slot:
    return Slot(
        decision_id=answer["decision_id"],
        position=answer["position"],
        ad=answer.get("ad"),
        token=answer.get("token", ""),
        click_id=answer.get("click_id", ""),
        bills=answer.get("bills", ""),
        price_micros=answer.get("price_micros", 0),
        currency=answer.get("currency", ""),
        reason=answer.get("reason", ""),
        refusals=answer.get("refusals", {}),
    )
