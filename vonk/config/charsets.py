"""The character set that a request names: Python has codecs that turn no bytes into text, and Django fails at one of them."""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
CODE: Final = "charset_invalid"
_PROBE: Final = b"\xffa\xc3"  # What addresses and forms may hold, read as leniently as Django reads them.
_TYPE: Final = "application/problem+json"
_CHARSET_CHARS_MAX: Final = 40
_PLAIN_TYPES: Final = "/open_api/"  # These answer envelopes of their own, and read UTF-8 whatever is named.


class TextCharsets:
    """A WSGI application that no request reaches whose character set is none, such as ``charset=base64``.

    Such a request is answered 400 ``charset_invalid`` here, before Django makes a request of it, which raises. An unknown
    name is let through: Django leaves it aside.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        charset = charset_of(environ.get("CONTENT_TYPE") or "")
        if charset is None or is_of_text(charset):
            return self._application(environ, start_response)
        if environ.get("PATH_INFO", "").startswith(_PLAIN_TYPES):
            environ["CONTENT_TYPE"] = _without_charset(environ["CONTENT_TYPE"])
            return self._application(environ, start_response)
        body = _problem(charset)
        headers = [("Content-Type", _TYPE), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start_response(f"{HTTPStatus.BAD_REQUEST.value} {HTTPStatus.BAD_REQUEST.phrase}", headers)
        return [body]


def charset_of(content_type: str) -> str | None:
    """Return the character set that a Content-Type names, None when it names none."""
    for part in content_type.split(";")[1:]:
        name, equals, value = part.partition("=")
        if equals and name.strip().lower() in {"charset", "charset*"}:
            return value.strip().rpartition("''")[2].strip("\"'")
    return None


def is_of_text(charset: str) -> bool:
    """Say whether texts are written in it; True for a name that no codec has, which is ignored."""
    try:
        _PROBE.decode(charset, "replace")
    except LookupError as error:
        return "unknown encoding" in str(error)
    except ValueError:
        return False
    return True


def _without_charset(content_type: str) -> str:
    kept = [part for part in content_type.split(";") if not part.strip().lower().startswith("charset")]
    return ";".join(kept)


def _problem(charset: str) -> bytes:
    named = "".join(letter for letter in charset if letter.isprintable())[:_CHARSET_CHARS_MAX]
    return json.dumps({
        "type": f"/problems/{CODE}",
        "title": "Charset invalid",
        "status": HTTPStatus.BAD_REQUEST.value,
        "code": CODE,
        "detail": f"Content-Type names the character set “{named}”, which no text is written in.",
        "cause": "It is the name of a codec that is none of texts.",
        "actor": "caller",
        "remedy": "Leave the charset out, or write charset=utf-8.",
        "link": "",
        "field": "Content-Type",
    }).encode()  # fmt: skip
