"""Fetch a file from an address that somebody named, and do no harm on the way.

Public addresses only, those of every redirect judged anew; the address judged is the one called; bounded in bytes, time
and number. What is fetched is written to disk, never held in memory.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import msgspec
from django.conf import settings

from vonk.control.webhooks.carrier import resolve
from vonk.control.webhooks.rules import Network, url_fault
from vonk.core.errors import Actor, Invalid, Limited

URL_CHARS_MAX: Final = 2_048
CONNECT_SECONDS: Final = 5.0
TOTAL_SECONDS: Final = 60.0
REDIRECTS_MAX: Final = 3
SIMULTANEOUS_MAX: Final = 3  # Of one process: whoever waits for a slow server holds one of the site's threads.
CHUNK_BYTES: Final = 262_144
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_slots: Final = threading.BoundedSemaphore(SIMULTANEOUS_MAX)


class UrlInvalid(Invalid):
    """Nothing can or may be fetched from there."""

    code = "url_invalid"
    message = "No file can be fetched from this address: %(reason)s."
    cause = "Files are fetched from http and https addresses on the public internet."
    remedy = "Give an address from which everybody can download the file."


class UrlUnavailable(Invalid):
    """The server is not there, or does not give the file."""

    code = "url_unavailable"
    message = "The file could not be fetched: %(reason)s."
    remedy = "Open the address in a browser without signing in; correct it and send again."


class UrlTimedOut(Invalid):
    """The server is too slow."""

    code = "url_timed_out"
    message = "The file could not be fetched in time."
    cause = "The server did not answer, or sent too slowly."
    remedy = "Send the file itself, or name a faster server."


class UrlBroken(Invalid):
    """The transfer broke off, or was not what HTTP promises."""

    code = "url_broken"
    message = "The transfer failed: %(reason)s."
    remedy = "Try again; if it fails again, send the file itself."


class UrlTooLarge(Invalid):
    """More bytes than are taken."""

    code = "url_too_large"
    message = "The file there is larger than %(bytes_max)d bytes."
    remedy = "Name a smaller file."


class FetchesBusy(Limited):
    """Fetching never takes all of the site's threads."""

    code = "fetches_busy"
    message = "Several files are being fetched right now."
    remedy = "Try again in a moment, or send the file itself."
    actor = Actor.CALLER
    retry_after_seconds = 10


class Fetched(msgspec.Struct, frozen=True):
    """What came."""

    bytes: int
    content_type: str  # In lower case, without parameters; "" when the server did not say.


def networks() -> tuple[Network, ...]:
    """Return the networks that may be reached although they are not public."""
    return tuple(ip_network(text) for text in settings.VONK.fetch_networks)


def fetch(url: str, target: Path, *, bytes_max: int, field: str) -> Fetched:
    """Write what is at the address to the target. ``bytes_max`` 0: no ceiling. ``field`` is the input that named the address.

    Raises UrlInvalid, UrlUnavailable, UrlTimedOut, UrlBroken, UrlTooLarge or FetchesBusy. No transaction is open
    meanwhile.
    """
    if not _slots.acquire(blocking=False):
        raise FetchesBusy
    try:
        deadline = time.monotonic() + TOTAL_SECONDS
        for _ in range(REDIRECTS_MAX + 1):
            _require(url, field)
            with _opened(url, field, deadline) as (response, late):
                if response.status not in _REDIRECTS:
                    return _taken(response, target, bytes_max, field, late)
                url = _next(url, response.headers.get("Location", ""), field)
        raise UrlUnavailable(reason="it redirects too often", field=field)
    finally:
        _slots.release()


def _next(url: str, location: str, field: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise UrlUnavailable(reason="it redirects to what is no address", field=field) from error


def _require(url: str, field: str) -> None:
    if not 0 < len(url) <= URL_CHARS_MAX:
        raise UrlInvalid(reason=f"1 to {URL_CHARS_MAX} characters", field=field)
    fault = url_fault(url.partition("#")[0], plain=True, networks=networks())
    if fault is not None:
        raise UrlInvalid(reason=fault, field=field)


@contextlib.contextmanager
def _opened(url: str, field: str, deadline: float) -> Iterator[tuple[http.client.HTTPResponse, threading.Event]]:
    """Lend the answer of one request; the event tells that it was cut off because it took too long."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    host = parts.hostname or ""
    address = _address(host, port, networks(), field)
    connection = http.client.HTTPConnection(address, port, timeout=CONNECT_SECONDS)
    late = threading.Event()
    watch = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, (connection, late))
    watch.daemon = True
    watch.start()
    try:
        yield _asked(connection, url, secure=secure, field=field, late=late), late
    finally:
        watch.cancel()
        connection.close()


def _asked(
    connection: http.client.HTTPConnection, url: str, *, secure: bool, field: str, late: threading.Event
) -> http.client.HTTPResponse:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.connect()
        if secure:
            tls = ssl.create_default_context()
            connection.sock = tls.wrap_socket(connection.sock, server_hostname=parts.hostname)
        connection.request("GET", path, headers={"Host": parts.netloc, "Accept-Encoding": "identity"})
        return connection.getresponse()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _problem(error, field, late=late.is_set()) from error


def _problem(error: Exception, field: str, *, late: bool) -> Invalid:
    if late or isinstance(error, TimeoutError):
        return UrlTimedOut(field=field)
    if isinstance(error, ssl.SSLError):
        return UrlBroken(reason="its certificate or encryption is not in order", field=field)
    if isinstance(error, ConnectionRefusedError):
        return UrlUnavailable(reason="no server answers there", field=field)
    if isinstance(error, OSError):
        return UrlUnavailable(reason="the connection failed", field=field)
    return UrlBroken(reason="the server does not speak HTTP", field=field)


def _address(host: str, port: int, allowed: Collection[Network], field: str) -> str:
    try:
        address = resolve(host, port, allowed)
    except (OSError, UnicodeError) as error:
        raise UrlUnavailable(reason="its name is not known", field=field) from error
    if address is None:
        raise UrlInvalid(reason="not an address inside a private network", field=field)
    return address


def _taken(
    response: http.client.HTTPResponse, target: Path, bytes_max: int, field: str, late: threading.Event
) -> Fetched:
    if late.is_set():
        raise UrlTimedOut(field=field)
    if response.status != http.client.OK:
        raise UrlUnavailable(reason=f"the server answered {response.status}", field=field)
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UrlBroken(reason="the server compressed it although it was asked not to", field=field)
    announced = response.length  # None: it ends when the connection does.
    if bytes_max and announced is not None and announced > bytes_max:
        raise UrlTooLarge(bytes_max=bytes_max, field=field)
    size = 0
    with target.open("wb") as file:
        for chunk in _chunks(response, field, late):
            size += len(chunk)
            if bytes_max and size > bytes_max:
                raise UrlTooLarge(bytes_max=bytes_max, field=field)
            file.write(chunk)
    if late.is_set():
        raise UrlTimedOut(field=field)  # Cut off, which looks like an end.
    if announced is not None and size != announced:
        raise UrlBroken(reason="it ended before its announced length", field=field)
    return Fetched(size, response.headers.get_content_type() if "Content-Type" in response.headers else "")


def _chunks(response: http.client.HTTPResponse, field: str, late: threading.Event) -> Iterator[bytes]:
    while True:
        try:
            chunk = response.read(CHUNK_BYTES)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _problem(error, field, late=late.is_set()) from error
        if not chunk:
            return
        yield chunk


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """End an exchange that takes too long, however busy the other side looks."""
    late.set()
    open_socket = connection.sock
    if open_socket is not None:
        with contextlib.suppress(OSError):  # It has just ended by itself.
            open_socket.shutdown(socket.SHUT_RDWR)
