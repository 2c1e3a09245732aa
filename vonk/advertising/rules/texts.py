"""What people type: names and addresses (reference §4)."""

import ipaddress
import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

from vonk.core.errors import FieldInvalid
from vonk.core.limits import NAME_MAX, URL_MAX
from vonk.core.taxonomy import INTERESTS

# Code points that are drawn as emoji, or turn what is before them into one.
_EMOJI: Final = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u231a\u231b\u23e9-\u23f3\u25fd\u25fe\u2b1b\u2b1c\u2b50\u2b55\ufe0f\u20e3"
    "\U000e0020-\U000e007f]"
)
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_HOST_CHARS_MAX: Final = 253  # RFC 1035.
AD_TEXT_MAX: Final = 100  # Reference §4, non-Spark ad text.
_WIDE: Final = frozenset({"W", "F"})  # Unicode's East Asian Width: wide and fullwidth.


def width(text: str) -> int:
    """Return the length in which a CJK character counts 2 and any other 1."""
    return sum(2 if unicodedata.east_asian_width(character) in _WIDE else 1 for character in text)


def name(text: str, field: str = "name") -> str:
    """Return the name of a campaign, ad group or ad without outer blanks.

    Raises FieldInvalid when nothing is left, it is wider than 512 (CJK counts 2), or holds emoji or control characters.
    """
    stripped = text.strip()
    if not stripped:
        raise FieldInvalid(field, "write something")
    if width(stripped) > NAME_MAX:
        raise FieldInvalid(
            field, "at most %(most)s characters; Chinese, Japanese and Korean ones count two", most=NAME_MAX
        )
    if _EMOJI.search(stripped):
        raise FieldInvalid(field, "no emoji")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in stripped):
        raise FieldInvalid(field, "one line of text, without control characters")
    return stripped


def ad_text(text: str, field: str = "text") -> str:
    """Return the text of a non-Spark ad without outer blanks.

    Raises FieldInvalid unless it is 1 to 100 wide (CJK counts 2), without emoji and control characters.
    """
    stripped = text.strip()
    if width(stripped) > AD_TEXT_MAX:
        raise FieldInvalid(
            field, "at most %(most)s characters; Chinese, Japanese and Korean ones count two", most=AD_TEXT_MAX
        )
    return name(stripped, field)


def landing_url(text: str, field: str = "landing_url") -> str:
    """Return the address without outer blanks.

    Raises FieldInvalid unless it is http or https, at most 2,048 long, with a valid host and without credentials.
    """
    stripped = text.strip()
    if len(stripped) > URL_MAX:
        raise FieldInvalid(field, "at most %(most)s characters", most=URL_MAX)
    if "\\" in stripped or any(
        character == " " or unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}
        for character in stripped
    ):
        raise FieldInvalid(field, "no blanks, backslashes, control or invisible characters")
    try:
        parts = urlsplit(stripped)
        port = parts.port
    except ValueError as error:
        raise FieldInvalid(field, "not an address") from error
    if parts.scheme not in {"http", "https"}:
        raise FieldInvalid(field, "begin with https:// or http://")
    if "@" in parts.netloc:
        raise FieldInvalid(field, "no user name or password in an address")
    if port == 0 or not _is_host(parts.hostname or ""):
        raise FieldInvalid(field, "the host name is not valid")
    return stripped


def _is_host(host: str) -> bool:
    if ":" in host:
        return _is_address(host)
    try:
        ascii_host = (host if host.isascii() else host.encode("idna").decode()).lower().removesuffix(".")
    except UnicodeError:
        return False
    labels = ascii_host.split(".")
    if labels[-1].isdigit():  # No top-level domain is a number, so this is an IPv4 address or a mistake.
        return _is_address(ascii_host)
    return len(ascii_host) <= _HOST_CHARS_MAX and all(_LABEL.fullmatch(label) for label in labels)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return "%" not in host  # A zone means something on one machine only.


def category(value: str) -> str:
    """Return what is advertised, a key of core.taxonomy.INTERESTS or "" (unsaid); FieldInvalid for anything else."""
    if value and value not in INTERESTS:
        raise FieldInvalid("category", "one of %(known)s", known=", ".join(INTERESTS))
    return value
