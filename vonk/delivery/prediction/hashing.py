"""Codes for values: 63 bits, positive, the same in every process and on every machine; 0 says that there is no value."""

import hashlib
from typing import Final

MISSING: Final = 0


def code(value: str | int | None) -> int:
    """Return the code of a value, of its text for an integer; 0 for none and for an empty text."""
    if value is None or value == "":
        return MISSING
    return _digest(str(value)) >> 1 | 1


def salt(kind: str, name: str) -> int:
    """Return 64 bits that keep equal values of different features apart, whatever their order."""
    return _digest(f"{kind}:{name}")


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
