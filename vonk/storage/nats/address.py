"""``nats://USER:PASSWORD@HOST:PORT,HOST:PORT/STREAM?replicas=3&durability=synced``: where a log is, and how safe it must be."""

import re
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

PORT: Final = 4222
REPLICAS_MAX: Final = 5  # JetStream's own bound.
_STREAM: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]\s]+)(?::(\d{1,5}))?")
_SCHEMES: Final = frozenset({"nats", "tls"})
_SETTINGS: Final = frozenset({"replicas", "durability", "monitor", "credentials", "ca", "cert", "key"})


class AddressInvalid(ValueError):
    """The text is no address of a stream; says why, without its password."""


class Durability(StrEnum):
    """What an acknowledgement must mean."""

    SYNCED = "synced"  # On the disks of a majority.
    REPLICATED = "replicated"  # Taken by a majority; on disk when the servers' own time to sync has come.


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A stream, its servers and how to get in. Paths are files; "" where there is none."""

    hosts: tuple[tuple[str, int], ...]
    stream: str
    tls: bool = False
    user: str = ""
    password: str = ""
    replicas: int = 3
    durability: Durability = Durability.SYNCED
    monitor: int = 0  # The servers' monitoring port, 0 when it is not known.
    credentials: str = ""
    ca: str = ""
    cert: str = ""
    key: str = ""

    @property
    def servers(self) -> list[str]:
        """The servers' addresses without user or password."""
        return [f"{'tls' if self.tls else 'nats'}://{host}:{port}" for host, port in self.hosts]

    @property
    def subject(self) -> str:
        """The one subject of the stream."""
        return f"vonk.log.{self.stream}"


def parse(url: str) -> Address:
    """Return the address that the text names. Raises AddressInvalid."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES:
        raise AddressInvalid("begin with nats:// or tls://")
    login, _, hosts = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    stream = parts.path.strip("/")
    if not _STREAM.fullmatch(stream):
        raise AddressInvalid("end with /STREAM: a name of letters, digits, - and _")
    settings = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(set(settings) - _SETTINGS)
    if unknown:
        raise AddressInvalid(f"{', '.join(unknown)}: known are {', '.join(sorted(_SETTINGS))}")
    durability = settings.get("durability", Durability.SYNCED)
    if durability not in set(Durability):
        raise AddressInvalid(f"durability: use {' or '.join(Durability)}")
    certificates = {name: settings.get(name, "") for name in ("ca", "cert", "key")}
    if bool(certificates["cert"]) != bool(certificates["key"]):
        raise AddressInvalid("cert and key: give both or neither")
    return Address(
        hosts=tuple(_host(host) for host in hosts.split(",")),
        stream=stream,
        tls=parts.scheme == "tls" or any(certificates.values()),
        user=unquote(user),
        password=unquote(password),
        replicas=_number("replicas", settings.get("replicas", "3"), 1, REPLICAS_MAX),
        durability=Durability(durability),
        monitor=_number("monitor", settings.get("monitor", "0"), 0, 65_535),
        credentials=settings.get("credentials", ""),
        **certificates,
    )


def _host(text: str) -> tuple[str, int]:
    found = _HOST.fullmatch(text)
    if found is None:
        raise AddressInvalid("name the servers as HOST:PORT with commas between them")
    return found[1], _number("port", found[2] or str(PORT), 1, 65_535)


def _number(name: str, text: str, least: int, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise AddressInvalid(f"{name}: use a number from {least} to {most}")
    return int(text)
