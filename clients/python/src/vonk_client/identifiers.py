"""Identifiers of people, hashed before they leave the host: Vonk takes digests alone."""

import hashlib
import re

from vonk_client.errors import EventInvalid

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_BETWEEN_DIGITS = re.compile(r"[\s()./\-]")


def hash_email(address: str) -> str:
    """Return SHA-256 of the address without outer blanks, in lower case; EventInvalid when it is none."""
    plain = address.strip().lower()
    if _SHA256.fullmatch(plain):
        return plain  # Hashed already.
    name, _, domain = plain.rpartition("@")
    if not name or "." not in domain or any(character.isspace() for character in plain):
        raise EventInvalid("this is no e-mail address")
    return _digest(plain)


def hash_phone(number: str, *, country_code: str = "") -> str:
    """Return SHA-256 of the number in E.164 (``+31612345678``); EventInvalid when it cannot be written so.

    A national number (``06 1234 5678``) needs the ``country_code`` ("31"), which takes the place of its leading 0.
    """
    plain = number.strip().lower()
    if _SHA256.fullmatch(plain):
        return plain
    digits = _BETWEEN_DIGITS.sub("", plain)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif not digits.startswith("+") and country_code:
        digits = f"+{country_code.lstrip('+')}{digits.removeprefix('0')}"
    if not _PHONE.fullmatch(digits):
        raise EventInvalid("this is no phone number with its country's code")
    return _digest(digits)


def hash_external(identifier: str) -> str:
    """Return SHA-256 of an own id of a person, without outer blanks, in lower case, as the pixel's script does it."""
    plain = identifier.strip().lower()
    if not plain:
        raise EventInvalid("the identifier is empty")
    return plain if _SHA256.fullmatch(plain) else _digest(plain)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
