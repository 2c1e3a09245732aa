"""The code by which a pixel's events are tests: checked, shown in its live tester, counted nowhere."""

import hashlib
import hmac
from typing import Final, Protocol

_DIGITS: Final = 100_000


class Keyed(Protocol):
    """What a test code is made of: the digest of a pixel's secret, in hexadecimal."""

    @property
    def secret_sha256(self) -> str: ...


def code_for_tests(secret_sha256: str) -> str:
    """Return the pixel's test code, as TEST40721.

    It follows from the secret's digest, of which five digits tell nothing: *site* and every ad server know it without
    another publication, and a new secret makes a new code. It is no secret, for it stands in addresses of pages.
    """
    digest = hmac.new(secret_sha256.encode(), b"test code", hashlib.sha256).digest()
    return f"TEST{int.from_bytes(digest[:8]) % _DIGITS:05d}"


def is_code_for_tests(given: str, pixel: Keyed) -> bool:
    """Tell whether this is the pixel's test code."""
    return given.strip().upper() == code_for_tests(pixel.secret_sha256)
