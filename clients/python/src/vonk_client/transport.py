"""HTTP to the ad server: a few connections that stay open, and every answer as a value or a named error."""

import json
import ssl
import threading
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from vonk_client.errors import ClientError, Refused, Unreachable

IDLE_MAX = 8  # Connections kept open between requests.
ANSWER_BYTES_MAX = 4_194_304
RETRY_AFTER_MAX = 3600.0  # A server that asks for more patience is asked again after an hour.


class AddressInvalid(ClientError):
    """The ad server's address is none."""

    remedy = "Give an address like https://ads.example.org."


class Transport:
    """Requests of any number of threads to one ad server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise AddressInvalid(f"{url!r} is no address of an ad server")
        self._host, self._port = parts.hostname, parts.port
        self._path = parts.path.rstrip("/")
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._lock = threading.Lock()
        self._idle: list[HTTPConnection] = []

    def get(self, path: str, *, bearer: str, timeout: float, now: float) -> Any:
        """Return the answer's JSON. Raises as ``post`` does."""
        return self._answer("GET", path, None, {}, bearer=bearer, timeout=timeout, now=now)

    def post(
        self,
        path: str,
        body: bytes,
        *,
        bearer: str,
        timeout: float,
        now: float,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the answer's JSON. Raises Unreachable, and Refused for any status but 200 and 201."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        return self._answer("POST", path, body, sent, bearer=bearer, timeout=timeout, now=now)

    def _answer(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: dict[str, str],
        *,
        bearer: str,
        timeout: float,
        now: float,
    ) -> Any:
        headers["User-Agent"] = "vonk_client/0.1"
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        response, content = self._exchange(method, path, body, headers, timeout)
        try:
            answer = json.loads(content)
        except ValueError:
            answer = None
        if response.status in {200, 201} and answer is not None:
            return answer
        problem = answer if isinstance(answer, dict) else {}
        raise Refused(
            response.status,
            str(problem.get("code", "unreadable")),
            str(problem.get("title", "The answer is not the ad server's.")),
            str(problem.get("remedy", "See whether the address is that of the ad server.")),
            _seconds(response.getheader("Retry-After"), now),
        )

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], timeout: float
    ) -> tuple[HTTPResponse, bytes]:
        while True:
            connection, used = self._take(timeout)
            try:
                connection.request(method, self._path + path, body, headers)
                response = connection.getresponse()
                content = response.read(ANSWER_BYTES_MAX)
            except (OSError, HTTPException) as error:
                connection.close()
                if used and isinstance(error, HTTPException | ConnectionError):
                    continue  # The server had closed it meanwhile; a new one says more.
                raise Unreachable(f"{type(error).__name__}: {error}") from error
            if response.will_close or not response.isclosed():
                connection.close()
            else:
                self._give_back(connection)
            return response, content

    def _take(self, timeout: float) -> tuple[HTTPConnection, bool]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is not None:
            connection.timeout = timeout
            if connection.sock is not None:
                connection.sock.settimeout(timeout)
            return connection, True
        if self._tls is not None:
            return HTTPSConnection(self._host, self._port, timeout=timeout, context=self._tls), False
        return HTTPConnection(self._host, self._port, timeout=timeout), False

    def _give_back(self, connection: HTTPConnection) -> None:
        with self._lock:
            if len(self._idle) < IDLE_MAX:
                self._idle.append(connection)
                return
        connection.close()


def _seconds(text: str | None, now: float) -> float | None:
    """Return how long Retry-After asks to wait: seconds, or a date."""
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now
        except (TypeError, ValueError):
            return None
    return min(max(seconds, 0.0), RETRY_AFTER_MAX) if seconds == seconds else None  # noqa: PLR0124 - not a number is none.
