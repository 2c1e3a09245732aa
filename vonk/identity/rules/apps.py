"""What a person may let a developer's app do for them, by the numbers that v1.3 calls scope; pure.

An app never has more than the person has at that moment, and nothing of what is their own: it neither watches, posts,
engages nor decides over posts as them.
"""

import re
from collections.abc import Iterable
from enum import IntEnum
from typing import Final
from urllib.parse import urlsplit

from vonk.control.scope import Right

REDIRECT_URIS_MAX: Final = 10
REDIRECT_CHARS_MAX: Final = 500
_PLAIN: Final = re.compile(r"[\x21-\x7e]+")
_HOST: Final = re.compile(r"[a-z0-9.-]+|[0-9a-f:.]+")  # It is also named in a header.
_OWN_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Permission(IntEnum):
    """One thing that an app may be allowed; the number is what it is told after the exchange."""

    SEE = 1
    CAMPAIGNS = 2
    DETAILS = 3
    MONEY = 4
    BUSINESS = 5


RIGHTS_OF_PERMISSION: Final[dict[Permission, frozenset[Right]]] = {
    Permission.SEE: frozenset({Right.ACCOUNT_VIEW, Right.BUSINESS_VIEW}),
    Permission.CAMPAIGNS: frozenset({Right.CAMPAIGN_EDIT, Right.CREATOR_USE}),
    Permission.DETAILS: frozenset({Right.ACCOUNT_EDIT}),
    Permission.MONEY: frozenset({Right.FUNDS_EDIT}),
    Permission.BUSINESS: frozenset({Right.BUSINESS_EDIT}),
}


def allowed(numbers: Iterable[int]) -> frozenset[Right]:
    """Return the rights that these permissions give together; numbers of no permission give nothing."""
    known = {permission.value: rights for permission, rights in RIGHTS_OF_PERMISSION.items()}
    return frozenset[Right]().union(*(known.get(number, frozenset()) for number in numbers))


def is_redirect_uri(text: str) -> bool:
    """Say whether an app may name the address: https, or http on the developer's own machine; no fragment, no login."""
    if len(text) > REDIRECT_CHARS_MAX or not _PLAIN.fullmatch(text) or "\\" in text or "#" in text:
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or not _HOST.fullmatch(host) or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _OWN_MACHINE)
