"""The front door, from outside: the platform API and the ad server's API over HTTP, with their answers' types."""

import base64
import threading
import time
import uuid
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import msgspec

PLATFORM: Final = "/platform/v1"
ATTEMPTS_MAX: Final = 8  # Of one call, where the platform asks for patience or a connection was closed.
ANSWER_SECONDS_MAX: Final = 60.0
WAIT_SECONDS_MAX: Final = 15.0  # Rate limits are counted by the minute; four waits outlast one.
PATIENCE: Final = frozenset({429, 503})

USER_AGENT: Final = "Vonk-Town/1"  # Of the shops and guests where they call the platform API.
BROWSERS: Final = {
    "android": "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0",
    "ios": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1",
    "desktop": "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
    "crawler": "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://example.org/bot.html)",
}
"""What viewers' browsers call themselves, by device: a request that names none, or a library, is a machine's."""

Answer = TypeVar("Answer")


class Refused(Exception):
    """The platform said no; the text is its own."""

    def __init__(self, call: str, status: int, text: str) -> None:
        super().__init__(f"{call}: {status} {text[:500]}")
        self.status = status


class Silent(Exception):
    """The platform does not answer, or something that takes its time takes too long."""


class Created(msgspec.Struct, frozen=True):
    id: str


class SignedUp(msgspec.Struct, frozen=True):
    person_id: str
    profile_id: str


class Token(msgspec.Struct, frozen=True):
    token: str


class Clock(msgspec.Struct, frozen=True):
    now: datetime


class Health(msgspec.Struct, frozen=True):
    publication_sequence: int
    publication_lag_seconds: float | None


class FeedProfile(msgspec.Struct, frozen=True):
    id: str
    handle: str


class Picture(msgspec.Struct, frozen=True):
    """A picture of a post."""

    url: str


class FeedPost(msgspec.Struct, frozen=True):
    """A post of the feed; more is answered than a simulated viewer looks at."""

    post_id: str
    profile: FeedProfile
    duration_ms: int
    hashtags: tuple[str, ...]
    pictures: tuple[Picture, ...] = ()


class FeedItem(msgspec.Struct, frozen=True):
    post: FeedPost
    showing_token: str


class Feed(msgspec.Struct, frozen=True):
    items: tuple[FeedItem, ...]
    viewer_token: str


class ShownPost(msgspec.Struct, frozen=True):
    profile_id: str
    handle: str
    duration_ms: int
    pictures: tuple[Picture, ...] = ()


class ShownAd(msgspec.Struct, frozen=True):
    id: str
    account_id: str
    post_id: str
    spark: bool
    post: ShownPost


class Slot(msgspec.Struct, frozen=True):
    """A slot's answer: an ad with the token of its showing and the id that a click takes along, or none."""

    ad: ShownAd | None = None
    token: str = ""
    click_id: str = ""


class Slots(msgspec.Struct, frozen=True):
    slots: tuple[Slot, ...]


class Conversion(msgspec.Struct, frozen=True):
    """What somebody did at an advertiser's; ``click`` is the id with which the ad led there."""

    id: str
    pixel: str
    name: str
    value: str
    currency: str
    click: str


class Event(msgspec.Struct, frozen=True):
    """One event as the ad server takes it; ``at`` in milliseconds since 1970."""

    id: str
    kind: str
    token: str
    at: int
    value: int = 0


class Verdict(msgspec.Struct, frozen=True):
    verdict: str
    reason: str | None = None


class Verdicts(msgspec.Struct, frozen=True):
    verdicts: tuple[Verdict, ...]


class _Connections(threading.local):
    """One connection a thread, kept open between calls."""

    def __init__(self) -> None:
        self.open: HTTPConnection | None = None


class Door:
    """One server's address. Safe to use from several threads."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url).netloc
        self._connections = _Connections()
        self._opened: list[HTTPConnection] = []  # By any thread; appending is safe between them.

    def close(self) -> None:
        """Hang up everywhere. A later call opens its connection anew."""
        for connection in self._opened:
            connection.close()

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        answer: type[Answer],
        token: str | None = None,
        key: str | None = None,
        user_agent: str = USER_AGENT,
    ) -> Answer:
        """Send one call, again where the platform asks for patience, and return its answer; Refused or Silent.

        ``bytes`` are sent as they are, anything else as JSON. ``key`` makes a second sending of a write harmless.
        """
        headers = {
            "User-Agent": user_agent,
            "Content-Type": "application/octet-stream" if isinstance(body, bytes) else "application/json",
        }
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if key is not None:
            headers["Idempotency-Key"] = key
        sent = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
        reason = "no answer"
        for attempt in range(ATTEMPTS_MAX):
            try:
                status, content, wait = self._send(method, path, sent, headers)
            except (OSError, HTTPException) as error:
                reason = repr(error)
                self._hang_up()
                time.sleep(0.05 * attempt)
                continue
            if status in PATIENCE:
                reason = f"{status} {content[:200].decode(errors='replace')}"
                time.sleep(min(wait, WAIT_SECONDS_MAX) if wait else 0.1 * (attempt + 1))
                continue
            if status >= 400:
                raise Refused(f"{method} {path}", status, content.decode(errors="replace"))
            if not content:
                return msgspec.convert(None, answer)
            return msgspec.json.decode(content, type=answer)
        raise Silent(f"{method} {path}: {reason}")

    def _send(self, method: str, path: str, sent: bytes, headers: dict[str, str]) -> tuple[int, bytes, float]:
        connection = self._connections.open
        if connection is None:
            connection = self._connections.open = HTTPConnection(self._address, timeout=ANSWER_SECONDS_MAX)
            self._opened.append(connection)
        connection.request(method, path, body=sent, headers=headers)
        response = connection.getresponse()
        content = response.read()
        return response.status, content, float(response.headers.get("Retry-After") or 0)

    def _hang_up(self) -> None:
        if self._connections.open is not None:
            self._connections.open.close()  # The next request opens it again.


class Caller:
    """Somebody who calls the platform API, signed in or (without a token) not."""

    def __init__(self, door: Door, token: str | None = None) -> None:
        self._door = door
        self._token = token

    def get(self, path: str, answer: type[Answer]) -> Answer:
        """Read."""
        return self._door.call("GET", PLATFORM + path, answer=answer, token=self._token)

    def post(self, path: str, body: object, answer: type[Answer]) -> Answer:
        """Write, once, however often it must be sent."""
        return self._write("POST", path, body, answer)

    def put(self, path: str, body: object, answer: "type[Answer] | Any" = Any) -> Any:
        """Set, once, however often it must be sent."""
        return self._write("PUT", path, body, answer)

    def _write(self, method: str, path: str, body: object, answer: type[Answer]) -> Answer:
        key = str(uuid.uuid4()) if self._token is not None else None
        return self._door.call(method, PLATFORM + path, body, answer=answer, token=self._token, key=key)


class AdServer:
    """The ad server's API."""

    def __init__(self, url: str) -> None:
        self._door = Door(url)

    def decide(self, viewer_token: str, positions: "list[int]", *, context: "dict[str, str | list[str]]") -> Slots:
        """Ask for the ads of some slots."""
        body = {
            "viewer": viewer_token,
            "slots": [{"position": position, "formats": ["video", "carousel"]} for position in positions],
            "surface": "feed",
            "context": context,
        }
        return self._door.call("POST", "/v1/decisions", body, answer=Slots)

    def report(self, events: "list[Event]", *, device: str) -> tuple[Verdict, ...]:
        """Report events as a browser on this device would; return their verdicts, in order."""
        body = {"events": events, "version": 2}
        return self._door.call(
            "POST", "/v1/events", body, answer=Verdicts, user_agent=BROWSERS.get(device, USER_AGENT)
        ).verdicts

    def convert(self, conversions: "list[Conversion]", *, secret: str) -> tuple[Verdict, ...]:
        """Report conversions as an advertiser's server does; return their verdicts, in order."""
        body = {"conversions": conversions}
        return self._door.call("POST", "/v1/conversions", body, answer=Verdicts, token=secret).verdicts

    def close(self) -> None:
        """Hang up."""
        self._door.close()

    def health(self) -> Health:
        """Return how fresh its memory is."""
        return self._door.call("GET", "/healthz", answer=Health)


class World:
    """A platform as the simulation sees it: its two doors, and an operator who can move its clock."""

    def __init__(self, site_url: str, ads_url: str) -> None:
        self.site_url = site_url
        self.site = Door(site_url)
        self.ads = AdServer(ads_url)
        self.anybody = Caller(self.site)

    def close(self) -> None:
        """Hang up. Later calls open their connections anew."""
        self.site.close()
        self.ads.close()

    def sign_in(self, email: str, password: str) -> Caller:
        """Sign in, for longer than a session lives: history takes a month."""
        body = {"email": email, "password": password, "label": "town"}
        session = Caller(self.site, self.anybody.post("/sessions", body, Token).token)
        return Caller(self.site, session.post("/tokens", {"label": "town"}, Token).token)

    def now(self) -> datetime:
        """Return the platform's time."""
        return self.anybody.get("/sandbox/clock", Clock).now

    def move_to(self, operator: Caller, at: datetime) -> None:
        """Move the clock forward, and wait until the ad server goes by it. A clock that is there already stays."""
        before = self.ads.health().publication_sequence
        if at <= self.now() + timedelta(seconds=1):
            return
        operator.post("/sandbox/clock", {"at": at}, Clock)
        for _ in range(2):  # A look that ended after the clock moved may have begun before; the one after it did not.
            since = time.monotonic()

            def fresh(since: float = since) -> bool:
                health = self.ads.health()
                lag = health.publication_lag_seconds
                return health.publication_sequence > before and lag is not None and time.monotonic() - lag > since

            wait_until(fresh, "the ad server does not hear of the clock", seconds=30)


def wait_until(happened: Any, failure: str, *, seconds: float, every_ms: int = 20) -> None:
    """Return when ``happened()`` is true; Silent with the text when it never is."""
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            raise Silent(failure)
        time.sleep(every_ms / 1000)


def base64_of(content: bytes) -> str:
    """Return the bytes as JSON carries them."""
    return base64.b64encode(content).decode("ascii")
