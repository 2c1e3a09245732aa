"""What an address may be, when an attempt follows another, what a signature covers; pure."""

import hashlib
import hmac
import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from vonk.core.errors import Phrase

ENDPOINTS_MAX: Final = 10  # Of one owner.
TOPICS_MAX: Final = 30  # Of one endpoint.
KEPT: Final = timedelta(days=30)  # Events and what became of them; so long they can be sent anew.
REPLAY_MAX: Final = 10_000  # Events sent anew in one go.
FORMER_SECRET: Final = timedelta(hours=24)  # So long a secret that was rotated signs, too.
GIVE_UP: Final = timedelta(hours=72)
RETRY_SECONDS: Final = (10, 60, 300, 1_800, 3_600, 7_200, 14_400, 28_800)  # After each failure; the last one repeats.
JITTER: Final = 0.2  # Of the wait, either way: those that failed together do not come back together.
CLAIM: Final = timedelta(seconds=60)  # Longer than any attempt takes.
PING: Final = "ping"

_TOPIC: Final = re.compile(r"(ping|(consent|request|access|standing|profile|video)\.(\*|[a-z_]{1,40}))")
_EMBEDDING: Final = tuple(ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class OwnerKind(StrEnum):
    """Whose endpoint it is."""

    PERSON = "person"
    ACCOUNT = "account"
    ORGANISATION = "organisation"
    HOST = "host"


class DeliveryState(StrEnum):
    """How it stands with one event and one endpoint."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"  # For 72 hours; its owner can have it sent anew.


class PauseReason(StrEnum):
    """Why nothing is sent to an endpoint."""

    OWNER = "owner"
    FAILING = "failing"  # For 72 hours.


def url_fault(url: str, *, plain: bool, networks: Collection[Network]) -> Phrase | None:
    """Return what is wrong with an endpoint's address, None when nothing is. ``plain``: http is good, too."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return Phrase("an address has no such characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return Phrase("not an address")
    if parts.scheme not in ({"https", "http"} if plain else {"https"}):
        return Phrase("it begins with https://")
    if parts.username is not None or parts.password is not None:
        return Phrase("no name and password in it; the signature says who sends")
    if not parts.hostname or port == 0:
        return Phrase("it names no host")
    if parts.fragment:
        return Phrase("no fragment: it is not sent")
    try:
        literal = ip_address(parts.hostname)
    except ValueError:
        return None
    return None if may_reach(literal, networks) else Phrase("not an address inside a private network")


def may_reach(address: Address, networks: Collection[Network]) -> bool:
    """Say whether an event may be sent there: a public address, or one of a network that the operator has named."""
    plain = getattr(address, "ipv4_mapped", None) or address
    if any(plain.version == network.version and plain in network for network in networks):
        return True
    if any(plain.version == network.version and plain in network for network in _EMBEDDING):
        return False  # They carry another address inside, and lead there.
    return plain.is_global and not plain.is_multicast and not plain.is_reserved


def topic_fault(topics: Sequence[str]) -> Phrase | None:
    """Return what is wrong with a filter of topics, None when nothing is."""
    if len(topics) > TOPICS_MAX:
        return Phrase("at most %(most)s topics", most=TOPICS_MAX)
    wrong = next((topic for topic in topics if _TOPIC.fullmatch(topic) is None), None)
    if wrong is None:
        return None
    return Phrase("“%(topic)s” is no topic; write consent.revoked, or consent.* for all of them", topic=wrong[:60])


def wants(topics: Collection[str], topic: str) -> bool:
    """Say whether a filter lets a topic through; an empty one lets everything."""
    return not topics or topic == PING or topic in topics or f"{topic.partition('.')[0]}.*" in topics


def next_attempt_at(attempts: int, *, since: datetime, now: datetime, chance: float) -> datetime | None:
    """Return when to try again after that many failures, None when 72 hours are over. ``chance`` is from 0 to 1."""
    seconds = RETRY_SECONDS[min(attempts, len(RETRY_SECONDS)) - 1]
    following = now + timedelta(seconds=seconds * (1 + JITTER * (2 * chance - 1)))
    if now >= since + GIVE_UP:
        return None
    return min(following, since + GIVE_UP)  # One last attempt when they end.


def signature(secrets: Sequence[str], body: bytes, signed_at: int) -> str:
    """Return the header ``Vonk-Signature``: the second, and HMAC-SHA-256 of "second.body" by each secret that is good."""
    message = str(signed_at).encode() + b"." + body
    digests = [hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join((f"t={signed_at}", *(f"v1={digest}" for digest in digests)))
