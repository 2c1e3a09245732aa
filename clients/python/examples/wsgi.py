"""A host's server on one page: it gives each visitor a viewer token, shows an ad, and reports what it learns itself.

    VONK_SITE=http://127.0.0.1:8000 VONK_ADS=http://127.0.0.1:8001 python clients/python/examples/wsgi.py

and open http://127.0.0.1:8080/. The ad server must know the page's origin: `host_origins` in its settings.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from wsgiref.simple_server import make_server

from vonk_client import Client

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

PAGE = Path(__file__).parents[3] / "docs/clients/example.html"
TOKEN_BYTES_MAX = 1_024


class Host:
    """The WSGI application. ``viewer_of`` returns the viewer token of whoever sent the request."""

    def __init__(
        self,
        client: Client,
        *,
        site: str,
        ads: str,
        viewer_of: Callable[["WSGIEnvironment"], str],
        has_key: bool = False,
    ) -> None:
        self._client, self._site, self._ads = client, site, ads
        self._viewer_of, self._has_key = viewer_of, has_key

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        path, asked = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path == "/like" and asked == "POST":
            self._like(environ)
            start("204 No Content", [])
            return []
        if path != "/" or asked != "GET":
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"There is nothing here."]
        if not environ.get("QUERY_STRING"):
            query = urlencode({"site": self._site, "ads": self._ads, "viewer": self._viewer_of(environ)})
            start("303 See Other", [("Location", f"/?{query}"), ("Cache-Control", "no-store")])
            return []
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [PAGE.read_bytes()]

    def _like(self, environ: "WSGIEnvironment") -> None:
        """Report a like that came to the host's own server; with a host key, also whose browser it was."""
        token = (
            environ["wsgi.input"].read(min(int(environ.get("CONTENT_LENGTH") or 0), TOKEN_BYTES_MAX)).decode("ascii")
        )
        if self._has_key:
            agent, address = environ.get("HTTP_USER_AGENT", ""), environ.get("REMOTE_ADDR", "")
            self._client.report(token, "like", user_agent=agent, address=address)
        else:
            self._client.report(token, "like")


def visitor(site: str) -> str:
    """Return a viewer token for somebody whom the platform does not know; a host that has people signs them in."""
    with urlopen(Request(f"{site}/platform/v1/feed"), timeout=5) as answer:  # noqa: S310 - the operator's own address.
        return str(json.load(answer)["viewer_token"])


def main() -> None:
    """Serve on port 8080 until interrupted."""
    site, ads = os.environ["VONK_SITE"], os.environ["VONK_ADS"]
    key = os.environ.get("VONK_HOST_KEY", "")
    spool = Path(tempfile.gettempdir()) / "vonk-example.sqlite3"
    with Client(ads, key, spool=spool) as client:
        host = Host(client, site=site, ads=ads, viewer_of=lambda _environ: visitor(site), has_key=bool(key))
        with make_server("127.0.0.1", 8080, host) as server:
            server.serve_forever()


if __name__ == "__main__":
    main()
