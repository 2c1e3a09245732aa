"""Post codes: made from 240 random bits, found by a keyed hash, kept encrypted, never written anywhere else."""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Final

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vonk.authorisation.errors import AuthCodeFormatError
from vonk.core.limits import CODE_CHARS_MAX

SIGN: Final = "#"
HINT_CHARS: Final = 4
_RANDOM_BYTES: Final = 30  # 240 bits: 40 characters without padding.
_BODY: Final = re.compile(r"[A-Za-z0-9_-]{40}")
_KEY_PURPOSE: Final = b"vonk.authorisation.codes/encrypt/1"
_INVISIBLE: Final = " \t\r\n\v\f\u00a0\u200b\u200c\u200d\u2060\ufeff"  # What chats and spreadsheets put around a code.


def generate() -> str:
    """Return a new code, as it is shown: the sign and 40 characters."""
    return SIGN + base64.urlsafe_b64encode(secrets.token_bytes(_RANDOM_BYTES)).decode()


def parse(text: str) -> str:
    """Return the code that somebody typed or pasted, as it was shown.

    White space around it and a missing sign are forgiven; AuthCodeFormatError for anything else.
    """
    if len(text) > CODE_CHARS_MAX:
        raise AuthCodeFormatError
    body = text.strip(_INVISIBLE).removeprefix(SIGN)
    if _BODY.fullmatch(body) is None:
        raise AuthCodeFormatError
    return SIGN + body


def hint(code: str) -> str:
    """Return the last characters, by which a creator tells their codes apart."""
    return code[-HINT_CHARS:]


def digest(code: str, key: bytes) -> str:
    """Return what a code is found by: HMAC-SHA-256 under the platform's key for codes, in hex."""
    return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()


def encrypt(code: str, key: bytes) -> bytes:
    """Return the code sealed under a key derived from the platform's key for codes."""
    return _fernet(key).encrypt(code.encode())


def decrypt(sealed: bytes, expected_digest: str, key: bytes) -> str:
    """Return the sealed code. cryptography's InvalidToken when it was sealed under another key.

    The digest binds the seal to its row: a seal that was moved to another row does not open there.
    """
    code = _fernet(key).decrypt(sealed).decode()
    if not matches(code, expected_digest, key):
        raise ValueError("a sealed code lies in another consent's row")
    return code


def matches(code: str, expected_digest: str, key: bytes) -> bool:
    """Return whether the digest is the code's, in constant time."""
    return hmac.compare_digest(digest(code, key), expected_digest)


def _fernet(key: bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_KEY_PURPOSE).derive(key)
    return Fernet(base64.urlsafe_b64encode(derived))
