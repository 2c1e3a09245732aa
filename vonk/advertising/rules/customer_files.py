"""Files of customers: digests alone, one a line, packed one after the other in order. Pure."""

import binascii
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum
from typing import Final

from vonk.advertising.errors import (
    CustomerFileEmpty,
    CustomerFileTooLarge,
    CustomerFileTooLong,
    CustomerLineWrong,
    CustomersNotHashed,
)

BYTES_MAX: Final = 10 * 1_048_576
ROWS_MAX: Final = 100_000  # Of one file.
AUDIENCE_ROWS_MAX: Final = 500_000  # Of one audience: 16 MB of digests.
FILES_PER_AUDIENCE_MAX: Final = 500  # Of one request, reference API §12.
WAITING_MAX: Final = 100  # Files of one account that no audience took yet.
KEPT: Final = timedelta(days=1)
KIND_CHARS_MAX: Final = 20
_PLAIN_NUMBER: Final = re.compile(rb"\+?[0-9 ()./-]{6,20}")


class DigestKind(StrEnum):
    """Of what the digests are, and made how. Only addresses are known of people here: the others match nobody."""

    EMAIL_SHA256 = "email_sha256"
    PHONE_SHA256 = "phone_sha256"
    FIRST_SHA256 = "first_sha256"
    FIRST_MD5 = "first_md5"
    IDFA_SHA256 = "idfa_sha256"
    IDFA_MD5 = "idfa_md5"
    GAID_SHA256 = "gaid_sha256"
    GAID_MD5 = "gaid_md5"
    MAID_SHA256 = "maid_sha256"
    MAID_MD5 = "maid_md5"

    @property
    def size(self) -> int:
        """Return how many bytes one digest has."""
        return 16 if self.value.endswith("_md5") else 32


def packed_of(body: bytes, kind: DigestKind) -> bytes:
    """Return the digests of a file, packed; blank lines and repetitions do not count.

    Raises CustomerFileEmpty, CustomerFileTooLarge, CustomerFileTooLong, CustomersNotHashed for a line that is an address
    or a number as it is, and CustomerLineWrong for any other that is no digest of the kind. No error repeats a line.
    """
    if len(body) > BYTES_MAX:
        raise CustomerFileTooLarge(most=BYTES_MAX)
    found: set[bytes] = set()
    for number, line in enumerate(body.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        text = line.strip()
        if not text:
            continue
        found.add(_digest(text, kind, number))
        if len(found) > ROWS_MAX:
            raise CustomerFileTooLong(most=ROWS_MAX)
    if not found:
        raise CustomerFileEmpty
    return pack(found)


def _digest(text: bytes, kind: DigestKind, number: int) -> bytes:
    if len(text) == 2 * kind.size:
        try:
            return binascii.unhexlify(text)
        except binascii.Error:
            pass  # Its kind is wrong, as is that of other lengths.
    if b"@" in text or _PLAIN_NUMBER.fullmatch(text):
        raise CustomersNotHashed(line=number)
    raise CustomerLineWrong(line=number, kind=kind.value.upper(), characters=2 * kind.size)


def pack(digests: Iterable[bytes]) -> bytes:
    """Return the digests in order, one after the other, each once."""
    return b"".join(sorted(set(digests)))


def each(packed: bytes, kind: DigestKind) -> Iterator[bytes]:
    """Yield the digests."""
    size = kind.size
    return (packed[at : at + size] for at in range(0, len(packed), size))


def rows(packed: bytes, kind: DigestKind) -> int:
    """Return how many digests there are."""
    return len(packed) // kind.size


def holds(packed: bytes, digest: bytes) -> bool:
    """Tell whether the digest is one of those packed, in some twenty steps."""
    at = _place(packed, digest)
    return packed[at : at + len(digest)] == digest


def without(packed: bytes, digest: bytes) -> bytes:
    """Return the digests without one of them; the same bytes when it is none of them."""
    at = _place(packed, digest)
    size = len(digest)
    return packed[:at] + packed[at + size :] if packed[at : at + size] == digest else packed


def _place(packed: bytes, digest: bytes) -> int:
    """Return where the digest is, or would be."""
    size = len(digest)
    low, high = 0, len(packed) // size
    while low < high:
        middle = (low + high) // 2
        if packed[middle * size : (middle + 1) * size] < digest:
            low = middle + 1
        else:
            high = middle
    return low * size
