"""Carry one event to one address, and do no harm on the way: public addresses only, no redirects, bounded in time."""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from ipaddress import ip_address
from typing import Final, Protocol
from urllib.parse import urlsplit

import msgspec

from vonk.control.webhooks.rules import Network, may_reach

CONNECT_SECONDS: Final = 5.0
TOTAL_SECONDS: Final = 15.0  # Shorter than rules.CLAIM.
OK: Final = range(200, 300)


class Answer(msgspec.Struct, frozen=True):
    """What came of an attempt. ``status`` None: no answer, and ``error`` says why; "" when it was taken."""

    status: int | None
    error: str


class Carrier(Protocol):
    """Whoever brings events to addresses."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send the body once. Never raises: what went wrong is the answer."""
        ...


class HttpCarrier:
    """Sends over HTTP. A name is resolved once, each address it has is judged, and the one judged is the one called."""

    def __init__(self, networks: Collection[Network]) -> None:
        """``networks`` may be reached although they are not public."""
        self._networks = networks
        self._tls = ssl.create_default_context()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send the body once, within TOTAL_SECONDS."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        try:
            address = resolve(host, port, self._networks)
        except OSError:
            return Answer(None, "name_not_resolved")
        if address is None:
            return Answer(None, "address_not_public")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        exchange = _Exchange(address, port, self._tls if secure else None, host)
        return exchange.post(path, body, {**headers, "Host": parts.netloc})


def resolve(host: str, port: int, networks: Collection[Network]) -> str | None:
    """Return an address of the name; None when any of them may not be reached, OSError when there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not addresses or not all(may_reach(ip_address(address), networks) for address in addresses):
        return None
    return addresses[0]


class _Exchange:
    """One request to one address that was judged."""

    def __init__(self, address: str, port: int, tls: ssl.SSLContext | None, host: str) -> None:
        self._connection = http.client.HTTPConnection(address, port, timeout=CONNECT_SECONDS)
        self._tls = tls
        self._host = host
        self._late = threading.Event()

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        watch = threading.Timer(TOTAL_SECONDS, self._cut)
        watch.daemon = True
        watch.start()
        try:
            return self._post(path, body, headers)
        except ssl.SSLError:
            return self._failed("tls_failed")
        except TimeoutError:
            return self._failed("timed_out")
        except OSError:
            return self._failed("no_connection")
        except (http.client.HTTPException, ValueError):
            return self._failed("no_http")
        finally:
            watch.cancel()
            self._connection.close()

    def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self._connection.connect()
        if self._tls is not None:
            self._connection.sock = self._tls.wrap_socket(self._connection.sock, server_hostname=self._host)
        self._connection.request("POST", path, body, dict(headers))
        response = self._connection.getresponse()
        if self._late.is_set():  # A head that was cut off looks like one that ended.
            return Answer(None, "timed_out")  # What comes after the head is nobody's business, and not waited for.
        if response.status in OK:
            return Answer(response.status, "")
        return Answer(response.status, "redirected" if response.status in range(300, 400) else "refused")

    def _failed(self, error: str) -> Answer:
        return Answer(None, "timed_out" if self._late.is_set() else error)

    def _cut(self) -> None:
        """End an exchange that takes too long, however busy the other side looks."""
        self._late.set()
        open_socket = self._connection.sock
        if open_socket is not None:
            with contextlib.suppress(OSError):  # It has just ended by itself.
                open_socket.shutdown(socket.SHUT_RDWR)
