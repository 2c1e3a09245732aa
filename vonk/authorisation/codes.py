"""Post codes: 240 random bits and a check character, found by a keyed hash, kept encrypted, never written elsewhere.

The check is a weighted sum over GF(64), the field of the alphabet's 64 characters: with the check character, the sum of
each character times its own power of a generator is zero. All 41 powers differ and none is zero, so every single wrong
character and every swap of two characters, neighbours or not, leaves a sum that is not zero.
"""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Final

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vonk.authorisation.errors.consents import AuthCodeFormatError
from vonk.core.limits import CODE_CHARS_MAX

SIGN: Final = "#"
HINT_CHARS: Final = 4
_RANDOM_BYTES: Final = 30  # 240 bits: 40 characters without padding.
_BODY_CHARS: Final = 40
_BODY: Final = re.compile(r"[A-Za-z0-9_-]{40,41}")  # 40: issued before there was a check character, valid as they are.
ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_VALUES: Final = {char: value for value, char in enumerate(ALPHABET)}
_FIELD_BITS: Final = 6
_POLYNOMIAL: Final = 0b1000011  # x^6 + x + 1 is primitive: the powers of x are the 63 elements that are not zero.
_KEY_PURPOSE: Final = b"vonk.authorisation.codes/encrypt/1"
_INVISIBLE: Final = " \t\r\n\v\f\u00a0\u200b\u200c\u200d\u2060\ufeff"  # What chats and spreadsheets put around a code.


def generate() -> str:
    """Return a new code, as it is shown: the sign, 40 random characters, and the check character."""
    body = base64.urlsafe_b64encode(secrets.token_bytes(_RANDOM_BYTES)).decode()
    return SIGN + body + check_character(body)


def check_character(body: str) -> str:
    """Return the character that, put after the 40 characters of a code, makes it pass."""
    return ALPHABET[_times_x(checksum(body))]  # In this field a value is its own negative.


def parse(text: str) -> str:
    """Return the code that somebody typed or pasted, as it was shown.

    White space around it and a missing sign are forgiven; AuthCodeFormatError for anything else, a mistyped character
    among them.
    """
    if len(text) > CODE_CHARS_MAX:
        raise AuthCodeFormatError
    body = text.strip(_INVISIBLE).removeprefix(SIGN)
    if _BODY.fullmatch(body) is None or (len(body) > _BODY_CHARS and checksum(body) != 0):
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


def checksum(body: str) -> int:
    """Return the weighted sum, by Horner's rule: the last character has weight 1, each one before it the next power."""
    total = 0
    for char in body:
        total = _times_x(total) ^ _VALUES[char]
    return total


def _times_x(value: int) -> int:
    shifted = value << 1
    return shifted ^ _POLYNOMIAL if shifted >> _FIELD_BITS else shifted


def _fernet(key: bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_KEY_PURPOSE).derive(key)
    return Fernet(base64.urlsafe_b64encode(derived))
