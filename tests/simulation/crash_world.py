"""The least world in which everything happens: a creator, a post, consent, money, a CPM and a CPC campaign."""

import subprocess
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import msgspec

from tests import patience
from tests.simulation.crash_platform import Platform
from tests.wire.serving import VONK, Reply, environment, send, wait_for

PASSWORD = "a long sentence nobody guesses"
EUR = 1_000_000
FUNDS = 1_000_000 * EUR
BUDGET = 900_000 * EUR  # Nothing runs out, so that every billable event bills its price.
COUNTRY_OF = {"cpm": "NL", "cpc": "BE"}
BID_OF = {"cpm": 5 * EUR, "cpc": EUR // 2}
RETRY_SECONDS = 0.05
RETRIED = {429, 503}


class Person:
    """One of the cast, who asks again, with the same key, until there is an answer."""

    def __init__(self, platform: Platform, name: str) -> None:
        self.name = name
        self._url = platform.url("site") + "/platform/v1"
        self._token: str | None = None
        self._writes = 0

    def sign_in(self) -> None:
        session = self.does("POST", "/sessions", {"email": f"{self.name}@example.org", "password": PASSWORD})
        self._token = session["token"]

    def sign_up(self) -> None:
        answered(
            "POST",
            f"{self._url}/sign_ups",
            {
                "email": f"{self.name}@example.org",
                "password": PASSWORD,
                "handle": self.name,
                "display_name": self.name.title(),
                "language": "en",
                "country": "NL",
                "born_on": "1990-05-17",
            },
        )
        self.sign_in()

    def does(self, method: str, path: str, body: object = None, *, raw: bytes | None = None) -> Any:
        self._writes += 1
        key = f"{self.name} {self._writes}"
        reply = answered(method, self._url + path, body, token=self._token, key=key, raw=raw)
        assert reply.status < 300, (self.name, method, path, reply.status, reply.body)
        return reply.body

    def all_of(self, path: str) -> list[Any]:
        """Read a list to its end."""
        found: list[Any] = []
        page = self.does("GET", f"{path}?page_size=100")
        while True:
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            page = self.does("GET", f"{path}?page_size=100&cursor={page['next_cursor']}")


class World(msgspec.Struct, frozen=True):
    """Who and what there is."""

    cleo: Person
    ada: Person
    vik: Person
    mallory: Person
    olu: Person
    account_id: str
    post_id: str
    spare_post_id: str  # Its consents come and go.


def answered(
    method: str,
    url: str,
    body: object = None,
    *,
    token: str | None = None,
    key: str | None = None,
    raw: bytes | None = None,
) -> Reply:
    """Send a request until it is answered by somebody who is neither dead nor busy."""
    until = time.monotonic() + patience.SECONDS
    while True:
        try:
            reply = send(method, url, body, token=token, key=key, raw=raw)
            if reply.status not in RETRIED and not _underway(reply):
                return reply
            last: object = reply.body
        except (OSError, HTTPException) as error:
            last = error
        assert time.monotonic() < until, (method, url, last)
        time.sleep(RETRY_SECONDS)


def _underway(reply: Reply) -> bool:
    """Say whether the key is held by the first request, which may have died with its process."""
    return reply.status == 409 and bool(reply.body["code"] == "idempotency_key_underway")


def clip(folder: Path, *, seconds: float, size: str) -> bytes:
    path = folder / f"clip-{size}.mp4"
    subprocess.run(
        [
            imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i",
            f"testsrc2=size={size}:rate=25:duration={seconds}", "-c:v", "mpeg4", "-q:v", "9", str(path),
        ],
        check=True,
    )  # fmt: skip
    return path.read_bytes()


def made(platform: Platform, folder: Path) -> World:
    """Make the world through the front door."""
    cleo, ada, vik, mallory = (Person(platform, name) for name in ("cleo", "ada", "vik", "mallory"))
    for person in (cleo, ada, vik, mallory):
        person.sign_up()
    olu = _operator(platform)
    video_id = cleo.does("POST", "/videos?name=clip.mp4", raw=clip(folder, seconds=0.4, size="90x160"))["id"]
    wait_for(
        lambda: cleo.does("GET", f"/videos/{video_id}")["state"] in {"ready", "failed"}, "the video is not processed"
    )
    cleo.does("PUT", "/me/ad_settings", {"on": True})
    posts = [
        cleo.does("POST", "/posts", {"video_id": video_id, "caption": caption})["id"] for caption in ("One", "Two")
    ]
    for post_id in posts:
        cleo.does("PUT", f"/posts/{post_id}/ad_authorisation", {"on": True})
    code = cleo.does("POST", f"/posts/{posts[0]}/consents", {"duration_days": 30})["code"]
    account_id = _account(ada)
    consent_id = ada.does("POST", f"/accounts/{account_id}/spark_posts", {"code": code})["consent_id"]
    for billing in COUNTRY_OF:
        _launch(ada, account_id, consent_id, billing)
    for review in olu.does("GET", "/reviews")["items"]:
        olu.does("POST", f"/reviews/{review['review']['id']}/approval")
    return World(cleo, ada, vik, mallory, olu, account_id, *posts)


def _operator(platform: Platform) -> Person:
    subprocess.run(
        [
            *VONK, "admin", "create-operator", "--data", str(platform.data), "--email", "olu@example.org",
            "--handle", "olu", "--password-stdin",
        ],
        input=PASSWORD.encode(), check=True, env=environment(), stdout=subprocess.DEVNULL,
    )  # fmt: skip
    olu = Person(platform, "olu")
    olu.sign_in()
    return olu


def _account(ada: Person) -> str:
    account_id: str = ada.does(
        "POST",
        "/accounts",
        {
            "organisation_name": "Ada's bakery",
            "name": "Bread",
            "currency": "EUR",
            "time_zone": "Europe/Amsterdam",
            "country": "NL",
            "advertiser_name": "Ada's bakery",
            "payer_name": "Ada's bakery",
        },
    )["id"]
    ada.does("POST", f"/accounts/{account_id}/spark_terms", {"version": "2026-11"})
    ada.does("POST", f"/accounts/{account_id}/top_ups", {"amount_micros": FUNDS, "provider_reference": "first"})
    return account_id


def _launch(ada: Person, account_id: str, consent_id: str, billing: str) -> None:
    ada.does(
        "POST",
        f"/accounts/{account_id}/launches",
        {
            "campaign": {"name": billing, "objective": "traffic"},
            "ad_group": {
                "name": billing,
                "billing": billing,
                "bid_micros": BID_OF[billing],
                "budget": {"mode": "daily", "micros": BUDGET},
                "targeting": {"countries": [COUNTRY_OF[billing]]},
                "pacing": "fast",
            },
            "ad": {
                "name": billing,
                "consent_id": consent_id,
                "call_to_action": "shop_now",
                "landing_url": "https://example.org/bread",
            },
        },
    )
