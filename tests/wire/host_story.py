"""A host app's part in the whole life of an ad: by its key, its creator's own browser and the ad server alone."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode

from tests import patience
from tests.wire.serving import Platform, send, wait_for

API = "/platform/v1"


class HostServer:
    """The host's server, with its key."""

    def __init__(self, platform: Platform, key: str) -> None:
        self._url, self._key, self._calls = platform.url("site") + API, key, 0

    def does(self, path: str, body: object = None, *, raw: bytes | None = None) -> Any:
        self._calls += 1
        reply = send("POST", self._url + path, body, token=self._key, key=f"host {self._calls}", raw=raw)
        assert reply.status < 300, (path, reply.status, reply.body)
        return reply.body

    def syncs(self, kind: str, item: dict[str, Any]) -> str:
        """Return the verdict, or why the item was refused."""
        (told,) = self.does(f"/sync/{kind}", {"items": [item]})["items"]
        code: str = told["code"] or told["verdict"]
        return code


class Browser:
    """A browser of the host's creator, which follows the host's link and keeps the session that it gets."""

    def __init__(self, platform: Platform) -> None:
        self._site = platform.url("site")
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))

    def follow(self, link: str) -> None:
        page, _, secret = link.partition("#")
        self._open("GET", page)
        for fields in ({"secret": secret}, {"secret": secret, "confirm": "yes"}):
            form = urlencode({**fields, "csrfmiddlewaretoken": self._csrf}).encode()
            self._open("POST", page, form, {"Referer": self._site + page})

    def does(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Content-Type": "application/json", "X-CSRFToken": self._csrf, "Idempotency-Key": f"browser {path}"}
        content = self._open(method, API + path, json.dumps(body).encode() if body is not None else b"", headers)
        return json.loads(content) if content else None

    @property
    def _csrf(self) -> str:
        return next(str(cookie.value) for cookie in self._cookies if "csrf" in cookie.name)

    def _open(self, method: str, path: str, sent: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
        request = urllib.request.Request(self._site + path, sent, headers or {}, method=method)
        try:
            with self._opener.open(request, timeout=patience.SECONDS) as response:
                content: bytes = response.read()
                return content
        except urllib.error.HTTPError as error:
            raise AssertionError((method, path, error.code, error.read())) from error


def lives(
    platform: Platform, olu: Any, film: bytes, advertised: Callable[[str], None], counted: Callable[[str], None]
) -> None:
    """A synced post is consented to by its creator, advertised (``advertised`` is given the code), shown with the host's id,
    counted (``counted`` is given the showing's token), and gone when the host deletes it.
    """
    host_id = olu.does("POST", "/hosts", {"name": "Loaf"})["id"]
    host = HostServer(platform, olu.does("POST", f"/hosts/{host_id}/keys", {"label": "sync"})["token"])
    for external_id, name in (("u-1", "Cleo"), ("u-2", "Vik")):
        told = {"external_id": external_id, "display_name": name, "country": "NL", "birth_year": 1990, "version": 1}
        assert host.syncs("accounts", told) == "applied"
    video_id = host.does("/sync/videos?account=u-1&name=clip.mp4", raw=film)["id"]
    post = {
        "external_id": "p-1",
        "account": "u-1",
        "version": 1,
        "created_at": "2026-01-01T00:00:00Z",
        "caption": "Bread of the host #bread",
        "video_id": video_id,
    }
    wait_for(lambda: host.syncs("posts", post) in {"applied", "unchanged"}, "the host's post is not published")

    cleo = Browser(platform)
    cleo.follow(host.does("/hosts/sessions", {"account": "u-1", "post": "p-1"})["path"])
    post_id = cleo.does("GET", "/me/posts")["items"][0]["id"]
    cleo.does("PUT", "/me/ad_settings", {"on": True})
    cleo.does("PUT", f"/posts/{post_id}/ad_authorisation", {"on": True})
    advertised(cleo.does("POST", f"/posts/{post_id}/consents", {"duration_days": 7})["code"])

    def shown() -> dict[str, Any] | None:
        """Return the slot that the host's own viewer is answered with, None without an ad."""
        viewer = host.does("/hosts/viewer_tokens", {"account": "u-2"})["viewer_token"]
        asked = {"viewer": viewer, "slots": [{"position": 4}]}
        reply = send("POST", f"{platform.url('ads')}/v1/decisions", asked)
        assert reply.status == 200, reply.body
        (slot,) = reply.body["slots"]
        return slot if slot["ad"] is not None else None

    wait_for(lambda: shown() is not None, "the host's post is not advertised")
    slot = shown()
    assert slot is not None
    assert (slot["ad"]["post"]["external_id"], slot["ad"]["post_id"]) == ("p-1", post_id)
    counted(slot["token"])
    assert host.syncs("deletions", {"kind": "post", "external_id": "p-1", "version": 2}) == "applied"
    wait_for(lambda: shown() is None, "the ad is shown after the host deleted its post")
