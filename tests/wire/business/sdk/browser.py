"""A person's browser, as far as letting an app in needs one: it signs in, makes an app, says yes."""

import re
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from typing import IO
from urllib.parse import parse_qs, urlencode, urlsplit

from tests import patience

BACK = "https://example.org/back"


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: where it leads is what is asked."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        del req, fp, code, msg, headers, newurl


class Browser:
    """Keeps cookies and sends forms."""

    def __init__(self, site: str, email: str, password: str) -> None:
        self._site = site
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), _Stays())
        assert self.send("/login/", [("login", email), ("password", password)])[0] == 302

    def send(self, path: str, fields: Sequence[tuple[str, str]]) -> tuple[int, str, str]:
        """Read the page and send its form; return the status, where it leads, and the page that came."""
        _, _, page = self._read(urllib.request.Request(self._site + path))
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None, f"{path} has no form."
        sent = urlencode([("csrfmiddlewaretoken", found[1]), *fields]).encode()
        return self._read(urllib.request.Request(self._site + path, data=sent, headers={"Referer": self._site + path}))

    def make_app(self) -> tuple[str, str]:
        """Return the id and the secret of a new app."""
        _, _, page = self.send("/developers/apps/", [("name", "Ovens"), ("redirect_uris", BACK)])
        app_id = re.search(r"/developers/apps/([0-9]+)/", page)
        secret = re.search(r'data-copy="([A-Za-z0-9_-]{43})"', page)
        assert app_id is not None, page
        assert secret is not None, page
        return app_id[1], secret[1]

    def let_in(self, app_id: str, advertiser_id: str, permissions: Sequence[int]) -> str:
        """Let an app into an ad account; return the code with which it is sent back."""
        asked = urlencode({"app_id": app_id, "redirect_uri": BACK, "state": "oven 7"})
        allowed = [("permissions", str(one)) for one in permissions]
        status, location, page = self.send(f"/portal/auth?{asked}", [("accounts", advertiser_id), *allowed])
        assert status == 302, page
        told = parse_qs(urlsplit(location).query)
        assert (location.partition("?")[0], told["state"]) == (BACK, ["oven 7"])
        return told["auth_code"][0]

    def _read(self, request: urllib.request.Request) -> tuple[int, str, str]:
        try:
            with self._opener.open(request, timeout=patience.SECONDS) as answer:
                return answer.status, "", answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers.get("Location", ""), answer.read().decode()
