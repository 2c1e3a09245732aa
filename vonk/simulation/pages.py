"""The front door for browsers: somebody logged in on the pages, who fills forms in; for what no API offers."""

import re
import secrets
from collections.abc import Mapping
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode, urlsplit

import msgspec

from vonk.simulation.client import ANSWER_SECONDS_MAX, BROWSERS, Refused

TOKEN: Final = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field.
COOKIE: Final = "vonk_csrf"
LOGIN: Final = "/login/"
Fields = Mapping[str, str | list[str]]


class Pages:
    """One browser's worth of cookies. Not to be shared by threads."""

    def __init__(self, site_url: str, email: str, password: str) -> None:
        self._connection = HTTPConnection(urlsplit(site_url).netloc, timeout=ANSWER_SECONDS_MAX)
        self._cookies: dict[str, str] = {}
        self.open(LOGIN)
        self.send(LOGIN, {"login": email, "password": password})

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def open(self, path: str) -> str:
        """Return a page's text."""
        status, _location, text = self._ask("GET", path, b"", "")
        if status >= 400:
            raise Refused(f"GET {path}", status, _words(text))
        return text

    def send(self, path: str, fields: Fields, files: "dict[str, tuple[str, bytes]] | None" = None) -> str:
        """Send a form in; return where its answer leads to, "" when it stays. Refused when the form comes back."""
        fields = {TOKEN: self._cookies.get(COOKIE, ""), **fields}
        if files:
            mark = secrets.token_hex(16)
            body, kind = _parts(fields, files, mark), f"multipart/form-data; boundary={mark}"
        else:
            body, kind = urlencode(fields, doseq=True).encode(), "application/x-www-form-urlencoded"
        status, location, text = self._ask("POST", path, body, kind)
        if status >= 400 or (path == LOGIN and not location):
            raise Refused(f"POST {path}", status, _words(text))
        return location

    def tell(self, path: str, said: object) -> None:
        """Do what a page's script does: send JSON. Refused when the answer says no."""
        status, _location, text = self._ask("POST", path, msgspec.json.encode(said), "application/json")
        if status >= 400:
            raise Refused(f"POST {path}", status, text)

    def _ask(self, method: str, path: str, body: bytes, kind: str) -> tuple[int, str, str]:
        headers = {
            "User-Agent": BROWSERS["desktop"],
            "Accept-Language": "en",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
        }
        if kind:
            headers["Content-Type"] = kind
        if kind == "application/json":
            headers |= {"Accept": kind, "X-CSRFToken": self._cookies.get(COOKIE, "")}
        self._connection.request(method, path, body=body, headers=headers)
        response = self._connection.getresponse()
        text = response.read().decode(errors="replace")
        for line in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        return response.status, response.headers.get("Location") or "", text


def _parts(fields: Fields, files: "dict[str, tuple[str, bytes]]", mark: str) -> bytes:
    """Return a form as multipart/form-data (RFC 7578)."""
    sent = b""
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            sent += f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{one}\r\n'.encode()
    for name, (file_name, content) in files.items():
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        sent += f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n"
    return sent + f"--{mark}--\r\n".encode()


def _words(page: str) -> str:
    """Return what a page says is wrong, or its beginning."""
    said = re.findall(r'class="[^"]*(?:invalid-feedback|errorlist|alert)[^"]*"[^>]*>(.*?)</', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>|\s+", " ", " ".join(said) or page).split())
